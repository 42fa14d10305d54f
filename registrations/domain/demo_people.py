"""Invented people: who they are, what became of each at a workshop, and the mails they had."""

from datetime import timedelta

from praxis.text import folded
from registrations.domain import headcounts
from registrations.mail import queue, snapshots
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.registration_queries import INVENTED_DOMAIN
from registrations.models.search import search_text

NEWSLETTER = "Je veux recevoir l’infolettre."
REFUSED = "550 5.1.1 No such user (an example)"
State = Registration.State


def invent(words, chance):
    """People as (first name, last name, address, organisation), each address once."""
    people = []
    for number in range(220):
        first, last = chance.choice(words["first_names"]), chance.choice(words["last_names"])
        name = folded(f"{first}.{last}").replace(" ", "-").replace("'", "")
        organisation = chance.choice([*words["organisations"], "", "", ""])
        people.append((first, last, f"{name}{number}@{INVENTED_DOMAIN}", organisation))
    return people


def fill(workshop, count, crowd, chance, *, now):
    """Store `count` people of the `crowd` at `workshop`, with the mails they had; `count`."""
    until = min(now, workshop.starts_at)
    moments = sorted(
        until - timedelta(seconds=chance.randint(600, 30 * 86400)) for _person in range(count)
    )
    people, seats = [], workshop.capacity or count
    for moment, facts in zip(moments, chance.sample(crowd, count), strict=True):
        people.append(person(workshop, moment, facts, chance, has_seat=seats > 0))
        if workshop.has_ended(now):
            attend(people[-1], chance)
        seats -= people[-1].is_confirmed
    Registration.objects.bulk_create(people)
    store_mails(people, chance, now=now)
    headcounts.read_locked(workshop, now=now)
    return count


def person(workshop, moment, facts, chance, *, has_seat):
    """A Registration that was made at `moment`, and what became of it since; not saved."""
    first_name, last_name, email, organisation = facts
    is_cancelled = chance.random() < 0.12
    state = State.CONFIRMED if has_seat else State.WAITING
    community = chance.choice([*workshop.communities, *workshop.communities, None])
    registration = Registration(
        workshop=workshop,
        state=State.CANCELLED if is_cancelled else state,
        first_name=first_name,
        last_name=last_name,
        email=email,
        email_key=email,
        organisation=organisation,
        community=community,
        zone=community.zone if community and chance.random() < 0.8 else "",
        language="en" if chance.random() < 0.2 else "fr",
        created_at=moment,
        confirmed_at=moment if has_seat else None,
        cancelled_at=moment + timedelta(minutes=chance.randint(5, 9)) if is_cancelled else None,
        sequence=0 if has_seat else None,
        verified_at=moment + timedelta(minutes=4) if chance.random() < 0.7 else None,
        # No reminder is written for anybody who does not exist.
        day_reminder_for=workshop.starts_at,
        hour_reminder_for=workshop.starts_at,
    )
    if chance.random() < 0.4:
        registration.newsletter_consent_at = moment
        registration.newsletter_consent_text = NEWSLETTER
    registration.told = snapshots.snapshot(workshop, registration.state, registration.language)
    registration.search_text = search_text(registration)
    return registration


def attend(registration, chance):
    """Let seven in ten of those who had a seat come."""
    if registration.is_confirmed and chance.random() < 0.7:
        starts_at = registration.workshop.starts_at
        registration.joined_at = starts_at + timedelta(minutes=chance.randint(-9, 20))
        registration.group_size = chance.choice([1] * 8 + [2, 3])


def store_mails(people, chance, *, now):
    """Store what each of the `people` was sent, as sent already; one in forty was refused."""
    mails = []
    for registration in people:
        has_waited = registration.confirmed_at is None
        kind = Kind.WAITING if has_waited else Kind.CONFIRMATION
        mails.append(sent(registration, kind, registration.created_at))
        if chance.random() < 0.025:
            mails[-1].state, mails[-1].sent_at = OutgoingMail.State.FAILED, None
            mails[-1].last_error = REFUSED
        if registration.is_cancelled:
            mails.append(sent(registration, Kind.CANCELLATION, registration.cancelled_at))
    OutgoingMail.objects.bulk_create(mails)


def sent(registration, kind, at):
    """The mail of `kind` that left for the person at the moment `at`; not saved."""
    mail = queue.new_mail(registration, kind, now=at)
    mail.state, mail.sent_at, mail.attempts = OutgoingMail.State.SENT, at, 1
    return mail
