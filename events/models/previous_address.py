"""The addresses that workshops had before: what was published leads on."""

from django.db import models
from django.db.models import Q
from django.utils.text import slugify

from events.models.workshop import Workshop

# Artsdata's crawler passes over addresses of more than 100 characters, the site's name included.
LONGEST_SLUG = 50


class PreviousAddressManager(models.Manager):
    def note(self, workshop, before):
        """Keep the address that `before` has, the workshop as it was stored, or None if it is new.

        Nobody knows the address of what was never announced. One that is taken back is no longer a
        previous one.
        """
        self.filter(slug__iexact=workshop.slug, workshop=workshop).delete()
        if before is None or before.slug.lower() == workshop.slug.lower():
            return
        if not before.is_draft or before.announced_starts_at:
            self.update_or_create(slug=before.slug, defaults={"workshop": workshop})

    def free_slug(self, title):
        """A slug for `title` that no workshop has or had, such as l-oeuvre-d-ile-2."""
        plain = title.lower().replace("œ", "oe").replace("æ", "ae")
        plain = plain.replace("’", "-").replace("'", "-")
        slug = base = shortened(slugify(plain).strip("-")) or "atelier"
        number = 1
        while any(rows.filter(slug__iexact=slug).exists() for rows in (Workshop.objects, self)):
            number += 1
            slug = f"{base}-{number}"
        return slug

    def leads_to(self, slug):
        """The slug of the announced workshop that has `slug` in other capitals, or had it before.

        None if there is none.
        """
        announced = Workshop.objects.announced().order_by("pk")
        had = self.filter(slug__iexact=slug).values("workshop")
        found = announced.filter(Q(slug__iexact=slug) | Q(pk__in=had)).exclude(slug=slug)
        return found.values_list("slug", flat=True).first()


class PreviousAddress(models.Model):
    """A slug that a workshop had while people could know it. No other workshop gets it."""

    slug = models.SlugField(max_length=80, unique=True)
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="previous_addresses")

    objects = PreviousAddressManager()

    def __str__(self):
        return self.slug


def shortened(slug):
    """`slug` in at most LONGEST_SLUG characters, cut after a word where that can be."""
    if len(slug) <= LONGEST_SLUG:
        return slug
    return slug[: LONGEST_SLUG + 1].rpartition("-")[0].strip("-") or slug[:LONGEST_SLUG]
