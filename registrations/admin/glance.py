"""What the list of workshops says of each at a glance: its seats, and what is to be done next."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registrations.admin import session_links, session_words
from registrations.domain.figures import desk


class ListOfWorkshops(ChangeList):
    """The list of workshops. Each row leads to the overview, and has its figures as `session`."""

    def url_for_result(self, result):
        return session_links.overview_url(result)

    def get_results(self, request):
        super().get_results(request)
        now = timezone.now()
        self.result_list = list(self.result_list)
        self.model_admin.note_visible(request, self.result_list)
        for session in desk.sessions(self.result_list, now=now, briefly=True):
            may = session_links.rights(self.model_admin.admin_site, request, session.workshop)
            steps = session_links.visible_steps(session, may, mail_leaves=True)
            session.workshop.session, session.workshop.steps = session, steps


class HasGlance:
    """Adds the columns of a workshop's figures to its ModelAdmin."""

    show_full_result_count = False  # one statement less

    def get_changelist(self, request, **kwargs):
        return ListOfWorkshops

    @admin.display(description=_("registration"))
    def registration(self, workshop):
        """Whether registration is open, full, or closed and why."""
        session = workshop.session
        return session_words.status_words(session.status, session.seats)

    @admin.display(description=_("registered"))
    def people(self, workshop):
        """« 42 / 100 », then how many kept seats are left and how many people wait, if any."""
        return session_words.seats_words(workshop.session.seats)

    @admin.display(description=_("to do"))
    def next_step(self, workshop):
        """The most urgent Step, with the link to its remedy; "" where there is nothing to do."""
        for step, url in workshop.steps[:1]:
            if url:
                return format_html('{} <a href="{}">{}</a>', step.sentence, url, step.remedy)
            if step.is_to_do:
                return step.sentence
        return ""
