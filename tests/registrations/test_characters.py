"""The characters of names: which ones the form refuses, and that all others arrive."""

import unicodedata
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Community, Hosting, Workshop
from praxis.text import BIDI_CONTROLS, validate_plain_line
from registrations.forms.details import NameFields
from registrations.forms.sign_up import SignUpForm
from registrations.mail import compose
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW
from tests.helpers.mails import plain
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

INVISIBLE = (
    "Ce texte contient un caractère invisible (saut de ligne, caractère de contrôle ou marque de "
    "direction). "
    "Effacez-le et retapez-le à la main."
)
BLANK = "Écrivez au moins une lettre."
CONTROLS = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0))]


def errors(workshop, **facts):
    """What the form of `workshop` answers to Zoé Tremblay, with `facts` instead."""
    return dict(SignUpForm(typed(**facts), workshop=workshop, now=timezone.now()).errors)


def sentence(value):
    """The sentence by which `value` is refused, "" where it is accepted."""
    try:
        validate_plain_line(value)
    except ValidationError as error:
        return error.messages[0]
    return ""


@pytest.mark.parametrize(
    "name",
    [
        "Zoé",
        "O'Brien",
        "Dupont-Martin",
        "Mary & <b>",
        "Anne, Martin; Roy",
        'dit "Le Grand"',
        "🙂",
        "👩🏽‍🚀",
        "שלום",
        "محمد",
        "می‌خواهم",
        "李",
        "N",
        "Łukasz d’Été\u00a0!",
        "Jr. 3",
        "e\u0301",
        "=?utf-8?q?x?=",
        "",
    ],
)
def test_a_name_is_accepted_as_people_write_it(name):
    assert sentence(name) == ""


@pytest.mark.parametrize(
    "character", [*CONTROLS, "\u2028", "\u2029", "\ud800", *sorted(BIDI_CONTROLS)], ids=ascii
)
def test_a_control_a_line_separator_and_a_direction_mark_are_refused_anywhere(character):
    values = [f"{character}Zoé", f"Zo{character}é", f"Zoé{character}"]

    assert [sentence(value) for value in values] == [INVISIBLE] * 3


def test_the_direction_marks_are_those_of_the_unicode_standard():
    classes = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    by_class = {chr(n) for n in range(0x110000) if unicodedata.bidirectional(chr(n)) in classes}

    assert by_class | {"\u061c", "\u200e", "\u200f"} == BIDI_CONTROLS


@pytest.mark.parametrize(
    "blank",
    [
        " ",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u034f",
        "\ufe0f",
        "...",
        "-",
        "\u200b.\u200b",
    ],
    ids=ascii,
)
def test_a_name_without_anything_to_read_is_refused(blank):
    assert sentence(blank) == BLANK


@pytest.mark.parametrize("blank", ["\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"], ids=ascii)
def test_a_letter_or_symbol_that_shows_nothing_is_no_name(blank):
    """The Hangul fillers are letters to Unicode, the empty Braille pattern a symbol.

    All are blank on paper.
    """
    assert sentence(blank) == BLANK


@pytest.mark.parametrize("field", ["first_name", "last_name", "organisation"])
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Zoé\nBcc: x@example", INVISIBLE),
        ("Zo\x07é", INVISIBLE),
        ("Zoé\u2028x", INVISIBLE),
        ("\u202eéoZ", INVISIBLE),
        ("\u200b", BLANK),
    ],
    ids=ascii,
)
def test_the_form_says_why_it_refuses_a_line(workshop, field, typed, answer):
    assert errors(workshop, **{field: typed}) == {field: [answer]}


def test_the_form_says_why_it_refuses_a_null_character(workshop):
    assert list(errors(workshop, first_name="Zo\x00é")) == ["first_name"]


def test_the_form_takes_150_characters_and_refuses_one_more(workshop):
    assert errors(workshop, first_name="é" * 150, last_name="🙂" * 150) == {}
    assert list(errors(workshop, first_name="é" * 151)) == ["first_name"]


@pytest.mark.parametrize(
    "typed",
    [
        "zoe@example.org\nBcc: x@example",
        "zoe@exam\u202eple.org",
        "zoé@example.org",
        '"a b"@example.org',
        "zoe",
        "a@b@c.org",
    ],
    ids=ascii,
)
def test_the_form_refuses_an_address_that_no_header_could_carry(workshop, typed):
    assert list(errors(workshop, email=typed)) == ["email"]


def test_the_form_writes_an_international_domain_in_ascii(workshop):
    form = SignUpForm(
        typed(email=" zoe@études.example.org "), workshop=workshop, now=timezone.now()
    )

    assert form.is_valid()
    assert form.cleaned_data["email"] == "zoe@xn--tudes-9ra.example.org"


# Anything, and more often than chance would have it what headers, RFC 2047 and quoting are made of.
LINES = st.one_of(
    st.text(min_size=1, max_size=150),
    st.text(
        st.sampled_from('aé🙂ש =?utf-8qb?_",;:<>@()[]\\.\u00a0\u3000\u200d'),
        min_size=1,
        max_size=150,
    ),
    st.lists(
        st.sampled_from(
            ["Zoé", "=?utf-8?q?=41?=", "=?utf-8?b?QQ==?=", " ", "  ", '"', "\\", ",", "字"]
        ),
        min_size=1,
    ).map("".join),
)


@pytest.fixture(scope="module")
def stored_workshop(django_db_setup, django_db_blocker):
    """A workshop for all the examples of a property: hypothesis runs them within one test."""
    with django_db_blocker.unblock():
        community = Community.objects.create(name="Maison", place="Québec", zone="America/Toronto")
        workshop = Workshop.objects.create(
            slug="maison", title="Atelier", starts_at=NOW, ends_at=NOW.replace(hour=23)
        )
        Hosting.objects.create(workshop=workshop, community=community, position=1)
        yield workshop
        workshop.delete()
        community.delete()


@pytest.mark.django_db
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first_name=LINES, last_name=LINES)
def test_every_name_the_form_accepts_arrives_as_the_display_name(
    stored_workshop, first_name, last_name
):
    facts = typed(first_name=first_name, last_name=last_name)
    form = SignUpForm(facts, workshop=stored_workshop, now=timezone.now())
    if not form.is_valid():
        return
    names = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
    registration = Registration(
        workshop=stored_workshop, email=form.cleaned_data["email"], created_at=NOW, **names
    )
    mail = OutgoingMail(
        registration=registration,
        kind="confirmation",
        sequence=0,
        message_id="<a@example.org>",
        created_at=NOW,
        due_at=NOW,
    )
    mail.is_to_verified = True

    raw = compose.compose(mail).message().as_bytes(linesep="\r\n")

    headers = raw.split(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ").split("\r\n")
    [to] = [line.removeprefix("To: ") for line in headers if line.startswith("To: ")]
    [(name, address)] = getaddresses([to])
    assert (str(make_header(decode_header(name))), address) == (
        registration.full_name,
        "zoe@example.org",
    )


@pytest.mark.parametrize(
    "name",
    [
        *("J.-P.", "Jr.", "St. John", "M. Dupont", "J.R.R.", "J. R. R. Tolkien", "C.Q.F.D."),
        *("Dr. h.c. mult.", "Zoé...", "…et fils", "50/50", "D’Arc", "R2-D2", "Louis XIV", "123456"),
        *("3.14", "e.é", "Anne . Marie", "वि. शर्मा"),
    ],
)
def test_a_name_with_dots_or_a_few_digits_passes(name):
    assert refusal_of_name(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("evil.ru", "casino.io", "bit.ly", "paypal.app", "EVIL.RU", "t.co", "1und1.de"),
        *("Gagnez 500 € sur evil.ru", "joe@evil.ru", "www.evil", "http://evil", "evil.ru/x"),
        # As a mail program reads them: other dots, accents in two characters, other alphabets.
        *("evil\uff0eru", "evil\u3002ru", "evil\uff61ru", "evi\u0301l.ru", "пример.рф"),
        *("उदाहरण.भारत", "evil.xn--p1ai", "evil\u00ad.ru", "evil.\u200bru", "ｅｖｉｌ.ｒｕ"),
        *("Jean.Dupont", "M.Dupont"),
    ],
)
def test_a_name_with_a_web_address_is_refused_with_the_remedy(name):
    assert refusal_of_name(name) == (
        "Cela ressemble à une adresse web. S’il s’agit d’un nom, laissez une espace après le "
        "point, comme dans « J. Dupont »."
    )


@pytest.mark.parametrize(
    "name",
    [
        *("1234567", "1-900-555-1234", "Appelez le 1 (900) 555.1234", "+33 6 12 34 56 78"),
        *("١٢٣٤٥٦٧", "①②③④⑤⑥⑦", "１２３４５６７", "1a2b3c4d5e6f7"),
    ],
)
def test_a_name_with_a_telephone_number_is_refused_with_the_remedy(name):
    assert refusal_of_name(name) == (
        "Cela ressemble à un numéro de téléphone. Écrivez le nom seul : il contient six chiffres "
        "au plus."
    )


def refusal_of_name(name):
    """The sentence by which both names of the form refuse `name`, "" where they accept it."""
    sentences = set()
    for field in ("first_name", "last_name"):
        try:
            NameFields.base_fields[field].clean(name)
            sentences.add("")
        except ValidationError as error:
            sentences.add(plain(error.messages[0]))
    [sentence] = sentences
    return sentence
