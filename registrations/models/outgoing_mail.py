"""One mail to one person, stored before it is sent."""

import secrets

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from praxis.sender import sender_address
from registrations.models.registration import Registration


def new_message_id():
    """A Message-ID of our own (RFC 5322 3.6.4)."""
    return f"<{secrets.token_hex(12)}@{sender_address().rpartition('@')[2]}>"


class OutgoingMailQuerySet(models.QuerySet):
    def due(self, now):
        """Waiting for this moment, or for an earlier one."""
        return self.filter(state=OutgoingMail.State.QUEUED, due_at__lte=now)

    def with_workshops(self):
        """With all that a mail speaks of: two more queries, however many rows; mails about one workshop share it."""
        return self.select_related("registration").prefetch_related(
            "registration__workshop__hostings"
        )

    def next_in_line(self):
        """Without those that must wait until an earlier mail about the same registration is settled. Lost links wait for none:
        they tell nothing that another mail could overtake, and are asked for where one does not arrive.
        """
        earlier = OutgoingMail.objects.unsettled().filter(
            registration=OuterRef("registration"), pk__lt=OuterRef("pk")
        )
        return self.filter(Q(kind=OutgoingMail.Kind.LINKS) | ~Exists(earlier))

    def abandoned(self, now):
        """Claimed by a process that let its lease run out: killed, most likely."""
        return self.filter(state=OutgoingMail.State.SENDING, lease_until__lte=now)

    def unsettled(self):
        """Still on their way."""
        return self.filter(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING])


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

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="mails", verbose_name=_("registration")
    )
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
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(state="queued"), name="mail_due"
            ),
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
