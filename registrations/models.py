"""Who comes, and the mails they are owed."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.clocks import read, with_own
from events.models import Community, Line, Workshop
from praxis import zones
from praxis.sender import sender_address

# So long after the end the lost links of a workshop are still mailed: what stays afterwards is behind them.
LINKS_STAY = timedelta(days=60)


def new_token():
    """A secret for a link: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


def email_key(address):
    """The form under which two spellings of an address are one: no outer spaces, no case."""
    return address.strip().casefold()


class RegistrationQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(state=Registration.State.CONFIRMED)

    def waiting(self):
        """The waiting list, the first in line first: in the order in which the lock let people in."""
        return self.filter(state=Registration.State.WAITING).order_by("pk")

    def active(self):
        """Everyone who has not cancelled."""
        return self.filter(state__in=[Registration.State.CONFIRMED, Registration.State.WAITING])

    def of_address(self, address):
        return self.filter(email_key=email_key(address))

    def coming_of(self, address, now):
        """Whoever registered under `address` at a workshop not long over, the next one first."""
        workshops = Workshop.objects.announced().filter(ends_at__gt=now - LINKS_STAY)
        found = self.active().of_address(address).filter(workshop__in=workshops)
        return found.select_related("workshop").order_by("workshop__starts_at")


class Registration(models.Model):
    """One person at one workshop. Times are UTC.

    `uid` and `sequence` are those of the person's calendar entry (RFC 5545 3.8.4.7, 3.8.7.4), None before the first invite;
    `told` is what the person was last told of the workshop (invites.facts). `manage_token` edits and cancels,
    `join_token` only joins. `zone` is the person's own clock (IANA), "" where unknown. `day_reminder_for` and
    `hour_reminder_for` hold the start of the workshop that the reminder was written for, or that needs none any more.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        WAITING = "waiting", _("waiting")
        CANCELLED = "cancelled", pgettext_lazy("registration", "cancelled")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="registrations", verbose_name=_("workshop"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    first_name = Line(_("first name"), max_length=150)
    last_name = Line(_("last name"), max_length=150)
    email = models.EmailField(_("email"))
    email_key = models.CharField(max_length=254, editable=False)
    organisation = Line(_("organisation"), max_length=150, blank=True)
    community = models.ForeignKey(Community, models.SET_NULL, null=True, blank=True, verbose_name=_("community"))
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language of mails"), max_length=5, choices=settings.LANGUAGES, default="fr")

    newsletter_consent_at = models.DateTimeField(_("agreed to the newsletter"), null=True, blank=True)
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
    joined_at = models.DateTimeField(_("first joined"), null=True, editable=False)
    erased_at = models.DateTimeField(_("erased on"), null=True, editable=False)
    # When one of the secret links was first used, which only the owner of the mailbox can do.
    verified_at = models.DateTimeField(null=True, editable=False)
    links_asked_at = models.DateTimeField(null=True, editable=False)
    day_reminder_for = models.DateTimeField(null=True, editable=False)
    hour_reminder_for = models.DateTimeField(null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "email_key"],
                condition=~Q(state="cancelled") & Q(erased_at__isnull=True),
                name="one_active_registration_per_address",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "state"], name="registration_by_state"),
            models.Index(fields=["email_key"], name="registration_by_address"),
            models.Index(fields=["links_asked_at"], condition=Q(links_asked_at__isnull=False), name="links_asked"),
            models.Index(fields=["workshop", "day_reminder_for"], condition=Q(state="confirmed"), name="day_reminder"),
            models.Index(
                fields=["workshop", "hour_reminder_for"], condition=Q(state="confirmed"), name="hour_reminder"
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """The person's name; a dash once it is forgotten."""
        return f"{self.first_name} {self.last_name}" if self.erased_at is None else "–"

    @property
    def rank(self):
        """The place on the waiting list; the first is 1."""
        return self.workshop.registrations.waiting().filter(pk__lt=self.pk).count() + 1

    @property
    def siblings(self):
        """All registrations of the same address that are not erased, this one among them, in the order they were made."""
        return Registration.objects.of_address(self.email).filter(erased_at=None).order_by("pk")

    @property
    def successor(self):
        """The registration of the same address at this workshop that counts where this one is cancelled; else None."""
        if self.state != self.State.CANCELLED or self.erased_at:
            return None
        return self.workshop.registrations.active().of_address(self.email).first()

    @property
    def city(self):
        """What the active language calls the city of the person's zone; "" where it is unknown."""
        return zones.city(self.zone) if self.zone else ""

    @property
    def clocks(self):
        """The workshop's clocks, and the person's own where no host has it."""
        return with_own(self.workshop.clocks, self.zone)

    @property
    def readings(self):
        return read(self.clocks, self.workshop.starts_at, self.workshop.ends_at)

    @property
    def clock_lines(self):
        """When it takes place, on the person's own clock too, as lines of plain text in the active language."""
        return self.workshop.lines_of(self.readings)

    @property
    def is_confirmed(self):
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    def waits_in_vain(self, now):
        """On a waiting list that is closed: nobody is promoted after the start."""
        return self.is_waiting and self.workshop.has_started(now)

    @property
    def manage_path(self):
        return reverse("registrations:manage", args=[self.manage_token])

    @property
    def join_path(self):
        return reverse("registrations:join", args=[self.join_token])


class OutgoingMailQuerySet(models.QuerySet):
    def due(self, now):
        """Waiting for this moment, or for an earlier one."""
        return self.filter(state=OutgoingMail.State.QUEUED, due_at__lte=now)

    def with_workshops(self):
        """With all that a mail speaks of: two more queries, however many rows; mails about one workshop share it."""
        return self.select_related("registration").prefetch_related("registration__workshop__hostings")

    def next_in_line(self):
        """Without those that must wait until an earlier mail about the same registration is settled. Lost links wait for none:
        they tell nothing that another mail could overtake, and are asked for where one does not arrive.
        """
        earlier = OutgoingMail.objects.unsettled().filter(registration=OuterRef("registration"), pk__lt=OuterRef("pk"))
        return self.filter(Q(kind=OutgoingMail.Kind.LINKS) | ~Exists(earlier))

    def abandoned(self, now):
        """Claimed by a process that let its lease run out: killed, most likely."""
        return self.filter(state=OutgoingMail.State.SENDING, lease_until__lte=now)

    def unsettled(self):
        """Still on their way."""
        return self.filter(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING])


def new_message_id():
    """A Message-ID of our own (RFC 5322 3.6.4)."""
    return f"<{secrets.token_hex(12)}@{sender_address().rpartition('@')[2]}>"


class OutgoingMail(models.Model):
    """One mail to one person, stored in the transaction that makes it owed. Times are UTC.

    A process that sends it holds it until `lease_until`. `sequence` is the SEQUENCE its invite carries, if it has one;
    `before` is what the person had been told before the change it speaks of (invites.facts); `content` is the whole
    mail (RFC 5322) where the person is forgotten already, until it has left. Lower `priority` leaves first.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        ALREADY_REGISTERED = "already_registered", _("already registered")
        WAITING = "waiting", _("waiting list")
        LINKS = "links", _("lost links")
        PROMOTION = "promotion", _("seat from the waiting list")
        CANCELLATION = "cancellation", _("cancellation")
        HOUR_REMINDER = "hour_reminder", _("last reminder")
        DAY_REMINDER = "day_reminder", _("first reminder")
        UPDATE = "update", _("change announced")
        WORKSHOP_CANCELLED = "workshop_cancelled", _("workshop cancelled")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("dropped")

    # Somebody sits before the screen and waits for the first ones.
    PRIORITIES = {
        Kind.CONFIRMATION: 0,
        Kind.ALREADY_REGISTERED: 0,
        Kind.WAITING: 0,
        Kind.LINKS: 0,
        Kind.PROMOTION: 1,
        Kind.CANCELLATION: 1,
        Kind.HOUR_REMINDER: 2,
        Kind.UPDATE: 3,
        Kind.WORKSHOP_CANCELLED: 3,
        Kind.DAY_REMINDER: 3,
    }

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="mails", verbose_name=_("registration"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    priority = models.PositiveSmallIntegerField(default=0, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    sequence = models.PositiveIntegerField(_("version of the invite"), null=True)
    before = models.TextField(blank=True, editable=False)
    content = models.TextField(blank=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=255, unique=True, default=new_message_id)
    created_at = models.DateTimeField(_("stored"))
    due_since = models.DateTimeField(_("first due"))
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(_("held until"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["priority", "due_at", "id"], condition=Q(state="queued"), name="mail_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="mail_leased"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.message_id}"

    @classmethod
    def about(cls, registration, kind, *, now, due_at=None, before=""):
        """A mail of `kind` to the person, not stored yet, due at `due_at` or at once."""
        return cls(
            registration=registration,
            kind=kind,
            priority=cls.PRIORITIES[kind],
            sequence=registration.sequence,
            before=before,
            created_at=now,
            due_since=due_at or now,
            due_at=due_at or now,
        )


class Allowance(models.Model):
    """How often somebody did something lately: `key` is a keyed hash of who and what, `times` the moments (seconds since 1970).

    No address can be read from it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    times = models.JSONField(default=list)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key
