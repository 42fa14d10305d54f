"""One mail to one person, stored before it is sent."""

import secrets

from django.db import models
from django.db.models import Q
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

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("dropped")

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="mails", verbose_name=_("registration")
    )
    kind = models.CharField(_("kind"), max_length=20)
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
        return self.message_id
