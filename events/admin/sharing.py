"""The desk's page of what other sites show of a workshop: a card to copy, a frame to embed."""

from django.conf import settings
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from events.calendars import lines_of_page
from events.models import Community
from events.models.embedding import framing_origins
from praxis.text import french_spacing

# In pixels: two clocks and the longest title in a column of 300, or with what is odd about them in
# one of 320. A lower frame hides the button, and without a script none follows what is in it.
FRAME_HEIGHT, ODD_HEIGHT, CLOCK_HEIGHT = 500, 120, 60


class HasSharePage:
    """Adds the page to the ModelAdmin of workshops."""

    def get_urls(self):
        page = path(
            "<int:workshop_pk>/share/",
            self.admin_site.admin_view(self.share_view),
            name="events_workshop_share",
        )
        return [page, *super().get_urls()]

    def share_view(self, request, workshop_pk):
        """The workshop as HTML for other sites, in each language."""
        workshop = self.row_to_read(request, workshop_pk)
        languages = [language for language, _name in settings.LANGUAGES]
        context = self.admin_site.each_context(request) | {
            "title": _("On other sites"),
            "opts": self.opts,
            "workshop": workshop,
            "pieces": [pieces_in(language, workshop) for language in languages],
            "sites": framing_origins(workshop.communities),
            "hosts": self.hosts_to_change(request, workshop),
        }
        return TemplateResponse(request, "admin/events/share.html", context)

    def hosts_to_change(self, request, workshop):
        """The hosts whose list of sites the organiser may change."""
        communities = self.admin_site.get_model_admin(Community)
        return [
            host
            for host in workshop.communities
            if communities.has_change_permission(request, host)
        ]


def pieces_in(language, workshop):
    """(name of the language, card, frame) of `workshop` in `language`, as HTML to copy.

    The card has no style of its own: it takes that of the page on which it is pasted, and no
    editor has anything to strip.
    """
    shown = workshop.in_language(language)
    with override(language):
        page = settings.SITE_URL + shown.get_absolute_url()
        frame = settings.SITE_URL + reverse("events:embedded_card", args=[shown.slug])
        context = {
            "workshop": shown,
            "page": page,
            "lines": [french_spacing(line) for line in lines_of_page(shown)],
            "frame": frame,
            "height": frame_height(shown),
        }
        card = render_to_string("events/_plain_card.html", context)
        code = render_to_string("events/_frame.html", context)
    return get_language_info(language)["name_translated"], card.strip(), code.strip()


def frame_height(workshop):
    """The height of a frame in which the card of `workshop` is seen whole, in pixels."""
    odd = ODD_HEIGHT if workshop.odd_sentences else 0
    return FRAME_HEIGHT + odd + CLOCK_HEIGHT * max(0, len(workshop.clocks) - 2)
