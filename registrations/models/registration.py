"""One person at one workshop."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Community, Workshop
from events.readings import read, with_own
from praxis import zones
from praxis.fields import SingleLineField

# So long after the end the lost links of a workshop are still mailed: what stays afterwards is behind them.
LINKS_STAY = timedelta(days=60)


def new_token():
    """A secret for a link: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


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
        found = self.active().of_address(address).filter(workshop__in=workshops).with_places()
        found = found.select_related("workshop").prefetch_related("workshop__hostings")
        return found.order_by("workshop__starts_at")

    def with_places(self):
        """With `place_in_line`, the rank of whoever waits, None for others, in the same query."""
        ahead = Registration.objects.waiting().order_by()
        ahead = ahead.filter(workshop=OuterRef("workshop"), pk__lt=OuterRef("pk"))
        count = ahead.values("workshop").annotate(count=Count("pk")).values("count")
        rank = Coalesce(Subquery(count), 0) + 1
        return self.annotate(place_in_line=Case(When(state=Registration.State.WAITING, then=rank)))


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
            models.Index(
                fields=["links_asked_at"],
                condition=Q(links_asked_at__isnull=False),
                name="links_asked",
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
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """The person's name; a dash once it is forgotten."""
        return f"{self.first_name} {self.last_name}" if self.erased_at is None else "–"

    @property
    def rank(self):
        """The place on the waiting list; the first is 1. Asks for it, unless with_places() has."""
        if "place_in_line" in self.__dict__:
            return self.place_in_line
        return self.workshop.registrations.waiting().filter(pk__lt=self.pk).count() + 1

    @property
    def siblings(self):
        """All registrations of the same address that are not erased, this one among them, in the order they were made."""
        return Registration.objects.of_address(self.email).filter(erased_at=None).order_by("pk")

    @property
    def successor(self):
        """The registration of the same address at this workshop that counts where this one is cancelled; else None."""
        if not self.is_cancelled or self.erased_at:
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
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def manage_path(self):
        return reverse("registrations:manage", args=[self.manage_token])

    @property
    def join_path(self):
        return reverse("registrations:join", args=[self.join_token])


def email_key(address):
    """The form under which two spellings of an address are one: no outer spaces, no case."""
    return address.strip().casefold()
