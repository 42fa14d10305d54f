"""What calendar programs and feed readers fetch, and the page that says how to subscribe."""

from contextlib import suppress
from datetime import UTC, datetime

from django.core.cache import cache, caches
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events import calendars
from events.atom import atom as atom_of
from events.feeds import Feed
from events.models import Community, Workshop
from praxis import languages
from praxis.drawings import KEPT as DAY
from praxis.microcache import LONG, cache_key, public
from praxis.text import is_possible_key

FRESH = 60  # seconds until a program asks whether a calendar or a feed has changed
MOST_COMMUNITIES = 200


@require_safe
@public
def workshop_calendar(request, slug):
    """The calendar file of one workshop."""
    workshop = get_object_or_404(Workshop.objects.announced().with_hosts(), slug=slug)
    return calendar_response([workshop.in_language(languages.active())], f"{workshop.slug}.ics")


@require_safe
@public
def calendar(request, pk=None):
    """The calendar of all workshops, or of those of a community."""
    feed = feed_of(pk)
    workshops = feed.workshops(timezone.now())
    name = f"praxis-{feed.community.address}.ics" if feed.community else "praxis.ics"
    return calendar_response(workshops, name, feed.facts)


@require_safe
@public
def atom(request, pk=None):
    """The same workshops as an Atom feed."""
    feed = feed_of(pk)
    workshops = feed.workshops(timezone.now())
    facts = [feed.name, feed.description, feed.page, feed.atom]
    return kept_response(
        lambda: atom_of(feed, workshops),
        ["atom", languages.active(), facts, calendars.fingerprint(workshops)],
        {"Content-Type": "application/atom+xml; charset=utf-8"},
    )


def feed_of(pk):
    """The Feed of the community with this key; that of all for None."""
    if pk is None:
        return Feed()
    if not is_possible_key(str(pk)):
        raise Http404
    return Feed(get_object_or_404(Community, pk=pk))


def calendar_response(workshops, filename, facts=()):
    """`workshops` as a calendar file to download or to subscribe to."""
    return kept_response(
        lambda: calendars.published(workshops, facts),
        ["calendar", languages.active(), str(facts), calendars.fingerprint(workshops)],
        {
            "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
            "Content-Disposition": f'attachment; filename="{filename}"',
        },
    )


def kept_response(make, key, headers):
    """What `make()` returns, written anew only when something that `key` names has changed.

    Last-Modified is the moment when a process of this machine first wrote it so.
    """
    name = cache_key(*key)
    content = cache.get_or_set(name, make, LONG)
    headers |= {"Cache-Control": f"public, max-age={FRESH}"}
    # On a full disk there is no such moment, and the answer needs none.
    with suppress(OSError):
        moment = caches["drawings"].get_or_set(cache_key("since", name), now_in_seconds, DAY)
        headers["Last-Modified"] = http_date(moment)
    return HttpResponse(content, headers=headers)


def now_in_seconds():
    return int(datetime.now(UTC).timestamp())


@require_safe
@public
def subscribe(request):
    """How one subscribes to the workshops in a calendar program or a feed reader."""
    held = Workshop.objects.announced().values("hosts")
    communities = Community.objects.filter(pk__in=held)[:MOST_COMMUNITIES]
    context = {"feed": Feed(), "feeds": [Feed(community) for community in communities]}
    return render(request, "events/subscribe.html", context)
