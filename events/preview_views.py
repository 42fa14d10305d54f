"""What other programs fetch: pictures of shared links, the sitemap, robots.txt."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe

from events import card, card_picture
from events.models import Community, Workshop
from praxis import languages
from praxis.microcache import LONG, cached, public

FRESH = 600  # seconds until a chat asks whether a picture has changed
LISTED_AT_MOST = 2000  # workshops, the latest, and communities; so many take half a second
FEEDS_OF_COMMUNITY = ("community_feed", "community_atom")
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /i/
Disallow: /j/
Disallow: /n/
Disallow: /en/i/
Disallow: /en/j/
Disallow: /en/n/

# For OpenAgenda and who reads its format: {site}/agenda/openagenda.json
Sitemap: {site}/sitemap.xml
Sitemap: {site}/atom.xml
Sitemap: {site}/en/atom.xml
# Calendars: {site}/calendrier.ics {site}/en/calendar.ics
"""


@require_safe
@conditional_page
@public
def workshop_picture(request, slug):
    """The picture that a chat shows beside a workshop's address; a draft's is organisers' alone."""
    workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
    if not workshop.is_shown_to(request.user):
        raise Http404
    workshop = workshop.in_language(languages.active())
    response = picture_response(card.workshop_card(workshop, timezone.now()))
    if workshop.is_draft:
        # The microcache keeps no private response.
        patch_cache_control(response, private=True)
    return response


@require_safe
@conditional_page
@public
def site_picture(request):
    """The picture that a chat shows beside the address of the list."""
    return picture_response(card.site_card())


def picture_response(the_card):
    headers = {"Cache-Control": f"public, max-age={FRESH}"}
    return HttpResponse(card_picture.png(the_card), content_type="image/png", headers=headers)


@require_safe
@public
def sitemap(request):
    """The list, all that is announced, who holds it, and their feeds: in each language."""
    return HttpResponse(
        cached(lambda: sitemap_text(request), "sitemap", seconds=LONG),
        content_type="application/xml; charset=utf-8",
    )


def sitemap_text(request):
    announced = Workshop.objects.for_harvesters()
    communities = Community.objects.filter(workshops__in=announced).distinct().only("name")
    workshops = announced.order_by("-starts_at", "-pk").only("slug", "updated_at")[:LISTED_AT_MOST]
    pages = [(None, addresses(name)) for name in ("list", "subscribe", "feed", "atom")]
    pages += [(None, {"fr": f"{settings.SITE_URL}/agenda/openagenda.json"})]
    for community in communities[:LISTED_AT_MOST]:
        pages += [(None, addresses(community))]
        pages += [(None, addresses(name, community.pk)) for name in FEEDS_OF_COMMUNITY]
    pages += [(each.updated_at, addresses(each)) for each in workshops]
    return render(request, "events/sitemap.xml", {"pages": pages}).content.decode()


def addresses(page, *arguments):
    """{language: address} of a community, of a workshop, or of the page with this name."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            is_name = isinstance(page, str)
            path = reverse(f"events:{page}", args=arguments) if is_name else page.get_absolute_url()
            found[language] = settings.SITE_URL + path
    return found


@require_safe
def robots(request):
    """What search engines leave alone, and where the sitemap is (RFC 9309)."""
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain")
