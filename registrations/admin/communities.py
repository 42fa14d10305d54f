"""What registrations add to the desk's pages of communities: subscribers, and corrected clocks."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Community, Workshop
from registrations.domain import corrected_clocks
from registrations.domain.figures import subscribers
from registrations.models import OutgoingMail

# events' own admin, taken from the registry: it knows nothing of registrations.
CommunityAdmin = type(admin.site.get_model_admin(Community))
admin.site.unregister(Community)


@admin.register(Community)
class CommunityDesk(CommunityAdmin):
    list_display = [*CommunityAdmin.list_display, "subscribers"]

    def get_queryset(self, request):
        return subscribers.with_counts(super().get_queryset(request))

    @admin.display(description=_("subscribers"))
    def subscribers(self, community):
        """How many people have asked to hear of its next workshop."""
        return community.subscriber_count

    def get_deleted_objects(self, objs, request):
        """What Django says is deleted: nobody needs a right for the mails to its subscribers."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, lacking - {OutgoingMail._meta.verbose_name}, protected

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
