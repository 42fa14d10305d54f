"""Where the lines about a session lead at the desk, and who may follow."""

from dataclasses import dataclass

from django.urls import reverse

from events.models import Workshop
from registrations.admin.board import RIGHT
from registrations.domain import next_step
from registrations.domain.steps import Place
from registrations.models import OutgoingMail, Registration

# The field of the workshop's form at which each place is found.
FIELDS = {
    Place.STATE: "id_state",
    Place.ROOM: "id_meeting_url",
    Place.SEATS: "id_capacity",
    Place.RELEASE: "id_release_0",
    Place.AFTERWARDS: "id_replay_url",
}
PEOPLE = "admin:registrations_registration_changelist"
MAILS = "admin:registrations_outgoingmail_changelist"


@dataclass(frozen=True)
class Rights:
    """What an organiser may do, so that no line leads where nobody is let in."""

    edits: bool
    sees_people: bool
    sees_mails: bool
    uses_board: bool = False
    sees_needs: bool = False

    def know_of(self, place):
        """May the organiser know that there is something to do at this Place?"""
        if place in (Place.FAILED, Place.QUEUED):
            return self.sees_mails
        return self.sees_people or place not in (Place.WAITING, Place.ANNOUNCE)

    def act_at(self, place):
        """May the organiser do it?"""
        is_list = place in (Place.FAILED, Place.QUEUED, Place.WAITING)
        return self.know_of(place) and (is_list or self.edits)


def rights(site, request, workshop):
    """The Rights of the organiser of `request` at `workshop`."""
    people = site.get_model_admin(Registration)
    return Rights(
        edits=site.get_model_admin(Workshop).has_change_permission(request, workshop),
        sees_people=people.has_view_permission(request),
        sees_mails=site.get_model_admin(OutgoingMail).has_view_permission(request),
        uses_board=request.user.has_perm(RIGHT),
        sees_needs=people.has_change_permission(request),
    )


def visible_steps(session, may, *, mail_leaves):
    """(Step, address of its remedy or "") of `session`, those that one with these Rights may see.

    Who may not know of something is not told that nothing is to do.
    """
    return [
        (step, url_of(session.workshop, step.place) if may.act_at(step.place) else "")
        for step in next_step.steps(session, mail_leaves=mail_leaves)
        if may.know_of(step.place)
    ]


def url_of(workshop, place):
    """The address of a Place for `workshop`; "" for nowhere."""
    if place in FIELDS:
        return f"{reverse('admin:events_workshop_change', args=[workshop.pk])}#{FIELDS[place]}"
    if place == Place.ANNOUNCE:
        return f"{overview_url(workshop)}#announce"
    if place in (Place.FAILED, Place.QUEUED):
        return list_url(MAILS, workshop, state__exact=place.value)
    if place == Place.WAITING:
        return list_url(PEOPLE, workshop, state__exact=place.value)
    return ""


def board_url(workshop):
    return reverse("admin:events_workshop_board", args=[workshop.pk])


def needs_url(workshop):
    return reverse("admin:events_workshop_needs", args=[workshop.pk])


def overview_url(workshop):
    return reverse("admin:events_workshop_overview", args=[workshop.pk])


def list_url(name, workshop, **filters):
    """The address of a list of the desk, of one workshop and by `filters`."""
    return reverse(name, query={"workshop": workshop.pk} | filters)
