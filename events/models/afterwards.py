"""What stays of a workshop after its end, for whom, and when a mail tells of it."""

from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praxis.fields import is_secure_address

# What leads to what stays: secret unless everybody may see it.
WHAT_STAYS = ("replay_url", "slides_url", "afterwards", "translated_afterwards")
# A mail could follow from a change of one of these: the organiser has an hour to take it back.
GIVES_TIME = (*WHAT_STAYS, "afterwards_is_public", "afterwards_mail", "state", "ends_at")


class Afterwards(models.Model):
    """What stays of an event, who may see it, and when a mail tells of it.

    `afterwards_changed_at` is when something from which that mail could follow was last changed at
    the desk; None if it never was, or by a release that did not note it.
    """

    class AfterwardsMail(models.TextChoices):
        ONCE = "once", _("once something stays")
        THIRD_DAY = "third_day", _("three days after the end, at the same hour")
        NEVER = "never", _("no mail")

    replay_url = models.URLField(
        _("address of the replay"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[is_secure_address],
        help_text=_("The page on which the recording can be watched."),
    )
    slides_url = models.URLField(
        _("address of the slides"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[is_secure_address],
        help_text=_("The page on which they can be read."),
    )
    afterwards = models.TextField(
        _("further links, or a word"),
        blank=True,
        help_text=_("*word* is set in italics, [text](https://…) makes a link."),
    )
    afterwards_is_public = models.BooleanField(
        _("everybody may see what stays"),
        default=False,
        db_default=False,
        help_text=_(
            "Ticked: it stands on the workshop’s page after the end. Unticked: only behind the own "
            "link of each person who had a seat."
        ),
    )
    afterwards_mail = models.CharField(
        _("mail about what stays"),
        max_length=10,
        choices=AfterwardsMail,
        default=AfterwardsMail.ONCE,
        db_default=AfterwardsMail.ONCE,
        help_text=_(
            "One mail to each person who had a seat, and never a second one. It also leads to the "
            "three questions and, for who came, to the certificate. It leaves an hour after your "
            "last change at the earliest: until then you may change your mind. The overview says "
            "when it leaves, and shows it."
        ),
    )
    afterwards_changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def stays(self):
        """Is there anything that stays?"""
        return bool(self.replay_url or self.slides_url or self.afterwards.strip())

    @property
    def stays_for_everybody(self):
        """Is there anything that everybody may see once it is over?"""
        return self.stays and self.afterwards_is_public

    @property
    def what_stays(self):
        """« l’enregistrement et les diapositives », or « de quoi y revenir »."""
        named = [(self.replay_url, gettext("the replay")), (self.slides_url, gettext("the slides"))]
        found = [words for address, words in named if address]
        return get_text_list(found, gettext("and")) or gettext("something to look back on")

    @property
    def online_words(self):
        """« En ligne : l’enregistrement et les diapositives »"""
        return gettext("Online: %(what)s") % {"what": self.what_stays}

    def note_what_stays(self, before, *, now):
        """Keep the instant of a change from which a mail could follow, for a save that follows.

        `before` is the workshop as it is stored, or None for a new one.
        """
        was = [getattr(before, name, "") for name in GIVES_TIME]
        if was != [getattr(self, name) for name in GIVES_TIME]:
            self.afterwards_changed_at = now
