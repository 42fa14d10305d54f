"""The attestations that were taken back, and the page that takes one back by its code.

The code serves where the person's page does not: after an erasure, or for an earlier name.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from events.models.hours import clocks_of
from events.readings import short_moment
from registrations.admin.base import NoAddNoDeleteAdmin, workshop_and_day
from registrations.domain import attestations
from registrations.domain.attestations import Standing
from registrations.forms.attestation import CodeForm, ReasonForm
from registrations.models import RevokedAttestation
from registrations.models.revoked_attestation import number_of

LIST = "admin:registrations_revokedattestation_changelist"
REVOKED = gettext_noop("Withdrew the certificate of attendance.")
GIVEN_BACK = gettext_noop("Gave the certificate of attendance back.")


@admin.register(RevokedAttestation)
class RevokedAttestationAdmin(NoAddNoDeleteAdmin):
    list_display = ["number", "at", "reason", "revoked"]
    fields = ["number", "digest", "at", "reason", "revoked"]
    readonly_fields = fields
    ordering = ["-pk"]

    def get_queryset(self, request):
        workshops = Prefetch("workshop", Workshop.objects.with_hosts())
        return super().get_queryset(request).prefetch_related(workshops)

    def has_view_permission(self, request, obj=None):
        sees_people = request.user.has_perm("registrations.view_registration")
        return sees_people and self.is_visible(request, obj)

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request):
        return request.user.has_perm("registrations.change_registration")

    @admin.display(description=_("number"))
    def number(self, row):
        return str(row)

    @admin.display(description=_("workshop"))
    def at(self, row):
        return workshop_and_day(row.workshop) if row.workshop else None

    @admin.display(description=_("revoked on"))
    def revoked(self, row):
        """When, on the first host's clock; for a workshop that is deleted, in UTC."""
        clock = row.workshop.clocks[0] if row.workshop else clocks_of([])[0]
        return short_moment(clock, row.revoked_at)

    def add_view(self, request, form_url="", extra_context=None):
        """Ask for a code; show what it says; take it back, or give it back, once that is asked."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CodeForm(request.POST if request.method == "POST" else None)
        answer = self.answer(request, form)
        reason = ReasonForm(request.POST if "sure" in request.POST else None)
        is_revoked = answer is not None and answer.standing is Standing.REVOKED
        if answer and "give_back" in request.POST and attestations.give_code_back(answer):
            return self.done(request, answer, GIVEN_BACK, _("The certificate is valid again."))
        if answer and not is_revoked and reason.is_valid():
            why = reason.cleaned_data["reason"]
            attestations.revoke_code(answer, now=timezone.now(), reason=why)
            return self.done(request, answer, REVOKED, _("The certificate is withdrawn."))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Withdraw a certificate by its code"),
            "form": form,
            "reason": reason,
            "said": answer and answer.statement,
            "number": answer and number_of(answer.digest),
            "is_revoked": is_revoked,
            "opts": self.opts,
        }
        return render(request, "admin/registrations/revoke_code.html", context)

    def answer(self, request, form):
        """What a check of the typed code gives, for who may change it; None with an error."""
        if not form.is_valid():
            return None
        answer = attestations.check(form.cleaned_data["code"])
        if answer.statement is None:
            form.add_error("code", _("This code is of no certificate that this site can read."))
            return None
        seen = Workshop.objects.visible_to(request.user)
        if not request.user.is_superuser and answer.workshop not in seen:
            words = _("This certificate is of a workshop that your communities do not hold.")
            form.add_error("code", words)
            return None
        return answer

    def done(self, request, answer, logged, words):
        """Note in the log what was done, say so, and lead to the list."""
        row = RevokedAttestation.objects.filter(digest=answer.digest).first() or answer.revoked
        self.log_change(request, row, gettext(logged))
        self.message_user(request, words, messages.SUCCESS)
        return redirect(LIST)
