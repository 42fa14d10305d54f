"""OutgoingMail: one mail to one person, stored before it is sent."""

import sys

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from events.models import Hosting, Workshop
from praxis.sender import new_message_id
from registrations.models.registration import Registration
from registrations.models.subscription import Subscription


class OutgoingMailQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The mails about workshops that the organiser sees; all for a superuser."""
        if user.is_superuser:
            return self.all()
        return self.filter(registration__workshop__in=Workshop.objects.keys_visible_to(user))

    def due(self, now):
        """The queued mails whose moment has come at `now`, by the database's clock.

        A mail that was due at once when it was stored has one and the same instant twice, whatever
        the clock of the machine that stored it said. It is due at any `now`.
        """
        at_once = Q(due_at=F("created_at"))
        return self.filter(Q(due_at__lte=now) | at_once, state=OutgoingMail.State.QUEUED)

    def with_workshops(self):
        """The mails with registration or subscription, workshop and hosts, in two more queries.

        Mails about the same workshop share one Workshop object. `is_to_verified` comes with them.
        """
        same_address = Registration.objects.filter(email_key=OuterRef("registration__email_key"))
        mails = self.annotate(is_to_verified=Exists(same_address.verified()))
        hostings = [
            Prefetch(f"{workshop}__hostings", Hosting.objects.with_logos())
            for workshop in ("registration__workshop", "workshop")
        ]
        mails = mails.select_related("registration", "subscription__community")
        return mails.prefetch_related(*hostings)

    def to_the_registered(self):
        """The mails about somebody's registration, and none to subscribers."""
        return self.filter(registration__isnull=False)

    def identified_by(self, typed):
        """The mails whose Message-ID begins with `typed`, with or without its brackets."""
        start = "<" + typed.strip().strip("<>").lower()
        if connection.vendor == "postgresql":
            return self.filter(message_id__startswith=start)
        # SQLite uses no index for LIKE.
        return self.filter(message_id__gte=start, message_id__lt=start + chr(sys.maxunicode))

    def abandoned(self, now):
        """The mails claimed by a process whose lease has run out: most likely it was killed."""
        return self.filter(state=OutgoingMail.State.SENDING, lease_until__lte=now)

    def unsettled(self):
        """The mails that are still on their way: queued, or being sent."""
        return self.filter(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING])

    def owed(self, now):
        """The mails that were due at `now` for the first time, or before, and are on their way."""
        # sent_at says no more than the state does. With it, the index mail_owed is used: SQLite
        # does not see that a list of states in a parameter is the one of a partial index.
        return self.filter(is_owed(now), sent_at=None)


def is_owed(now):
    """A condition: was a mail due at `now` for the first time, or before, and is on its way?"""
    return Q(state__in=[OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING], due_since__lte=now)


class OutgoingMail(models.Model):
    """One mail to one person, stored in the same transaction as the act that causes it.

    It is about a `registration`, or goes to a `subscription`: then it tells of `workshop`, or of
    none, and has a `recipient_key` (email_key). No address is told of a workshop twice.
    Times are UTC. A mail whose `due_at` is its `created_at` is due at once. Mails with a lower
    `priority` leave first. A process that sends the mail holds it
    until `lease_until`. `sequence` is the SEQUENCE of its invite, None without one. `before` is the
    snapshot that the person had before the change the mail announces (snapshots.snapshot).
    `content` is the whole mail (RFC 5322) of a person who is erased already, until it has left.
    A mail that `is_resent` says once more what an earlier one said; one that `is_restored`, that
    the organisers have restored the registration. `subject` is that with which it has left, "" for
    a mail that an earlier release has sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("dropped")

    registration = models.ForeignKey(
        Registration,
        models.CASCADE,
        related_name="mails",
        null=True,
        verbose_name=_("registration"),
    )
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="mails", null=True, editable=False
    )
    workshop = models.ForeignKey(
        Workshop, models.SET_NULL, related_name="+", null=True, editable=False
    )
    recipient_key = models.CharField(
        max_length=254, blank=True, default="", db_default="", editable=False
    )
    kind = models.CharField(_("kind"), max_length=20)
    priority = models.PositiveSmallIntegerField(default=0, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    sequence = models.PositiveIntegerField(_("version of the invite"), null=True)
    before = models.TextField(blank=True, editable=False)
    is_resent = models.BooleanField(default=False, db_default=False, editable=False)
    is_restored = models.BooleanField(default=False, db_default=False, editable=False)
    content = models.TextField(blank=True, editable=False)
    subject = models.CharField(
        _("subject"), max_length=200, blank=True, default="", db_default="", editable=False
    )
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
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "recipient_key"],
                condition=Q(workshop__isnull=False),
                name="told_once_of_a_workshop",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(state="queued"), name="mail_due"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="mail_leased"),
            models.Index(
                fields=["due_since", "state"], condition=Q(sent_at__isnull=True), name="mail_owed"
            ),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="mail_sent"),
            models.Index(fields=["state", "id"], name="mail_newest_by_state"),
            models.Index(fields=["kind", "id"], name="mail_newest_by_kind"),
        ]

    def __str__(self):
        return self.message_id

    @cached_property
    def is_to_verified(self):
        """Has the owner of the address used one of our links? If not, a stranger may have typed it.

        One query, none after with_workshops().
        """
        return Registration.objects.of_address(self.registration.email).verified().exists()
