"""Who changed what at the desk, in the language of whoever reads it."""

import json

from django.utils import timezone
from django.utils.translation import gettext

from praxis.desk_zone import HostZone
from praxis.own_filters import OwnFiltersAdmin


class HistoryAdmin(OwnFiltersAdmin):
    """A page whose history names the fields by the words that our catalogue translates.

    It stands on the clock of the row, if that has one.
    """

    def clock_of(self, row):
        """The clock on which the instants of `row` stand; None for the desk's own."""

    def history_view(self, request, *args, **kwargs):
        response = super().history_view(request, *args, **kwargs)
        # A row that is not there is answered without a list.
        context = getattr(response, "context_data", {})
        for entry in context.get("action_list", []):
            entry.change_message = with_known_labels(entry.change_message)
        clock = self.clock_of(context["object"]) if context else None
        if clock:
            with timezone.override(HostZone.of(clock)):
                response.render()
        return response


def with_known_labels(message):
    """The change message of a LogEntry, its labels as the models write them.

    Admin stores labels as forms show them, in English with a capital, and looks for a translation
    of just that; the catalogue has « state », which stands for « State » in every form. Our own
    acts are stored as a sentence in English.
    """
    try:
        changes = json.loads(message)
    except ValueError:
        # The translation of "" is the head of the catalogue.
        return gettext(message) if message else message
    if not isinstance(changes, list):
        return message
    for change in changes:
        changed = change.get("changed", {})
        if "fields" in changed:
            changed["fields"] = [known_label(label) for label in changed["fields"]]
    return json.dumps(changes)


def known_label(label):
    """`label` as the catalogue has it: without its capital, or else with it."""
    uncapitalised = label[:1].lower() + label[1:]
    return label if gettext(uncapitalised) == uncapitalised else uncapitalised
