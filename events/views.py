"""The public pages: the list, a workshop, a community, accessibility."""

from datetime import date
from functools import partial

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import Community, Logo, Workshop
from events.readings import day_words
from praxis import languages
from praxis.microcache import cached, public, public_page
from praxis.sender import public_address
from praxis.text import is_possible_key

COMING_ON_A_PAGE = 100
PAST_ON_A_PAGE = 50
ACCESSIBILITY_REVISED = date(2026, 11, 30)


@require_safe
def workshop_list(request):
    """The next workshops and the latest past ones; a further page has later or older ones alone."""
    return listing(request, Workshop.objects.announced(), "events/list.html")


@require_safe
def community_page(request, address):
    """A community and the workshops that it holds, in pages as the list of all.

    Its key in the address decides: a community may change its name.
    """
    key = address.partition("-")[0]
    if not is_possible_key(key):
        raise Http404
    community = get_object_or_404(with_logos(Community.objects), pk=key)
    if address != community.address:
        return redirect(community)
    [colour] = Community.colours_of([community])
    return listing(
        request,
        Workshop.objects.announced().filter(hosts=community),
        "events/community.html",
        f"of {community.pk}",
        {"community": community, "colour": colour},
    )


def listing(request, workshops, template, name="", context=None):
    """A page of `workshops`, which are counted under `name`."""
    now = timezone.now()
    parts = {
        "coming": CountedPages(workshops.coming(now), COMING_ON_A_PAGE, f"coming workshops {name}"),
        "page": CountedPages(workshops.past(now), PAST_ON_A_PAGE, f"past workshops {name}"),
    }
    asked = "coming" if "coming" in request.GET else "page"
    # Only a number within range makes a page of its own: the count comes first.
    number = parts[asked].get_page(request.GET.get(asked)).number
    query = {}
    if number > 1:
        parts, query = {asked: parts[asked]}, {asked: number}
    make = partial(list_page, request, parts, number, template, context or {})
    return public_page(request, make=make, **query)


class CountedPages(Paginator):
    """Pages of `rows`, which are counted once a second, under `name`."""

    def __init__(self, rows, per_page, name):
        super().__init__(rows, per_page)
        self.name = name

    @cached_property
    def count(self):
        return cached(self.object_list.count, self.name)


def list_page(request, parts, number, template, context):
    """`template` with the page `number` of each of `parts`: {"coming" or "page": its pages}."""
    shown = {name: pages.page(number) for name, pages in parts.items()}
    for page in shown.values():
        page.object_list = list(page.object_list)
    prefetch_related_objects([each for page in shown.values() for each in page], "hostings")
    for page in shown.values():
        page.object_list = [each.in_language(languages.active()) for each in page]
    heading = _("Workshops")
    if number > 1:
        words = (
            _("Upcoming workshops, page %(number)s")
            if "coming" in shown
            else _("Workshops, page %(number)s")
        )
        heading = words % {"number": number}
    context |= {
        "heading": heading,
        "number": number,
        "coming": shown.get("coming"),
        "past": shown.get("page"),
    }
    return render(request, template, context)


@require_safe
@public
def workshop_page(request, slug):
    """A workshop; a draft is shown to organisers alone."""
    workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
    if not workshop.is_shown_to(request.user):
        raise Http404
    workshop = workshop.in_language(languages.active())
    context = {
        "workshop": workshop,
        "hosts": hosts_with_presentations(workshop),
        "partners": with_logos(workshop.partners),
        "site_url": settings.SITE_URL,
    }
    response = render(request, "events/workshop.html", context)
    if workshop.is_draft:
        # The microcache keeps no private response.
        patch_cache_control(response, private=True)
    return response


def hosts_with_presentations(workshop):
    """(community, its colour, its presentations) for each host of `workshop`, in order."""
    presentations = workshop.presentations.select_related("community")
    communities = workshop.communities
    hosts = []
    for community, colour in zip(communities, Community.colours_of(communities), strict=True):
        given = [
            each.in_language(workshop.language)
            for each in presentations
            if each.community_id == community.pk
        ]
        hosts.append((community, colour, given))
    return hosts


def with_logos(owners):
    """`owners`, communities or partners, with their logos, without their bytes."""
    return owners.select_related("logo").defer(*(f"logo__{name}" for name in Logo.BYTES))


@require_safe
def workshops(request):
    """The address above those of the workshops leads to their list."""
    return redirect("events:list", permanent=True)


@require_safe
@public
def accessibility(request):
    """What was done that everybody can use the pages, what was not, and whom to write to."""
    context = {"contact": public_address(), "revised": day_words(ACCESSIBILITY_REVISED)}
    return render(request, "events/accessibility.html", context)
