"""Our mailbox, read by IMAP (RFC 3501): mails that unsubscribe, and mails that did not arrive."""

import imaplib
import ssl
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings

SECONDS = 10  # for one answer of the server: a worker has mails to send, too
MOST = 100  # messages at a time
LARGEST = 200_000  # bytes of a message that are read
# What may be ours to answer, of what nobody has read yet. All else is left as it is: an organiser
# may read the same mailbox.
SUBJECT, REPORT = 'UNSEEN SUBJECT "{}"', 'UNSEEN HEADER "Content-Type" "delivery-status"'


@contextmanager
def opened():
    """The mailbox of INBOX_URL, on a connection of its own; it is logged out at the end."""
    url = urlsplit(settings.INBOX)
    if url.scheme == "imaps":
        context = ssl.create_default_context()
        imap = imaplib.IMAP4_SSL(
            url.hostname, url.port or 993, ssl_context=context, timeout=SECONDS
        )
    else:
        imap = imaplib.IMAP4(url.hostname, url.port or 143, timeout=SECONDS)
    try:
        imap.login(unquote(url.username), unquote(url.password))
        folder = unquote(url.path.strip("/")) or "INBOX"
        status, _answer = imap.select(f'"{folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error("the folder of INBOX_URL cannot be opened")
        yield imap
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            imap.logout()


def messages(imap, criteria):
    """(its number, its first bytes) of each unread message that fits `criteria`, the newest MOST.

    To read them changes nothing.
    """
    _status, [found] = imap.uid("SEARCH", criteria)
    for number in (found or b"").split()[-MOST:]:
        _status, answer = imap.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")
        for part in answer:
            if isinstance(part, tuple):
                yield number.decode(), part[1]


def remove(imap, number):
    """Delete a message that is answered: it holds an address."""
    imap.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen \Deleted)")
    imap.expunge()
