"""The desk: Django admin under our name, with our words where Django's do not fit."""

import re
from functools import update_wrapper
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from praxis import audit, unsaved
from praxis.accounts import sign_in
from praxis.accounts import urls as accounts
from praxis.accounts.change_password import ChangePassword
from praxis.desk_zone import DeskZone
from praxis.text import is_possible_key

# The fields of the desk's forms that hold the key of a row, or count rows. A browser fills them.
KEYS = re.compile(r"_selected_action|partners|.+-(id|community|workshop|TOTAL_FORMS|INITIAL_FORMS)")


class PraxisAdminSite(admin.AdminSite):
    """The organisers' desk."""

    site_header = _("Praxis, the organisers’ desk")
    site_title = "Praxis"
    index_title = _("Workshops and registrations")
    empty_value_display = "–"
    enable_nav_sidebar = False  # The lists need its width.
    index_template = "admin/first_page.html"

    def get_urls(self):
        on_site = path(
            "r/<path:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        return [on_site, *accounts.of_site(self), *super().get_urls()]

    def index(self, request, extra_context=None):
        """The first page. The setting FIRST_PAGE names the function that knows what it says."""
        context = import_string(settings.FIRST_PAGE)(self, request)
        return super().index(request, context | (extra_context or {}))

    def view_on_site(self, request, content_type_id, object_id):
        """Lead to the page of a row that the organiser may see. Django's own asks nobody."""
        if not is_possible_key(content_type_id):
            raise Http404
        kind = ContentType.objects.filter(pk=content_type_id).first()
        desk = self._registry.get(kind and kind.model_class())
        row = desk and desk.get_object(request, object_id)
        if not hasattr(row, "get_absolute_url") or not desk.has_view_permission(request, row):
            raise Http404
        return redirect(row)

    def admin_view(self, view, cacheable=False):
        """`view` for those who may see the desk; it is not asked for rows that cannot exist.

        What somebody sends whose session has ended is kept for their return; of a mere button it is
        said that nothing was done. A browser keeps what answers a POST until one signs out: going
        back to a question or to a refused form shows it again and sends nothing.
        """

        def checked(request, *args, **kwargs):
            require_possible_keys(request.POST)
            with timezone.override(DeskZone(settings.DESK_ZONE)):
                try:
                    answer = view(request, *args, **kwargs)
                except PermissionDenied:
                    audit.note(request, "refused", path=request.path)
                    raise
                except Http404:
                    # In the desk's words: the public page speaks of links cut in two by a mail.
                    context = self.each_context(request)
                    answer = render(request, "admin/404.html", context, status=404)
                # Here, since the page's instants are written on the clock that is active then.
                return answer.render() if hasattr(answer, "render") else answer

        checked.__name__ = view.__name__
        inner = super().admin_view(checked, cacheable)

        def kept(request, *args, **kwargs):
            is_lost = request.method == "POST" and not self.has_permission(request)
            if is_lost and not unsaved.keep(request) and view != self.logout:
                return unsaved.to_sign_in(request)
            is_back = request.method == "GET" and unsaved.PRESSED in request.GET
            if is_back and self.has_permission(request):
                return unsaved.back_again(request)
            answer = inner(request, *args, **kwargs)
            if request.method == "POST" and answer.status_code == HTTPStatus.OK:
                answer["Cache-Control"] = "private, no-cache"
            return answer

        return update_wrapper(kept, inner)

    def has_permission(self, request):
        """May the desk be seen? Not without a second factor where the site requires one."""
        is_let_in = super().has_permission(request)
        return is_let_in and (not settings.REQUIRE_SECOND_FACTOR or is_verified(request.user))

    def each_context(self, request):
        context = super().each_context(request)
        return context | {"recommends_second_factor": not is_verified(request.user)}

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        return sign_in.SignInView.as_view(site=self, extra_context=extra_context)(request)

    def password_change(self, request, extra_context=None):
        return ChangePassword.as_view(
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            audit.note(request, "signed out")
        answer = super().logout(request, extra_context)
        answer["Clear-Site-Data"] = '"cache"'
        return answer


def is_verified(user):
    """Has `user` given a code of their second factor in this session?"""
    return getattr(user, "otp_device", None) is not None


def require_possible_keys(fields):
    """Raise SuspiciousOperation (400) where `fields` (a QueryDict) hold no possible key.

    Admin's own forms never send such a value, and admin answers it with 500.
    """
    rows = []
    for name, values in fields.lists():
        if not KEYS.fullmatch(name):
            continue
        rows += [(name.partition("-")[0], value) for value in values if name.endswith("-id")]
        for value in values:
            is_left_blank = not value and name != "_selected_action"
            if not is_possible_key(value) and not is_left_blank:
                raise SuspiciousOperation(f"The field {name} holds no key.")
    rows = [(prefix, key) for prefix, key in rows if key]
    if len(set(rows)) < len(rows):
        raise SuspiciousOperation("A row is sent twice.")
