"""« Prévenir les personnes abonnées »: the question, with the mail, and the organiser's act."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from events.readings import short_moment
from registrations.admin.base import workshop_and_day
from registrations.admin.person import MAIL_POLICY
from registrations.domain import notices
from registrations.domain.figures import subscribers as figures
from registrations.domain.refused import Refused
from registrations.mail import preview

PAGE = "admin:events_workshop_overview"
LOGGED = gettext_noop("Told the subscribers of the workshop.")


class HasNotice:
    """Adds the notice to the subscribers to the ModelAdmin of workshops."""

    def get_urls(self):
        def page(address, view, name, methods):
            view = self.admin_site.admin_view(methods(view))
            return path(f"<int:workshop_pk>/{address}/", view, name=name)

        either = require_http_methods(["GET", "HEAD", "POST"])
        return [
            page("notice", self.notice_view, "registrations_workshop_notice", either),
            page(
                "notice/html", self.notice_html, "registrations_workshop_notice_html", require_safe
            ),
            *super().get_urls(),
        ]

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def notice_view(self, request, workshop_pk):
        """Show the mail and to how many it goes, and ask; on POST it leaves."""
        workshop, now = self.row_to_change(request, workshop_pk), timezone.now()
        if request.method == "POST":
            return self.tell_subscribers(request, workshop, now=now)
        notice, why_not = figures.notice_of(workshop), notices.why_not(workshop, now=now)
        asks = not notice and not why_not
        told_at = short_moment(workshop.clocks[0], notice.at) if notice else ""
        context = self.admin_site.each_context(request) | {
            "title": _("Tell the subscribers?") if asks else _("Tell the subscribers"),
            "subtitle": workshop_and_day(workshop),
            "opts": self.opts,
            "workshop": workshop,
            "why_not": why_not,
            "notice": notice,
            "told_at": told_at,
            "count": figures.to_be_told(workshop, now=now),
            # What has left may have said something else: the workshop may have changed since.
            "shown": preview.notice(workshop, now=now) if asks else None,
        }
        return TemplateResponse(request, "admin/registrations/notice.html", context)

    @method_decorator(xframe_options_sameorigin)
    def notice_html(self, request, workshop_pk):
        """The HTML of the mail alone, for the frame on that page."""
        workshop = self.row_to_change(request, workshop_pk)
        shown = preview.notice(workshop, now=timezone.now())
        return HttpResponse(shown.html, headers={"Content-Security-Policy": MAIL_POLICY})

    def tell_subscribers(self, request, workshop, *, now):
        """Do it, and say to how many a mail is leaving."""
        count = figures.to_be_told(workshop, now=now)
        try:
            notices.notify(workshop, by=request.user, now=now)
        except Refused as refused:
            self.message_user(request, str(refused), messages.WARNING)
            return redirect(PAGE, workshop.pk)
        self.log_change(request, workshop, LOGGED)
        words = ngettext(
            "A mail is leaving for %(count)s subscriber.",
            "A mail is leaving for %(count)s subscribers.",
            count,
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
        return redirect(PAGE, workshop.pk)
