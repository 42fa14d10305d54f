"""BulkAct: what an organiser does to more people than one request can, and how far it has got."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from events.models import Workshop


class BulkActQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The acts on people of workshops all of which `user` may see."""
        links = self.model.workshops.through.objects.filter(bulkact=OuterRef("pk"))
        unseen = links.exclude(workshop__in=Workshop.objects.visible_to(user).order_by())
        return self.filter(~Exists(unseen))


class BulkAct(models.Model):
    """One act on the registrations that an organiser has chosen, done by the worker.

    `done` counts those to whom it was done, `skipped` those to whom it could not be done any more,
    `failed` those at whom an error kept it from being done: their parts stay, to be tried again.
    `options` are what the act is called with beside the registration. `workshops` are those of the
    registrations: whoever may not see one of them sees nothing of the act.
    """

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("cancellation")
        CONFIRM = "confirm", _("confirmation")
        ERASE = "erase", _("erasure")

    class State(models.TextChoices):
        RUNNING = "running", _("in progress")
        ENDED = "ended", _("finished")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by")
    )
    workshops = models.ManyToManyField(Workshop, related_name="+", verbose_name=_("workshops"))
    options = models.JSONField(default=dict, editable=False)
    total = models.PositiveIntegerField(_("registrations"))
    done = models.PositiveIntegerField(_("done"), default=0)
    skipped = models.PositiveIntegerField(_("left as they were"), default=0)
    failed = models.PositiveIntegerField(_("failures"), default=0, db_default=0)
    created_at = models.DateTimeField(_("begun on"))
    ended_at = models.DateTimeField(_("ended on"), null=True)

    objects = BulkActQuerySet.as_manager()

    class Meta:
        verbose_name = _("group act")
        verbose_name_plural = _("group acts")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.total})"

    @property
    def is_running(self):
        return self.state == self.State.RUNNING

    @property
    def seen_to(self):
        """How many of the registrations have had their turn."""
        return self.done + self.skipped + self.failed

    @property
    def percent(self):
        return 100 * self.seen_to // self.total if self.total else 100


class BulkActPart(models.Model):
    """The keys of some registrations of one workshop that an act is still to be done to.

    The row is deleted in the transaction that does it, so that each person's turn comes once,
    however many workers there are and whenever one is killed. Those at whom it failed stand in one
    that `has_failed`, which no worker does until an organiser has it tried again.
    """

    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="parts")
    people = models.JSONField()
    has_failed = models.BooleanField(default=False, db_default=False)

    def __str__(self):
        return f"{self.act_id}: {len(self.people)}"
