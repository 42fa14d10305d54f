"""What organisers do to one person's attestation, from the person's page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from registrations.admin.person_acts import PersonAct
from registrations.domain import attestations
from registrations.domain.refused import Refused
from registrations.forms.attestation import ReasonForm


class Revoke(PersonAct):
    name = "revoke"
    label = gettext_lazy("Withdraw the certificate")
    title = gettext_lazy("Withdraw this person’s certificate of attendance?")
    button = gettext_lazy("Withdraw it")
    logged = gettext_noop("Withdrew the certificate of attendance.")

    @property
    def is_possible(self):
        return attestations.may_revoke(self.registration, now=self.now)

    def form(self, data):
        return ReasonForm(data)

    def question(self):
        words = _(
            "Whoever checks it reads at once that it is no longer valid, and the person’s own page "
            "gives no other. No mail leaves. One printed under an earlier name or title is "
            "withdrawn by its code."
        )
        return {"text": words}

    def do(self, form):
        reason = form.cleaned_data["reason"]
        if not attestations.revoke(self.registration, now=self.now, reason=reason):
            raise Refused(_("Nothing was done: it was withdrawn already."))
        return _("The certificate is withdrawn.")


class GiveBack(PersonAct):
    name = "give_back"
    label = gettext_lazy("Give the certificate back")
    title = gettext_lazy("Give this person the certificate of attendance back?")
    button = gettext_lazy("Give it back")
    logged = gettext_noop("Gave the certificate of attendance back.")

    @property
    def is_possible(self):
        is_erased = self.registration.erased_at is not None
        return self.registration.attestation_revoked_at is not None and not is_erased

    def question(self):
        return {"text": _("Copies that were printed before are valid again. No mail leaves.")}

    def do(self, form):
        if not attestations.give_back(self.registration):
            raise Refused(_("Nothing was done: it was not withdrawn."))
        return _("The certificate is valid again.")


ACTS = {act.name: act for act in (Revoke, GiveBack)}
