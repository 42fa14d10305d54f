"""What a kind of mail may say of itself: kinds.py and subscription_kinds.py are such tables."""

from dataclasses import dataclass

from django.db import models

from registrations.mail.bands import Band

LATER, NEVER = "later", "never"  # values of Rules.when_limited


@dataclass(frozen=True)
class Rules:
    """What is true of one kind of mail."""

    # It holds %(when)s, the day and the hosts' hours, unless it speaks of several workshops.
    subject: str
    # How the head is drawn.
    band: Band
    # The lowest leaves first. 0 is for a person who sits before the screen.
    priority: int
    # The mail is true while its registration is in one of these states; none named: in any.
    states: tuple = ()
    # What happened, in the largest words of the mail; heads.py says it where time has a part in it.
    heading: str = ""
    # The subject and the heading for a person who never had a seat, where they differ.
    subject_without_seat: str = ""
    heading_without_seat: str = ""
    # And where the mail says that the person's data is erased.
    subject_of_erasure: str = ""
    heading_of_erasure: str = ""
    # The METHOD (RFC 5546) of the invite that the mail carries; "" where it never carries one.
    invite: str = ""
    # The mail says all that the person has, so that a second one at once would only repeat it.
    tells_everything: bool = False
    # What a daily limit (daily_limits.py) does to the mail: LATER, NEVER, or "" where no limit
    # counts it. A limit is for mails that anybody can cause by typing an address.
    when_limited: str = ""
    # The purpose under which the daily limit counts the mail.
    counted_as: str = "mail"
    # The mail is on hold while its workshop is not published.
    waits_for_publication: bool = True
    # What the mail says becomes the person's snapshot.
    is_recorded: bool = True
    # The mail says that the registration is cancelled: what is queued for it is not true any more.
    ends_registration: bool = False
    # The mail leaves after the earlier mails about the same registration.
    waits_for_earlier: bool = True


class KindOfMail(models.TextChoices):
    """A kind of mail, by the name that its rows and its template bear; `rules` are its Rules.

    A row of such a table is (name, Rules, label at the desk).
    """

    def __new__(cls, name, rules):
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rules = rules
        return kind
