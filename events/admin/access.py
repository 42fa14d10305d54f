"""What is said beforehand of language and access, on the desk's page of a workshop."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.models.afterwards import WHAT_STAYS

# Addresses that lead into the room, or to what stays of it: they are for who changes the workshop.
SECRET = {"meeting_url", "interpretation_url", "keyword", *WHAT_STAYS}
FIELDSET = (
    _("Language and accessibility"),
    {
        "fields": [
            "spoken_language",
            "captions",
            "interpretation",
            "interpretation_url",
            "is_recorded",
            "asks_needs",
            "needs_by",
        ],
        "description": _(
            "The page and the confirmation say what you fill in here; what you leave blank, they "
            "do not mention."
        ),
    },
)


def to_read(fields):
    """The names of `fields` for whoever may not change them: nothing secret, words for a list."""
    words = {"interpretation": "interpretation_words"}
    return [words.get(field, field) for field in fields if field not in SECRET]


class AccessToRead:
    """What admin shows of language and access to whoever may not change it."""

    @admin.display(description=_("interpretation"))
    def interpretation_words(self, workshop):
        return workshop.interpreted_into
