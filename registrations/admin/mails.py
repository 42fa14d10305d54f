"""The organisers' view of the mails on their way."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations import outbox
from registrations.admin.rows import ReadOnlyAdmin, WorkshopFilter
from registrations.models import OutgoingMail


class MailWorkshopFilter(WorkshopFilter):
    lookup = "registration__workshop"


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["registration", "registration__email", "kind", "state", "short_error", "sent_at", "attempts"]
    list_filter = ["state", "kind", MailWorkshopFilter]
    list_select_related = ["registration"]
    search_fields = ["registration__first_name", "registration__last_name", "registration__email", "message_id"]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    exclude = ["content", "before"]

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("last error"))
    def short_error(self, mail):
        return mail.last_error[:80]

    def has_send_permission(self, request):
        return request.user.has_perm("registrations.change_outgoingmail")

    @admin.action(description=_("Send again what has failed"), permissions=["send"])
    def send_again(self, request, queryset):
        now = timezone.now()
        done = sum(outbox.send_again(mail, now=now) for mail in queryset)
        words = ngettext("%(count)s mail is leaving again.", "%(count)s mails are leaving again.", done)
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(
                request, _("Nothing is sent again: only a mail that has failed can be."), messages.WARNING
            )
