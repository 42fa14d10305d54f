"""The second factor: codes of an app on the phone (TOTP, RFC 6238), and ten to keep on paper."""

import django_otp
import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from praxis import audit
from praxis.accounts import mails, sign_in
from praxis.accounts.second_factor_forms import CodeForm, ConfirmForm, PasswordForm

RECOVERY_CODES = 10


def ask(request, site):
    """Asks whoever has given the right password for a code, then signs them in."""
    user = sign_in.pending_user(request)
    if user is None:
        return back_to_sign_in(request)
    form = CodeForm(request.POST or None, request=request, user=user)
    if form.is_valid():
        if isinstance(form.device, StaticDevice):
            audit.note(request, "recovery code used", account=user.pk)
            messages.warning(request, left_words(codes_left(user)))
        return sign_in.finish(
            request, user, lambda: HttpResponseRedirect(onward(request)), form.device
        )
    return page(request, site, "ask", _("Second step: your code"), form=form)


def set_up(request, site):
    """Shows a key as QR code; once a code of it is typed, it is the person's second factor.

    For whoever is signed in, after their password, and for whoever has just given it where a second
    factor is required.
    """
    pending = sign_in.pending_user(request)
    if pending and django_otp.user_has_device(pending):
        pending = None  # who has one answers it first
    if not pending and not site.has_permission(request):
        return back_to_sign_in(request)
    user = pending or request.user
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=user)
    password = None
    if not pending:
        password = PasswordForm(request.POST or None, request=request, user=user)
    if request.method == "POST" and form.is_valid() and (pending or password.is_valid()):
        device, codes = replace_devices(user, form.key, form.last_used)
        audit.note(request, "second factor set up", account=user.pk)

        def show_codes():
            return page(request, site, "codes", _("Your recovery codes"), codes=codes)

        if pending:
            return sign_in.finish(request, user, show_codes, device)
        end_other_sessions(request, password.cleaned_data["password"])
        django_otp.login(request, device)
        return show_codes()
    code = segno.make(form.address, error="m")
    return page(
        request,
        site,
        "set_up",
        _("Set up the second step"),
        form=form,
        password=password,
        # Drawn by segno from the address, whose parts are quoted.
        qr_code=mark_safe(code.svg_inline(scale=5, border=4, light="#fff")),  # noqa: S308
    )


def overview(request, site):
    """Says whether the person has a second factor, with the buttons that change it."""
    device = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
    return page(
        request,
        site,
        "overview",
        _("Your sign-in"),
        device=device,
        left=codes_left(request.user),
        required=settings.REQUIRE_SECOND_FACTOR,
    )


def new_codes(request, site):
    """Replaces the recovery codes by new ones, after the password; shows them once."""
    form = PasswordForm(request.POST or None, request=request, user=request.user)
    if not django_otp.user_has_device(request.user):
        return redirect("admin:second_factor")
    if form.is_valid():
        codes = replace_codes(request.user)
        audit.note(request, "recovery codes replaced")
        return page(request, site, "codes", _("Your recovery codes"), codes=codes)
    return page(request, site, "sure", _("Make new recovery codes"), password=form)


def remove(request, site):
    """Takes the person's second factor away, after the password, where none is required."""
    if settings.REQUIRE_SECOND_FACTOR:
        messages.error(request, _("This site asks everybody for a second step: it stays."))
        return redirect("admin:second_factor")
    form = PasswordForm(request.POST or None, request=request, user=request.user)
    if form.is_valid():
        remove_devices(request.user)
        audit.note(request, "second factor removed")
        messages.success(request, _("Your password alone signs you in now."))
        return redirect("admin:second_factor")
    return page(request, site, "sure", _("Switch off the second step"), password=form)


def remove_of(request, site, account_pk):
    """Takes the second factor of somebody who has lost it away; for who manages the accounts."""
    if not request.user.is_superuser:
        raise PermissionDenied
    account = get_object_or_404(get_user_model(), pk=account_pk)
    form = PasswordForm(request.POST or None, request=request, user=request.user)
    if form.is_valid():
        remove_devices(account)
        audit.note(request, "second factor removed", of=account.pk)
        mails.send(account, REMOVED, "admin/accounts/removed.txt", {})
        messages.success(request, _("%s signs in with the password alone now.") % account)
        return redirect("admin:auth_user_change", account.pk)
    title = _("Switch off the second step of %s") % account
    return page(request, site, "sure", title, password=form)


def codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


def left_words(left):
    """What is said to whoever has signed in with a recovery code, and has `left` of them."""
    if not left:
        return _("That was your last recovery code. Make new ones under “Your sign-in”.")
    words = ngettext(
        "You have used a recovery code: %(count)s is left. "
        "You can make new ones under “Your sign-in”.",
        "You have used a recovery code: %(count)s are left. "
        "You can make new ones under “Your sign-in”.",
        left,
    )
    return words % {"count": left}


REMOVED = gettext_lazy("The second step of your sign-in is off")


@transaction.atomic
def replace_devices(user, key, last_used):
    """Make `key` (hexadecimal) the second factor of `user`: (TOTPDevice, its recovery codes)."""
    remove_devices(user)
    device = TOTPDevice.objects.create(user=user, key=key, last_t=last_used, name="TOTP")
    return device, replace_codes(user)


@transaction.atomic
def replace_codes(user):
    """Ten new recovery codes of `user`, in the place of those before; each serves once."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@transaction.atomic
def remove_devices(user):
    """Take the second factor of `user` away, with its recovery codes."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def end_other_sessions(request, password):
    """End every session of the person but this one, which a thief may have opened before.

    A session depends on the stored password, which the same `password` stores anew.
    """
    user = request.user
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)


def onward(request):
    """The path of the desk to which the person was on the way."""
    path = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure()):
        return path
    return reverse("admin:index")


def back_to_sign_in(request):
    query = urlencode({"next": onward(request)})
    return HttpResponseRedirect(f"{reverse('admin:login')}?{query}")


def page(request, site, template, title, **context):
    context = {**site.each_context(request), "title": title, **context}
    return render(request, f"admin/accounts/{template}.html", context)
