"""Paragraphs, emphasis, links and French spacing; links to a page in the other languages."""

import html
import re

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import strip_tags
from django.utils.safestring import SafeData, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from markdown_it import MarkdownIt
from markdown_it.token import Token

from praxis import languages
from praxis.text import french_spacing, in_two_breaths

register = template.Library()
# The queries that make a page of their own (events/views.py).
NUMBERED = ("page", "coming")

# Emphasis, links and lists. Raw HTML stays text; markdown-it refuses javascript: and data: links.
MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["emphasis", "link", "list", "escape", "newline"]
)
# A web address as people paste it; a bracket is part of it only if it is closed there, too. What
# ends the sentence around it is not.
ADDRESS = re.compile(r"""\bhttps?://(?=\w)(?:\([^\s<>"«»()]*\)|[^\s<>"«»()])+""")
STOPS = ".,;:!?…'’*]}"
register.filter(french_spacing)
register.filter(in_two_breaths)


def set_words(state):
    """A rule of markdown-it: french_spacing() of the words, and links to the bare addresses."""
    for block in state.tokens:
        children, is_in_link = [], False
        for token in block.children or ():
            if token.type in ("link_open", "link_close"):
                is_in_link = token.type == "link_open"
            is_text = token.type == "text"
            children += pieces(token.content, is_in_link=is_in_link) if is_text else [token]
        block.children = children


def pieces(text, *, is_in_link):
    """`text` as tokens: words set as French, and links to the addresses that stand in it."""
    tokens, end = [], 0
    for found in () if is_in_link else ADDRESS.finditer(text):
        address = found[0].rstrip(STOPS)
        tokens.append(text_token(french_spacing(text[end : found.start()])))
        href = {"href": MARKDOWN.normalizeLink(address)}
        tokens += [Token("link_open", "a", 1, href), text_token(address)]
        tokens.append(Token("link_close", "a", -1))
        end = found.start() + len(address)
    return [*tokens, text_token(french_spacing(text[end:]))]


def text_token(words):
    return Token("text", "", 0, content=words)


MARKDOWN.core.ruler.push("set_words", set_words)


@register.filter
def without_stop(label):
    """A label, which may be a sentence or HTML, as plain text before a colon."""
    text = str(label)
    if isinstance(label, SafeData):
        text = html.unescape(strip_tags(label))
    return text.rstrip(" .")


@register.filter
def prose(text):
    """The HTML of what an organiser wrote: paragraphs, *emphasis*, [links](https://…), lists.

    An address that stands there bare is a link as well.
    """
    return mark_safe(MARKDOWN.render(text))  # noqa: S308


def numbered(query):
    """The part of `query` that makes a page of its own, from its question mark on."""
    for name in NUMBERED:
        value = query.get(name, "")
        if value.isascii() and value.isdecimal() and int(value[:9]) > 1:
            return f"?{name}={value}"
    return ""


@register.simple_tag(takes_context=True)
def other_languages(context):
    """(code, own name, address of this page) for each language but the active one."""
    request = context.get("request")
    if request is None:
        return []
    # A path that leads nowhere may name another site (//example.org/): the list is offered there.
    path = request.path if request.resolver_match else reverse("events:list")
    query = numbered(request.GET)
    others = []
    for code, _name in settings.LANGUAGES:
        if code != languages.active():
            name = capfirst(get_language_info(code)["name_local"])
            others.append((code, name, translate_url(path, code) + query))
    return others
