"""What a password may not hold, beside what Django refuses."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.text import folded

OWN_WORDS = ("praxis", "atelier", "workshop")
SHORTEST = 5  # letters; shorter parts of the site's name are in too many words


class NoWordOfTheSite:
    """Refuses passwords with the site's own words, which whoever guesses tries first."""

    def validate(self, password, user=None):
        for word in own_words():
            if word in folded(password):
                message = _(
                    "The word “%(word)s” belongs to this site, so it would be guessed first. "
                    "Choose other words."
                )
                raise ValidationError(message, code="own_word", params={"word": word})

    def get_help_text(self):
        return _("Your password can’t contain the site’s own words, such as “praxis”.")


def own_words():
    """Our own words, and those of the site's address: ateliers, example."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    labels = [part for label in host.split(".") for part in label.split("-")]
    return [*OWN_WORDS, *(label for label in labels if len(label) >= SHORTEST)]
