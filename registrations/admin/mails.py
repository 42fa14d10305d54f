"""The list of mails at the desk."""

from django.contrib import admin
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations.admin.base import (
    MOST_FOUND,
    NoAddNoDeleteAdmin,
    WorkshopFilter,
    moment,
    people_holding,
    workshop_and_day,
)
from registrations.domain.figures import person as figures
from registrations.mail import kinds, queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration


class MailWorkshopFilter(WorkshopFilter):
    lookup = "registration__workshop"


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request, model_admin):
        return Kind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(NoAddNoDeleteAdmin):
    list_display = ["person", "address", "kind_label", "at", "standing", "left"]
    list_filter = ["state", KindFilter, MailWorkshopFilter]
    list_select_related = ["registration"]
    search_fields = ["registration__search_text", "message_id"]
    search_help_text = _(
        "Finds parts of names, addresses and organisations, and how a Message-ID begins. "
        "Accents and capitals do not matter."
    )
    ordering = ["-pk"]  # the newest first; the key has an index
    actions = ["send_again"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "person",
                    "address",
                    "at",
                    "kind_label",
                    "subject",
                    "state",
                    "why",
                    "left",
                ]
            },
        ),
        (
            _("Technical details"),
            {
                "fields": [
                    "stored",
                    "first_due",
                    "due",
                    "held",
                    "attempts",
                    "sequence",
                    "message_id",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    readonly_fields = [
        "person",
        "address",
        "at",
        "kind_label",
        "subject",
        "why",
        "left",
        "stored",
        "first_due",
        "due",
        "held",
    ]
    stored = moment("created_at", _("stored"))
    first_due = moment("due_since", _("first due"))
    due = moment("due_at", _("due"))
    held = moment("lease_until", _("held until"))
    left = moment("sent_at", _("sent"), ordering="sent_at")

    def get_queryset(self, request):
        workshops = Prefetch("registration__workshop", Workshop.objects.with_hosts())
        mails = super().get_queryset(request).to_the_registered()
        mails = mails.select_related("registration")
        return mails.prefetch_related(workshops)

    def found(self, mails, typed):
        people = people_holding(typed)
        if people is None:
            return mails.filter(registration__in=Registration.objects.holding(typed))
        identified = OutgoingMail.objects.identified_by(typed).values_list("pk", flat=True)
        return mails.filter(Q(registration__in=people) | Q(pk__in=list(identified[:MOST_FOUND])))

    def has_change_permission(self, request, obj=None):
        return False

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            kind = capfirst(kinds.label(obj.kind))
            context["subtitle"] = f"{kind} – {workshop_and_day(obj.registration.workshop)}"
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def name_in_log(self, obj):
        return title_of(obj)

    @admin.display(description=_("person"), ordering="registration__last_name")
    def person(self, mail):
        """The person’s name, or that they are erased."""
        person = mail.registration
        return gettext("person erased") if person.erased_at else person.full_name

    @admin.display(description=_("recipient"), ordering="registration__email")
    def address(self, mail):
        return figures.recipient(mail) or self.get_empty_value_display()

    @admin.display(description=_("workshop"))
    def at(self, mail):
        return workshop_and_day(mail.registration.workshop)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, mail):
        return kinds.label(mail.kind)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, mail):
        """Its state, and why it did not leave."""
        state, why = mail.get_state_display(), self.why(mail)
        return format_html("{}<br>{}", state, why) if why else state

    @admin.display(description=_("why it did not leave"))
    def why(self, mail):
        """Our own reason in the active language, or the mail server's words as it said them."""
        if mail.state == mail.State.DROPPED and mail.last_error:
            return gettext(mail.last_error)
        return mail.last_error

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


def title_of(mail):
    """What the log calls a mail: its kind and its Message-ID."""
    return f"{kinds.label(mail.kind)} {mail.message_id}"
