"""The desk: Django admin under our name, with our words where Django's do not fit."""

import re

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# The fields of the desk's forms that hold the key of a row, or count rows. A browser fills them.
KEYS = re.compile(r"_selected_action|partners|.+-(id|community|workshop|TOTAL_FORMS|INITIAL_FORMS)")
MOST_DIGITS = 18


class PraxisAdminSite(admin.AdminSite):
    """The organisers' desk."""

    site_header = _("Praxis, the organisers’ desk")
    site_title = "Praxis"
    index_title = _("Workshops and registrations")
    empty_value_display = "–"
    enable_nav_sidebar = False  # The lists need its width.
    index_template = "admin/first_page.html"

    def admin_view(self, view, cacheable=False):
        """`view` for those who may see the desk; it is not asked for rows that cannot exist."""

        def checked(request, *args, **kwargs):
            require_possible_keys(request.POST)
            return view(request, *args, **kwargs)

        checked.__name__ = view.__name__
        return super().admin_view(checked, cacheable)

    def index(self, request, extra_context=None):
        """The first page. The setting FIRST_PAGE names the function that knows what it says."""
        says = import_string(settings.FIRST_PAGE)
        return super().index(request, says(self, request) | (extra_context or {}))


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
