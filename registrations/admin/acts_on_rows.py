"""Acts on the rows that were chosen in a list: the question before, and what is said after."""

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, Max
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praxis import unsaved
from praxis.text import is_possible_key
from registrations.admin.lists import MOST
from registrations.domain import bulk_acts

# An act on more people is the worker's: each of them takes some milliseconds.
MOST_AT_ONCE = 200
NAMED = 10  # of the people of whom a question is asked
# The field of a question that names the last registration there was when it was asked.
NEWEST = "newest"


class ActsOnRows:
    """Gives a ModelAdmin the acts on chosen rows: asked first, or handed over to the worker."""

    acts_of_any_size = ()  # the actions that the worker takes over where they concern very many

    def action_checkbox(self, obj):
        """The box of a row. Admin's own is rendered by a template, fifty times a page."""
        words = gettext("Select this object for an action - {}").format(obj)
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            *(ACTION_CHECKBOX_NAME, obj.pk, words),
        )

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
        """Give an act on more than MOST_AT_ONCE `people` to the worker; None if there are fewer.

        `options` are what the act is called with. The answer leads to the page of the BulkAct.
        """
        if not people.order_by()[MOST_AT_ONCE : MOST_AT_ONCE + 1].exists():
            return None
        act = bulk_acts.begin(kind, people, by=request.user, now=timezone.now(), **options)
        return HttpResponseRedirect(reverse("admin:registrations_bulkact", args=[act.pk]))

    def say(self, request, done, words, nothing):
        """Show in `words` what an action did to `done` rows, or `nothing` if there were none."""
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(request, nothing, messages.WARNING)
