"""What registrations add to the desk's pages about a workshop: how many come, who holds an old hour, the announcement."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations.domain import announcements, status, waiting_list
from registrations.domain.seats import reserved_seats
from registrations.models import OutgoingMail, Registration

# The admin of events, whatever it is: it knows nothing of registrations, and is not imported.
WorkshopAdmin = type(admin.site.get_model_admin(Workshop))
admin.site.unregister(Workshop)


def counted(state):
    return Count("registrations", filter=Q(registrations__state=state))


@admin.register(Workshop)
class WorkshopDesk(WorkshopAdmin):
    change_form_template = "admin/registrations/workshop.html"
    list_display = ["title", "local_times", "state", "registration", "people"]
    list_filter = ["state"]

    def get_queryset(self, request):
        State = Registration.State
        return (
            super()
            .get_queryset(request)
            .annotate(coming=counted(State.CONFIRMED), waits=counted(State.WAITING))
        )

    @admin.display(description=_("registration"))
    def registration(self, workshop):
        """Open, full, or why not."""
        is_full = workshop.capacity is not None and workshop.coming >= workshop.capacity
        closed = status.why_closed(workshop, now=timezone.now())
        return (closed or (status.Status.FULL if is_full else status.Status.OPEN)).label

    @admin.display(description=_("registered"))
    def people(self, workshop):
        """« 42 / 100 », how many of those seats are kept for communities, and how many wait."""
        seats = (
            f"{workshop.coming} / {workshop.capacity}"
            if workshop.capacity
            else str(workshop.coming)
        )
        kept = sum(reserved_seats(workshop, now=timezone.now()).values())
        if kept:
            seats = gettext("%(seats)s (%(kept)s kept for communities)") % {
                "seats": seats,
                "kept": kept,
            }
        if not workshop.waits:
            return seats
        return ngettext(
            "%(seats)s, %(count)s waits", "%(seats)s, %(count)s wait", workshop.waits
        ) % {
            "seats": seats,
            "count": workshop.waits,
        }

    def get_urls(self):
        announce = path(
            "<int:workshop_pk>/announce/",
            self.admin_site.admin_view(self.announce),
            name="registrations_workshop_announce",
        )
        return [announce, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        workshop = (
            Workshop.objects.with_hosts().filter(pk=object_id).first()
            if object_id.isdecimal()
            else None
        )
        context = self.to_announce(workshop) | {
            "sees_people": self.may_see(request, Registration),
            "sees_mails": self.may_see(request, OutgoingMail),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def may_see(self, request, model):
        """Whether the list of `model` is open to whoever asks."""
        return self.admin_site.get_model_admin(model).has_view_permission(request)

    def to_announce(self, workshop):
        if workshop is None:
            return {}
        groups = [] if workshop.has_ended(timezone.now()) else announcements.outdated(workshop)
        failed = OutgoingMail.objects.filter(
            registration__workshop=workshop, state=OutgoingMail.State.FAILED
        ).count()
        return {
            "outdated": groups,
            "outdated_count": sum(group.count for group in groups),
            "failed_count": failed,
        }

    def save_related(self, request, form, formsets, change):
        """A seat added goes to the first in line at once; a change is announced by nothing but the button."""
        super().save_related(request, form, formsets, change)
        workshop = Workshop.objects.with_hosts().get(pk=form.instance.pk)
        promoted = waiting_list.promote(workshop, now=timezone.now())
        if promoted:
            words = ngettext(
                "%(count)s person on the waiting list has a seat now; a mail with the invite is leaving.",
                "%(count)s people on the waiting list have a seat now; a mail with the invite is leaving for each.",
                promoted,
            )
            self.message_user(request, words % {"count": promoted}, messages.SUCCESS)
        for warning in self.seat_warnings(workshop, form):
            self.message_user(request, warning, messages.WARNING)
        page = reverse("admin:events_workshop_change", args=[workshop.pk])
        for group in self.to_announce(workshop).get("outdated", []):
            words = format_html(
                '{} {} <a href="{}#announce">{}</a>',
                group.sentence,
                _("No mail has left."),
                page,
                _("Announce it"),
            )
            self.message_user(request, words, messages.WARNING)

    def seat_warnings(self, workshop, form):
        """What an organiser might not expect of seats and rooms as they were just saved, as sentences."""
        people = workshop.registrations.active().count()
        confirmed = workshop.registrations.confirmed().count()
        if workshop.is_draft and people:
            yield ngettext(
                "%(count)s person is registered: the page is out of sight, and no mail leaves by itself for now. To call the "
                "workshop off, choose “cancelled”.",
                "%(count)s people are registered: the page is out of sight, and no mail leaves by itself for now. To call the "
                "workshop off, choose “cancelled”.",
                people,
            ) % {"count": people}
        if workshop.capacity is not None and confirmed > workshop.capacity:
            yield gettext(
                "%(confirmed)s people have one of the %(capacity)s seats: nobody is turned away, and nobody moves up from "
                "the waiting list until there is room."
            ) % {"confirmed": confirmed, "capacity": workshop.capacity}
        if "meeting_url" in form.changed_data and people:
            yield gettext(
                "The address of the meeting has changed. No mail is needed: each person’s link leads to the new one."
            )

    def has_delete_permission(self, request, obj=None):
        """Where people have registered, a workshop is cancelled, not deleted."""
        empty = obj is None or not obj.registrations.exists()
        return empty and super().has_delete_permission(request, obj)

    def announce(self, request, workshop_pk):
        """Tells everybody who holds something old; POST only, by the button on the workshop's page."""
        if request.method != "POST":
            # Here leads the sign-in page, after a session that had expired.
            self.message_user(
                request, _("No mail has left: press the button again."), messages.WARNING
            )
            return redirect("admin:events_workshop_change", workshop_pk)
        workshop = get_object_or_404(Workshop, pk=workshop_pk)
        if not self.has_change_permission(request, workshop):
            raise PermissionDenied
        told = announcements.announce(workshop, now=timezone.now())
        words = ngettext(
            "A mail is leaving for %(count)s person.",
            "A mail is leaving for %(count)s people.",
            told,
        )
        if told:
            self.message_user(request, words % {"count": told}, messages.SUCCESS)
            self.log_change(request, workshop, words % {"count": told})
        else:
            self.message_user(
                request, _("Nobody holds anything old: no mail has left."), messages.INFO
            )
        return redirect("admin:events_workshop_change", workshop_pk)
