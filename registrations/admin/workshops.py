"""What registrations add to the desk's pages about a workshop: how many come, who holds an old hour, the announcement."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Workshop
from registrations import announcements, signup
from registrations.models import Registration

# The admin of events, whatever it is: it knows nothing of registrations, and is not imported.
WorkshopAdmin = type(admin.site.get_model_admin(Workshop))
admin.site.unregister(Workshop)


def counted(state):
    return Count("registrations", filter=Q(registrations__state=state))


@admin.register(Workshop)
class WorkshopDesk(WorkshopAdmin):
    change_form_template = "admin/registrations/workshop.html"
    list_display = [*WorkshopAdmin.list_display, "people"]

    def get_queryset(self, request):
        State = Registration.State
        return super().get_queryset(request).annotate(coming=counted(State.CONFIRMED), waits=counted(State.WAITING))

    @admin.display(description=_("registered"))
    def people(self, workshop):
        """« 42 / 100 », and how many wait."""
        seats = f"{workshop.coming} / {workshop.capacity}" if workshop.capacity else str(workshop.coming)
        if not workshop.waits:
            return seats
        return ngettext("%(seats)s, %(count)s waits", "%(seats)s, %(count)s wait", workshop.waits) % {
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
        workshop = Workshop.objects.with_hosts().filter(pk=object_id).first() if object_id.isdecimal() else None
        return super().change_view(request, object_id, form_url, (extra_context or {}) | self.to_announce(workshop))

    def to_announce(self, workshop):
        if workshop is None or workshop.has_ended(timezone.now()):
            return {}
        groups = announcements.outdated(workshop)
        return {"outdated": groups, "outdated_count": sum(group.count for group in groups)}

    def save_related(self, request, form, formsets, change):
        """A seat added goes to the first in line at once; a change is announced by nothing but the button."""
        super().save_related(request, form, formsets, change)
        workshop = Workshop.objects.with_hosts().get(pk=form.instance.pk)
        promoted = signup.promote(workshop, now=timezone.now())
        if promoted:
            words = ngettext(
                "%(count)s person on the waiting list has a seat now; a mail with the invite is leaving.",
                "%(count)s people on the waiting list have a seat now; a mail with the invite is leaving for each.",
                promoted,
            )
            self.message_user(request, words % {"count": promoted}, messages.SUCCESS)
        page = reverse("admin:events_workshop_change", args=[workshop.pk])
        for group in self.to_announce(workshop).get("outdated", []):
            words = format_html(
                '{} {} <a href="{}#announce">{}</a>', group.sentence, _("No mail has left."), page, _("Announce it")
            )
            self.message_user(request, words, messages.WARNING)

    def announce(self, request, workshop_pk):
        """Tells everybody who holds something old; POST only, by the button on the workshop's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        workshop = get_object_or_404(Workshop, pk=workshop_pk)
        if not self.has_change_permission(request, workshop):
            raise PermissionDenied
        told = announcements.announce(workshop, now=timezone.now())
        words = ngettext("A mail is leaving for %(count)s person.", "A mail is leaving for %(count)s people.", told)
        if told:
            self.message_user(request, words % {"count": told}, messages.SUCCESS)
        else:
            self.message_user(request, _("Nobody holds anything old: no mail has left."), messages.INFO)
        return redirect("admin:events_workshop_change", workshop_pk)
