"""The desk: Django admin under our name, with our words where Django's do not fit."""

import re
from functools import update_wrapper
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from praxis import zones

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

    def admin_view(self, view, cacheable=False):
        """`view` for those who may see the desk; it is not asked for rows that cannot exist.

        A browser keeps what answers a POST until one signs out: going back to a question or to a
        refused form shows it again and sends nothing.
        """

        def checked(request, *args, **kwargs):
            require_possible_keys(request.POST)
            with timezone.override(DeskZone(settings.DESK_ZONE)):
                answer = view(request, *args, **kwargs)
                # Here, since the page's instants are written on the clock that is active then.
                return answer.render() if hasattr(answer, "render") else answer

        def kept(request, *args, **kwargs):
            answer = inner(request, *args, **kwargs)
            if request.method == "POST" and answer.status_code == 200:
                answer["Cache-Control"] = "private, no-cache"
            return answer

        checked.__name__ = view.__name__
        inner = super().admin_view(checked, cacheable)
        return update_wrapper(kept, inner)

    def logout(self, request, extra_context=None):
        answer = super().logout(request, extra_context)
        answer["Clear-Site-Data"] = '"cache"'
        return answer


class DeskZone(ZoneInfo):
    """The zone of what happens at no workshop: an account’s last visit, a line of the history.

    Its name is what an instant bears at the desk: « 24 novembre 2026, 14 h 28 (Montréal ou
    Toronto) ».
    """

    def tzname(self, dt):
        return None if dt is None else zones.city(self.key)


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
    gettext_noop("Go"),
    gettext_noop("0 of %(cnt)s selected"),
    gettext_noop("Delete selected %(verbose_name_plural)s"),
    gettext_noop("Cannot delete %(name)s"),
    gettext_noop(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("%(app)s administration"),
    gettext_noop("Authentication and Authorization"),
    gettext_noop("None available"),
)
