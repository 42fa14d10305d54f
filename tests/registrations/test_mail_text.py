"""Markdown as the text and the HTML of a mail; and that what people typed stays what they typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.mail.markdown import as_html, as_text, escaped
from tests.helpers.mails import words

pytestmark = pytest.mark.one_database

A = "https://a.example/x"


def body(source, **drawn):
    return as_html(source, drawn)[0]


TEXTS = [
    ("*small*", "small\n"),
    ("un\ndeux\\\ntrois", "un\ndeux\ntrois\n"),
    (f"[Entrer]({A})", f"Entrer\u00a0:\n{A}\n"),
    (f"Oui ? **[Entrer]({A})**\nNon", f"Oui ? Entrer\u00a0:\n{A}\nNon\n"),
    (f"Lire [la page]({A}) avant.", f"Lire la page ({A}) avant.\n"),
    (f"[{A}]({A})", f"{A}\n"),
    ("Écrivez à [a?b@c.example](mailto:a%3Fb@c.example)", "Écrivez à a?b@c.example\n"),
    ("[Écrivez](mailto:a@c.example)", "Écrivez\u00a0:\na@c.example\n"),
    (
        "> **L’heure**\n> Avant : ~~a~~\n> ~~b~~\n> Maintenant : **c**\n> **d**",
        "L’heure\nAvant : a, b\nMaintenant : c, d\n",
    ),
    ("~~a~~\\\n~~b~~", "a\nb\n"),
    ("avant\n\n- a\n- b\n\naprès", "avant\n\n- a\n- b\n\naprès\n"),
    ("1. a\n2. b", "1. a\n2. b\n"),
    ("```clocks\nlundi\n\n9 h \\*30\n```", "lundi\n\n9 h *30\n"),
    ("a\n\n---\n\nb", "a\n\nb\n"),
    (
        "<b>a</b> &amp; javascript: [b](javascript:alert)",
        "<b>a</b> &amp; javascript: [b](javascript:alert)\n",
    ),
]


@pytest.mark.parametrize(("source", "expected"), TEXTS)
def test_each_piece_of_markdown_as_text(source, expected):
    assert as_text(source) == expected


def test_a_link_alone_and_bold_is_a_button():
    found = body(f"**[Entrer]({A})**")

    assert re.findall(r"<(\w+)", found) == ["table", "tr", "td", "a"]
    assert (words(found), found.count(f'href="{A}"')) == ("Entrer", 1)


def test_a_box_is_a_table_with_a_line_at_its_left():
    found = body("> **L’heure**\n> ~~a~~")

    assert re.findall(r"<(\w+)", found) == ["table", "tr", "td", "p", "strong", "br", "s"]
    assert found.count("border-left:4px solid") == 1


def test_two_links_are_no_button_and_two_emphases_no_small_print():
    assert re.findall(r"<(\w+)", body(f"**[a]({A})[b]({A})**")) == ["p", "strong", "a", "a"]
    assert re.findall(r"<(\w+)", body("*a* b *c*")) == ["p", "em", "em"]


def test_words_alone_and_italic_are_small_print_and_italic_elsewhere():
    assert [body(source).count("font-size:14px") for source in ("*petit*", "un *mot* ici")] == [
        1,
        0,
    ]
    assert re.findall(r"<(\w+)", body("un *mot* ici")) == ["p", "em"]


def test_a_fenced_block_is_drawn_in_html():
    assert body("```clocks\nlundi\n```", clocks="<hr>") == "<hr>"
    assert body("```other\nlundi\n```", clocks="<hr>") == ""


def test_what_follows_the_line_is_the_foot():
    before, foot = as_html("a\n\n---\n\nb", {})

    assert (words(before), words(foot)) == ("a", "b")


@given(
    st.text(st.characters(blacklist_categories=("C", "Zl", "Zp")), min_size=1)
    .map(str.strip)
    .filter(bool)
)
def test_escaped_words_are_read_as_they_were_typed(typed):
    for source in ("{}", "**{}**", "avant {} après", "> Avant : ~~{}~~", "{}\nfin"):
        expected = source.strip("> *").replace("~~", "").format(typed)
        assert as_text(source.format(escaped(typed))) == f"{expected}\n"
        assert set(re.findall(r"<(\w+)", body(source.format(escaped(typed))))) <= {
            *"ps",
            "strong",
            "br",
            *["table", "tr", "td"],
        }
