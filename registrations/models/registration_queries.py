"""The verbs of queries of registrations: by state, by address, by what is theirs."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from events.models import Workshop
from registrations.models.search import words_of

# Lost links are still mailed so long after the end of a workshop: they lead to what remains of it.
LINKS_STAY = timedelta(days=60)
# Of addresses that load_demo invents: no mail leaves for it (RFC 2606).
INVENTED_DOMAIN = "demo.example.org"
# Who opened the room, or was marked as come; and everybody else.
CAME = Q(joined_at__isnull=False) | Q(attended_at__isnull=False)
ABSENT = Q(joined_at__isnull=True, attended_at__isnull=True)
# Without literals, in which SQLite would not know the condition of a partial index again.
WITHOUT_TRUE_TEXT = Q(erased_at__isnull=True, search_text__isnull=True) | Q(
    erased_at__isnull=False, search_text__isnull=False
)


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The registrations at workshops that the organiser sees; all for a superuser."""
        if user.is_superuser:
            return self.all()
        return self.filter(workshop__in=Workshop.objects.keys_visible_to(user))

    def confirmed(self):
        """The registrations that have a seat."""
        return self.filter(state=self.model.State.CONFIRMED)

    def waiting(self):
        """The waiting list, the first in line first.

        The workshop's lock lets people in one after another, so the order is that of the keys.
        """
        return self.filter(state=self.model.State.WAITING).order_by("pk")

    def active(self):
        """The registrations that are not cancelled."""
        return self.filter(state__in=[self.model.State.CONFIRMED, self.model.State.WAITING])

    def of_address(self, address):
        """The registrations of a mail address, however it is spelt (email_key)."""
        return self.filter(email_key=email_key(address))

    def came(self):
        """The registrations of people who opened the room, or were marked as come."""
        return self.filter(CAME)

    def absent(self):
        """The registrations of people who did not come, or not yet."""
        return self.filter(ABSENT)

    def stayed_away(self, now):
        """The confirmed registrations of people who did not come, at workshops that are over."""
        over = Workshop.objects.filter(ends_at__lte=now).order_by().values("pk")
        return self.absent().confirmed().filter(workshop__in=over)

    def verified(self):
        """The registrations one of whose links was used."""
        return self.filter(verified_at__isnull=False)

    def never_verified(self):
        """The registrations of addresses that never used one of our links; none of the erased."""
        # Whoever has used one of their own need not be looked up among the others.
        return self.filter(~self.same_address_verified(), verified_at=None, erased_at=None)

    def ever_verified(self):
        """The registrations of addresses that have used one of our links; none of the erased."""
        return self.filter(self.same_address_verified(), erased_at=None)

    def same_address_verified(self):
        """A condition: has the address of a registration used one of our links, on any of its?"""
        return Exists(self.model.objects.filter(email_key=OuterRef("email_key")).verified())

    def holding(self, typed):
        """The registrations that hold each word that was `typed`: in name, address, organisation.

        A part of a word is enough. Accents and case make no difference.
        """
        found = self
        for word in words_of(typed):
            found = found.filter(search_text__contains=word)
        return found

    def without_true_text(self):
        """The registrations without a search text, and the erased that still have one."""
        return self.filter(WITHOUT_TRUE_TEXT)

    def coming_of(self, address, now):
        """The active registrations of `address`, at workshops that are not long over.

        The earliest workshop comes first; workshop and hosts come in the same queries.
        """
        workshops = Workshop.objects.announced().filter(ends_at__gt=now - LINKS_STAY)
        found = self.active().of_address(address).filter(workshop__in=workshops).with_places()
        found = found.select_related("workshop").prefetch_related("workshop__hostings")
        return found.order_by("workshop__starts_at", "pk")

    def with_places(self):
        """The registrations with `place_in_line`, computed in the same query.

        It is the rank on the waiting list, None for a registration that does not wait.
        """
        ahead = self.model.objects.waiting().order_by()
        ahead = ahead.filter(workshop=OuterRef("workshop"), pk__lt=OuterRef("pk"))
        count = ahead.values("workshop").annotate(count=Count("pk")).values("count")
        rank = Coalesce(Subquery(count), 0) + 1
        return self.annotate(place_in_line=Case(When(state=self.model.State.WAITING, then=rank)))


def email_key(address):
    """`address` without outer spaces and case, so that its spellings are equal."""
    return address.strip().casefold()
