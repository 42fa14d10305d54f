"""The verbs of queries of workshops."""

from django.db import models
from django.db.models import OuterRef, Prefetch, Subquery, Value
from django.db.models.functions import Coalesce

from events.models.community import Hosting

INVENTED_KEY = "demo-"  # how the import_key begins of workshops made to try things out


class WorkshopQuerySet(models.QuerySet):
    """The workshops that a page or a job asks for. `now` is an aware datetime."""

    def announced(self):
        """Published or cancelled: what the public may see."""
        return self.exclude(state=self.model.State.DRAFT)

    def invented(self):
        """Those that were made to try things out."""
        return self.filter(import_key__startswith=INVENTED_KEY)

    def for_harvesters(self):
        """Announced and not invented: what search engines and agendas are told of."""
        return self.announced().exclude(import_key__startswith=INVENTED_KEY)

    def coming(self, now):
        """Not ended at `now`, the next one first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now):
        """Ended at `now`, the latest one first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")

    def visible_to(self, user):
        """The workshops that a community of the organiser holds; all of them for a superuser."""
        if user.is_superuser:
            return self.all()
        if not user.is_staff:
            return self.none()
        own = Hosting.objects.filter(community__in=user.memberships.values("community"))
        return self.filter(pk__in=own.values("workshop"))

    def read_by(self, user):
        """Those of visible_to() for whoever has a right to look at workshops; none for others."""
        may_look = any(user.has_perm(f"events.{verb}_workshop") for verb in ("view", "change"))
        return self.visible_to(user) if may_look else self.none()

    def keys_visible_to(self, user):
        """Their keys, read at once: knowing them, a database finds the shortest way to the people.

        With a subquery SQLite looks at every mail there is.
        """
        return list(self.visible_to(user).order_by().values_list("pk", flat=True))

    def titles_and_starts(self):
        """(key, title, start, the first host's zone) of each, in one query."""
        first = Hosting.objects.filter(workshop=OuterRef("pk")).values("community__zone")[:1]
        zoned = self.annotate(zone=Coalesce(Subquery(first), Value("UTC")))
        return zoned.values_list("pk", "title", "starts_at", "zone")

    def with_hosts(self):
        """With their hosts: one more query, however many rows."""
        return self.prefetch_related(Prefetch("hostings", Hosting.objects.with_logos()))
