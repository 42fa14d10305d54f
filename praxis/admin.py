"""The desk: Django admin under our name, with our words where Django's do not fit."""

import re

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from praxis.passwords import ChoosePassword

# The fields of the desk's forms that hold the key of a row, or count rows. A browser fills them.
KEYS = re.compile(r"_selected_action|partners|.+-(id|community|workshop|TOTAL_FORMS|INITIAL_FORMS)")
MOST_DIGITS = 18


class VisibleRowsAdmin(admin.ModelAdmin):
    """Rows of which an organiser sees, counts and changes those that visible_to() gives, alone."""

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.seen(request)[row.pk] = True
        return row

    def seen(self, request):
        """{key: whether the row is visible}, as far as `request` has asked."""
        return vars(request).setdefault(f"_seen_{self.opts.label_lower}", {})

    def is_visible(self, request, obj):
        """May the organiser see `obj`? A question about no row, or a new one, is answered yes."""
        if obj is None or obj.pk is None or request.user.is_superuser:
            return True
        seen = self.seen(request)
        if obj.pk not in seen:
            rows = self.model._default_manager.visible_to(request.user)
            seen[obj.pk] = rows.filter(pk=obj.pk).exists()
        return seen[obj.pk]

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and self.is_visible(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_visible(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_visible(request, obj)


class PraxisAdminSite(admin.AdminSite):
    """The organisers' desk."""

    site_header = _("Praxis, the organisers’ desk")
    site_title = "Praxis"
    index_title = _("Workshops and registrations")
    empty_value_display = "–"
    enable_nav_sidebar = False  # The lists need its width.

    def get_urls(self):
        on_site = path(
            "r/<path:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        choose_password = path(
            "password/<uidb64>/<token>/", ChoosePassword.as_view(), name="choose_password"
        )
        return [on_site, choose_password, *super().get_urls()]

    def index(self, request, extra_context=None):
        missing = what_is_missing(request.user)
        context = {"missing": missing, "keepers": account_keepers() if missing else []}
        return super().index(request, (extra_context or {}) | context)

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
        """`view` for those who may see the desk; it is not asked for rows that cannot exist."""

        def checked(request, *args, **kwargs):
            require_possible_keys(request.POST)
            return view(request, *args, **kwargs)

        checked.__name__ = view.__name__
        return super().admin_view(checked, cacheable)


def what_is_missing(user):
    """Why an organiser's desk is empty, as a sentence; "" if it is not."""
    if user.is_superuser:
        return ""
    if not user.get_all_permissions():
        return _(
            "Your account has no role at the desk yet, so there is nothing to see here. "
            "Ask for one:"
        )
    if not user.memberships.exists():
        return _(
            "Your account does not belong to any community yet, so no workshop is shown here. "
            "Ask to be added to yours:"
        )
    return ""


def account_keepers():
    """Whom to ask about an account: some of those who manage them."""
    return get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk")[:3]


def is_possible_key(text):
    """May `text` be the key of a row, one that each database can look for?"""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


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


# Django's own strings that our catalogue translates again: Django's French ignores the gender of
# the noun (« Ajout de atelier »). They are named here so that makemessages finds them.
DJANGO_SAYS = (
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("Add %(name)s"),
    gettext_noop("Select %s"),
)
