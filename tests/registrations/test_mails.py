"""Each mail as a real server receives it: MIME tree, headers, words, names of people."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations import worker
from registrations.domain import signup
from registrations.mail import compose, queue
from tests.helpers.clock import DRAWN
from tests.helpers.mails import (
    CLOCKS,
    SITE,
    WHEN,
    a_while_passes,
    calendar,
    deliver_claimed,
    display_names,
    entry,
    html,
    leaf,
    links,
    plain,
    text,
    unfolded,
    words,
)
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

FROM = "praxis@ateliers.example.org"
NAMES = [
    ("Zoé", "Tremblay"),
    ("Ana", "Smith"),
    ("Mary", "O'Brien & <b>"),
    ("Anne", "Dupont, Martin; Roy"),
    ("Jean «Jo»", 'dit "Le Grand"'),
    ("Back", "sl\\ash"),
    ("a@b", "(c) [d] <e@f>:"),
    ("Zoë 🙂", "👩‍👩‍👧 Núñez"),
    ("שלום", "مرحبا"),
    ("李", "小龍"),
    ("a" * 150, "b" * 150),
    ("é" * 150, "ø" * 150),
    ("🙂" * 150, "字" * 150),
    ("x" * 149 + '"', "é,;" * 50),
    ("Mot " * 37, "à côté " * 21 + "fin"),
    ("=?utf-8?q?Zo?=", "é"),
]


@pytest.fixture
def send(smtp):
    """Deliver the due mails of a registration; returns the last message, parsed."""

    def act(registration):
        for mail in registration.mails.order_by("pk"):
            deliver_claimed(queue.claim([mail.pk], now=timezone.now()), clock=timezone.now)
        assert [mail.last_error for mail in registration.mails.all() if mail.last_error] == []
        return smtp.messages[-1]

    return act


@pytest.fixture
def cancelled(register, send, now):
    """Register, deliver the confirmation, cancel."""

    def act(workshop, **facts):
        registration = register(workshop, **facts)
        send(registration)
        signup.cancel(registration, now=now)
        registration.refresh_from_db()
        return registration

    return act


def tree(part):
    """A MIME part as (Content-Type, encoding, disposition, Content-ID, parts), the boundary left
    out.
    """
    parameters = "".join(
        f"; {k}={v}" for k, v in part["Content-Type"].params.items() if k != "boundary"
    )
    headers = [
        part[name] for name in ("Content-Transfer-Encoding", "Content-Disposition", "Content-ID")
    ]
    return (
        part.get_content_type() + parameters,
        *headers,
        [tree(child) for child in part.iter_parts()],
    )


def expected_tree(method):
    leaves = [
        ("text/plain; charset=utf-8", "base64", None, None, []),
        ("text/html; charset=utf-8", "base64", None, None, []),
        (f"text/calendar; method={method}; charset=utf-8", "base64", None, None, []),
    ]
    alternative = ("multipart/alternative", None, None, None, leaves)
    attached = ("application/ics", "base64", 'attachment; filename="invitation.ics"', None, [])
    return ("multipart/mixed", None, None, None, [alternative, attached])


def raw_headers(raw):
    return raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def test_a_confirmation_is_text_html_and_invite_and_the_invite_again_as_a_file(
    workshop, register, send
):
    message = send(register(workshop))

    assert tree(message) == expected_tree("REQUEST")


def test_a_cancellation_has_the_same_tree_with_the_method_cancel(workshop, cancelled, send):
    message = send(cancelled(workshop))

    assert tree(message) == expected_tree("CANCEL")


def test_no_part_of_a_mail_has_a_defect(workshop, cancelled, smtp, send):
    send(cancelled(workshop))

    parts = [part for message in smtp.messages for part in message.walk()]
    defects = [
        part.defects + [d for value in part.values() for d in value.defects] for part in parts
    ]
    assert defects == [[]] * 12


def test_each_content_type_says_its_parameters_once(workshop, register, smtp, send):
    send(register(workshop))

    raw = re.sub(r"\r\n[ \t]+", " ", smtp.raw[0].decode("ascii"))
    types = [
        re.sub(r'"=+\d+=+"', "…", line)
        for line in re.findall(r"(?im)^content-type: (.*?)\r?$", raw)
    ]
    assert types == [
        "multipart/mixed; boundary=…",
        "multipart/alternative; boundary=…",
        'text/plain; charset="utf-8"',
        'text/html; charset="utf-8"',
        'text/calendar; method="REQUEST"; charset="utf-8"',
        "application/ics",
    ]


def test_the_method_of_the_type_is_the_method_of_the_calendar(workshop, cancelled, smtp, send):
    send(cancelled(workshop))

    methods = [
        (leaf(m, "text/calendar")["Content-Type"].params["method"], calendar(m)["METHOD"])
        for m in smtp.messages
    ]
    assert methods == [("REQUEST", "REQUEST"), ("CANCEL", "CANCEL")]


def test_the_invite_inline_and_the_invite_attached_are_the_same_bytes(
    workshop, cancelled, smtp, send
):
    send(cancelled(workshop, first_name="Zoé", last_name="🙂 ; , 'x'"))

    pairs = [
        [
            leaf(message, kind).get_payload(decode=True)
            for kind in ("text/calendar", "application/ics")
        ]
        for message in smtp.messages
    ]
    assert [inline == attached for inline, attached in pairs] == [True, True]
    assert [inline.replace(b"\r\n", b"").count(b"\n") for inline, _attached in pairs] == [0, 0]


def test_the_headers_say_who_writes_to_whom_about_what_and_nothing_else(
    make_workshop, register_verified, smtp, send
):
    registration = register_verified(make_workshop(contact_email="bonjour@culture.example.org"))

    message = send(registration)

    headers = {
        name: str(value) for name, value in message.items() if name not in ("Content-Type", "Date")
    }
    assert plain(headers.pop("Subject")) == f"Inscription confirmée : {WHEN}"
    assert headers == {
        "MIME-Version": "1.0",
        "From": f"Culture pour tous et TMNlab <{FROM}>",
        "To": "Zoé Tremblay <zoe@example.org>",
        "Reply-To": "bonjour@culture.example.org",
        "Message-ID": registration.mails.get().message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    assert len(message.keys()) == len(headers) + 3


def test_without_a_contact_address_replies_go_to_the_sender(workshop, register, send):
    message = send(register(workshop))

    assert message["Reply-To"] is None
    assert plain(text(message)).count(f"Écrivez à {FROM}") == 1


def test_the_envelope_holds_the_sender_and_one_recipient(workshop, cancelled, smtp, send):
    send(cancelled(workshop, email="zoe@example.org"))

    assert smtp.envelopes == [(FROM, ["zoe@example.org"])] * 2


def test_the_recipient_is_the_attendee_and_the_sender_the_organiser(
    workshop, register_verified, smtp, send, now
):
    registration = register_verified(workshop, email="Zoe.Tremblay+ateliers@example.org")
    send(registration)
    signup.cancel(registration, now=now)
    send(registration)

    assert len(smtp.messages) == 2
    for message in smtp.messages:
        event = entry(message)
        [to], [sender] = message["To"].addresses, message["From"].addresses
        assert (event["ATTENDEE"], event["ATTENDEE"].params["CN"]) == (
            f"mailto:{to.addr_spec}",
            to.display_name,
        )
        assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (
            f"mailto:{sender.addr_spec}",
            sender.display_name,
        )


def test_every_mail_about_a_registration_has_its_own_message_id(workshop, cancelled, smtp, send):
    registration = cancelled(workshop)
    send(registration)

    stored = [mail.message_id for mail in registration.mails.order_by("pk")]
    assert [message["Message-ID"] for message in smtp.messages] == stored
    assert len(set(stored)) == 2


def test_a_second_registration_of_an_address_is_answered_with_the_truth_and_the_same_entry(
    workshop, register, register_verified, smtp, send
):
    registration = register_verified(workshop)
    a_while_passes()
    register(workshop, email=" ZOE@example.org ", first_name="Imposteur")

    send(registration)

    assert [plain(str(m["Subject"])) for m in smtp.messages] == [
        f"Inscription confirmée : {WHEN}",
        f"Déjà votre place : {WHEN}",
    ]
    assert [(entry(m)["UID"], entry(m)["SEQUENCE"]) for m in smtp.messages] == [
        (str(registration.uid), 0)
    ] * 2
    assert [m["To"].addresses[0].display_name for m in smtp.messages] == ["Zoé Tremblay"] * 2


def test_a_cancellation_takes_the_same_entry_away_with_a_higher_sequence(
    workshop, cancelled, smtp, send
):
    registration = cancelled(workshop)
    send(registration)

    entries = [entry(message) for message in smtp.messages]
    assert [(e["UID"], e["SEQUENCE"], e["STATUS"]) for e in entries] == [
        (str(registration.uid), 0, "CONFIRMED"),
        (str(registration.uid), 1, "CANCELLED"),
    ]


def test_text_and_html_show_both_clocks(workshop, cancelled, smtp, send):
    send(cancelled(workshop))

    confirmation, cancellation = smtp.messages
    assert [words(html(each)).count(DRAWN) for each in (confirmation, cancellation)] == [1, 1]
    for content in (plain(text(confirmation)), plain(text(cancellation))):
        assert [content.count(line) for line in ("undi 29 mars 2027", *CLOCKS)] == [1, 1, 1]


def test_a_clock_on_another_date_says_its_day_in_text_and_html(make_workshop, register, send):
    message = send(register(make_workshop(start=datetime(2027, 3, 29, 20, 0))))

    assert plain(text(message)).count("mardi 30 mars 2027, 2 h 00 – 4 h 30 (heure de France)") == 1
    assert words(html(message)).count("France Mardi 30 mars 2027 2 h 00 jusqu’à 4 h 30") == 1


def test_on_an_odd_date_the_mail_says_so_in_a_sentence(make_workshop, register, send):
    message = send(register(make_workshop(start=datetime(2027, 3, 16, 9, 30))))

    sentence = (
        "Décalage inhabituel à cette date : 5 heures entre l’heure du Québec et l’heure de "
        "France, au lieu de 6 heures. "
        "Le changement d’heure n’y a pas lieu aux mêmes dates."
    )
    drawn = words(html(message))
    for content in (plain(text(message)), plain(entry(message)["DESCRIPTION"])):
        assert content.count(sentence) == 1
        assert content.count("14 h 30 – 17 h 00 (heure de France)") == 1
    said = (sentence, "5 h d’écart au lieu de 6 h", "France 14 h 30 jusqu’à 17 h 00")
    assert [drawn.count(each) for each in said] == [1, 1, 1]


def test_on_an_ordinary_date_no_mail_speaks_of_an_odd_offset(workshop, register, send):
    message = send(register(workshop))

    assert [
        c.count("inhabituel") for c in (text(message), html(message), entry(message)["DESCRIPTION"])
    ] == [0, 0, 0]


def test_a_confirmation_holds_the_join_and_the_manage_link_and_the_page_under_site_url(
    workshop, register, send
):
    registration = register(workshop)

    message = send(registration)

    page, join, manage = (
        f"{SITE}{path}"
        for path in (
            workshop.get_absolute_url(),
            f"/j/{registration.join_token}/",
            f"/i/{registration.manage_token}/",
        )
    )
    calendar_file = f"{manage}invitation.ics"
    assert links(text(message)) == [calendar_file, join, manage, page]
    # What is to be passed on stands there as words, too.
    assert links(html(message)) == [calendar_file, join, manage, page, page]


def test_the_invite_holds_the_join_link_and_never_the_manage_link(workshop, cancelled, smtp, send):
    registration = cancelled(workshop)
    send(registration)

    invite, cancellation = (
        [str(entry(m).get(k, "")) for k in ("LOCATION", "DESCRIPTION", "URL")]
        for m in smtp.messages
    )
    join, page = f"{SITE}/j/{registration.join_token}/", f"{SITE}{workshop.get_absolute_url()}"
    assert [links(value) for value in invite] == [[join], [join], [page]]
    assert [links(value) for value in cancellation] == [[], [], [page]]
    assert [
        leaf(m, "application/ics")
        .get_payload(decode=True)
        .replace(b"\r\n ", b"")
        .count(registration.manage_token.encode())
        for m in smtp.messages
    ] == [0, 0]


def test_links_start_with_site_url_whatever_host_the_browser_named(
    workshop, client, smtp, send, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(
        reverse("registrations:sign_up", args=[workshop.slug]),
        typed(),
        headers={"host": "evil.example.net"},
    )

    message = send(workshop.registrations.get())

    found = links(text(message)) + links(html(message)) + links(str(entry(message)))
    assert {link.split("/")[2] for link in found} == {"ateliers.example.org"}


def test_an_english_registration_gets_an_english_mail_with_english_links(
    workshop, register_verified, send
):
    registration = register_verified(workshop, language="en")

    message = send(registration)

    assert (
        str(message["Subject"])
        == "Registration confirmed: Mon 29 March, 9:30\u00a0a.m. / 3:30\u00a0p.m."
    )
    assert str(message["From"]) == f"Culture pour tous and TMNlab <{FROM}>"
    expected = [
        f"{SITE}/en/i/{registration.manage_token}/invitation.ics",
        f"{SITE}/en/j/{registration.join_token}/",
        f"{SITE}/en/i/{registration.manage_token}/",
        f"{SITE}/en/workshops/{workshop.slug}/",
    ]
    assert (links(text(message)), links(html(message))) == (expected, [*expected, expected[-1]])
    assert html(message).count('<html lang="en-ca">') == 1
    said = (
        "Hello Zoé,",
        "9:30 a.m. – 12:00 p.m. (Québec time)",
        "3:30 p.m. – 6:00 p.m. (France time)",
    )
    assert [plain(text(message)).count(each) for each in said] == [1, 1, 1]
    said = ("Hello Zoé,", "Québec 9:30 a.m. until 12:00 p.m.", "France 3:30 p.m. until 6:00 p.m.")
    assert [words(html(message)).count(each) for each in said] == [1, 1, 1]


class Markup(HTMLParser):
    """Collects the tags, and the attributes that could fetch something or lean on a stylesheet."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.fetching = set(), []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            risky = name in (
                "src",
                "srcset",
                "background",
                "class",
                "id",
                "poster",
                "data",
            ) or name.startswith("on")
            if risky or (name == "style" and ("url(" in value or "@" in value)):
                self.fetching.append((tag, name, value))


def test_the_html_fetches_nothing_tracks_nothing_and_is_styled_inline(
    workshop, cancelled, smtp, send
):
    send(cancelled(workshop))

    for message in smtp.messages:
        markup = Markup(html(message))
        assert (
            markup.tags
            & {"img", "link", "script", "style", "iframe", "object", "video", "svg", "base"}
            == set()
        )
        assert markup.fetching == []
        assert {link.split("/")[2] for link in links(html(message))} == {"ateliers.example.org"}


def test_the_html_of_the_longest_mail_is_under_100_kilobytes(
    make_workshop, register_verified, send
):
    places = ("Québec", "France", "Martinique", "La Réunion", "Casablanca", "Katmandou")
    workshop = make_workshop(
        *places, start=datetime(2027, 3, 16, 9, 30), title="É&" * 100, banner="<b>" * 50
    )

    message = send(register_verified(workshop, first_name="&" * 150, last_name="<" * 149 + "x"))

    assert len(leaf(message, "text/html").get_payload(decode=True)) < 100_000


def test_the_text_is_not_escaped_and_the_html_is(make_workshop, register_verified, send):
    workshop = make_workshop(title="Données & <b>médias</b> d'ici")

    message = send(register_verified(workshop, first_name="O'Brien & <b>"))

    assert text(message).startswith("Bonjour O'Brien & <b>,\n")
    assert text(message).count("\nDonnées & <b>médias</b> d’ici\n") == 1
    assert re.findall(r"&\w+;|&#", text(message)) == []
    assert words(html(message)).count("Bonjour O'Brien & <b>,") == 1
    assert "b" not in Markup(html(message)).tags
    assert entry(message)["SUMMARY"] == "Données & <b>médias</b> d'ici"


@pytest.mark.parametrize(("first_name", "last_name"), NAMES)
def test_any_name_arrives_whole_in_a_correct_header(
    workshop, register_verified, smtp, send, first_name, last_name
):
    registration = register_verified(
        workshop, first_name=first_name.strip(), last_name=last_name.strip()
    )

    message = send(registration)

    [raw] = smtp.raw
    assert display_names(raw) == [registration.full_name]
    assert [address.addr_spec for address in message["To"].addresses] == ["zoe@example.org"]
    assert smtp.envelopes == [(FROM, ["zoe@example.org"])]
    assert raw.isascii()
    assert max(len(line) for line in raw_headers(raw)) <= 998
    assert [name for name, _value in unfolded(raw)] == [
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
    ]


@pytest.mark.parametrize(("first_name", "last_name"), NAMES)
def test_no_encoded_word_of_a_name_is_longer_than_75_characters(
    workshop, register_verified, smtp, send, first_name, last_name
):
    """RFC 2047 section 2."""
    send(register_verified(workshop, first_name=first_name.strip(), last_name=last_name.strip()))

    assert [word for word in encoded_words(smtp.raw[0]) if len(word) > 75] == []


@pytest.mark.parametrize("title", ["Été " * 49 + "fin", "字" * 200, "🙂" * 200, "a" * 200])
def test_a_subject_arrives_whole_whatever_the_title(make_workshop, register, smtp, send, title):
    send(register(make_workshop(title=title)))

    [raw] = smtp.raw
    [subject] = [value for name, value in unfolded(raw) if name == "Subject"]
    assert plain(str(make_header(decode_header(subject)))) == f"Inscription confirmée : {WHEN}"
    assert max(len(line) for line in raw_headers(raw)) <= 998
    assert [word for word in encoded_words(raw) if len(word) > 75] == []


def encoded_words(raw):
    return re.findall(rb"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=", b"\n".join(raw_headers(raw)))


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?Zo=C3=A9?=", "=?utf-8?b?Wm/DqQ==?=", "=?utf-8?q?a?=, b", '"=?utf-8?q?a?="']
)
def test_a_name_that_looks_encoded_is_not_decoded(workshop, register_verified, smtp, send, name):
    registration = register_verified(workshop, first_name=name, last_name="Roy")

    message = send(registration)

    assert display_names(smtp.raw[0]) == [registration.full_name]
    assert [address.display_name for address in message["To"].addresses] == [registration.full_name]


def test_hosts_with_awkward_names_sign_a_correct_from_header(
    communities, make_workshop, register, smtp, send
):
    host = communities["Québec"]
    host.name = 'Société "Arts", Médias; & Cie <x@y>'
    host.save()

    message = send(register(make_workshop()))

    assert display_names(smtp.raw[0], "From") == ['Société "Arts", Médias; & Cie <x@y> et TMNlab']
    assert [address.addr_spec for address in message["From"].addresses] == [FROM]


def test_an_international_address_is_written_in_ascii_everywhere(workshop, client, smtp, send):
    client.post(
        reverse("registrations:sign_up", args=[workshop.slug]),
        typed(email="zoe@études.example.org"),
    )

    message = send(workshop.registrations.get())

    ascii_address = "zoe@xn--tudes-9ra.example.org"
    assert smtp.envelopes == [(FROM, [ascii_address])]
    assert [address.addr_spec for address in message["To"].addresses] == [ascii_address]
    assert entry(message)["ATTENDEE"] == f"mailto:{ascii_address}"


def test_what_arrives_can_be_parsed_again_and_written_again_without_a_change(
    workshop, register, smtp, send
):
    send(register(workshop))

    [raw] = smtp.raw
    assert message_from_bytes(raw, policy=policy.SMTP.clone(refold_source="none")).as_bytes() == raw


def test_no_option_of_any_django_changes_a_byte_of_a_mail(workshop, register):
    """Django 5.2 asks message().as_bytes(linesep=…), Django 6 message(policy=…).as_bytes()."""
    message = compose.compose(register(workshop, first_name="Zoé " * 30).mails.get())

    asked = [
        message.message().as_bytes(linesep="\r\n"),
        message.message(policy=policy.SMTP).as_bytes(),
    ]
    assert asked == [message.content.replace("\n", "\r\n").encode("ascii")] * 2


@pytest.mark.parametrize("title", ["Été " * 49 + "fin", "a" * 200])
def test_what_the_server_gets_is_what_was_composed(
    title, make_workshop, register, smtp, send, time_machine, now
):
    time_machine.move_to(now, tick=False)
    registration = register(make_workshop(title=title), first_name="Zoé " * 30)
    send(registration)

    composed = compose.compose(registration.mails.get()).as_bytes()

    [raw] = smtp.raw
    assert without_boundaries(raw).rstrip() == without_boundaries(composed).rstrip()


def without_boundaries(raw):
    return re.sub(rb"=={2,}\d+==", b"==", raw)


@pytest.mark.parametrize("backend", ["console", "locmem", "dummy"])
def test_each_backend_of_djangos_takes_our_mail(backend, workshop, register, settings):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    registration = register(workshop)

    worker.run_once(now=timezone.now())

    assert registration.mails.get().state == "sent"


def test_replies_go_to_an_international_address_in_ascii(make_workshop, register, send):
    message = send(register(make_workshop(contact_email="bonjour@études.example.org")))

    assert str(message["Reply-To"]) == "bonjour@xn--tudes-9ra.example.org"


def test_a_header_that_would_begin_another_one_is_refused(workshop, register):
    registration = register(workshop)
    registration.mails.update(message_id="<a@example.org>\nBcc: evil@example.org")

    with pytest.raises(ValueError, match="line break"):
        compose.compose(registration.mails.get())


MARKS = (
    '*a* __b__ [c](https://evil.example) <https://evil.example> `d` ~~e~~ <i>f</i> &amp; "g" '
    "\\h ![i](j)"
)


def test_what_people_and_organisers_typed_makes_no_link_and_no_mark(
    communities, make_workshop, register, send
):
    communities["France"].name = f"Hôte {MARKS}"
    communities["France"].save()
    workshop = make_workshop(
        title=f"Titre {MARKS}", place=f"Lieu {MARKS}"[:100], banner=f"Bannière {MARKS}"
    )

    message = send(register(workshop, first_name=MARKS, last_name=MARKS))

    assert {link.split("/")[2] for link in re.findall(r'href="(https?:[^"]*)', html(message))} == {
        "ateliers.example.org"
    }
    assert Markup(html(message)).tags & {"i", "em", "s", "code", "img"} == set()
    assert [
        content.count(f"Titre {MARKS}") for content in (plain(text(message)), words(html(message)))
    ] == [1, 1]
