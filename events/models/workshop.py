"""A workshop: what is announced of it, and when its registration and its room are open."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.access import Access
from events.models.afterwards import Afterwards
from events.models.community import Community, Partner
from events.models.hours import Hours
from events.models.two_languages import TextsInTwoLanguages
from events.models.workshop_queries import INVENTED_KEY, WorkshopQuerySet
from praxis.fields import SingleLineField, is_secure_address
from praxis.sender import public_address


class Workshop(Hours, Access, Afterwards, TextsInTwoLanguages):
    """One announced event.

    Instants are UTC; organisers type them on the first host's clock. `language` is that of its
    texts; pages and mails show what `in_language()` gives.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(
        _("address on the site"),
        max_length=80,
        unique=True,
        help_text=_(
            "Left blank: made from the title. Once shared, the old address leads to the new one."
        ),
    )
    banner = SingleLineField(
        _("banner"),
        max_length=150,
        blank=True,
        help_text=_("Shown above the title, for example the name of the series."),
    )
    title = SingleLineField(_("title"), max_length=200)
    description = models.TextField(
        _("what it is about"),
        blank=True,
        help_text=_(
            "A blank line separates paragraphs. "
            "*word* is set in italics, [text](https://…) makes a link."
        ),
    )
    language = models.CharField(
        _("language of these texts"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    audience = SingleLineField(
        _("audience"), max_length=150, blank=True, help_text=_("For example: Open to all")
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    # With which it was first published: whoever saw it then may wait for it still.
    announced_starts_at = models.DateTimeField(null=True, editable=False)
    place = SingleLineField(
        _("where"),
        max_length=100,
        default="Zoom",
        help_text=_("Public. The address of the meeting itself goes below."),
    )
    meeting_url = models.URLField(
        _("meeting address"),
        max_length=500,
        blank=True,
        validators=[is_secure_address],
        help_text=_(
            "The secret address of the room (Zoom, for example). Only confirmed people get in, "
            "through their own link, shortly before the start."
        ),
    )
    contact_email = models.EmailField(
        _("contact email"), blank=True, help_text=_("Public. Where replies to our mails go.")
    )
    capacity = models.PositiveIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1, _("To close registration, untick “registration open”."))],
        help_text=_("Left blank: no limit."),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text=_("Changing it sends no mail."),
    )
    cancellation_reason = SingleLineField(
        _("why it is cancelled"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("Once cancelled, shown on its pages and in the mail about it. May stay blank."),
    )
    registration_open = models.BooleanField(
        _("registration open"),
        default=True,
        help_text=_("Unticked: closed by hand, whatever the hours below say."),
    )
    registration_opens_at = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(null=True, blank=True)
    seats_released_at = models.DateTimeField(null=True, blank=True)
    door_minutes = models.PositiveSmallIntegerField(
        _("the room opens, minutes before the start"),
        default=15,
        validators=[
            MaxValueValidator(
                24 * 60, _("The room opens 24 hours (1440 minutes) before the start at most.")
            )
        ],
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("first reminder, days before"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_(
            "At the hour of the start on each person’s own clock. "
            "It asks whether they still come. Left blank: none."
        ),
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("last reminder, hours before"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(23)],
        help_text=_("With the link to the room. Left blank: none."),
    )
    keyword = SingleLineField(
        _("word said in the room"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Who comes by phone, or beside a colleague, hears this word and types it on their own "
            "page: that notes them as come. Say it, and write it nowhere. Left blank: nothing is "
            "asked."
        ),
    )
    # When it begins in truth, as those who wait at the door are told; no calendar hears of it.
    late_start_at = models.DateTimeField(null=True, editable=False)
    consent_text = models.TextField(
        _("consent to ask for"),
        blank=True,
        help_text=_(
            "Only where you need one, for example to record the session. "
            "The form then asks for it; what was agreed to is kept with its date."
        ),
    )
    hosts = models.ManyToManyField(
        Community, through="Hosting", related_name="workshops", verbose_name=_("hosts")
    )
    partners = models.ManyToManyField(Partner, blank=True, verbose_name=_("in collaboration with"))
    # Null, not "": the key is unique, and only workshops that a command loaded have one.
    import_key = models.CharField(max_length=80, unique=True, null=True, editable=False)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="workshop_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:workshop", args=[self.slug])

    @property
    def communities(self):
        """The hosts in their order."""
        return [hosting.community for hosting in self.hostings.all()]

    @property
    def logos(self):
        """The logo of each clock, by the clock: its host's. A clock that hosts share has none."""
        hosts = [(community.clock, community.logo) for community in self.communities]
        clocks = [clock for clock, _logo in hosts]
        return {clock: logo for clock, logo in hosts if logo and clocks.count(clock) == 1}

    @property
    def organisers(self):
        """The hosts' names in a row: « Culture pour tous et TMNlab »."""
        return get_text_list([community.name for community in self.communities], gettext("and"))

    @property
    def contact(self):
        """The address to which people write with a question; "" if there is none."""
        return self.contact_email or public_address()

    def is_shown_to(self, user):
        """May `user` see its page? A draft is shown to its own organisers alone."""
        return not self.is_draft or Workshop.objects.read_by(user).filter(pk=self.pk).exists()

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    @property
    def is_invented(self):
        """Was it made to try things out?"""
        return bool(self.import_key) and self.import_key.startswith(INVENTED_KEY)

    @property
    def is_published(self):
        return self.state == self.State.PUBLISHED

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def why_cancelled(self):
        """The organisers’ reason; "" if they gave none, or if it takes place."""
        return self.cancellation_reason if self.is_cancelled else ""
