"""A person's page at the desk: state, acts, mails, other registrations, history."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from praxis.merging_admin import MergingAdmin
from registrations.admin import attestation_acts, person_acts
from registrations.admin.base import workshop_and_day
from registrations.admin.people_acts import PeopleActs
from registrations.admin.person_acts import AT_ONCE
from registrations.domain import attendance
from registrations.domain.figures import person as figures
from registrations.domain.figures.history import history
from registrations.domain.refused import Refused
from registrations.mail import preview
from registrations.models import OutgoingMail

# A mail runs nothing and fetches nothing. Its styles stand in it, as mail programs want them.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)
PAGE = "admin:registrations_registration_change"
ACTS = person_acts.ACTS | attestation_acts.ACTS


class PersonPage(MergingAdmin, PeopleActs):
    """What stands on the page around the form, and the pages that lead from there."""

    change_form_template = "admin/registrations/person.html"

    def get_urls(self):
        def page(address, view, name):
            view = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{address}/", view, name=f"registrations_registration_{name}")

        return [
            page("come", self.come, "come"),
            page("erase", self.erase_person, "erase"),
            page("mail/<int:mail_pk>", self.mail, "mail"),
            page("mail/<int:mail_pk>/html", self.mail_html, "mail_html"),
            *[page(name, self.act(name), name) for name in ACTS],
            *super().get_urls(),
        ]

    def person_or_404(self, request, pk, *, to_change):
        """The registration `pk` if the organiser may see it, and change it where it is `to_change`.

        Raises PermissionDenied.
        """
        registration = get_object_or_404(self.get_queryset(request), pk=pk)
        allowed = self.has_change_permission if to_change else self.has_view_permission
        if not allowed(request, registration):
            raise PermissionDenied
        return registration

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context |= self.around(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def around(self, request, registration):
        """What the page shows around the form, as template context."""
        now = timezone.now()
        acts = []
        if self.has_change_permission(request, registration):
            acts = [act(registration, now=now) for act in ACTS.values()]
        others = figures.others(registration, self.get_queryset(request))
        return {
            "standing": figures.standing(registration),
            "acts": [act for act in acts if act.is_possible],
            "may_mark_come": acts and offers_come(registration, now=now),
            "come": AT_ONCE["undo" if registration.attended_at else "come"](registration, now=now),
            "mails": figures.mails(registration) if self.sees_mails(request) else None,
            "others": [(other, workshop_and_day(other.workshop)) for other in others],
            "events": history(registration),
            "workshop_and_day": workshop_and_day(registration.workshop),
        }

    def sees_mails(self, request):
        return self.admin_site.get_model_admin(OutgoingMail).has_view_permission(request)

    def act(self, name):
        """A view that asks whether to do the act of this name, and does it on POST."""

        def view(request, pk):
            registration = self.person_or_404(request, pk, to_change=True)
            act = ACTS[name](registration, now=timezone.now())
            if not act.is_possible:
                words = _("Nothing was done: things have changed meanwhile, as this page says.")
                self.message_user(request, words, messages.WARNING)
                return redirect(PAGE, pk)
            form = act.form(self.typed(request))
            question = self.ask(request, [registration], form=form, **self.asked(act))
            if question:
                return question
            try:
                words = act.do(form)
            except Refused as refused:
                form.add_error(None, str(refused))
                return self.ask(request, [registration], form=form, **self.asked(act))
            self.log_change(request, registration, gettext(act.logged))
            self.message_user(request, words, messages.SUCCESS)
            return redirect(PAGE, pk)

        view.__name__ = name
        return view

    def asked(self, act):
        """The question of an act, as template context."""
        return {
            "title": act.title,
            "button": act.button,
            "back": reverse(PAGE, args=[act.registration.pk]),
            **act.question(),
        }

    def erase_person(self, request, pk):
        """Ask whether to erase the person, and do it on POST, as the list's action does."""
        self.person_or_404(request, pk, to_change=True)
        chosen = self.get_queryset(request).filter(pk=pk)
        question = self.erase_people(request, chosen, back=reverse(PAGE, args=[pk]))
        return question or redirect(PAGE, pk)

    def come(self, request, pk):
        """Mark the person as come, or take that back, on POST."""
        registration = self.person_or_404(request, pk, to_change=True)
        if request.method != "POST":
            return redirect(PAGE, pk)
        act = AT_ONCE["undo" if "undo" in request.POST else "come"]
        self.do_at_once(request, act(registration, now=timezone.now()))
        return redirect(PAGE, pk)

    def do_at_once(self, request, act):
        """Do an act that asks nothing before, and say what has become of it."""
        try:
            words = act.do()
        except Refused as refused:
            self.message_user(request, str(refused), messages.WARNING)
            return
        self.log_change(request, act.registration, gettext(act.logged))
        self.message_user(request, words, messages.SUCCESS)

    def mail_or_404(self, request, pk, mail_pk):
        """A mail to the person `pk` whom the organiser may see, with its Preview (or None)."""
        registration = self.person_or_404(request, pk, to_change=False)
        if not self.sees_mails(request):
            raise PermissionDenied
        mails = OutgoingMail.objects.with_workshops().filter(registration=registration)
        mail = get_object_or_404(mails, pk=mail_pk)
        if registration.erased_at or figures.tells_more(mail, self.get_queryset(request)):
            return mail, None
        return mail, preview.preview(mail, now=mail.sent_at or timezone.now())

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def mail(self, request, pk, mail_pk):
        """A mail as its reader sees it: subject, recipient, HTML, text, calendar part."""
        mail, shown = self.mail_or_404(request, pk, mail_pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Mail"),
            "opts": self.model._meta,
            "person": mail.registration,
            "line": figures.line_of(mail),
            "mail": mail,
            "shown": shown,
            "tells_more": figures.tells_more(mail, self.get_queryset(request)),
            "has_left": mail.state == OutgoingMail.State.SENT,
        }
        return render(request, "admin/registrations/mail.html", context)

    @method_decorator(xframe_options_sameorigin)
    def mail_html(self, request, pk, mail_pk):
        """The HTML of a mail alone, for the frame on its page."""
        _mail, shown = self.mail_or_404(request, pk, mail_pk)
        if shown is None:
            raise Http404
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return HttpResponse(shown.html, headers=headers)


def offers_come(registration, *, now):
    """Is there a presence to note, or one to take back? Who entered the room has come already."""
    is_open = registration.attended_at or not registration.joined_at
    return is_open and attendance.may_mark_come(registration, now=now)
