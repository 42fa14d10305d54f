"""The page of a workshop at the desk that lists what its people need."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from events.readings import moment_words, short_moment
from praxis.text import french_spacing
from registrations.admin import session_links
from registrations.admin.session_words import Fact
from registrations.domain.figures import needs as figures
from registrations.domain.needs import KEPT


class HasNeeds:
    """Adds the list of needs to the ModelAdmin of workshops.

    It is for those alone who may change registrations: what people need is theirs to tell.
    """

    def get_urls(self):
        page = path(
            "<int:workshop_pk>/needs/",
            self.admin_site.admin_view(require_safe(self.needs_view)),
            name="events_workshop_needs",
        )
        return [page, *super().get_urls()]

    def needs_view(self, request, workshop_pk):
        """Who needs what, the newest first."""
        workshop = get_object_or_404(self.get_queryset(request), pk=workshop_pk)
        if not session_links.rights(self.admin_site, request, workshop).sees_needs:
            raise PermissionDenied
        first_clock, now = workshop.clocks[0], timezone.now()
        context = self.admin_site.each_context(request) | {
            "title": _("Needs"),
            "opts": self.opts,
            "original": workshop,
            "workshop": workshop,
            "workshop_title": french_spacing(workshop.title),
            "needs": [
                (need, short_moment(first_clock, need.said_at)) for need in figures.of(workshop)
            ],
            "deadline": moment_words(workshop.clocks, workshop.needs_deadline),
            "is_ahead": workshop.takes_needs(now),
            "has_ended": workshop.has_ended(now),
            "erased_at": short_moment(first_clock, workshop.ends_at + KEPT),
        }
        return TemplateResponse(request, "admin/registrations/needs.html", context)


def needs_facts(workshop, may):
    """The Fact that says how many needs are told; none where nobody told one, or may read it."""
    if not may.sees_needs or not workshop.needs:
        return []
    words = ngettext("%(count)s need told", "%(count)s needs told", workshop.needs)
    url = session_links.needs_url(workshop)
    return [Fact(_("Needs"), words % {"count": workshop.needs}, url)]
