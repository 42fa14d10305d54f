"""What anyone may read: the list, a workshop, its calendar."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from events import calendars
from events.models import Workshop
from praxis.microcache import public


@require_safe
@public
def workshop_list(request):
    now = timezone.now()
    workshops = Workshop.objects.announced().with_hosts()
    return render(
        request, "events/list.html", {"coming": workshops.coming(now), "past": workshops.past(now)}
    )


@require_safe
@public
def workshop_page(request, slug):
    workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
    if workshop.state == Workshop.State.DRAFT and not request.user.is_staff:
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
    if workshop.state == Workshop.State.DRAFT:
        patch_cache_control(response, private=True)  # cache_page keeps it for nobody else then
    return response


@require_safe
def workshop_calendar(request, slug):
    workshop = get_object_or_404(Workshop.objects.announced().with_hosts(), slug=slug)
    return calendar_response([workshop], f"{workshop.slug}.ics")


@require_safe
def feed(request):
    return calendar_response(list(Workshop.objects.announced().with_hosts()), "praxis.ics")


def calendar_response(workshops, filename):
    content = calendars.published(workshops)
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(
        content, content_type="text/calendar; charset=utf-8; method=PUBLISH", headers=disposition
    )
