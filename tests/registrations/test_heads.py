"""What a full inbox shows of each kind of mail: subject, preheader, heading."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from events.readings import NO_BREAK, Clock, read, time_words
from registrations import worker
from registrations.domain import announcements
from registrations.mail import heads, reminders
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail
from tests.helpers.clock import NOW
from tests.helpers.mails import html, plain, text
from tests.helpers.workshops import change
from tests.registrations.test_golden_mails import CASES, GOLDEN

pytestmark = pytest.mark.one_database

LANGUAGES = ["fr", "en"]
KINDS = {
    "confirmation": "confirmation",
    "already_registered": "already-registered",
    "waiting": "waiting",
    "links": "links",
    "promotion": "promotion",
    "cancellation": "cancellation",
    "organisers_cancelled": "organisers-cancelled",
    "hour_reminder": "hour-reminder",
    "day_reminder": "day-reminder",
    "update": "update-moved",
    "workshop_cancelled": "workshop-cancelled",
    "afterwards": "what-stays",
}
ZONES = [
    "America/Toronto",
    "Europe/Paris",
    "Indian/Reunion",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "UTC",
]
CHANGES = [["date"], ["hours"], ["title"], ["place"], ["title", "place"]]


class Changed:
    def __init__(self, what):
        self.what = what


def subjects():
    """Each subject that a mail may have, as the active language writes it."""
    for kind in Kind:
        yield str(kind.rules.subject)
        yield str(kind.rules.subject_without_seat or kind.rules.subject)
        yield str(kind.rules.subject_of_erasure or kind.rules.subject)
    for was_cancelled in (True, False):
        for names in CHANGES:
            changes = [Changed(name) for name in names]
            found = heads.subject_of_update({"was_cancelled": was_cancelled, "changes": changes})
            yield found or str(Kind.UPDATE.rules.subject)


def subject_in(name, language):
    headers = (GOLDEN / f"{name}.{language}.headers").read_bytes()
    return plain(str(message_from_bytes(headers, policy=policy.default)["Subject"]))


@pytest.mark.long_walk
@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)).map(lambda at: at.replace(second=0)),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=6, unique=True),
    st.sampled_from(LANGUAGES),
)
def test_no_subject_is_longer_than_60_characters_and_each_has_day_and_hours(at, zones, language):
    clocks = [Clock(zone, zone) for zone in zones]
    at = at.replace(tzinfo=UTC)
    readings = read(clocks, at, at + timedelta(hours=1))
    with translation.override(language):
        for words in subjects():
            found = heads.with_when(words, readings)
            assert len(found) <= 60
            if "%(when)s" not in words:
                continue
            # The hours of the last of more places, or of three on as many dates, may be left out.
            sure = 3 if len({reading.start.date() for reading in readings[:3]}) == 1 else 2
            hours = [time_words(reading.start) for reading in readings[:sure]]
            said = found.replace(NO_BREAK, "")
            assert [hour for hour in hours if hour.replace(NO_BREAK, "") not in said] == []
            assert re.search(rf"\b{readings[0].start.day}(er)? ", found)


@pytest.mark.parametrize(
    ("language", "zones", "expected"),
    [
        ("fr", ZONES[:2], "Inscription confirmée : mer. 30 septembre, 12 h 30 / 18 h 30"),
        ("fr", ZONES[:3], "Inscription confirmée : 30 sept., 12 h 30/18 h 30/20 h 30"),
        ("fr", ZONES[:5], "Inscription confirmée : 30 sept., 12h30/18h30/20h30/22h15 …"),
        ("en", ZONES[:2], "Registration confirmed: Wed 30 September, 12:30 / 18:30"),
        ("en", ZONES[:3], "Registration confirmed: Wed 30 Sept, 12:30 / 18:30 / 20:30"),
        ("fr", ["Asia/Tokyo", "Europe/Paris"], "Inscription confirmée : jeu. 1er oct., 1 h 30 / "),
    ],
)
def test_the_longest_day_gives_up_the_weekday_before_an_hour(language, zones, expected):
    at = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    readings = read([Clock(zone, zone) for zone in zones], at, at)
    with translation.override(language):
        found = plain(heads.with_when(str(Kind.CONFIRMATION.rules.subject), readings))
    assert found.startswith(expected)
    assert len(found) <= 60


def test_an_hour_on_another_day_has_its_weekday(make_workshop):
    workshop = make_workshop(start=datetime(2027, 3, 29, 20, 0))
    found = heads.with_when("Atelier annulé : %(when)s", workshop.readings)
    assert plain(found) == "Atelier annulé : lundi 29 mars, 20 h 00 / mar. 2 h 00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_are_the_same_in_the_first_forty_characters(language):
    assert set(KINDS) == set(Kind)
    found = {name: subject_in(name, language)[:40] for name in KINDS.values()}
    assert len(set(found.values())) == len(Kind)
    # What happened comes first, and nothing of it is cut off.
    assert [name for name in KINDS.values() if not re.search("[:?] ", found[name] + ": ")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_no_subject_bears_a_title_and_every_one_is_short(name, language):
    subject = subject_in(name, language)
    assert len(subject) <= 60
    assert "Données" not in subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["erased", "erased-waiting", "organisers-erased"])
def test_subject_and_heading_of_the_mail_after_an_erasure_say_that_the_data_is_erased(
    name, language
):
    said = {
        "fr": ("Vos données sont effacées", "L’équipe organisatrice a effacé vos données"),
        "en": ("Your data has been erased", "The organisers have erased your data"),
    }[language][name.startswith("organisers")]
    begins = {"fr": "Effacement par l’équipe", "en": "Erased by the organisers"}[language]
    subject = subject_in(name, language)

    markup = (GOLDEN / f"{name}.{language}.html").read_text(encoding="utf-8")

    assert re.findall(r"<h1[^>]*>(.*?)</h1>", markup) == [said]
    assert subject.startswith(begins if name.startswith("organisers") else said)
    assert re.search("Merci|Thank you|Reprendre|Take my seat", markup) is None


def preheader_in(name, language):
    markup = (GOLDEN / f"{name}.{language}.html").read_text(encoding="utf-8")
    [hidden] = re.findall(r'<div style="display:none[^"]*">(.*?)</div>', markup, re.S)
    shown, padding, rest = hidden.partition("&#847;")
    assert markup.index(hidden) < markup.index("<table")
    assert len(padding + rest) > 1500
    return plain(unescape(shown))


PLACES = "Québec / France · "
DOORS = {
    "fr": "ouverture de la salle : 9 h 15 / 15 h 15 · ",
    "en": "the room opens at 9:15 a.m. / 3:15 p.m. · ",
}
LINKS = {
    "fr": "Pour rejoindre, modifier ou annuler, pour chacun de vos ateliers.",
    "en": "To join, change or cancel, for each of your workshops.",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_the_preview_says_whose_hours_the_subject_gives_and_when_the_room_opens(kind, language):
    found = preheader_in(KINDS[kind], language)

    door = DOORS[language]
    if kind == Kind.UPDATE:
        # The case's person lives in Europe.
        english = "the room opens at 09:45 / 15:45 · "
        door = {"fr": door.replace("15 / 15 h 15", "45 / 15 h 45"), "en": english}[language]
    if kind == Kind.WAITING or kind.rules.invite == "CANCEL":
        door = ""
    if kind == Kind.AFTERWARDS:
        french = "l’enregistrement et les diapositives · "
        door = {"fr": french, "en": "the replay and the slides · "}[language]
    expected = LINKS[language] if kind == Kind.LINKS else f"{PLACES}{door}Données culturelles"
    assert found == expected


def heading(message):
    [found] = re.findall(r"<h1[^>]*>(.*?)</h1>", html(message))
    return unescape(found)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "Autre"}, ("Nouveau titre : lundi", "Le titre a changé")),
        ({"place": "Jitsi"}, ("Nouveau lieu : lundi", "Le lieu a changé")),
        ({"title": "Autre", "place": "Jitsi"}, ("Ce qui change : lundi", "L’atelier a changé")),
        ({"days": 1}, ("Nouvelle date : mardi", "La date a changé")),
        ({"hours": 1, "place": "Jitsi"}, ("Nouvel horaire : lundi", "L’horaire a changé")),
    ],
)
def test_a_change_is_named_in_subject_and_heading(fields, expected, workshop, register, smtp, now):
    register(workshop)
    worker.run_once(now=now)
    by = timedelta(**{name: fields.pop(name) for name in ("days", "hours") if name in fields})
    change(workshop, starts_at=workshop.starts_at + by, ends_at=workshop.ends_at + by, **fields)

    announcements.announce(workshop, now=now)
    worker.run_once(now=now)

    message = smtp.messages[-1]
    assert (plain(str(message["Subject"])).startswith(expected[0]), heading(message)) == (
        True,
        expected[1],
    )


@pytest.mark.parametrize(
    ("start_by", "end_by", "expected"),
    [
        ({"days": 1}, {"days": 1}, "Avant : lundi 29 mars 2027 Vous"),
        (
            {"minutes": 30},
            {"minutes": 30},
            "Avant : 9 h 30 – 12 h 00 (heure du Québec), 15 h 30 – 18 h 00 (heure de France) Vous",
        ),
        (
            {},
            {"minutes": 30},
            "Avant : jusqu’à 12 h 00 (heure du Québec), jusqu’à 18 h 00 (heure de France) Vous",
        ),
        # Only one of the two clocks shows another hour than a fortnight before: the old date has
        # the hours of both, for the people of either.
        (
            {"days": -14},
            {"days": -14},
            "Avant : lundi 29 mars 2027, 9 h 30 – 12 h 00 (heure du Québec), "
            "15 h 30 – 18 h 00 (heure de France) Vous",
        ),
    ],
)
def test_what_has_not_changed_is_not_struck_out(
    start_by, end_by, expected, workshop, register, smtp, now
):
    register(workshop)
    worker.run_once(now=now)
    starts_at, ends_at = workshop.starts_at, workshop.ends_at
    change(
        workshop,
        starts_at=starts_at + timedelta(**start_by),
        ends_at=ends_at + timedelta(**end_by),
    )

    announcements.announce(workshop, now=now)
    worker.run_once(now=now)

    assert expected in plain(text(smtp.messages[-1]))


@pytest.mark.parametrize(
    ("kind", "before", "zone", "expected"),
    [
        ("hour_reminder", {"hours": 1}, "", "On commence dans une heure"),
        ("hour_reminder", {"minutes": 40}, "", "On commence bientôt"),
        ("hour_reminder", {"hours": 3}, "", "C’est aujourd’hui"),
        ("hour_reminder", {"hours": 23}, "", "C’est demain"),
        ("day_reminder", {"days": 1}, "", "C’est demain"),
        ("day_reminder", {"days": 1}, "Pacific/Auckland", "C’est demain"),
        ("day_reminder", {"days": 7}, "", "C’est dans 7 jours"),
        ("day_reminder", {"hours": 8}, "Pacific/Auckland", "C’est demain"),
        ("day_reminder", {"hours": 8}, "", "C’est aujourd’hui"),
    ],
)
def test_a_reminder_says_how_far_the_start_is_when_it_leaves(
    kind, before, zone, expected, workshop, register
):
    registration = register(workshop, zone=zone)
    mail = OutgoingMail(registration=registration, kind=kind)
    now = workshop.starts_at - timedelta(**before)
    assert plain(heads.heading(mail, {}, now=now)) == expected


BUTTON = r'<td bgcolor="#2b2a6b"[^>]*><a href="([^"]*)"[^>]*>(.*?)</a>'


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        # The day begins on the person's own clock, at 4 a.m. UTC in Québec.
        (datetime(2027, 3, 29, 3, 59, tzinfo=UTC), "", "Ajouter à mon agenda"),
        (datetime(2027, 3, 29, 4, 1, tzinfo=UTC), "", "Rejoindre la salle"),
        (datetime(2027, 3, 28, 21, 59, tzinfo=UTC), "Europe/Paris", "Ajouter à mon agenda"),
        (datetime(2027, 3, 28, 22, 1, tzinfo=UTC), "Europe/Paris", "Rejoindre la salle"),
    ],
)
def test_the_first_button_is_the_calendar_until_the_day_itself_and_then_the_room(
    moment, zone, expected, workshop, register, smtp, time_machine
):
    time_machine.move_to(moment)
    registration = register(workshop, zone=zone, now=moment)
    worker.run_once(now=timezone.now())

    [(address, label)] = re.findall(BUTTON, html(smtp.messages[0]))
    is_calendar = expected == "Ajouter à mon agenda"
    ends_in = f"{registration.manage_token}/invitation.ics" if is_calendar else "/j/"
    assert (label, ends_in in address) == (expected, True)


@pytest.mark.parametrize("name", ["confirmation", "promotion", "already-registered"])
def test_who_has_a_seat_reads_what_to_pass_on_and_how_to_make_us_known(name):
    found = plain((GOLDEN / f"{name}.fr.txt").read_text(encoding="utf-8"))
    page = "https://ateliers.example.org/ateliers/atelier-1/"
    said = (
        f"Des collègues ? Envoyez-leur plutôt cette page : {page}",
        "Ajoutez praxis@ateliers.example.org à vos contacts",
    )
    assert [found.count(each) for each in said] == [1, 1]


def test_the_hours_reminder_has_its_button_first():
    found = (GOLDEN / "hour-reminder.fr.html").read_text(encoding="utf-8")
    order = ["<h1", ">Rejoindre la salle</a>", "<h2", "jusqu’à"]
    places = [found.index(each) for each in order]
    assert places == sorted(places)


@pytest.mark.parametrize("name", sorted({*KINDS.values()} - {"hour-reminder", "links"}))
def test_every_other_mail_has_heading_title_hours_button_in_this_order(name):
    found = (GOLDEN / f"{name}.fr.html").read_text(encoding="utf-8")
    has_button = name not in ("cancellation", "organisers-cancelled")
    order = ["<h1", "<h2", "h\u00a0", "border-radius:4px"]
    body = found.index("<h1")
    places = [found.index(each, body) for each in order[: 3 + has_button]]
    assert places == sorted(places)
    assert found.count("<h1") == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.django_db(transaction=True)
def test_i_cannot_come_leads_straight_to_the_button(javascript, workshop, register, open_page):
    registration = register(workshop)
    reminders.write_due(now=NOW)

    opened = open_page(f"{registration.manage_path}?leave#leave", width=360, javascript=javascript)
    button = opened.get_by_role("button", name="Annuler mon inscription")
    assert button.is_visible()
    # In sight, without a scroll.
    assert 0 < button.bounding_box()["y"] < opened.viewport_size["height"] - 44
    opened.goto(opened.url.partition("?")[0])
    assert not button.is_visible()
