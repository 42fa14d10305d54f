"""Registration: one person at one workshop."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Community, Workshop
from praxis.addresses import with_token
from praxis.fields import SingleLineField
from registrations.models.person_hours import PersonHours
from registrations.models.registration_queries import (
    ABSENT,
    CAME,
    WITHOUT_TRUE_TEXT,
    RegistrationQuerySet,
)
from registrations.models.search import LONGEST


def new_token():
    """A secret for a link: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


class Registration(PersonHours, models.Model):
    """One person at one workshop. Times are UTC.

    `uid` and `sequence` are the UID and SEQUENCE of the person's calendar entry (RFC 5545 3.8.4.7,
    3.8.7.4); `sequence` is None before the first invite. `told` is the snapshot of what the person
    was last told of the workshop (snapshots.snapshot). `manage_token` is the secret of the manage
    link, which edits, cancels and erases; `join_token` is that of the join link, which only opens
    the room. `zone` is the person's own time zone (IANA), "" if unknown. `day_reminder_for` and
    `hour_reminder_for` hold the start of the workshop for which that reminder is written already,
    or is not needed any more; None as long as it is still to be written. `afterwards_mail_at` is
    when the mail about what stays was written; there is one, however often things change.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        WAITING = "waiting", _("waiting")
        CANCELLED = "cancelled", pgettext_lazy("registration", "cancelled")

    workshop = models.ForeignKey(
        Workshop, models.PROTECT, related_name="registrations", verbose_name=_("workshop")
    )
    state = models.CharField(_("state"), max_length=10, choices=State)
    first_name = SingleLineField(_("first name"), max_length=150)
    last_name = SingleLineField(_("last name"), max_length=150)
    email = models.EmailField(_("email"))
    email_key = models.CharField(max_length=254, editable=False)
    organisation = SingleLineField(_("organisation"), max_length=150, blank=True)
    community = models.ForeignKey(
        Community, models.SET_NULL, null=True, blank=True, verbose_name=_("community")
    )
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(
        _("language of mails"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )

    newsletter_consent_at = models.DateTimeField(
        _("agreed to the newsletter"), null=True, blank=True
    )
    newsletter_consent_text = models.TextField(_("agreed to, for the newsletter"), blank=True)
    consent_at = models.DateTimeField(_("consented"), null=True, blank=True)
    consent_text = models.TextField(_("consented to"), blank=True)

    manage_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    join_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(null=True, editable=False)
    told = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("registered on"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled on"), null=True, editable=False)
    # Who cancelled it: the organisers, or the person. Then the organisers' own word about it.
    cancelled_by_desk = models.BooleanField(default=False, db_default=False, editable=False)
    organisers_word = models.TextField(blank=True, default="", db_default="", editable=False)
    # When an organiser corrected the address. What was mailed before went to another one.
    address_corrected_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(_("first joined"), null=True, editable=False)
    attended_at = models.DateTimeField(_("marked as come"), null=True, editable=False)
    attestation_revoked_at = models.DateTimeField(null=True, editable=False)
    # How many people sat behind the person's screen, the person among them, as the person said.
    # It is 0 for somebody who sat beside another person, who is counted there.
    group_size = models.PositiveSmallIntegerField(
        _("people behind the screen"), default=1, db_default=1, editable=False
    )
    erased_at = models.DateTimeField(_("erased on"), null=True, editable=False)
    # The first use of a secret link. Only the owner of the mailbox can use one.
    verified_at = models.DateTimeField(null=True, editable=False)
    links_asked_at = models.DateTimeField(null=True, editable=False)
    # A keyed hash of the network it came from, "" once it does not count any more (seat_limits.py).
    network_key = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    # What the desk searches (models/search.py). None for somebody erased, and for a person whom a
    # release without this column has registered: the worker fills it in (domain/search_texts.py).
    search_text = models.CharField(max_length=LONGEST, null=True, editable=False)  # noqa: DJ001
    day_reminder_for = models.DateTimeField(null=True, editable=False)
    hour_reminder_for = models.DateTimeField(null=True, editable=False)
    afterwards_mail_at = models.DateTimeField(null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["created_at", "pk"]
        permissions = [
            ("use_board", _("may use the board of the day")),
            ("export_registration", _("may take out registrations as a file")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "email_key"],
                condition=~Q(state="cancelled") & Q(erased_at__isnull=True),
                name="one_active_registration_per_address",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "state", "id"], name="registration_in_line"),
            models.Index(fields=["email_key"], name="registration_by_address"),
            models.Index(
                fields=["links_asked_at"],
                condition=Q(links_asked_at__isnull=False),
                name="links_asked",
            ),
            models.Index(
                # Not of some rows only: SQLite does not see that a parameter fits the condition.
                fields=["network_key", "created_at"],
                name="registration_by_network",
            ),
            models.Index(
                fields=["workshop", "day_reminder_for"],
                condition=Q(state="confirmed"),
                name="day_reminder",
            ),
            models.Index(
                fields=["workshop", "hour_reminder_for"],
                condition=Q(state="confirmed"),
                name="hour_reminder",
            ),
            # Whoever has the mail about what stays is not looked at again.
            models.Index(
                fields=["workshop", "state"],
                condition=Q(afterwards_mail_at__isnull=True),
                name="afterwards_mail",
            ),
            # Read whole by each search: it is a tenth of the table.
            models.Index(fields=["search_text", "id"], name="registration_by_text"),
            models.Index(fields=["id"], condition=WITHOUT_TRUE_TEXT, name="without_true_text"),
            models.Index(fields=["state", "id"], name="registration_newest_by_state"),
            models.Index(
                fields=["id"],
                condition=Q(newsletter_consent_at__isnull=False),
                name="registration_newsletter",
            ),
            models.Index(fields=["id"], condition=CAME, name="registration_came"),
            # Without the state as a condition: SQLite does not see that a parameter fits it.
            models.Index(
                fields=["id", "state", "workshop"],
                condition=ABSENT,
                name="registration_absent",
            ),
            models.Index(
                fields=["email_key"],
                condition=Q(verified_at__isnull=False),
                name="verified_address",
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """First and last name; a dash once the person is erased."""
        if self.erased_at:
            return "–"
        return f"{self.first_name} {self.last_name}"

    @property
    def rank(self):
        """The place on the waiting list; the first is 1. One query, none after with_places()."""
        if "place_in_line" in self.__dict__:
            return self.place_in_line
        return self.workshop.registrations.waiting().filter(pk__lt=self.pk).count() + 1

    @property
    def siblings(self):
        """The registrations of the same address that are not erased, this one among them.

        They come in the order in which they were made.
        """
        return Registration.objects.of_address(self.email).filter(erased_at=None).order_by("pk")

    @property
    def successor(self):
        """The active registration that the same address has made at this workshop since.

        None if there is none, or if this one is not cancelled, or erased.
        """
        if not self.is_cancelled or self.erased_at:
            return None
        return self.workshop.registrations.active().of_address(self.email).first()

    @property
    def came(self):
        """Did the person open the room, or did somebody mark them as come?"""
        return self.came_at is not None

    @property
    def came_at(self):
        """When the person opened the room, or somebody marked them as come; None if neither."""
        return self.joined_at or self.attended_at

    @property
    def is_confirmed(self):
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    def waits_in_vain(self, now):
        """Is this a place on a closed waiting list? Nobody is promoted after the start."""
        return self.is_waiting and self.workshop.has_started(now)

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def manage_path(self):
        return with_token("registrations:manage", self.manage_token)

    @property
    def join_path(self):
        return with_token("registrations:join", self.join_token)
