"""How texts are set: paragraphs and emphasis, French spacing, the other language of a page."""

import html
import re

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import strip_tags
from django.utils.safestring import SafeData, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info
from markdown_it import MarkdownIt

register = template.Library()

# Emphasis, links and lists; raw HTML stays text, and markdown-it refuses javascript: and data: links.
MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["emphasis", "link", "list", "escape", "newline"]
)


@register.filter
def french_spacing(text):
    """`text` with no-break spaces where French asks for them: before « : ; ? ! » and %, inside « »."""
    return re.sub(r"(?<=«) | (?=[:;?!»%])", "\u00a0", text)


@register.filter
def without_stop(label):
    """A label, which may be a sentence or HTML, as plain text before a colon."""
    text = html.unescape(strip_tags(label)) if isinstance(label, SafeData) else str(label)
    return text.rstrip(" .")


@register.filter
def prose(text):
    """What an organiser wrote, as HTML: paragraphs, *emphasis*, [links](https://…), lists, nothing else."""
    return mark_safe(MARKDOWN.render(french_spacing(text)))  # noqa: S308


@register.simple_tag(takes_context=True)
def other_languages(context):
    """(code, name in itself, address of this page in it) for each language but the active one."""
    request = context.get("request")
    if request is None:
        return []
    others = [
        get_language_info(code) for code, _name in settings.LANGUAGES if code != get_language()
    ]
    # A path that leads nowhere may name another site (//example.org/): there, only the list is offered.
    path = request.path if request.resolver_match else reverse("events:list")
    return [
        (each["code"], capfirst(each["name_local"]), translate_url(path, each["code"]))
        for each in others
    ]
