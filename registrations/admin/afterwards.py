"""The mail about what stays, at the desk: when it leaves, to how many, and how it reads."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from events.models import Workshop
from events.models.afterwards import GIVES_TIME
from events.readings import short_moment
from praxis.text import french_spacing
from registrations.admin.person import MAIL_POLICY
from registrations.admin.session_links import url_of
from registrations.admin.session_words import Fact
from registrations.domain.figures import afterwards as figures
from registrations.domain.figures.workshop import mails_by_kind
from registrations.domain.steps import Place
from registrations.mail import preview

PAGE = "admin:events_workshop_afterwards"
Choice = Workshop.AfterwardsMail


class HasAfterwards:
    """Adds to the ModelAdmin of workshops the page that shows the mail before it leaves."""

    afterwards_template = "admin/registrations/afterwards.html"

    def get_urls(self):
        def page(address, view, name):
            return path(f"<int:pk>/{address}/", self.admin_site.admin_view(view), name=name)

        return [
            page("afterwards", self.afterwards, "events_workshop_afterwards"),
            page("afterwards/html", self.afterwards_html, "events_workshop_afterwards_html"),
            *super().get_urls(),
        ]

    def workshop_and_preview(self, request, pk):
        """The workshop `pk`, which the organiser may change, and the Preview of the mail."""
        workshop = self.row_to_change(request, pk)
        language = language_of(request, workshop)
        return workshop, preview.afterwards(workshop, language, now=timezone.now())

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def afterwards(self, request, pk):
        """When the mail leaves, to how many, and how an invented person would read it."""
        workshop, shown = self.workshop_and_preview(request, pk)
        now, language = timezone.now(), language_of(request, workshop)
        mails, _overdue = mails_by_kind(workshop, now=now)
        mail = figures.afterwards_mail(workshop, mails, now=now)
        context = self.admin_site.each_context(request) | {
            "title": _("The mail about what stays"),
            "opts": self.opts,
            "workshop": workshop,
            "workshop_title": french_spacing(workshop.title),
            "words": words(workshop, mail, now=now),
            "choice": workshop.get_afterwards_mail_display(),
            "change_url": url_of(workshop, Place.AFTERWARDS),
            "shown": shown,
            "language": language,
            "languages": [
                (code, capfirst(get_language_info(code)["name_translated"]))
                for code, _name in settings.LANGUAGES
            ],
        }
        return TemplateResponse(request, self.afterwards_template, context)

    @method_decorator(xframe_options_sameorigin)
    def afterwards_html(self, request, pk):
        """The HTML of the mail alone, for the frame on its page."""
        _workshop, shown = self.workshop_and_preview(request, pk)
        return HttpResponse(shown.html, headers={"Content-Security-Policy": MAIL_POLICY})

    def save_related(self, request, form, formsets, change):
        """Say when the mail leaves, where what was changed has a part in it."""
        super().save_related(request, form, formsets, change)
        workshop = self.get_queryset(request).get(pk=form.instance.pk)
        now = timezone.now()
        if not workshop.stays or not {*GIVES_TIME, "end"} & {*form.changed_data}:
            return
        mail = figures.afterwards_mail(workshop, mails_by_kind(workshop, now=now)[0], now=now)
        if mail.to_come:
            said = format_html(
                '{} <a href="{}">{}</a>',
                _("Mail about what stays: %(words)s") % {"words": words(workshop, mail, now=now)},
                reverse(PAGE, args=[workshop.pk]),
                _("Read it"),
            )
            self.message_user(request, said, messages.INFO)


def language_of(request, workshop):
    """The language in which the mail is shown: the one asked for, or that of the workshop."""
    asked = request.GET.get("language")
    return asked if asked in dict(settings.LANGUAGES) else workshop.language


def facts(workshop, mail, rights, *, now):
    """The Fact about the mail that an organiser with `rights` may see.

    None of a cancelled workshop, nor before anybody has a seat.
    """
    is_for_somebody = mail.to_come or mail.leaving or mail.sent
    if workshop.is_cancelled or not rights.sees_mails or not is_for_somebody:
        return []
    url = reverse(PAGE, args=[workshop.pk]) if rights.edits else ""
    return [Fact(_("Mail about what stays"), words(workshop, mail, now=now), url)]


def words(workshop, mail, *, now):
    """What becomes of the mail, in a sentence: « Part le 29 mars 2027, 13 h 00 (…) : … »"""
    if mail.leaving:
        found = _("Sent: %(sent)s, leaving: %(leaving)s")
        return found % {"sent": mail.sent, "leaving": mail.leaving}
    if mail.sent and not mail.to_come:
        return _("Sent: %(sent)s") % {"sent": mail.sent}
    if workshop.afterwards_mail == Choice.NEVER:
        return _("None leaves, as you chose.")
    if mail.has_passed:
        return _("None leaves any more: the workshop has been over for long, or is cancelled.")
    if mail.leaves_at is None:
        found = ngettext(
            "Nothing stays yet. It leaves after the end, an hour after you have added something, "
            "to %(count)s person.",
            "Nothing stays yet. It leaves after the end, an hour after you have added something, "
            "to %(count)s people.",
            mail.to_come,
        )
        return found % {"count": mail.to_come}
    if mail.leaves_at <= now and not workshop.is_published:
        return _("It leaves once the workshop is published again.")
    when = when_it_leaves(workshop, mail, now=now)
    if workshop.stays:
        return when
    more = _("Nothing stays yet: without it, the three questions and the certificate alone.")
    return f"{when} {more}"


def when_it_leaves(workshop, mail, *, now):
    """« Part le 29 mars 2027, 13 h 00 (heure du Québec), à 42 personnes. »"""
    people = {"count": mail.to_come}
    if mail.leaves_at <= now:
        found = ngettext(
            "Leaves within a minute, to %(count)s person.",
            "Leaves within a minute, to %(count)s people.",
            mail.to_come,
        )
        return found % people
    found = ngettext(
        "Leaves: %(when)s, to %(count)s person.",
        "Leaves: %(when)s, to %(count)s people.",
        mail.to_come,
    )
    return found % (people | {"when": short_moment(workshop.clocks[0], mail.leaves_at)})
