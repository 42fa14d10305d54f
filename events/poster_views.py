"""The poster of a workshop: as a page that prints on one sheet, and as PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import poster_pdf
from events.models import Workshop
from events.poster import poster
from events.views import hosts_with_presentations, with_logos
from praxis import languages, pdf
from praxis.microcache import public_page
from praxis.paper import PAPERS


@require_safe
def poster_page(request, slug):
    """The poster; a draft's is shown to organisers alone. ?format= chooses the paper."""

    def make(the_poster):
        context = {
            "poster": the_poster,
            "papers": PAPERS.items(),
            "paper_sheet": poster_pdf.style_sheets(the_poster.paper)[1],
            "has_pdf": pdf.is_available(),
        }
        return render(request, "events/poster.html", context)

    return on_paper(request, slug, make)


@require_safe
def poster_file(request, slug):
    """The poster as PDF, the paper chosen as for the page; 404 where there is no PDF."""
    if not pdf.is_available():
        raise Http404

    def make(the_poster):
        word = _("poster")
        name = f"{word}-{slug}-{the_poster.paper}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
        content = poster_pdf.pdf(the_poster)
        return HttpResponse(content, content_type="application/pdf", headers=headers)

    return on_paper(request, slug, make)


def on_paper(request, slug, make):
    """What `make(poster)` answers for the workshop `slug` on the paper that is asked for.

    Another format than ours is not looked at, so that whoever makes up formats makes no pages.
    """
    paper = request.GET.get("format", "")
    paper = paper if paper in PAPERS else ""

    def answer():
        workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
        if not workshop.is_shown_to(request.user):
            raise Http404
        workshop = workshop.in_language(languages.active())
        hosts, partners = hosts_with_presentations(workshop), with_logos(workshop.partners)
        response = make(poster(workshop, hosts, partners, paper=paper, now=timezone.now()))
        if workshop.is_draft:
            # The microcache keeps no private response.
            patch_cache_control(response, private=True)
        return response

    return public_page(request, make=answer, **({"format": paper} if paper else {}))
