"""Every component of the public pages in every state, for whoever changes their style."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import readings, twin_clock
from events.models import Community, Hosting, Workshop
from registrations.domain.status import Status
from registrations.forms.ballot import BallotForm
from registrations.forms.sign_up import SignUpForm

QUEBEC = Community(
    pk=1,
    name="Culture pour tous",
    place="Québec",
    time_label="heure du Québec",
    zone="America/Toronto",
)
FRANCE = Community(
    pk=2, name="TMNlab", place="France", time_label="heure de France", zone="Europe/Paris"
)
REUNION = Community(pk=3, name="Komité", place="La Réunion", zone="Indian/Reunion")
USUAL, ODD, LATE = (
    datetime(2027, *rest, tzinfo=UTC) for rest in [(3, 29, 13, 30), (3, 22, 13, 30), (5, 20, 23, 0)]
)
CLOCKS = [
    ("Two hosts", USUAL, [QUEBEC, FRANCE], Status.OPEN),
    ("An odd week", ODD, [QUEBEC, FRANCE], Status.OPEN),
    ("Another date there", LATE, [QUEBEC, FRANCE], Status.OPEN),
    ("Three hosts", USUAL, [QUEBEC, FRANCE, REUNION], Status.OPEN),
    ("One host", USUAL, [QUEBEC], Status.OPEN),
    ("Cancelled", USUAL, [QUEBEC, FRANCE], Status.CANCELLED),
    ("Over", USUAL, [QUEBEC, FRANCE], Status.PAST),
]


@require_safe
def style(request):
    """The components one beneath the other; a site that serves the public has no such page."""
    if not settings.DEBUG:
        raise Http404
    workshop, now = example(USUAL, [QUEBEC, FRANCE]), timezone.now()
    clocks = [(name, example(start, hosts), status) for name, start, hosts, status in CLOCKS]
    hours = workshop.starts_at, workshop.ends_at
    clocks_with_own = twin_clock.with_own(workshop.clocks, "Europe/London", *hours)
    context = {
        "clocks": clocks,
        "workshop": workshop,
        "with_own": readings.read(clocks_with_own, *hours),
        "rows": [(workshop, status) for status in Status],
        "colours": Community.Colour.choices,
        "hosts": [(QUEBEC, "blue", []), (FRANCE, "red", [])],
        "statuses": list(Status),
        "buttons": ["btn-primary", "btn-outline-primary", "btn-outline-danger", "btn-link"],
        "forms": [
            SignUpForm(workshop=workshop, now=now),
            SignUpForm({"email": "zoe"}, workshop=workshop, now=now, auto_id="wrong_%s"),
        ],
        "questions": BallotForm({"useful": "very", "remark": "Merci"}),
    }
    return render(request, "registrations/style.html", context)


def example(start, hosts):
    """A workshop of `hosts` from `start` on, of which nothing is stored."""
    workshop = Workshop(
        pk=0,
        slug="exemple",
        title="Données culturelles : les enjeux de coopération dans les communautés de pratique",
        state=Workshop.State.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2, minutes=30),
        registration_opens_at=start - timedelta(days=30),
        consent_text="J’accepte que la séance soit enregistrée.",
    )
    # Where prefetch_related() puts the rows that it has read.
    workshop._prefetched_objects_cache = {
        "hostings": [Hosting(community=host, position=at) for at, host in enumerate(hosts)]
    }
    return workshop
