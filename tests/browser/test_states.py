"""Every public page in each state, both languages, two widths and both schemes.

axe-core and html-validate find nothing, nothing is cut off at 400 %, and each class has its rule.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import translate_url

from events.models import Workshop
from registrations.domain import attestations, signup, subscriptions
from registrations.domain.attendance import mark_come
from registrations.models import Subscription
from tests.helpers import html
from tests.helpers.axe import bring_axe, violations
from tests.helpers.ballots import ballot_path
from tests.helpers.browser import fill
from tests.helpers.logos import give_logo

TESTS = Path(__file__).parents[1]
STATIC = TESTS.parent / "static"
OWN_SHEETS = [
    STATIC / f"{name}.css"
    for name in ("praxis", "poster", "poster-page", "attestation", "ballot", "embedded-card")
]
CUT_SHEET = STATIC / "vendor" / "bootstrap-5.3.9.used.css"
WHOLE_SHEET = TESTS / "node_modules" / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
# Names that crispy writes for whoever wants to style them, and a state that looks as usual.
HOOKS = {
    "checkboxinput",
    "emailinput",
    "requiredField",
    "select",
    "textarea",
    "textinput",
    *(f"standing-{status}" for status in ("open", "full", "closed", "not_yet", "no_seat_left")),
}
# WCAG 2.2, 1.4.12: with this much space nothing may be lost.
TEXT_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }
"""
# The pages' policy allows no <style>; a sheet that a script makes is none.
SPREAD = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""
# Whatever is cut off at the edge of its own box, or beyond the page.
LOST = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(element => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const seen = box.width > 1 && box.height > 1 && style.clipPath === "none";
    const cut = ["hidden", "clip"].includes(style.overflowX)
        && element.scrollWidth > element.clientWidth;
    return seen && box.left >= 0 && (cut || box.right > document.documentElement.clientWidth + 1);
}).map(element => element.outerHTML.slice(0, 120))"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_typists")]


@pytest.fixture
def states(praxis, make_workshop, register, communities, now):
    """{what is shown: its French path}, for each state of each public page."""
    past, coming = praxis
    full = make_workshop(capacity=1, title="Un atelier complet")
    register(full)
    begun = make_workshop(
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        meeting_url="https://zoom.example/j/1",
        interpretation=["lsf"],
        interpretation_url="https://zoom.example/j/2",
    )
    over = make_workshop(
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        replay_url="https://v.example",
        slides_url="https://s.example",
        afterwards="[Enregistrement](https://v.example)",
        afterwards_is_public=True,
    )
    over_for = register(over)
    Workshop.objects.filter(pk=over.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1)
    )
    came = register(over, email="came@example.org", now=now - timedelta(hours=4))
    mark_come(came, now=now)
    code = attestations.signed(attestations.statement(came))[1]
    cancelled = register(coming, email="ana@example.org")
    signup.cancel(cancelled, now=now)
    odd = make_workshop(
        start=datetime(2027, 3, 16, 22, 0),
        consent_text="J’accepte d’être filmée.",
        captions="human",
        interpretation=["lsq", "fr", "en"],
    )
    long = make_workshop(
        "Québec",
        "France",
        "Martinique",
        title="Anticonstitutionnellement : " + "intercommunautairement " * 8,
    )
    later = make_workshop(registration_opens_at=coming.starts_at - timedelta(days=1))
    closed = make_workshop(registration_open=False)
    called_off = make_workshop(
        state=Workshop.State.CANCELLED, cancellation_reason="Nous cherchons une autre date."
    )
    soon = make_workshop(
        starts_at=now + timedelta(minutes=40), ends_at=now + timedelta(hours=1), door_minutes=15
    )
    nearly = register(soon)
    host = communities["La Réunion"]
    give_logo(host)
    with_logos = make_workshop("La Réunion")
    with_logos.presentations.create(
        community=host, title="CapData", speaker_lines="Zoé Roy, directrice\nAwa Diop"
    )
    mine = register(coming, needs="Une boucle magnétique,\nune pause à mi-parcours.")
    wish = {"language": "fr", "zone": "", "consent_text": "J’accepte.", "now": now}
    subscriptions.ask("lea@example.net", None, **wish)
    subscriptions.ask("lea@example.net", host, **wish)
    asked, kept = Subscription.objects.order_by("pk")
    subscriptions.confirm(kept, now=now)
    return {
        "list": "/",
        "how to subscribe": "/agenda/",
        "card on other sites": f"{long.get_absolute_url()}carte/",
        "open": coming.get_absolute_url(),
        "full": full.get_absolute_url(),
        "not yet open": later.get_absolute_url(),
        "closed": closed.get_absolute_url(),
        "cancelled": called_off.get_absolute_url(),
        "past": past.get_absolute_url(),
        "past, with what stays": over.get_absolute_url(),
        "odd week, another date": odd.get_absolute_url(),
        "three hosts, long title": long.get_absolute_url(),
        "form": f"{coming.get_absolute_url()}inscription/",
        "form of the waiting list": f"{full.get_absolute_url()}inscription/",
        "form with consent": f"{odd.get_absolute_url()}inscription/",
        "refused, past": f"{past.get_absolute_url()}inscription/",
        "refused, not yet": f"{later.get_absolute_url()}inscription/",
        "refused, cancelled": f"{called_off.get_absolute_url()}inscription/",
        "registration": mine.manage_path,
        "details": f"{mine.manage_path}modifier/",
        "needs": f"{mine.manage_path}besoins/",
        "erase": f"{mine.manage_path}effacer/",
        "registration that waits": register(full, email="second@example.org").manage_path,
        "registration cancelled": cancelled.manage_path,
        "join link that opens nothing": cancelled.join_path,
        "door": mine.join_path,
        "door, open": register(begun).join_path,
        "door, after the end": over_for.join_path,
        "ballot": ballot_path(over_for),
        "attestation": f"{came.manage_path}attestation/",
        "registration with an attestation": came.manage_path,
        "no attestation": f"{over_for.manage_path}attestation/",
        "attestation to check": "/attestation/",
        "attestation checked": f"/attestation/{code}/",
        "attestation that is not valid": f"/attestation/{code[:-1]}/",
        "lost links": "/lien-perdu/",
        "door, last hour": nearly.join_path,
        "door, last hour, reload stopped": f"{nearly.join_path}?stay",
        "community": host.get_absolute_url(),
        "community that holds nothing": communities["Katmandou"].get_absolute_url(),
        "logos and speakers": with_logos.get_absolute_url(),
        "poster": f"{coming.get_absolute_url()}affiche/",
        "accessibility": "/accessibilite/",
        "let me know": f"/prevenez-moi/?workshop={full.slug}",
        "asked to let know": asked.path,
        "subscription": kept.path,
        "unsubscribe": kept.unsubscribe_path,
        "subscription that ended": "/n/nothing/",
        "not found": "/nulle-part/",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_in_any_state_has_a_fault(language, states, open_page, tmp_path):
    page = open_page("about:blank", zone="Europe/London", own=True)
    bring_axe(page)
    found, documents, lost, complaints, answers = {}, {}, {}, {}, []
    page.on("response", lambda answer: answers.append(answer) if is_document(answer) else None)

    def look(*name):
        documents[name] = answers[-1].text()
        found[name] = violations(page)
        page.set_viewport_size({"width": 320, "height": 256})
        page.evaluate(SPREAD, TEXT_SPACING)
        lost[name] = page.evaluate(LOST)
        complaints[name], page.complaints[:] = page.complaints[:], []

    for name, path in states.items():
        page.goto(translate_url(path, language))
        look(name)
    page.goto(translate_url(states["ballot"], language))
    page.locator("main form [type=submit]").click()
    look("ballot", "errors")
    for form in ("form with consent", "form of the waiting list"):
        page.goto(translate_url(states[form], language))
        page.locator("main form [type=submit]").click()
        look(form, "errors")
        fill(page, email=f"{language}@example.org")
        for box in page.locator("[name=consent]").all():
            box.check()
        page.locator("main form [type=submit]").click()
        look(form, "thanks")
    page.goto(translate_url(states["let me know"], language))
    page.locator("main form [type=submit]").click()
    look("let me know", "errors")
    page.fill("[name=email]", f"{language}@example.org")
    page.locator("main form [type=submit]").click()
    look("let me know", "sent")

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert {name: elements for name, elements in lost.items() if elements} == {}
    assert {name: words for name, words in complaints.items() if words} == {}
    assert html.findings(documents, tmp_path) == {}
    assert classes_without_rule(documents.values()) == set()
    assert len(documents) == len(states) + 7


def is_document(answer):
    return answer.request.resource_type == "document"


def classes_without_rule(documents):
    """The classes in HTML `documents` for which no sheet of ours has a rule.

    A class that Bootstrap styles must have its rule in the sheet that is cut from it.
    """
    used = set()
    for text in documents:
        for names in re.findall(r'\bclass="([^"]*)"', text):
            used |= set(names.split())
    own = set().union(*(classes_of(path) for path in OWN_SHEETS))
    cut, whole = classes_of(CUT_SHEET), classes_of(WHOLE_SHEET)
    missing = (used & whole - cut) | (used - whole - own)
    return {name for name in missing if name not in HOOKS}


def classes_of(sheet):
    """The classes for which a stylesheet has a rule."""
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", text))
