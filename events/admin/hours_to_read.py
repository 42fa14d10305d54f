"""The hours of a workshop as text, for whoever may look at its page and not type."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.forms.workshop import WorkshopForm
from events.readings import moment_words


def hours_to_read(name, stored, otherwise=""):
    """What admin shows in the place of the form's field `name` to whoever may not change it.

    It is the instant `stored` in the workshop, or the words `otherwise` where there is none.
    """

    @admin.display(description=WorkshopForm.base_fields[name].label)
    def shown(self, workshop):
        at = getattr(workshop, stored)
        return moment_words(workshop.clocks, at) if at else otherwise

    return shown


class HoursToRead:
    """Each hour that organisers type, by the name of its field in the form, on every clock."""

    start = hours_to_read("start", "starts_at")
    end = hours_to_read("end", "ends_at")
    opens = hours_to_read("opens", "registration_opens_at", _("at once"))
    closes = hours_to_read("closes", "registration_closes_at", _("at the end"))
    release = hours_to_read("release", "release_at")
    needs_by = hours_to_read("needs_by", "needs_deadline")
