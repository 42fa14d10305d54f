"""What a worker knows of the mail server: whether it is away, and when it is tried again."""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings

logger = logging.getLogger("praxis.mail")

# After so many seconds a server that is away is tried again; the last pause repeats. With the
# longest try (EMAIL_DEADLINE) it is below two minutes, within which owed mail leaves.
PAUSES = [timedelta(seconds=seconds) for seconds in (2, 5, 10, 20)]
# A connection may break in the middle of one mail because of that mail. Twice, it is the server.
BREAKS = 2
LATELY = timedelta(minutes=10)
# A server that took few connections may take more after so long.
TRY_MORE_AFTER = timedelta(minutes=2)


class MailServer:
    """The mail server as one process has found it; kept from round to round.

    It is away (`why` then says why, in words for the desk) if nobody could connect and log in, or
    if the connection broke in the middle of BREAKS mails in a row. While it is away no mail is
    tried, until the next pause of PAUSES is over. Then one connection tries, and one mail. It is
    `sure` once it has taken a mail, until something fails.
    """

    def __init__(self):
        self.why, self.sure = "", False
        self.tried_at = self.took_at = self.most = self.most_since = None
        self.misses = self.breaks = 0

    @property
    def is_away(self):
        return bool(self.why)

    def may_be_tried(self, *, now):
        """Whether mail may be sent at `now`: the server is not away, or was so long enough."""
        if not self.is_away:
            return True
        pause = PAUSES[min(self.misses, len(PAUSES)) - 1]
        # A clock that was set back must not keep the mail for as long.
        return not self.tried_at <= now < self.tried_at + pause

    def missed(self, error, *, now):
        """Note that nobody could connect or log in, or that BREAKS mails in a row broke off."""
        if not self.is_away:
            logger.warning("the mail server is away (%s); what is owed waits", naming(error))
        self.why, self.sure, self.tried_at = describe(error), False, now
        self.misses += 1

    def broke_off(self, error, *, now):
        """Note that a connection broke in the middle of a mail."""
        self.sure = False
        self.breaks += 1
        # Many connections may break at once.
        if self.breaks >= BREAKS and self.may_be_tried(now=now):
            self.missed(error, now=now)

    def took(self, *, now):
        """Note that a mail was answered: it was accepted, or refused for what it is."""
        if self.is_away:
            logger.info("the mail server is back")
        self.why, self.sure, self.took_at = "", True, now
        self.misses = self.breaks = 0

    def takes(self, number, *, now):
        """Note that the server takes so many connections at once, and perhaps no more."""
        if number < self.connections(now=now):
            logger.info("the mail server takes %s connections at once", number)
            self.most, self.most_since = number, now

    def connections(self, *, now):
        """How many connections to open at most; after a while more are tried again."""
        if self.most is None or not self.most_since <= now < self.most_since + TRY_MORE_AFTER:
            return settings.WORK_CONNECTIONS
        return min(self.most, settings.WORK_CONNECTIONS)

    def has_taken_lately(self, *, now):
        return self.took_at is not None and now - self.took_at < LATELY


def is_of_server(error):
    """Whether `error`, raised while a mail was sent, says nothing of the mail.

    The connection broke, or the server closes it (421), or it refuses whom all our mail comes from.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _words in error.recipients.values())
    if isinstance(error, (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused)):
        return True
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)


def describe(error):
    """What went wrong, in the mail server's own words where it said some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [(error.smtp_code, error.smtp_error)]
    else:
        return f"{type(error).__name__}: {error}"
    said = "; ".join(f"{code} {as_str(text)}" for code, text in replies)
    return said.replace("\0", "")  # PostgreSQL keeps no NUL


def naming(error):
    """The error's name, with the reply code if there is one: its words may hold an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def as_str(text):
    """A reply of the mail server as str, whatever bytes it holds."""
    return text if isinstance(text, str) else text.decode(errors="replace")
