"""What anyone may read: the list, a workshop, its calendar."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from events import calendars
from events.models import Workshop
from praxis.microcache import public

PAST_ON_A_PAGE = 50
# So long after its end a workshop stays in the calendar of all.
FEED_REACHES_BACK = timedelta(days=365)


@require_safe
@public
def workshop_list(request):
    """Everything that comes, and the latest of what is over; on a further page, older workshops alone."""
    now = timezone.now()
    workshops = Workshop.objects.announced()
    past = Paginator(workshops.past(now), PAST_ON_A_PAGE).get_page(request.GET.get("page"))
    past.object_list = list(past.object_list)
    coming = list(workshops.coming(now)) if past.number == 1 else []
    prefetch_related_objects([*coming, *past.object_list], "hostings")
    return render(request, "events/list.html", {"coming": coming, "past": past})


@require_safe
@public
def workshop_page(request, slug):
    workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
    if workshop.is_draft and not request.user.is_staff:
        raise Http404
    presentations = workshop.presentations.select_related("community")
    context = {
        "workshop": workshop,
        "hosts": [
            (host, [p for p in presentations if p.community_id == host.pk])
            for host in workshop.communities
        ],
        "partners": workshop.partners.all(),
        "site_url": settings.SITE_URL,
    }
    response = render(request, "events/workshop.html", context)
    if workshop.is_draft:
        patch_cache_control(response, private=True)  # cache_page keeps it for nobody else then
    return response


@require_safe
@public
def workshop_calendar(request, slug):
    workshop = get_object_or_404(Workshop.objects.announced().with_hosts(), slug=slug)
    return calendar_response([workshop], f"{workshop.slug}.ics")


@require_safe
@public
def feed(request):
    """What comes and what was in the last twelve months."""
    workshops = Workshop.objects.announced().filter(ends_at__gt=timezone.now() - FEED_REACHES_BACK)
    return calendar_response(list(workshops.with_hosts()), "praxis.ics")


def calendar_response(workshops, filename):
    content = calendars.published(workshops)
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(
        content, content_type="text/calendar; charset=utf-8; method=PUBLISH", headers=disposition
    )
