"""Whether an address is dead, by what its mail server says."""

import re
import smtplib

# An enhanced status (RFC 3463), and those of which no mailbox comes back: bad mailbox, bad system,
# bad syntax, moved without a forward, no mail there (RFC 7505), disabled. One of policy (5.7.x) or
# of a full mailbox (5.2.2) says nothing of the address.
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
DEAD = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)")
# Without an enhanced status (RFC 5321 4.2.3): mailbox unavailable, not local, name not allowed.
# Some refuse all mail from a sender with these, so the words must speak of the mailbox, too.
DEAD_CODES = (550, 551, 553)
WHO = r"(user|mailbox|recipient|address|account)\b"
GONE = r"(unknown|unavailable|disabled|inactive|not (found|known|valid)|(does not|doesn.t) exist)"
DEAD_WORDS = re.compile(rf"(no such|unknown|invalid)\W+(local )?{WHO}|{WHO}.{{0,40}}{GONE}", re.I)


def is_dead(words, code=None):
    """Whether a refusal in these `words`, with this SMTP reply code, says that nobody is there."""
    found = ENHANCED.search(words)
    if found:
        return bool(DEAD.fullmatch(found[0]))
    return code in DEAD_CODES and bool(DEAD_WORDS.search(words))


def says_dead(error):
    """Whether the exception `error` of a sent mail says that the recipient's address is dead."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(
        is_dead(words.decode(errors="replace") if isinstance(words, bytes) else str(words), code)
        for code, words in error.recipients.values()
    )
