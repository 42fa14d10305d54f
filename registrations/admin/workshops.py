"""What registrations add to the desk's page of a workshop: counts, warnings, the announcement."""

import time
from functools import cache

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from praxis.text import is_possible_key
from registrations.admin.afterwards import HasAfterwards
from registrations.admin.board import HasBoard
from registrations.admin.evaluation import HasEvaluation
from registrations.admin.glance import HasGlance
from registrations.admin.needs import HasNeeds
from registrations.admin.notice import HasNotice
from registrations.admin.overview import HasOverview
from registrations.domain import announcements, headcounts, waiting_list
from registrations.domain.figures import workshop as figures
from registrations.models import OutgoingMail, Registration

# events' own admin, taken from the registry: it knows nothing of registrations.
WorkshopAdmin = type(admin.site.get_model_admin(Workshop))
admin.site.unregister(Workshop)


# Seconds for one press of the announce button. The page then says who is left.
ANNOUNCE_FOR = 8


def room_warnings(workshop, form, people):
    """What so many `people` find behind their links, where the address has changed or is missing.

    `workshop` is the one that `form` has just saved.
    """
    if "interpretation_url" in form.changed_data and people and workshop.interpretation_url:
        yield gettext(
            "The address of the interpretation has changed. No mail is needed: "
            "each person’s link leads to the new one."
        )
    if "meeting_url" in form.changed_data and people:
        changed = gettext(
            "The address of the meeting has changed. No mail is needed: "
            "each person’s link leads to the new one."
        )
        gone = gettext(
            "The workshop has no meeting address any more: each person’s link leads to a room "
            "that is not ready. Enter the address before the door opens."
        )
        yield changed if workshop.meeting_url else gone
        return
    is_coming = workshop.is_published and not workshop.has_ended(timezone.now())
    if is_coming and not workshop.meeting_url:
        yield gettext(
            "The room has no address yet. Enter the meeting’s address before the door opens."
        )


@admin.register(Workshop)
class WorkshopDesk(
    HasAfterwards,
    HasBoard,
    HasNeeds,
    HasNotice,
    HasEvaluation,
    HasOverview,
    HasGlance,
    WorkshopAdmin,
):
    change_form_template = "admin/registrations/workshop.html"
    list_display = ["title", "local_times", "state", "registration", "people", "next_step"]

    def get_queryset(self, request):
        return headcounts.with_counts(super().get_queryset(request))

    def get_urls(self):
        announce = path(
            "<int:workshop_pk>/announce/",
            self.admin_site.admin_view(self.announce),
            name="registrations_workshop_announce",
        )
        return [announce, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page. What it says beside the form is read once it is shown: a save shows nothing."""

        @cache
        def saved():
            """The workshop read anew: a refused form has changed its own copy."""
            rows = self.get_queryset(request)
            return rows.filter(pk=object_id).first() if is_possible_key(object_id) else None

        @cache
        def outdated():
            return self.outdated(saved())

        context = {
            "saved": saved,
            "sees_people": self.may_see(request, Registration),
            "sees_mails": self.may_see(request, OutgoingMail),
            "outdated": outdated,
            "outdated_count": lambda: sum(group.count for group in outdated()),
            "failed_count": cache(lambda: figures.failed_mails(saved())),
            "never_verified": cache(lambda: figures.never_verified(saved())),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def may_see(self, request, model):
        """Whether the person at the desk may see the list of `model`."""
        return self.admin_site.get_model_admin(model).has_view_permission(request)

    def outdated(self, workshop):
        """The groups of people who hold something old of a workshop that is not over."""
        return [] if workshop.has_ended(timezone.now()) else announcements.outdated(workshop)

    def save_related(self, request, form, formsets, change):
        """Promote people to the seats that were added, and warn of what the change brings.

        No mail tells of the change: only the announce button does.
        """
        super().save_related(request, form, formsets, change)
        workshop = Workshop.objects.with_hosts().get(pk=form.instance.pk)
        promoted = waiting_list.promote_batch(workshop, now=timezone.now())
        if promoted:
            words = ngettext(
                "%(count)s person on the waiting list has a seat now; "
                "a mail with the invite is leaving.",
                "%(count)s people on the waiting list have a seat now; "
                "a mail with the invite is leaving for each.",
                promoted,
            )
            self.message_user(request, words % {"count": promoted}, messages.SUCCESS)
        if promoted == waiting_list.BATCH:
            words = _("If seats are left, those who follow in line get theirs within a minute.")
            self.message_user(request, words, messages.INFO)
        for warning in self.seat_warnings(workshop, form):
            self.message_user(request, warning, messages.WARNING)
        self.warn_of_outdated(request, workshop)

    def warn_of_outdated(self, request, workshop):
        """Say how many people hold something old, with a link to the announce button."""
        page = reverse("admin:events_workshop_overview", args=[workshop.pk])
        for group in self.outdated(workshop):
            words = format_html(
                '{} {} <a href="{}#announce">{}</a>',
                group.sentence,
                _("No mail has left."),
                page,
                _("Announce it"),
            )
            self.message_user(request, words, messages.WARNING)

    def seat_warnings(self, workshop, form):
        """Sentences about what an organiser might not expect of the workshop as it was saved."""
        headcount = headcounts.read(workshop)
        confirmed, people = headcount.confirmed, headcount.confirmed + headcount.waiting
        if workshop.is_draft and people:
            words = ngettext(
                "%(count)s person is registered: the page is out of sight, and no mail leaves by "
                "itself for now. To call the workshop off, choose “cancelled”.",
                "%(count)s people are registered: the page is out of sight, and no mail leaves by "
                "itself for now. To call the workshop off, choose “cancelled”.",
                people,
            )
            yield words % {"count": people}
        if workshop.capacity is not None and confirmed > workshop.capacity:
            words = gettext(
                "%(confirmed)s people have one of the %(capacity)s seats: nobody is turned away, "
                "and nobody moves up from the waiting list until there is room."
            )
            yield words % {"confirmed": confirmed, "capacity": workshop.capacity}
        yield from room_warnings(workshop, form, people)

    def has_delete_permission(self, request, obj=None):
        """Whether a workshop may be deleted: only while nobody has registered for it."""
        empty = obj is None or not obj.registrations.exists()
        return empty and super().has_delete_permission(request, obj)

    def announce(self, request, workshop_pk):
        """Announce the change to everybody whose snapshot is old, then show the workshop's page.

        The button on that page sends a POST.
        """
        if request.method != "POST":
            # The sign-in page leads here after a session that had expired, and says so.
            return redirect("admin:events_workshop_overview", workshop_pk)
        workshop = self.row_to_change(request, workshop_pk)
        stop_at = time.monotonic() + ANNOUNCE_FOR
        people = announcements.announce(
            workshop, now=timezone.now(), stop=lambda: time.monotonic() > stop_at
        )
        words = ngettext(
            "A mail is leaving for %(count)s person.",
            "A mail is leaving for %(count)s people.",
            people,
        )
        if people:
            self.message_user(request, words % {"count": people}, messages.SUCCESS)
            self.log_change(request, workshop, words % {"count": people})
            if announcements.not_up_to_date(workshop).exists():
                words = _("Not everybody could be told at once: press the button below again.")
                self.message_user(request, words, messages.WARNING)
        else:
            self.message_user(
                request, _("Nobody holds anything old: no mail has left."), messages.INFO
            )
        return redirect("admin:events_workshop_overview", workshop_pk)
