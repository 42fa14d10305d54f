"""The hours of a workshop as text, for whoever may look at its page and not type."""

from django.contrib import admin

from events.forms.workshop import WorkshopForm
from events.readings import moment_words


def hours_to_read(name):
    """What admin shows in the place of the form's field `name` to whoever may not change it."""

    @admin.display(description=WorkshopForm.base_fields[name].label)
    def shown(self, workshop):
        at = getattr(workshop, WorkshopForm.STORED_IN[name])
        return moment_words(workshop.clocks, at) if at else self.get_empty_value_display()

    return shown


class HoursToRead:
    """Each hour that organisers type, by the name of its field in the form, on every clock."""

    start = hours_to_read("start")
    end = hours_to_read("end")
    opens = hours_to_read("opens")
    closes = hours_to_read("closes")
    release = hours_to_read("release")
