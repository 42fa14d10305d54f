"""What a page says of itself in its head: its address, those in other languages, its picture."""

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.text import capfirst

from events import card
from events.feeds import Feed
from events.templatetags.texts import numbered
from praxis import languages

register = template.Library()


@register.inclusion_tag("events/_address.html", takes_context=True)
def page_address(context):
    """The links to this page's own address, and to that in each language (RFC 6596)."""
    path = context["request"].path
    query = numbered(context["request"].GET)
    codes = [code for code, _name in settings.LANGUAGES]
    pages = {code: settings.SITE_URL + translate_url(path, code) + query for code in codes}
    return {
        "address": pages[languages.active()],
        "pages": pages.items(),
        "default": pages[settings.LANGUAGE_CODE],
    }


@register.inclusion_tag("events/_feeds.html")
def feed_links(community=None):
    """The links by which programs find the calendar and the Atom feed that belong to a page."""
    return {"feed": Feed(community)}


@register.inclusion_tag("events/_preview.html", takes_context=True)
def workshop_preview(context, workshop):
    """What a chat or a network shows of a page about `workshop` (ogp.me)."""
    the_card = card.workshop_card(workshop, timezone.now())
    picture = reverse("events:workshop_picture", args=[workshop.slug])
    with languages.of_place(workshop.first_zone):
        words = [the_card.stamp, *workshop.clock_lines]
    # Some of the lines are sentences already.
    sentences = [f"{capfirst(each.removesuffix('.'))}." for each in words if each]
    return preview(context, workshop.title, " ".join(sentences), picture, the_card)


@register.inclusion_tag("events/_preview.html", takes_context=True)
def site_preview(context, title):
    """What a chat or a network shows of the list of workshops."""
    the_card = card.site_card()
    picture = reverse("events:site_picture")
    return preview(context, f"{title} – Praxis", the_card.rest, picture, the_card)


def preview(context, title, description, picture, the_card):
    path = context["request"].path + numbered(context["request"].GET)
    return {
        "title": title,
        "description": description,
        "address": settings.SITE_URL + path,
        "picture": f"{settings.SITE_URL}{picture}?v={the_card.fingerprint}",
    }
