"""Signing in: the password, then the second factor of whoever has one."""

import math
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

import django_otp
from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import load_backend, login
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from praxis import audit, unsaved
from praxis.accounts import devices, mails
from praxis.networks import client_network

PENDING = "second_factor_pending"  # in the session, between password and code
PENDING_FOR = timedelta(minutes=10)


def limits():
    """The module that says how often one may guess."""
    return import_module(settings.SIGN_IN_LIMITS)


@contextmanager
def password_guess(request, account, *, refused="password refused"):
    """One try at the password of `account`, a user name, within the limits; the log tells of it.

    A context manager around what raises a ValidationError where the password is wrong. `refused` is
    what the log says of a try that is not checked.
    """
    device = devices.key_of(request, account)
    network, now = client_network(request), timezone.now()
    try:
        with limits().password_guess(account, network, device=device, now=now):
            yield
    except limits().TooManyGuesses as refusal:
        audit.note(request, refused)
        raise ValidationError(wait_words(refusal.allowed_at - now)) from None
    except ValidationError:
        audit.note(request, "wrong password")
        raise


class SignInForm(AdminAuthenticationForm):
    """Name and password, at most so many wrong ones an hour."""

    username = UsernameField(
        label=gettext_lazy("Address or user name"),
        widget=forms.TextInput({"autofocus": True}),
    )

    def clean(self):
        account = self.cleaned_data.get("username", "")
        if not account or not self.cleaned_data.get("password"):
            return super().clean()
        with password_guess(self.request, account, refused="sign-in refused"):
            return super().clean()


def wait_words(wait):
    """Why a guess was not checked, and how long to `wait` (a timedelta) before the next one."""
    minutes = math.ceil(wait / timedelta(minutes=1))
    words = ngettext(
        "Too many wrong attempts: this one was not checked. Try again in %(count)s minute.",
        "Too many wrong attempts: this one was not checked. Try again in %(count)s minutes.",
        minutes,
    )
    return words % {"count": minutes}


class SignInView(LoginView):
    """Asks for name and password; whoever has a second factor, or needs one, goes on to it.

    `site` is the AdminSite.
    """

    site = None
    authentication_form = SignInForm
    template_name = "admin/login.html"

    def get(self, request, *args, **kwargs):
        if self.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **self.site.each_context(self.request),
            title=_("Log in"),
            app_path=self.request.get_full_path(),
            username=self.request.user.get_username(),
            next=self.get_success_url(),
            has_unsaved=unsaved.waits(self.request),
            **kwargs,
        )

    def form_valid(self, form):
        user, onward = form.get_user(), self.get_success_url()
        has_second_factor = django_otp.user_has_device(user)
        if not has_second_factor and not settings.REQUIRE_SECOND_FACTOR:
            return finish(self.request, user, lambda: HttpResponseRedirect(onward))
        self.request.session.cycle_key()
        self.request.session[PENDING] = {
            "account": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "until": (timezone.now() + PENDING_FOR).timestamp(),
        }
        page = "admin:second_factor_ask" if has_second_factor else "admin:second_factor_set_up"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': onward})}")


def pending_user(request):
    """Whoever has given the right password in this session, and not the code yet; None if nobody.

    It holds for PENDING_FOR, and not after a change of the password.
    """
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < timezone.now().timestamp():
        return None
    user = load_backend(pending["backend"]).get_user(pending["account"])
    if user is None or not constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        return None
    user.backend = pending["backend"]
    return user


def finish(request, user, answer, device=None):
    """Sign `user` in, by the OTP `device` if there is one; the response that `answer()` gives then.

    A computer or phone that is new to the account is told to its holder by mail.
    """
    is_first_time = user.last_login is None
    request.session.pop(PENDING, None)
    login(request, user)
    if device:
        django_otp.login(request, device)
    audit.note(request, "signed in", second_factor="yes" if device else "no")
    account = user.get_username()
    if not is_first_time and not devices.key_of(request, account):
        audit.note(request, "new device")
        context = {"browser": browser(request)}
        mails.send(user, NEW_DEVICE, "admin/accounts/new_device.txt", context)
    response = answer()
    devices.remember(request, response, account)
    return response


NEW_DEVICE = gettext_lazy("Your account was used on a new device")
# Each says that it is those before it, too.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome"}


def browser(request):
    """The name of the browser that sends `request`, as far as it says it."""
    agent = request.headers.get("User-Agent", "")
    for mark, name in BROWSERS.items():
        if mark in agent:
            return name
    return "Safari" if "Safari/" in agent else _("an unknown program")
