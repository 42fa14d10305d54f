"""What an organiser does next: each rule, and which comes first."""

from datetime import timedelta

import pytest

from events.models import Hosting, Workshop
from registrations.domain import next_step
from registrations.domain.announcements import Outdated
from registrations.domain.figures.session import Session
from registrations.domain.steps import words_of
from registrations.models import Headcount
from tests.helpers.clock import NOW
from tests.helpers.mails import plain

ROOM = "https://zoom.example/j/1"
DAYS, MINUTES = timedelta(days=1), timedelta(minutes=1)
OLD = [Outdated(14, [])]
FULL = {"capacity": 10, "seats_released_at": NOW - DAYS}


def session(starts=30 * DAYS, people=(), figures=None, **fields):
    """A Session of a published workshop with a room, which `starts` so long after NOW."""
    facts = {"state": "published", "meeting_url": ROOM, "title": "Données culturelles"}
    facts |= {"starts_at": NOW + starts, "ends_at": NOW + starts + 120 * MINUTES}
    confirmed, waiting = people or (0, 0)
    headcount = Headcount(confirmed=confirmed, waiting=waiting)
    return Session(Workshop(**facts | fields), NOW, headcount, **figures or {})


def said(session, mail_leaves=True):
    """(name, sentence with its remedy) of each step."""
    steps = next_step.steps(session, mail_leaves=mail_leaves)
    return [(step.name, plain(f"{step.sentence} {step.remedy}".strip())) for step in steps]


# What is so of a session, and the first thing that is said of it; each row is less urgent than the
# one before.
TABLE = [
    (
        {"state": "cancelled", "figures": {"outdated": OLD}},
        "cancellation",
        "14 personnes inscrites ont encore une version antérieure. L’annoncer",
    ),
    (
        {"starts": 65 * MINUTES, "meeting_url": ""},
        "room now",
        "La porte ouvre dans 50 min, et la salle n’a pas d’adresse. "
        "Ajoutez l’adresse de la rencontre",
    ),
    (
        {"starts": 14 * MINUTES, "meeting_url": ""},
        "room now",
        "La porte est ouverte et la salle n’a pas d’adresse : personne ne peut entrer. "
        "Ajoutez l’adresse de la rencontre",
    ),
    (
        {"state": "draft", "people": (7, 1)},
        "publish again",
        "8 personnes sont inscrites, et cet atelier n’est pas publié. Publiez cet atelier",
    ),
    (
        {"starts": 3 * DAYS, "state": "draft"},
        "publish",
        "Cet atelier commence dans 3 jours, et il n’est pas publié. Publiez cet atelier",
    ),
    (
        {"starts": -5 * MINUTES, "state": "draft"},
        "publish",
        "L’heure est venue, et cet atelier n’est pas publié. Publiez cet atelier",
    ),
    (
        {"figures": {"failed": 3}},
        "failed mails",
        "3 courriels n’ont pas pu partir. Voyez pourquoi",
    ),
    (
        {"figures": {"outdated": OLD}},
        "changes",
        "14 personnes inscrites ont encore une version antérieure. L’annoncer",
    ),
    (
        {"figures": {"overdue": 1}},
        "overdue mails",
        "1 courriel aurait déjà dû partir. Voyez la liste",
    ),
    (
        {"meeting_url": ""},
        "room",
        "La salle n’a pas encore d’adresse. Ajoutez l’adresse de la rencontre",
    ),
    (
        {**FULL, "people": (12, 3)},
        "over capacity",
        "12 personnes ont une place alors qu’il n’y en a que 10 : la liste d’attente n’avance pas. "
        "Changez le nombre de places",
    ),
    (
        {**FULL, "people": (8, 3)},
        "free seats",
        "3 personnes attendent alors que des places sont libres. Voyez la liste d’attente",
    ),
    (
        {"state": "draft"},
        "publish some day",
        "Cet atelier n’est pas encore publié. Publiez cet atelier",
    ),
    ({}, "ready", "Tout est prêt."),
]


@pytest.mark.parametrize(("facts", "name", "words"), TABLE, ids=[row[1] for row in TABLE])
def test_the_first_step_says_what_is_most_urgent(facts, name, words):
    assert said(session(**facts))[0] == (name, words)


def test_the_rules_stand_in_the_order_of_the_table():
    """All that can be true at once is said in the order of urgency."""
    figures = {"failed": 2, "overdue": 1, "outdated": OLD}
    found = said(session(people=(12, 1), meeting_url="", figures=figures, **FULL))

    order = list(dict.fromkeys(name for _facts, name, _words in TABLE))
    names = [name for name, _words in found]
    assert names == ["failed mails", "changes", "overdue mails", "room", "over capacity"]
    assert names == sorted(names, key=order.index)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "cancelled"}, "L’atelier est annulé, et il ne reste rien à faire."),
        ({"starts": -20 * MINUTES}, "L’atelier est en cours, il n’y a rien à faire."),
        ({"starts": -3 * DAYS}, "Il ne reste rien à faire."),
        # A workshop that is full, and for which people wait, wants nothing.
        ({**FULL, "people": (10, 4)}, "Tout est prêt."),
        # Nobody moves up once it has begun.
        (
            {**FULL, "starts": -MINUTES, "people": (8, 4)},
            "L’atelier est en cours, il n’y a rien à faire.",
        ),
    ],
)
def test_where_nothing_is_to_do_it_says_so(facts, words):
    assert [sentence for _name, sentence in said(session(**facts))] == [words]


def test_nothing_is_called_ready_while_mail_stands_still():
    [(name, words)] = said(session(), mail_leaves=False)

    assert (name, words) == (
        "mail",
        "Tout est prêt ici, mais les courriels ne partent pas en ce moment.",
    )


def test_what_is_over_wants_its_failed_mails_looked_at_and_what_stays():
    figures = {"failed": 1, "came": 4, "outdated": OLD}

    assert said(session(starts=-3 * DAYS, figures=figures)) == [
        ("failed mails", "1 courriel n’a pas pu partir. Voyez pourquoi"),
        (
            "afterwards",
            "Les personnes venues attendent peut-être un enregistrement ou des diapositives. Dès "
            "qu’il reste quelque chose, un courriel l’annonce à qui avait une place. Ajoutez "
            "l’enregistrement",
        ),
    ]
    [(_name, words)] = said(session(starts=-3 * DAYS, figures={"came": 4}, afterwards_mail="never"))
    assert words == (
        "Les personnes venues attendent peut-être un enregistrement ou des diapositives. "
        "Ajoutez l’enregistrement"
    )


def test_where_something_stays_it_is_said_what_becomes_of_the_mail():
    shown = "Il ne reste rien à faire. La page de chaque personne montre ce qui reste ; "
    over = {"starts": -3 * DAYS, "figures": {"came": 4}, "replay_url": "https://v.example"}
    cases = [
        ({}, f"{shown}un courriel l’a annoncé."),
        ({"afterwards_mail": "never"}, f"{shown}aucun courriel ne part."),
        ({"starts": -90 * DAYS}, f"{shown}aucun courriel ne part."),
        (
            {"afterwards_changed_at": NOW - 10 * MINUTES},
            "Il ne reste rien à faire. Le courriel sur ce qui reste part dans 50 min.",
        ),
    ]
    for facts, words in cases:
        assert said(session(**over | facts)) == [("done", words)]


def test_people_who_wait_beside_kept_seats_are_not_told_to_have_free_ones(make_workshop, now):
    workshop = make_workshop(capacity=10, meeting_url=ROOM)
    Hosting.objects.filter(workshop=workshop, position=2).update(reserved_seats=2)
    headcount = Headcount(confirmed=8, waiting=3)

    [(name, words)] = said(Session(workshop, now, headcount))

    assert name == "kept seats"
    assert words == (
        "3 personnes attendent : les places libres sont gardées pour des communautés. "
        "Changez la date à laquelle elles s’ouvrent à tout le monde"
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=10), "1 min"),
        (50 * MINUTES, "50 min"),
        (125 * MINUTES, "2 h 05"),
        (5 * 60 * MINUTES + 50 * MINUTES, "6 heures"),
        (2 * DAYS, "2 jours"),
        (3 * DAYS - MINUTES, "3 jours"),
    ],
)
def test_a_span_is_said_to_the_unit_that_matters(span, words):
    assert plain(words_of(span)) == words
