"""The mail that lets an organiser choose a password: an invitation, or a new link."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from praxis.accounts.names import name_of
from registrations.mail import bands, markdown
from registrations.mail.heads import Head
from registrations.mail.words import PADDING


def words(user, url, *, by=None):
    """The subject, the text and the HTML of the mail, in the active language.

    `url` is the link. `by` is the organiser who sends it; without one, the person asked for it.
    """
    heading, first, foot = heading_first_and_foot(user, by)
    said = {
        "name": user.first_name,
        "heading": heading,
        "first": first,
        "foot": foot,
        "username": user.get_username(),
        "desk": settings.SITE_URL + reverse("admin:index"),
        "url": url,
    }
    source = render_to_string("mail/account.md", markdown.escaped(said))
    body, foot_html = markdown.as_html(source, {})
    page = {
        "head": Head(heading, first, heading),
        "band": bands.LINKS,
        "body": body,
        "foot": foot_html,
        "name": markdown.on_one_line(user.first_name),
        "padding": PADDING,
    }
    return heading, markdown.as_text(source), render_to_string("mail/base.html", page)


def heading_first_and_foot(user, by):
    """What depends on who causes the mail, and on whether `user` has a password."""
    if by is None:
        return (
            _("A new password for the organisers’ desk"),
            _("A new password was asked for your account at the organisers’ desk."),
            _("You did not ask for it? Then leave this mail: nothing changes."),
        )
    sender = {"sender": name_of(by)}
    if user.has_usable_password():
        return (
            _("A new password for the organisers’ desk"),
            _("%(sender)s sends you a link to choose a new password.") % sender,
            _("You still know your password? Then leave this mail: it stays as it is."),
        )
    return (
        _("You are invited to organise with Praxis"),
        _("%(sender)s has opened an account for you at the organisers’ desk.") % sender,
        _("You do not know what this is about? Then leave this mail: nothing happens."),
    )
