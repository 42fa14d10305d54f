"""A workshop as an Event of schema.org: the JSON-LD that search engines and harvesters read.

It is written for the strictest of them, Artsdata, from which La Vitrine takes its events: plain
Event, one location, no offset east of Greenwich, identifiers that begin with http: as theirs do.
"""

import json
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.duration import duration_iso_string

from events import card, summaries
from praxis import languages

SCHEMA = "http://schema.org/"
ARTSDATA = "http://kg.artsdata.ca/resource/"
DESCRIPTION = 300  # characters: the page says the rest
# In a string of JSON these say the same, and no title ends the element or begins a comment in it.
ESCAPED = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def written(facts):
    """`facts` as JSON that may stand in a <script> of a page."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return text.translate(ESCAPED)


def event(workshop, *, has_seats, form):
    """The Event of `workshop` in the language in which its texts are shown, as a dict.

    `has_seats` says whether a seat may be had, now or once registration opens. `form` is the path
    of the form by which people register.
    """
    site, now = settings.SITE_URL, timezone.now()
    page = site + workshop.get_absolute_url()
    # The form is gone, 410, once the workshop is: the page stays.
    is_gone = workshop.is_cancelled or workshop.has_ended(now)
    hosts = [organisation(community) for community in workshop.communities]
    facts = {
        "@context": "https://schema.org",
        "@type": "Event",
        # One event, whichever page tells of it: Artsdata joins the languages of both by it.
        "@id": f"{site}/#{workshop.uid}",
        "additionalType": f"{ARTSDATA}WorkshopEvent",
        "url": page,
        "mainEntityOfPage": web_page(workshop, page),
        "name": workshop.title,
        "description": summaries.summary(workshop, DESCRIPTION),
        "image": site + card.picture_path(workshop, now),
        # Our page: it is there that people get in, and the address of the room is nobody's else.
        "location": {"@type": "VirtualLocation", "name": workshop.place, "url": page},
        "eventAttendanceMode": f"{SCHEMA}OnlineEventAttendanceMode",
        "isAccessibleForFree": True,
        "offers": offer(workshop, has_seats=has_seats, url=page if is_gone else site + form),
    }
    if hosts:
        facts |= {"organizer": hosts, "performer": hosts}
    if workshop.capacity:
        facts["maximumVirtualAttendeeCapacity"] = workshop.capacity
    return facts | hours(workshop) | said_beforehand(workshop)


def web_page(workshop, address):
    zones = [clock.zone for clock in workshop.clocks]
    return {
        "@type": "WebPage",
        "url": address,
        "inLanguage": languages.active(),
        "lastReviewed": instant(workshop.updated_at, zones),
    }


def said_beforehand(workshop):
    """The language of the session, and who can follow it.

    Only a work has properties of accessibility: here it is what the event features.
    """
    facts = {"inLanguage": workshop.languages_spoken or workshop.original_language}
    if summary := workshop.access_facts():
        features = [("captions", workshop.captions), ("signLanguage", workshop.is_signed)]
        facts["workFeatured"] = {
            "@type": "CreativeWork",
            "name": workshop.title,
            "accessibilityFeature": [name for name, is_there in features if is_there],
            "accessibilitySummary": "; ".join(map(": ".join, summary)),
        }
    return facts


def hours(workshop):
    """When it takes place, and whether it still does."""
    zones = [clock.zone for clock in workshop.clocks]
    facts = {
        "startDate": instant(workshop.starts_at, zones),
        "endDate": instant(workshop.ends_at, zones),
        "doorTime": instant(workshop.door_opens_at, zones),
        "duration": duration_iso_string(workshop.ends_at - workshop.starts_at),
        "eventStatus": f"{SCHEMA}EventScheduled",
    }
    if workshop.is_cancelled:
        facts["eventStatus"] = f"{SCHEMA}EventCancelled"
    elif workshop.is_moved:
        facts["eventStatus"] = f"{SCHEMA}EventRescheduled"
        facts["previousStartDate"] = instant(workshop.announced_starts_at, zones)
    return facts


def instant(at, zones):
    """`at` on the first clock of `zones` that is west of Greenwich then, else in UTC, as "Z".

    "2027-03-29T09:30:00-04:00". Artsdata's score takes "+02:00" for no date at all.
    """
    for zone in zones:
        local = at.astimezone(ZoneInfo(zone))
        if local.utcoffset() < timedelta(0):
            return local.isoformat(timespec="seconds")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def organisation(community):
    """A host. Programs know by `sameAs` that it is the one they know already."""
    page = settings.SITE_URL + community.get_absolute_url()
    facts = {
        "@type": "Organization",
        "@id": f"{settings.SITE_URL}/#community-{community.pk}",
        "name": community.name,
        "url": community.site or page,
    }
    if community.same_as:
        facts["sameAs"] = community.addresses_elsewhere
    return facts


def offer(workshop, *, has_seats, url):
    """A seat, free of charge. La Vitrine takes no other property of it than these."""
    zones = [clock.zone for clock in workshop.clocks]
    opens_at = workshop.registration_opens_at or workshop.created_at
    return {
        "@type": "Offer",
        "additionalType": f"{ARTSDATA}OfferRequiresRegistration",
        "price": 0,
        "priceCurrency": "CAD",
        "availability": SCHEMA + ("InStock" if has_seats else "SoldOut"),
        "validFrom": instant(opens_at, zones),
        "url": url,
    }
