"""Acts on very many people at the desk: how far each has got, and the button that stops it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Workshop
from events.readings import short_moment
from praxis.accounts.names import name_of
from praxis.text import is_possible_key
from registrations.admin.base import NoAddNoDeleteAdmin
from registrations.domain import bulk_acts
from registrations.models import BulkAct

LOOK_EVERY = 5  # seconds
# « Une annulation de 1 111 inscriptions est en cours : 40 %. »
UNDER_WAY = {
    BulkAct.Kind.CANCEL: _("%(count)s registrations are being cancelled: %(percent)s%%."),
    BulkAct.Kind.CONFIRM: _("%(count)s people are being confirmed: %(percent)s%%."),
    BulkAct.Kind.ERASE: _("%(count)s people are being erased: %(percent)s%%."),
}
TITLES = {
    BulkAct.Kind.CANCEL: _("Cancelling %(count)s registrations"),
    BulkAct.Kind.CONFIRM: _("Confirming %(count)s people"),
    BulkAct.Kind.ERASE: _("Erasing %(count)s people"),
}


def in_words(sentences, act):
    """What `sentences`, by kind, say of `act`."""
    count = number_format(act.total, force_grouping=True)
    return sentences[act.kind] % {"count": count, "percent": act.percent}


def failure_words(act):
    """At how many people `act` has failed, and what that leaves, as a sentence; "" if at none."""
    if not act.failed:
        return ""
    if act.kind == BulkAct.Kind.ERASE:
        words = ngettext(
            "%(count)s person was not erased: an error prevented it. All their data is still here.",
            "%(count)s people were not erased: an error prevented it. All their data is still "
            "here.",
            act.failed,
        )
    else:
        words = ngettext(
            "For %(count)s person nothing was done: an error prevented it.",
            "For %(count)s people nothing was done: an error prevented it.",
            act.failed,
        )
    return words % {"count": act.failed}


@admin.register(BulkAct)
class BulkActAdmin(NoAddNoDeleteAdmin):
    list_display = ["title", "begun", "begun_by", "state", "progress", "failed"]
    list_display_links = ["title"]
    list_select_related = ["by"]
    ordering = ["-pk"]

    def get_queryset(self, request):
        acts = super().get_queryset(request)
        return acts.prefetch_related(Prefetch("workshops", Workshop.objects.with_hosts()))

    def get_urls(self):
        def page(route, view, name):
            return path(route, self.admin_site.admin_view(view), name=name)

        return [
            page("<int:pk>/", self.page, "registrations_bulkact"),
            page("<int:pk>/stop/", self.stop, "registrations_bulkact_stop"),
            page("<int:pk>/again/", self.again, "registrations_bulkact_again"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request, obj=None):
        """Who sees people sees what is done to many of them."""
        return request.user.has_perm("registrations.view_registration")

    def has_change_permission(self, request, obj=None):
        return False

    def has_stop_permission(self, request):
        return request.user.has_perm("registrations.change_registration")

    @admin.display(description=_("what is done"))
    def title(self, act):
        return in_words(TITLES, act)

    @admin.display(description=_("begun on"), ordering="pk")
    def begun(self, act):
        """When it began, on the clock of the first host of its first workshop."""
        workshops = act.workshops.all()
        return short_moment(workshops[0].clocks[0], act.created_at) if workshops else None

    @admin.display(description=_("by"), ordering="by")
    def begun_by(self, act):
        return name_of(act.by) if act.by else None

    @admin.display(description=_("progress"))
    def progress(self, act):
        return f"{act.percent}\u00a0%"

    def change_view(self, request, object_id, *args, **kwargs):
        """The page of the act in the place of admin's, which would show its columns."""
        if not is_possible_key(object_id):
            raise Http404
        return redirect("admin:registrations_bulkact", object_id)

    def act_or_404(self, request, pk):
        """The act with this key, for an organiser who may see it."""
        act = get_object_or_404(self.get_queryset(request).select_related("by"), pk=pk)
        if not self.has_view_permission(request, act):
            raise PermissionDenied
        return act

    def page(self, request, pk):
        """The bar that fills, and how many are done; it loads itself anew while the act runs."""
        act = self.act_or_404(request, pk)
        is_still = "stay" in request.GET
        context = {
            **self.admin_site.each_context(request),
            "title": in_words(TITLES, act),
            "act": act,
            "begun": self.begun(act),
            "begun_by": self.begun_by(act),
            "failures": failure_words(act),
            "may_stop": self.has_stop_permission(request),
            "is_still": is_still,
            "opts": self.opts,
        }
        response = render(request, "admin/registrations/bulk_act.html", context)
        if act.is_running and not is_still:
            response["Refresh"] = str(LOOK_EVERY)
        return response

    def stop(self, request, pk):
        """Leave those as they are who have not had their turn yet, on POST."""
        act = self.act_or_404(request, pk)
        if request.method != "POST":
            # The sign-in page leads here after a session that had expired, and says so.
            return redirect("admin:registrations_bulkact", pk)
        if not self.has_stop_permission(request):
            raise PermissionDenied
        if bulk_acts.stop(act, now=timezone.now()):
            words = _("Stopped: what was done stays done, and nobody else is concerned.")
            self.message_user(request, words, messages.SUCCESS)
        else:
            self.message_user(request, _("It had ended already."), messages.INFO)
        return redirect("admin:registrations_bulkact", pk)

    def again(self, request, pk):
        """Have it tried again, on POST, for those at whom it failed."""
        act = self.act_or_404(request, pk)
        if request.method != "POST":
            return redirect("admin:registrations_bulkact", pk)
        if not self.has_stop_permission(request):
            raise PermissionDenied
        if bulk_acts.try_again(act):
            self.message_user(request, _("It is being tried again."), messages.SUCCESS)
        else:
            words = _("There is nobody to try again, or it is under way already.")
            self.message_user(request, words, messages.INFO)
        return redirect("admin:registrations_bulkact", pk)


class NoticeMixin:
    """A ModelAdmin whose list says which acts on many people are under way."""

    def changelist_view(self, request, extra_context=None):
        acts = self.admin_site.get_model_admin(BulkAct).get_queryset(request)
        running = acts.filter(state=BulkAct.State.RUNNING).order_by("pk")
        notices = [(act.pk, in_words(UNDER_WAY, act)) for act in running]
        return super().changelist_view(request, {"notices": notices, **(extra_context or {})})
