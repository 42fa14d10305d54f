"""Subscription: an address that wants to hear of the next workshop, of one community or of all."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from events.models import Community
from praxis.addresses import with_token
from praxis.text import french_spacing
from registrations.models.registration import new_token
from registrations.models.registration_queries import email_key

KEPT = timedelta(days=365)  # after the last sign of life
ALL = 0  # in the place of a community: no row has this key


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self):
        """Those whose owner has pressed the button behind the link in our mail."""
        return self.filter(confirmed_at__isnull=False)

    def of_address(self, address):
        """Those of a mail address, however it is spelt (email_key)."""
        return self.filter(email_key=email_key(address))

    def about(self, communities):
        """Those that hear of a workshop which these communities (keys) hold."""
        return self.filter(Q(community=None) | Q(community__in=communities))

    def first_of_each_address(self):
        """The oldest of each address among these: two of one address get one mail."""
        older = self.filter(email_key=OuterRef("email_key"), pk__lt=OuterRef("pk")).order_by()
        return self.filter(~Exists(older))


class Subscription(models.Model):
    """An address to which one mail goes for each announced workshop of a community, or of any.

    Times are UTC. `community` is None for all of them. It counts once it is confirmed, which only
    the owner of the mailbox can do, by the secret `token` in our mail. `consent_text` are the words
    under which it was asked for at `asked_at`, and confirmed. Whoever asks is answered by the
    worker: `mail_asked_at` is None once that is done. `last_seen_at` is the last sign of life: the
    last press of a button behind the link. `zone` is the person's own (IANA), "" if unknown. A
    subscription that ends is a row that is deleted, and its mails with it.
    """

    email = models.EmailField(_("email"))
    email_key = models.CharField(max_length=254, editable=False)
    # The end of a community is no wish to hear of all the others.
    community = models.ForeignKey(
        Community,
        models.CASCADE,
        related_name="subscriptions",
        null=True,
        blank=True,
        verbose_name=_("community"),
    )
    language = models.CharField(
        _("language of mails"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", db_default="")
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    asked_at = models.DateTimeField(_("asked for on"))
    consent_text = models.TextField(_("consented to"))
    mail_asked_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True)
    last_seen_at = models.DateTimeField(_("last sign of life"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "email_key", Coalesce("community", ALL), name="one_subscription_per_address"
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_asked_at"],
                condition=Q(mail_asked_at__isnull=False),
                name="subscription_mail_asked",
            ),
            models.Index(fields=["last_seen_at"], name="subscription_last_seen"),
        ]

    def __str__(self):
        # Never the address: the desk's log shows this.
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_confirmed(self):
        return self.confirmed_at is not None

    @property
    def community_name(self):
        """The name of its community, as it is printed; "" for all."""
        return french_spacing(str(self.community)) if self.community else ""

    @property
    def kept_until(self):
        """When it is erased, unless its owner gives another sign of life."""
        return self.last_seen_at + KEPT

    @property
    def siblings(self):
        """All subscriptions of the address, this one among them."""
        return Subscription.objects.of_address(self.email).order_by("pk")

    @property
    def path(self):
        return with_token("registrations:subscription", self.token)

    @property
    def unsubscribe_path(self):
        return with_token("registrations:unsubscribe", self.token)


ASK = """
    INSERT INTO registrations_subscription ({columns}) VALUES ({values})
    ON CONFLICT (email_key, COALESCE(community_id, 0))
    DO UPDATE SET mail_asked_at = excluded.mail_asked_at, {updates}
"""
# What asking again changes of a subscription that nobody has confirmed yet.
ASKED_ANEW = ["email", "language", "zone", "asked_at", "consent_text", "last_seen_at"]


def ask(email, community, *, language, zone, consent_text, now):
    """Note that somebody asks to tell `email` of the workshops of `community` (None for all).

    It is one and the same statement whether the address is known or not. What is confirmed stays
    as it is, whoever asks. The ORM's upsert cannot tell the two apart, so this is SQL.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    row = {
        "email": email,
        "email_key": email_key(email),
        "community_id": community.pk if community else None,
        "language": language,
        "zone": zone,
        "token": new_token(),
        "asked_at": moment,
        "consent_text": consent_text,
        "mail_asked_at": moment,
        "last_seen_at": moment,
    }
    table = Subscription._meta.db_table
    updates = [
        f"{name} = CASE WHEN {table}.confirmed_at IS NULL THEN excluded.{name} "
        f"ELSE {table}.{name} END"
        for name in ASKED_ANEW
    ]
    statement = ASK.format(
        columns=", ".join(row), values=", ".join(["%s"] * len(row)), updates=", ".join(updates)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, list(row.values()))
