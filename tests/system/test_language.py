"""The French of the catalogue: its apostrophes and spaces; and those of what organisers write."""

import re
from io import BytesIO

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from events.templatetags.texts import prose
from praxis.text import french_spacing

pytestmark = pytest.mark.one_database

# No French: addresses, and what Python and HTML read.
CODE = re.compile(r"https?:\S*|mailto:\S*|<[^>]*>|%\(\w+\)s|\{\w+\}|[\w/<:>.-]+/$|\w+\.\w+/?$")
WRONG = {
    "a straight apostrophe": "'",
    "an ordinary space before punctuation": r" [:;!?»]",
    "an ordinary space after «": r"« ",
    "no narrow space before ; ! ?": r"(?<!\u202f)[;!?]",
    "no no-break space before :": r"(?<!\u00a0):",
    "no no-break space inside « »": r"«(?!\u00a0)|(?<!\u00a0)»",
    "no space after a sentence": r"[^\W\d_][.!?…][^\W\d_a-zà-ÿ]",
    "the mark of a merge": r"#-#",
}


def what_is_wrong(text):
    words = CODE.sub("", text)
    return [name for name, pattern in WRONG.items() if re.search(pattern, words)]


def french():
    """Every French text of the catalogue."""
    with (settings.LOCALE_PATHS[0] / "fr/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if message.id:
            yield from texts_of(message)


def texts_of(message):
    """The texts of a message, one for each of its forms, as a list."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_catalogue_is_set_as_french_is_printed():
    assert {text: wrong for text in french() if (wrong := what_is_wrong(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "l'atelier",
        "Qui ?",
        "Qui\u00a0?",
        "Qui?",
        "Ici : là",
        "« Oui\u00a0»",
        "Ici:",
        "les mêmes critères.AA. Le RGAA repose",
        "#-#-#-#-#  django.po  #-#-#-#-#",
    ],
)
def test_what_is_badly_set_is_found(text):
    assert what_is_wrong(text) != []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("L'enjeu : qui décide ?", "L’enjeu\u00a0: qui décide\u202f?"),
        ("Vite\u00a0! Ici\u00a0; là", "Vite\u202f! Ici\u202f; là"),
        ("« Oui » à 100 %", "«\u00a0Oui\u00a0» à 100\u00a0%"),
        ("d'« usage », aujourd'hui", "d’«\u00a0usage\u00a0», aujourd’hui"),
        ("Don't: the hosts' 'own' 5' rule?", "Don’t: the hosts' 'own' 5' rule?"),
        ("09:30, https://x.org/?a", "09:30, https://x.org/?a"),
    ],
)
def test_texts_of_organisers_are_set_when_they_are_shown(typed, shown):
    assert french_spacing(typed) == shown


@given(st.text(alphabet="ab1 '’«»:;!?%\u00a0\u202f*"))
def test_setting_a_text_twice_changes_nothing(text):
    assert french_spacing(french_spacing(text)) == french_spacing(text)


def test_an_address_in_a_text_stays_as_it_is():
    shown = prose("L'*art* d'[ici](https://x.org/l'art?a=1) : où ?")

    assert shown == (
        '<p>L’<em>art</em> d’<a href="https://x.org/l\'art?a=1">ici</a>\u00a0: où\u202f?</p>\n'
    )


def link(address, words=None):
    return f'<a href="{address}">{words or address}</a>'


REPLAY = "https://video.example.org/w/a_b-C?t=1"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (f"Le replay : {REPLAY}.", f"Le replay\u00a0: {link(REPLAY)}."),
        (f"{REPLAY} ; ici", f"{link(REPLAY)}\u202f; ici"),
        (f"(voir {REPLAY})", f"(voir {link(REPLAY)})"),
        (f"« {REPLAY} »", f"«\u00a0{link(REPLAY)}\u00a0»"),
        (f"*{REPLAY}*", f"<em>{link(REPLAY)}</em>"),
        ("https://x.org/Art_(mot), là", f"{link('https://x.org/Art_(mot)')}, là"),
        ("http://x.org/l'art", link("http://x.org/l'art")),
        ("https://x.org/?a=1&b=2", link("https://x.org/?a=1&amp;b=2")),
        ("https://x.org/é", link("https://x.org/%C3%A9", "https://x.org/é")),
        (f"[{REPLAY}]({REPLAY})", link(REPLAY)),
        (f"[le replay]({REPLAY})", link(REPLAY, "le replay")),
        ('https://x.org/"onclick="a', link("https://x.org/") + "&quot;onclick=&quot;a"),
        ("https://x.org/<b>", link("https://x.org/") + "&lt;b&gt;"),
        ("javascript://x.org/%0aalert(1)", "javascript://x.org/%0aalert(1)"),
        ("xhttps://x.org https:// ftp://x.org", "xhttps://x.org https:// ftp://x.org"),
    ],
)
def test_an_address_that_an_organiser_pasted_is_a_link(typed, shown):
    assert prose(typed) == f"<p>{shown}</p>\n"


def test_what_europe_says_otherwise_is_another_text_of_the_same_catalogue():
    folders = [settings.LOCALE_PATHS[0] / name / "LC_MESSAGES" for name in ("fr", "fr_150")]
    french, european = (read_po(BytesIO((each / "django.po").read_bytes())) for each in folders)
    compiled = read_mo(BytesIO((folders[1] / "django.mo").read_bytes()))

    for message in european:
        if message.id:
            texts = texts_of(message)
            assert texts != texts_of(french.get(message.id, message.context))
            assert texts == texts_of(compiled.get(message.id))
            assert [text.count("courriel") or what_is_wrong(text) for text in texts] == [
                [] for _each in texts
            ]
