"""What is said beforehand: who can follow a workshop, and until when needs can be acted upon."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Value
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import clocks
from praxis import languages
from praxis.fields import is_secure_address

NEEDS_BEFORE = timedelta(days=7)


class Access(models.Model):
    """The languages, captions, interpretation and recording of a workshop, and what people need.

    Whatever is blank is not known yet, and nothing is said of it. `interpretation` is a list of
    Interpretation's values. `interpretation_url` is as secret as the address of the meeting.
    `needs_until` is an instant, UTC; None for needs_deadline's own.
    """

    class SpokenLanguage(models.TextChoices):
        FRENCH = "fr", _("French")
        ENGLISH = "en", _("English")
        BOTH = "both", _("French and English")

        __empty__ = _("not known yet")

    class Captions(models.TextChoices):
        HUMAN = "human", _("by a person")
        AUTOMATIC = "automatic", _("automatic")

        __empty__ = _("none, or not known yet")

    class Interpretation(models.TextChoices):
        LSQ = "lsq", _("LSQ (Quebec Sign Language)")
        LSF = "lsf", _("LSF (French Sign Language)")
        INTO_FRENCH = "fr", _("into French")
        INTO_ENGLISH = "en", _("into English")

    spoken_language = models.CharField(
        _("language spoken"),
        max_length=4,
        choices=SpokenLanguage,
        blank=True,
        default="",
        db_default="",
    )
    captions = models.CharField(
        _("captions"), max_length=9, choices=Captions, blank=True, default="", db_default=""
    )
    interpretation = models.JSONField(
        _("interpretation"),
        blank=True,
        default=list,
        db_default=Value([], models.JSONField()),
    )
    interpretation_url = models.URLField(
        _("address of the interpretation"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[is_secure_address],
        help_text=_(
            "Only where the interpretation has a room of its own. Secret, as the meeting’s "
            "address: a second button behind each confirmed person’s link leads there."
        ),
    )
    is_recorded = models.BooleanField(
        _("the session is recorded"),
        default=False,
        db_default=False,
        help_text=_(
            "The page says so. If people must agree to it, write it below, in “consent to ask for”."
        ),
    )
    asks_needs = models.BooleanField(
        _("ask people what they need to take part"),
        default=True,
        db_default=True,
        help_text=_(
            "An optional field of the form. You read the answers on this workshop’s page "
            "“Needs”; they are erased a week after the end."
        ),
    )
    needs_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def languages_spoken(self):
        """The codes of the languages spoken: ["fr", "en"]; none if they are not known."""
        is_both = self.spoken_language == self.SpokenLanguage.BOTH
        return ["fr", "en"] if is_both else [*filter(None, [self.spoken_language])]

    @property
    def is_signed(self):
        """Is there interpretation into a sign language?"""
        return bool({self.Interpretation.LSQ, self.Interpretation.LSF} & {*self.interpretation})

    def access_facts(self, has_ended=False):
        """(name, words) of what is announced: « Sous-titres », « Par une personne » …"""
        recorded = gettext("the session is recorded")
        if has_ended:
            recorded = gettext("the session was recorded")
        found = [
            (gettext("Language spoken"), self.get_spoken_language_display()),
            (gettext("Captions"), self.get_captions_display()),
            (gettext("Interpretation"), self.into()),
            (gettext("Recording"), recorded if self.is_recorded else ""),
        ]
        return [(name, capfirst(words)) for name, words in found if words]

    @property
    def access_sentences(self):
        """The same as sentences, for somebody who reads in the active language.

        The language spoken is told to those alone who might expect another one.
        """
        told = []
        if self.spoken_language == "fr" and languages.active() != "fr":
            told.append(gettext("The session is held in French."))
        if self.spoken_language == "en" and languages.active() != "en":
            told.append(gettext("The session is held in English."))
        if self.captions == self.Captions.HUMAN:
            told.append(gettext("A person writes captions live."))
        if self.captions == self.Captions.AUTOMATIC:
            told.append(gettext("There are automatic captions; they make mistakes."))
        if self.interpretation:
            told.append(gettext("Interpretation: %(into)s.") % {"into": self.interpreted_into})
        if self.is_recorded:
            told.append(gettext("The session is recorded."))
        return told

    @property
    def interpreted_into(self):
        """« LSQ, vers l’anglais »; "" where there is no interpretation."""
        return self.into(lsq="LSQ", lsf="LSF")

    def into(self, **words):
        """What there is interpretation into, in a row; `words` are those of some of its kinds."""
        words = {kind.value: str(kind.label) for kind in self.Interpretation} | words
        if {"fr", "en"} <= set(self.interpretation):
            words |= {"fr": gettext("between French and English"), "en": ""}
        found = [words[kind] for kind in words if kind in self.interpretation]
        return ", ".join(filter(None, found))

    @property
    def access_in_short(self):
        """« Français · sous-titres · LSQ »: what decides whether one can follow; "" if unknown."""
        captions = gettext("captions") if self.captions else ""
        found = [self.get_spoken_language_display(), captions, self.interpreted_into]
        return " · ".join(filter(None, found))

    @property
    def needs_deadline(self):
        """The instant until which organisers can still act on what somebody needs.

        Where they named none, it is seven days before the start, at its hour on the first host's
        clock. It is never after the start.
        """
        if self.needs_until:
            return min(self.needs_until, self.starts_at)
        zone = self.first_zone
        week_before = clocks.wall(self.starts_at, zone) - NEEDS_BEFORE
        return week_before.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def takes_needs(self, now):
        """May people still say at `now` what they need?"""
        return self.asks_needs and now < self.needs_deadline
