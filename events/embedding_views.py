"""The card of a workshop that other sites show in a frame."""

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import Workshop
from events.models.embedding import framing_origins
from praxis import languages
from praxis.microcache import public


@require_safe
@public
def embedded_card(request, slug):
    """The card of an announced workshop, framed by the sites on its hosts' lists alone."""
    workshop = get_object_or_404(Workshop.objects.announced().with_hosts(), slug=slug)
    sites = framing_origins(workshop.communities)
    workshop = workshop.in_language(languages.active())
    page = settings.SITE_URL + workshop.get_absolute_url()
    context = {"workshop": workshop, "page": page}
    response = render(request, "events/embedded_card.html", context)
    response["X-Robots-Tag"] = "noindex"
    if sites:
        # As django-csp's and Django's own decorators do, for this answer alone.
        response._csp_replace = {"frame-ancestors": sites}
        response.xframe_options_exempt = True
    return response
