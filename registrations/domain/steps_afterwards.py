"""What is left to do once a workshop is over: add what stays of it, and the mail about that."""

from datetime import timedelta

from django.utils.translation import gettext as _

from registrations.domain.steps import Place, Step, words_of
from registrations.mail import afterwards


def add_what_stays(session):
    """People came, and their links lead to nothing that stays of the workshop."""
    if not session.came or session.workshop.stays:
        return None
    sentence = _("Those who came may be waiting for a recording or slides.")
    if mail_may_leave(session):
        sentence = _(
            "Those who came may be waiting for a recording or slides. Once something stays, one "
            "mail tells everybody who had a seat."
        )
    return Step("afterwards", sentence, _("Add the replay"), Place.AFTERWARDS)


def words_about_what_stays(session):
    """That nothing is left to do, and what becomes of the mail about what stays."""
    if not mail_may_leave(session):
        return _("Nothing is left to do. Each person’s page shows what stays; no mail leaves.")
    until_mail = afterwards.leaves_at(session.workshop) - session.now
    if until_mail > timedelta():
        words = _("Nothing is left to do. The mail about what stays leaves in %(when)s.")
        return words % {"when": words_of(until_mail)}
    return _("Nothing is left to do. Each person’s page shows what stays; one mail has told them.")


def mail_may_leave(session):
    """May a mail about what stays leave, or have left?"""
    workshop = session.workshop
    is_told = workshop.is_published and workshop.afterwards_mail != workshop.AfterwardsMail.NEVER
    return is_told and not afterwards.why_obsolete(workshop, now=session.now)
