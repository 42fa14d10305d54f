"""Rows of the desk that an organiser sees, counts and changes only where they may see them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from praxis.own_filters import OwnFiltersAdmin


class VisibleRowsAdmin(OwnFiltersAdmin):
    """Rows of which an organiser sees, counts and changes those that visible_to() gives, alone."""

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.seen(request)[row.pk] = True
        return row

    def row_to_read(self, request, key, rows=None):
        """The row `key`, of `rows` or else of get_queryset(), which the organiser may look at.

        Raises Http404 where they see no such row, PermissionDenied where they may not look at it.
        """
        row = self.visible_row(request, key, rows)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def row_to_change(self, request, key):
        """The row `key`, which the organiser may change; raises as row_to_read() does."""
        row = self.visible_row(request, key)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def visible_row(self, request, key, rows=None):
        row = get_object_or_404(self.get_queryset(request) if rows is None else rows, pk=key)
        self.note_visible(request, [row])
        return row

    def note_visible(self, request, rows):
        """Note that `rows`, which get_queryset() gave, are visible: nobody asks again."""
        self.seen(request).update(dict.fromkeys((row.pk for row in rows), True))

    def seen(self, request):
        """{key: whether the row is visible}, as far as `request` has asked."""
        return vars(request).setdefault(f"_seen_{self.opts.label_lower}", {})

    def is_visible(self, request, obj):
        """May the organiser see `obj`? A question about no row, or a new one, is answered yes."""
        if obj is None or obj.pk is None or request.user.is_superuser:
            return True
        seen = self.seen(request)
        if obj.pk not in seen:
            rows = self.model._default_manager.visible_to(request.user)
            seen[obj.pk] = rows.filter(pk=obj.pk).exists()
        return seen[obj.pk]

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and self.is_visible(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_visible(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_visible(request, obj)
