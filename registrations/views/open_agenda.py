"""The file of the next workshops that OpenAgenda, or whoever speaks its format, may read."""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from praxis.microcache import public
from registrations.domain import open_agenda

FRESH = 60  # seconds until a program asks whether it has changed


@require_safe
@public
def export(request):
    """The next workshops as events of OpenAgenda, in both languages whatever the address."""
    events = list(open_agenda.coming(timezone.now()).values())
    return JsonResponse(
        {"total": len(events), "events": events},
        headers={"Cache-Control": f"public, max-age={FRESH}"},
        json_dumps_params={"ensure_ascii": False},
    )
