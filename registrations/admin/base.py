"""What the desk's lists of people and of mails have in common."""

import json
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from events import readings
from events.models import Workshop
from praxis import unsaved
from praxis.history import HistoryAdmin
from praxis.text import is_possible_key
from praxis.visible_rows import VisibleRowsAdmin
from registrations.admin.filters import once
from registrations.admin.lists import MOST, BoundedList, FirstPages
from registrations.domain import bulk_acts
from registrations.models import Registration
from registrations.models.search import words_of

# A search that finds more people than this is answered by the database as it reads the list.
MOST_FOUND = 1000
# So many workshops can be chosen from a list's side; each workshop's own page leads to its people.
WORKSHOPS_SHOWN = 200
# An act on more people is the worker's: each of them takes some milliseconds.
AT_ONCE = 200
NAMED = 10  # of the people of whom a question is asked
# The field of a question that names the last registration there was when it was asked.
NEWEST = "newest"


class WorkshopFilter(admin.SimpleListFilter):
    """Filters a list by workshop. Each is shown with its date, since a series repeats its title."""

    title = _("workshop")
    parameter_name = "workshop"
    lookup = "workshop"

    def lookups(self, request, model_admin):
        workshops = Workshop.objects.visible_to(request.user).titles_and_starts()
        return once(
            request,
            "workshops",
            lambda: [
                (key, title_and_day(title, start.astimezone(ZoneInfo(zone))))
                for key, title, start, zone in workshops[:WORKSHOPS_SHOWN]
            ],
        )

    def queryset(self, request, queryset):
        key = self.value()
        if key is None:
            return queryset
        if is_possible_key(key):
            return queryset.filter(**{self.lookup: key})
        return queryset.none()

    def choices(self, changelist):
        # Numbers beside the workshops would count the rows of all of them.
        has_facets, changelist.add_facets = changelist.add_facets, False
        choices = list(super().choices(changelist))
        changelist.add_facets = has_facets
        return choices


def moment(field, label, **display):
    """A column or a field to read: the instant in `field` on the first host's clock.

    The row is a registration, or has one.
    """

    @admin.display(description=label, **display)
    def shown(desk, row):
        at = getattr(row, field)
        if at is None:
            return desk.get_empty_value_display()
        return readings.short_moment(workshop_of(row).clocks[0], at)

    return shown


def workshop_of(row):
    """The workshop of a registration or of what belongs to one; None of anything else."""
    return getattr(getattr(row, "registration", row), "workshop", None)


def people_holding(typed):
    """The keys of the registrations that hold what was `typed`; None if more than MOST_FOUND.

    They are looked up apart from the list, in an index that holds nothing else.
    """
    found = Registration.objects.holding(typed).order_by().values_list("pk", flat=True)
    keys = list(found[: MOST_FOUND + 1])
    return keys if len(keys) <= MOST_FOUND else None


def workshop_and_day(workshop):
    """« PRAXIS : première séance (5 mars 2026) », a long title cut."""
    return title_and_day(workshop.title, workshop.readings[0].start)


def title_and_day(title, start):
    day = readings.day_words(start).replace(" ", readings.NO_BREAK)
    return f"{Truncator(title).chars(40)} ({day})"


class NoAddNoDeleteAdmin(VisibleRowsAdmin, HistoryAdmin):
    """Rows that are never added or deleted by hand: only registrations/domain and mail do that.

    There may be very many. A column whose order is that of the keys sorts all of them.
    """

    paginator = list_pages = FirstPages
    show_full_result_count = False
    sortable_everywhere = ()
    acts_of_any_size = ()  # the actions that the worker takes over where they concern very many

    def clock_of(self, row):
        workshop = workshop_of(row)
        return workshop and workshop.clocks[0]

    def get_changelist(self, request, **kwargs):
        return BoundedList

    def get_paginator(self, request, queryset, *args, **kwargs):
        """The pages of the list, or of a row's history."""
        pages = self.list_pages if queryset.model is self.model else self.paginator
        return pages(queryset, *args, **kwargs)

    def get_sortable_by(self, request):
        """The columns that sort the list: all of them where one workshop is chosen."""
        return None if "workshop" in request.GET else self.sortable_everywhere

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        """The rows that hold each word, whatever its case and accents, on each database."""
        if not words_of(search_term):
            return queryset, False
        return self.found(queryset, search_term), False

    def found(self, rows, typed):
        """Those of `rows` that hold what was `typed`; all of them in a list without a search."""
        return rows

    def response_action(self, request, queryset, **options):
        """Do an action to the rows that were there when it was asked for, if a page asked.

        An action that no worker takes over is not done to more rows than the list shows.
        """
        is_across = request.POST.get("select_across") == "1"
        action = request.POST.get("action", "")
        if is_across and action not in self.acts_of_any_size and queryset[MOST : MOST + 1].exists():
            words = _("Nothing was done: choose a filter first, so that the list gets shorter.")
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        newest = request.POST.get(NEWEST, "")
        if is_across and is_possible_key(newest):
            queryset = queryset.filter(pk__lte=newest)
        # Django 6 says by `options` from where the action was chosen.
        return super().response_action(request, queryset, **options)

    def name_in_log(self, obj):
        """What the log calls the row `obj`."""
        return str(obj)

    def log_change(self, request, obj, message):
        """Write in admin's log who did what to the row `obj`; the LogEntry.

        `message` is text, or the list that admin makes of a form's changes.
        """
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=obj.pk,
            object_repr=self.name_in_log(obj)[:200],
            action_flag=CHANGE,
            change_message=json.dumps(message) if isinstance(message, list) else message,
        )

    def apply_to(self, request, people, act, message):
        """Call `act` for each of `people`, and log `message` where it did something; how many."""
        done = [person for person in people if act(person, now=timezone.now())]
        for person in done:
            self.log_change(request, person, message)
        return len(done)

    def ask(self, request, people, *, form=None, **words):
        """The page that asks whether to do an action to `people`; None once that is confirmed.

        `people` is a query, or a list of one. `form` is what is to be typed or chosen beside, bound
        where `typed()` says so. Where that is wrong, the page comes once more, with what was typed.
        """
        if "sure" in request.POST and (form is None or form.is_valid()):
            return None
        is_across = request.POST.get("select_across") == "1"
        named, count, newest = people, 0, None
        if not isinstance(people, list):
            chosen = people.order_by().aggregate(count=Count("pk"), newest=Max("pk"))
            named, count, newest = people.order_by("pk")[:NAMED], chosen["count"], chosen["newest"]
        context = {
            **self.admin_site.each_context(request),
            **words,
            "form": form,
            "people": named,
            "others": max(0, count - NAMED),
            "newest": newest,
            "is_across": is_across,
            # The keys that were ticked on a page of the list, or the first alone of them all.
            "keys": request.POST.getlist(ACTION_CHECKBOX_NAME)[: 1 if is_across else None],
            "selected": ACTION_CHECKBOX_NAME,
            "action": request.POST.get("action"),
            # One person's question has a page of its own, which comes back after a sign-in.
            "opened": "" if "action" in request.POST else unsaved.sign(request),
            "opts": self.model._meta,
        }
        if request.method == "GET" and unsaved.kept(request):
            messages.warning(request, unsaved.NOTHING)
        return render(request, "admin/registrations/ask.html", context)

    def typed(self, request):
        """What was typed into the form of a question; None where it is asked for the first time.

        Before a session that ended, it was typed as well.
        """
        if "sure" in request.POST:
            unsaved.forget(request)
            return request.POST
        return unsaved.kept(request) if request.method == "GET" else None

    def hand_over(self, request, people, kind, **options):
        """Give an act on more than AT_ONCE `people` to the worker; None if there are fewer.

        `options` are what the act is called with. The answer leads to the page of the BulkAct.
        """
        if not people.order_by()[AT_ONCE : AT_ONCE + 1].exists():
            return None
        act = bulk_acts.begin(kind, people, by=request.user, now=timezone.now(), **options)
        return HttpResponseRedirect(reverse("admin:registrations_bulkact", args=[act.pk]))

    def say(self, request, done, words, nothing):
        """Show in `words` what an action did to `done` rows, or `nothing` if there were none."""
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(request, nothing, messages.WARNING)
