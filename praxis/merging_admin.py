"""Pages of the desk on which nobody overwrites what others saved, and nothing typed is lost."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.db import router, transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from praxis import unsaved
from praxis.accounts.names import name_of
from praxis.history import HistoryAdmin
from praxis.three_way_merge import Merge, MergedForm, digests


class MergingAdmin(HistoryAdmin):
    """A page that merges what it is sent with what others have saved since it was opened.

    Its form, and those of its inlines, are MergedForms.
    """

    form = MergedForm

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            unsaved.forget(request)
            return self.merged_view(request, object_id, form_url, extra_context)
        typed = unsaved.kept(request) if request.method == "GET" else None
        if typed is None or not self.may_save(request, object_id):
            return super().changeform_view(request, object_id, form_url, extra_context)
        return self.restored_view(request, typed, object_id, form_url, extra_context)

    def may_save(self, request, object_id):
        if object_id is None:
            return self.has_add_permission(request)
        return self.row_to_save(request, object_id) is not None

    def row_to_save(self, request, object_id):
        """The row that the page is about; None if it is not there, or may not be saved."""
        found = self.get_object(request, unquote(object_id))
        return found if found is not None and self.has_change_permission(request, found) else None

    def restored_view(self, request, typed, *args):
        """The page with what was typed before the sign-in: its form is refused, so not saved."""
        request.conflicts = {"": [_("Your session had ended: nothing is saved yet.")]}
        request.is_restored = True
        for name in unsaved.lost_files(request):
            request.conflicts[name] = _("Choose the file once more: it was not kept.")
        request.POST, request.method = typed, "POST"
        try:
            return self.merged_view(request, *args)
        finally:
            request.method = "GET"

    def merged_view(self, request, object_id, *args):
        """Admin's answer to what was sent, after the merge, under the lock of the row."""
        with transaction.atomic(using=router.db_for_write(self.model)):
            row = None if object_id is None else self.row_to_save(request, object_id)
            if row is not None:
                # Nobody saves it meanwhile; rows that only name it may still be added.
                rows = self.model._base_manager.select_for_update(no_key=True)
                rows.filter(pk=row.pk).values_list("pk").first()
                self.merge(request, self.get_object(request, unquote(object_id)))
            return super().changeform_view(request, object_id, *args)

    def merge(self, request, stored):
        """Merge what was sent with the row `stored`, which is locked."""
        opened = unsaved.opened(request)
        form, formsets = self.untouched(request, stored)
        request.stored = digests(form, [formset for formset, _inline in formsets])
        merge = Merge(request.POST.copy(), request.FILES, opened.get("base", {}))
        merge.merge_form(form)
        for formset, inline in formsets:
            merge.merge_rows(formset, may_change=inline.has_change_permission(request, stored))
        request.POST, request.taken = merge.data, merge.taken
        conflicts = vars(request).setdefault("conflicts", {})
        conflicts |= merge.conflicts
        if merge.taken or merge.conflicts:
            request.since = saved_since(stored, opened.get("entry", 0))
        if merge.conflicts:
            how = _(
                "What only one of you has changed stands below as it should. Where you both "
                "changed the same thing, both versions stand beside it: keep yours or correct "
                "it, and save again."
            )
            conflicts.setdefault("", []).extend([request.since, how])

    def untouched(self, request, stored):
        """The form of the row `stored`, and (formset, inline) of each of its inlines, unbound."""
        fields = flatten_fieldsets(self.get_fieldsets(request, stored))
        form = self.get_form(request, stored, change=True, fields=fields)(instance=stored)
        formsets = [
            (
                formset(
                    instance=stored,
                    prefix=formset.get_default_prefix(),
                    queryset=inline.get_queryset(request),
                ),
                inline,
            )
            for formset, inline in self.get_formsets_with_inlines(request, stored)
        ]
        return form, formsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.conflicts = vars(request).get("conflicts", {})
        return form

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            formset.form.conflicts = vars(request).get("conflicts", {})
            yield formset, inline

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """The page, with a signed note of what it shows of what is stored."""
        facts = {}
        if obj is not None:
            formsets = [each.formset for each in context["inline_admin_formsets"]]
            form = context["adminform"].form
            facts["base"] = vars(request).get("stored") or digests(form, formsets)
            facts["entry"] = entries_of(obj).values_list("pk", flat=True).first() or 0
        context["opened"] = unsaved.sign(request, **facts)
        context["is_restored"] = vars(request).get("is_restored", False)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_change(self, request, obj):
        """The answer to a save, which says what stands as somebody else saved it meanwhile."""
        if vars(request).get("taken"):
            words = _("What changed then is kept: %(what)s.") % {"what": ", ".join(request.taken)}
            messages.info(request, f"{request.since} {words}")
        return super().response_change(request, obj)


def entries_of(row):
    """Admin's log of `row`, the latest entry first."""
    of_the_model = ContentType.objects.get_for_model(row)
    return LogEntry.objects.filter(content_type=of_the_model, object_id=row.pk).order_by("-pk")


def saved_since(row, entry):
    """Who has saved `row` after the LogEntry whose key is `entry`, and when, as a sentence."""
    entries = list(entries_of(row).filter(pk__gt=entry).select_related("user"))
    if not entries:
        return _("Somebody saved this page while you had it open.")
    people = {name_of(each.user): each for each in entries}
    minutes = (timezone.now() - entries[0].action_time) // timedelta(minutes=1)
    values = {"who": get_text_list(list(people), _("and")), "count": minutes}
    if not minutes:
        return _("This page was saved while you had it open: by %(who)s, just now.") % values
    words = ngettext(
        "This page was saved while you had it open: by %(who)s, %(count)s minute ago.",
        "This page was saved while you had it open: by %(who)s, %(count)s minutes ago.",
        minutes,
    )
    return words % values
