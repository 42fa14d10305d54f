"""The words of a mail as text and as HTML, written once for all people whom they tell the same.

Between two people's mails of a kind often nothing differs but the name and the secret links. The
words are written with placeholders in their stead, which nobody can guess, and kept.
"""

import secrets

from django.template.loader import render_to_string
from django.utils import translation
from markdown_it.common.utils import escapeHtml

from registrations.mail import drawing, markdown
from registrations.mail.kinds import Kind, rules_of

# Letters and digits mean nothing to Markdown, HTML and URLs.
NAME, MANAGE, JOIN = (f"place{secrets.token_hex(16)}" for _each in range(3))
# The addresses in which a secret stands.
SECRET_URLS = {
    *("manage_url", "edit_url", "calendar_url", "join_url", "ballot_url", "attestation_url"),
}
# After the preheader, so that no inbox shows the first words of the mail beside it.
PADDING = "&#847;&zwnj;&nbsp;" * 100
MOST = 200  # texts that are kept

kept = {}


def text_and_html(mail, context, head):
    """The pair of a mail: plain text and an HTML page, in the active language.

    `context` is all that the template of its kind shows, `head` the Head above it.
    """
    registration, workshop = mail.registration, mail.registration.workshop
    logos = workshop.logos
    shown = {name: getattr(workshop, name) for name in ("banner", "title", "language")}
    page = {"head": head, "band": rules_of(mail).band, "workshop": shown}
    readings, name = registration.readings, markdown.on_one_line(context["name"])
    # The links of other registrations are secret, too, and are no two people's. An organiser's own
    # word may name the person.
    if "others" in context or "organisers_word" in context:
        return written(mail.kind, context, readings, page, logos)
    secret = {MANAGE: registration.manage_token, JOIN: registration.join_token}
    shared = context | {"name": NAME if name else ""}
    for url in SECRET_URLS & shared.keys():
        shared[url] = filled(context[url], {token: place for place, token in secret.items()})
    text, html = written_once(mail.kind, shared, readings, page, logos)
    return filled(text, {NAME: name} | secret), filled(html, {NAME: escapeHtml(name)} | secret)


def written_once(kind, context, readings, page, logos):
    """What written() gives, kept for all whom it tells the same."""
    # All that the words can depend on.
    digests = {clock: logo.digest for clock, logo in logos.items()}
    key = repr((kind, translation.get_language(), page, readings, context, digests))
    if key not in kept:
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = written(kind, context, readings, page, logos)
    return kept[key]


def written(kind, context, readings, page, logos):
    """The pair of text and HTML, anew from the templates."""
    is_over = kind in Kind and Kind(kind).rules.invite == "CANCEL"
    said = context | {"heading": page["head"].heading}
    source = render_to_string(f"mail/{kind}.md", markdown.escaped(said))
    drawn = {
        "clocks": drawing.drawn(readings, context["odd"], logos, is_over=is_over),
        "title": render_to_string("mail/_title.html", page),
    }
    body, foot = markdown.as_html(source, drawn)
    name = markdown.on_one_line(context["name"])
    parts = {"body": body, "foot": foot, "name": name, "padding": PADDING}
    html = render_to_string("mail/base.html", page | parts)
    return markdown.as_text(source), html


def filled(words, values):
    """`words` with the value of each placeholder in its place."""
    for placeholder, value in values.items():
        words = words.replace(placeholder, value)
    return words
