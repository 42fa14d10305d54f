"""The desk: Django admin under our name, with our words where Django's do not fit."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class PraxisAdminSite(admin.AdminSite):
    """The organisers' desk."""

    site_header = _("Praxis, the organisers' desk")
    site_title = "Praxis"
    index_title = _("Workshops and registrations")
    empty_value_display = "–"
    enable_nav_sidebar = False  # The lists need its width.


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
