"""Who comes, and the mails they are owed."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Community, Line, Workshop


def new_token():
    """A secret for a link: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


def email_key(address):
    """The form under which two spellings of an address are one: no outer spaces, no case."""
    return address.strip().casefold()


class RegistrationQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(state=Registration.State.CONFIRMED)

    def active(self):
        """Everyone who has not cancelled."""
        return self.exclude(state=Registration.State.CANCELLED)


class Registration(models.Model):
    """One person at one workshop. Times are UTC.

    `uid` and `sequence` are those of the person's calendar entry (RFC 5545 3.8.4.7, 3.8.7.4); `told` is the digest of what
    the last invite said (invites.tell). `manage_token` edits and cancels, `join_token` only joins.
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
    language = models.CharField(_("language of mails"), max_length=5, choices=settings.LANGUAGES, default="fr")

    newsletter_consent_at = models.DateTimeField(_("agreed to the newsletter"), null=True, blank=True)
    newsletter_consent_text = models.TextField(_("agreed to, for the newsletter"), blank=True)
    consent_at = models.DateTimeField(_("consented"), null=True, blank=True)
    consent_text = models.TextField(_("consented to"), blank=True)

    manage_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    join_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    told = models.CharField(max_length=64, blank=True, editable=False)

    created_at = models.DateTimeField(_("registered on"), editable=False)
    cancelled_at = models.DateTimeField(_("cancelled on"), null=True, editable=False)
    joined_at = models.DateTimeField(_("first joined"), null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "email_key"],
                condition=~Q(state="cancelled"),
                name="one_active_registration_per_address",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "state"], name="registration_by_state")]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def is_confirmed(self):
        return self.state == self.State.CONFIRMED

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

    def abandoned(self, now):
        """Claimed by a process that let its lease run out: killed, most likely."""
        return self.filter(state=OutgoingMail.State.SENDING, lease_until__lte=now)

    def unsettled(self):
        """Still on their way."""
        return self.filter(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING])


class OutgoingMail(models.Model):
    """One mail to one person, stored in the transaction that makes it owed. Times are UTC.

    A process that sends it holds it until `lease_until`. `sequence` is the SEQUENCE its invite carries.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        ALREADY_REGISTERED = "already_registered", _("already registered")
        CANCELLATION = "cancellation", _("cancellation")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("dropped")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="mails", verbose_name=_("registration"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    sequence = models.PositiveIntegerField(_("version of the invite"))
    message_id = models.CharField("Message-ID", max_length=255, unique=True)
    created_at = models.DateTimeField(_("stored"))
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
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="mail_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="mail_leased"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.message_id}"
