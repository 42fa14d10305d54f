"""Rows of the desk that an organiser sees, counts and changes only where they may see them."""

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
