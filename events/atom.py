"""A feed of workshops as Atom (RFC 4287)."""

import re
from datetime import UTC, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from praxis import languages

MOST_ENTRIES = 50  # the latest changed
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# XML 1.0 has no place for them (2.2), and readers refuse a feed that holds one.
REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class WorkshopsFeed(Atom1Feed):
    """Atom1Feed whose entries say their language, and whose date is that of its latest edit."""

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def latest_post_date(self):
        # Without entries Django would say now, and the feed would never be the same as before.
        return max((item["updateddate"] for item in self.items), default=NEVER)


def atom(feed, workshops):
    """The bytes of the Feed `feed` with `workshops`, the latest changed first.

    The UID of a workshop names its entry for good. An entry's date is that of its last edit; its
    title says that it is cancelled or moved, since readers show little else.
    """
    written = WorkshopsFeed(
        title=readable(feed.name),
        link=feed.page,
        description=None,
        subtitle=feed.description,
        language=languages.active(),
        author_name="Praxis",
        feed_url=feed.atom,
        feed_guid=feed.atom,
    )
    latest = sorted(workshops, key=lambda each: (each.updated_at, each.pk), reverse=True)
    for workshop in latest[:MOST_ENTRIES]:
        written.add_item(
            title=readable(title_of(workshop)),
            link=settings.SITE_URL + workshop.get_absolute_url(),
            description=readable(summary_of(workshop)),
            unique_id=f"urn:uuid:{workshop.uid}",
            updateddate=workshop.updated_at,
            author_name=readable(workshop.organisers) or "Praxis",
            language=workshop.language,
        )
    return written.writeString("utf-8").encode()


def title_of(workshop):
    stamp = _("cancelled") if workshop.is_cancelled else workshop.new_hours
    if not stamp:
        return workshop.title
    return _("%(stamp)s: %(title)s") % {"stamp": capfirst(stamp), "title": workshop.title}


def summary_of(workshop):
    """The hours on each clock and what it is about, as HTML."""
    context = {"workshop": workshop, "language": languages.active()}
    with languages.of_place(workshop.first_zone):
        return render_to_string("events/_atom_summary.html", context)


def readable(text):
    """`text` without the characters that no XML holds, however they came into it."""
    return REFUSED.sub("", text)
