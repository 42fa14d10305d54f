"""The subscriptions at the desk, for superusers: to find an address that asks, and to erase it."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praxis.own_filters import OwnFiltersAdmin
from registrations.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(OwnFiltersAdmin):
    """Organisers see how many there are, elsewhere; addresses are shown to superusers alone."""

    list_display = ["email", "about", "language", "asked_at", "confirmed_at", "last_seen_at"]
    list_select_related = ["community"]
    search_fields = ["email_key", "=token"]
    show_full_result_count = False

    @admin.display(description=_("community"), ordering="community")
    def about(self, subscription):
        return subscription.community or gettext("All the communities")

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_deleted_objects(self, objs, request):
        """Each subscription by its number: its mails go with it, and the log names no address."""
        names = [str(each) for each in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []
