"""The organisers' view of the mails on their way."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registrations.admin.base import NoAddNoDeleteAdmin, WorkshopFilter
from registrations.mail import queue
from registrations.models import OutgoingMail


class MailWorkshopFilter(WorkshopFilter):
    lookup = "registration__workshop"


@admin.register(OutgoingMail)
class OutgoingMailAdmin(NoAddNoDeleteAdmin):
    list_display = ["registration", "address", "kind", "state", "why", "sent_at"]
    list_filter = ["state", "kind", MailWorkshopFilter]
    list_select_related = ["registration"]
    search_fields = [
        "registration__first_name",
        "registration__last_name",
        "registration__email",
        "message_id",
    ]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    exclude = ["content", "before", "last_error"]
    readonly_fields = ["why"]

    def lookup_allowed(self, lookup, value, request):
        """Never by what a mail holds, or by a secret link: a filter could spell it out letter by letter."""
        secret = any(word in lookup for word in ("content", "before", "token", "told"))
        return not secret and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("email"), ordering="registration__email")
    def address(self, mail):
        return mail.registration.email

    @admin.display(description=_("why it did not leave"))
    def why(self, mail):
        """Our own reason in the reader's language; the mail server's words as it said them."""
        return (
            gettext(mail.last_error)
            if mail.state == mail.State.DROPPED and mail.last_error
            else mail.last_error
        )

    def has_send_permission(self, request):
        return request.user.has_perm("registrations.change_outgoingmail")

    @admin.action(description=_("Send again what has failed"), permissions=["send"])
    def send_again(self, request, queryset):
        now = timezone.now()
        again = [mail for mail in queryset if queue.send_again(mail, now=now)]
        for mail in again:
            self.log_change(request, mail, gettext("Sent again."))
        done = len(again)
        words = ngettext(
            "%(count)s mail is leaving again.", "%(count)s mails are leaving again.", done
        )
        self.say(
            request, done, words, _("Nothing is sent again: only a mail that has failed can be.")
        )
