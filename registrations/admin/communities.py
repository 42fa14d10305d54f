"""What registrations add to the desk's page of a community: a corrected clock can be announced."""

from django.contrib import admin
from django.utils import timezone

from events.models import Community, Workshop
from registrations.domain import corrected_clocks

# events' own admin, taken from the registry: it knows nothing of registrations.
CommunityAdmin = type(admin.site.get_model_admin(Community))
admin.site.unregister(Community)


@admin.register(Community)
class CommunityDesk(CommunityAdmin):
    def save_model(self, request, obj, form, change):
        """Save the community, and say who was told other hours than its new zone shows."""
        if not change or "zone" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        now = timezone.now()
        corrected_clocks.keep_told_hours(Community.objects.get(pk=obj.pk), now=now)
        super().save_model(request, obj, form, change)
        desk = self.admin_site.get_model_admin(Workshop)
        mine = desk.get_queryset(request).filter(hosts=obj)
        for workshop in mine.coming(now):
            desk.warn_of_outdated(request, workshop)
