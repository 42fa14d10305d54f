"""Whether an attestation is genuine: for anybody who has its code."""

from zoneinfo import ZoneInfo

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.readings import day_words
from registrations.domain import attestation_codes, attestations
from registrations.domain.attestations import Standing
from registrations.forms.attestation import CodeForm
from registrations.views.attestation_document import document
from registrations.views.private import private

STATUS = {Standing.GENUINE: 200, Standing.REVOKED: 410, Standing.DISTRUSTED: 410}


@private
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """The form for a code. It changes nothing: the code leads to the page about it."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect("registrations:attestation_checked", form.cleaned_data["code"])
    return render(request, "registrations/attestation_check.html", {"form": form})


@private
@require_safe
def checked(request, code):
    """What the code says, and whether it is to be believed: 200 if it is, else 404 or 410."""
    typed = attestation_codes.typed(code)
    answer = attestations.check(typed)
    heading, words = heading_and_words(answer)
    context = {
        "is_genuine": answer.standing is Standing.GENUINE,
        "heading": heading,
        "words": words,
        "digest": answer.digest,
        "key": answer.key,
    }
    if answer.statement:
        context["document"] = document(answer.statement, typed, answer.digest)
    status = STATUS.get(answer.standing, 404)
    return render(request, "registrations/attestation_checked.html", context, status=status)


def heading_and_words(answer):
    """The heading of the page about a checked code, and the sentence under it."""
    if answer.standing is Standing.GENUINE:
        words = _("This site signed it, and not a letter of it has been changed since.")
        return _("This certificate is genuine"), words
    if answer.standing is Standing.REVOKED:
        return _("This certificate is no longer valid"), revoked_words(answer)
    if answer.standing is Standing.DISTRUSTED:
        words = _(
            "It bears a signature that we no longer trust. The person can get a new one from their "
            "own link."
        )
        return _("This certificate is no longer valid"), words
    if answer.standing is Standing.NEWER:
        words = _("It’s newer than this site can read. Please try again in a few days.")
        return _("This certificate can’t be checked here"), words
    if answer.standing is Standing.UNKNOWN_KEY:
        words = _(
            "It’s signed with a key that this site doesn’t know: it comes from elsewhere, or "
            "somebody made it up. Nothing in it is certain."
        )
        return _("This certificate isn’t one of ours"), words
    words = _(
        "The signature doesn’t match: the code is incomplete, or somebody has changed it. Try the "
        "whole code once more, or the link or the QR code of the certificate."
    )
    return _("This certificate isn’t valid"), words


def revoked_words(answer):
    """When and why the organisers took it back, as a sentence."""
    zone = ZoneInfo(answer.statement.clocks[0][2])
    words = _("The organisers withdrew it on %(day)s: %(reason)s.")
    day = day_words(answer.revoked.revoked_at.astimezone(zone))
    return words % {"day": day, "reason": answer.revoked.get_reason_display()}
