"""The attestation of a person who came, behind their manage link: as page and as PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from praxis import pdf
from registrations.domain import attestations
from registrations.domain.attestations import Own
from registrations.views.attestation_document import as_pdf, document
from registrations.views.private import gone, private, registration_or_404


@private
@require_safe
def attestation(request, token):
    """The document, which prints on one sheet; or the page that says why there is none."""
    registration, now = registration_or_404(manage_token=token), timezone.now()
    if registration.erased_at:
        return gone(request, registration)
    context = {"registration": registration, "workshop": registration.workshop}
    own = attestations.own(registration, now=now)
    if own is not Own.READY:
        context["words"] = words_of(own)
        return render(request, "registrations/no_attestation.html", context)
    context |= {"document": shown_to(registration), "has_pdf": pdf.is_available()}
    return render(request, "registrations/attestation.html", context)


@private
@require_safe
def attestation_pdf(request, token):
    """The same as PDF; where there is none, the page says why. 404 where there are no PDFs."""
    registration, now = registration_or_404(manage_token=token), timezone.now()
    if registration.erased_at:
        return gone(request, registration)
    if attestations.own(registration, now=now) is not Own.READY:
        return redirect("registrations:attestation", token)
    if not pdf.is_available():
        raise Http404
    word = _("certificate")
    name = f"{word}-{registration.workshop.slug}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    content = as_pdf(shown_to(registration))
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def shown_to(registration):
    """The Document of a person who has one: what its code says, and nothing more."""
    return document(*attestations.signed(attestations.statement(registration)))


def offer(registration, *, now):
    """What the manage page says of the attestation; None before the room opens, or without one."""
    own = attestations.own(registration, now=now)
    if own is Own.NONE or now < registration.workshop.door_opens_at:
        return None
    return {"words": words_of(own), "is_ready": own is Own.READY}


def words_of(own):
    """The sentence about what `own` says."""
    return {
        Own.READY: _("Thank you for being there: your certificate of attendance is ready."),
        Own.NOT_YET: _("Your certificate of attendance will be here as soon as the workshop ends."),
        Own.ABSENT: _(
            "There’s no certificate of attendance, because nobody noted that you were there. If "
            "you came by phone or beside a colleague, tell the organisers: they can note it."
        ),
        Own.REVOKED: _("The organisers have withdrawn this certificate of attendance."),
        Own.NONE: _(
            "There’s no certificate of attendance here: it’s for those who had a seat at a "
            "workshop that took place."
        ),
    }[own]
