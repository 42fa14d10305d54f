"""What organisers do to several people at once: the actions of the list of registrations."""

from functools import partial

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from praxis import audit
from registrations.admin.base import NoAddNoDeleteAdmin, workshop_and_day
from registrations.domain import privacy, signup, waiting_list
from registrations.domain.figures import person as figures
from registrations.forms.desk import EraseForm, WordForm
from registrations.models import BulkAct, Registration

ACTIVE = [Registration.State.CONFIRMED, Registration.State.WAITING]


def would_come(people):
    """Those of the queryset `people` who have a seat or a place in line, and not a past one."""
    return people.filter(state__in=ACTIVE, workshop__ends_at__gt=timezone.now())


def what_cancelling_does(registration):
    """What the question says of cancelling `registration`."""
    if registration.is_waiting:
        return _("A mail says that the organisers have cancelled: the person waits no longer.")
    return _(
        "A mail says that the organisers have cancelled, and takes the entry out of the calendar. "
        "The seat goes to the first in line."
    )


def question_of_one(is_beyond):
    """What the question says of confirming one person, as template context."""
    enough, beyond = _("A seat is free."), _("No seat is free: it would be one too many.")
    return {
        "title": _("Give this person a seat?"),
        "count": beyond if is_beyond else enough,
        "text": _("A mail with the invite leaves at once."),
    }


def question_of_many(beyond):
    """What the question says of confirming people of whom so many have no seat."""
    over = ngettext(
        "%(count)s person would be beyond the number of seats.",
        "%(count)s people would be beyond the number of seats.",
        beyond,
    )
    enough = _("There is a seat for each of these people.")
    return {
        "title": _("Confirm these people?"),
        "count": over % {"count": beyond} if beyond else enough,
        "text": _("A mail with the invite leaves at once for each of them."),
    }


def what_erasing_does(chosen, everything):
    """What the question says of erasing `chosen`, of whom the registrations are `everything`."""
    people = chosen.order_by().values("email_key").distinct().count()
    title = ngettext("Erase this person for good?", "Erase these people for good?", people)
    sentences = [
        ngettext(
            "The name, the address and all else that tells who this person is are erased at once "
            "and for good.",
            "Their names, addresses and all else that tells who they are are erased at once and "
            "for good.",
            people,
        )
    ]
    states = set(would_come(everything).order_by().values_list("state", flat=True))
    if Registration.State.CONFIRMED in states:
        sentences.append(
            gettext(
                "A seat at a coming workshop is given up: a last mail says so, and takes the "
                "entry out of the calendar."
            )
        )
    if Registration.State.WAITING in states:
        sentences.append(gettext("A place on a waiting list is given up: a last mail says so."))
    return {"title": title, "text": " ".join(sentences)}


class PeopleActs(NoAddNoDeleteAdmin):
    """Each action asks first. A page of one person asks by the same functions."""

    @admin.action(
        description=_("Cancel these registrations and tell the people"), permissions=["change"]
    )
    def cancel_registrations(self, request, queryset):
        people = would_come(queryset)
        is_one = people.count() == 1
        form = WordForm(self.typed(request))
        question = people.exists() and self.ask(
            request,
            people,
            form=form,
            title=_("Cancel this registration?") if is_one else _("Cancel these registrations?"),
            text=what_cancelling_does(people.get())
            if is_one
            else _(
                "Each person gets a mail that says that the organisers have cancelled, and the "
                "seats go to those who wait."
            ),
            button=_("Cancel and tell them"),
        )
        if question:
            return question
        done = 0
        if people.exists():
            how = {"by_desk": True, "word": form.cleaned_data["word"]}
            many = self.hand_over(request, people, BulkAct.Kind.CANCEL, **how)
            if many:
                return many
            act = partial(signup.cancel, **how)
            done = self.apply_to(request, people, act, gettext("Cancelled the registration."))
        words = ngettext(
            "%(count)s registration cancelled; a mail is leaving for the person.",
            "%(count)s registrations cancelled; a mail is leaving for each person.",
            done,
        )
        nothing = _(
            "Nothing was cancelled: these registrations were already, or their workshop is over."
        )
        self.say(request, done, words, nothing)
        return None

    @admin.action(
        description=_("Confirm these people, beyond the number of seats if need be"),
        permissions=["change"],
    )
    def confirm_registrations(self, request, queryset):
        coming = {"workshop__ends_at__gt": timezone.now()}
        published = {"workshop__state": Workshop.State.PUBLISHED}
        line = queryset.waiting().filter(**coming, **published)
        seating = figures.seating(line, workshop_and_day)
        beyond = sum(each.beyond for each in seating)
        is_one = line.count() == 1
        question = line.exists() and self.ask(
            request,
            line,
            seating=seating,
            **(question_of_one(beyond) if is_one else question_of_many(beyond)),
            button=_("Confirm and tell them"),
        )
        many = question or self.hand_over(request, line, BulkAct.Kind.CONFIRM)
        if many:
            return many
        done = self.apply_to(
            request,
            line,
            waiting_list.confirm,
            gettext("Confirmed, beyond the number of seats if need be."),
        )
        words = ngettext(
            "%(count)s person confirmed; a mail with the invite is leaving.",
            "%(count)s people confirmed; a mail with the invite is leaving for each.",
            done,
        )
        nobody = _(
            "Nobody was confirmed: only people on the waiting list of a coming workshop can be."
        )
        self.say(request, done, words, nobody)
        return None

    @admin.action(description=_("Erase these people for good"), permissions=["change"])
    def erase_people(self, request, queryset, *, back=""):
        chosen = queryset.filter(erased_at=None)
        everything = figures.of_same_addresses(self.get_queryset(request), chosen)
        counts = {"chosen": chosen.count(), "total": everything.count()}
        form = EraseForm(self.typed(request), is_coming=would_come(everything).exists(), **counts)
        question = chosen.exists() and self.ask(
            request,
            chosen,
            form=form,
            **what_erasing_does(chosen, everything),
            count=self.count_of_registrations(chosen, counts["total"]),
            button=_("Erase for good"),
            back=back,
        )
        if question:
            return question
        done = 0
        if chosen.exists():
            people = everything if form.erases_all else chosen
            audit.note(request, "erasure", registrations=people.count())
            how = {"by_desk": True, "word": form.cleaned_data.get("word", "")}
            many = self.hand_over(request, people, BulkAct.Kind.ERASE, **how)
            if many:
                return many
            act = partial(privacy.erase, **how)
            done = self.apply_to(request, people, act, gettext("Erased the person."))
        words = ngettext("%(count)s registration erased.", "%(count)s registrations erased.", done)
        self.say(request, done, words, _("Nobody was erased: these people were already."))
        self.say_what_stays(request, counts["total"] - done)
        return None

    def count_of_registrations(self, chosen, total):
        """« Ces 3 personnes ont 5 inscriptions. »"""
        people = chosen.order_by().values("email_key").distinct().count()
        registrations = ngettext("%(count)s registration", "%(count)s registrations", total) % {
            "count": total
        }
        words = ngettext(
            "This person has %(registrations)s.",
            "These %(count)s people have %(registrations)s.",
            people,
        )
        return words % {"count": people, "registrations": registrations}

    def say_what_stays(self, request, left):
        """Say how many registrations of the same addresses were not erased, if there are some."""
        if left > 0:
            words = ngettext(
                "%(count)s other registration of the same address stays.",
                "%(count)s other registrations of the same addresses stay.",
                left,
            )
            self.message_user(request, words % {"count": left}, messages.INFO)
