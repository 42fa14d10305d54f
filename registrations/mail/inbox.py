"""Our mailbox, read by IMAP (RFC 3501): mails that unsubscribe, and mails that did not arrive."""

import imaplib
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings

# A worker has mails to send, too.
SECONDS = 10  # for one answer of the server
ALTOGETHER = 20  # seconds for all that is asked on one connection
MOST = 100  # messages at a time
LARGEST = 200_000  # bytes of a message that are read
# What may be ours to answer, of what nobody has read yet. All else is left as it is: an organiser
# may read the same mailbox.
SUBJECT, REPORT = 'UNSEEN SUBJECT "{}"', 'UNSEEN HEADER "Content-Type" "delivery-status"'


class Watched:
    """A connection that is cut ALTOGETHER seconds after it was opened, whatever it waits for.

    A server that sends one byte at a time would else hold the worker for ever.
    """

    def open(self, *args, **kwargs):
        super().open(*args, **kwargs)
        self.timer = threading.Timer(ALTOGETHER, self.cut)
        self.timer.daemon = True
        self.timer.start()

    def cut(self):
        """End each read of it, which then fails."""
        with suppress(OSError):
            socket.socket.shutdown(self.socket(), socket.SHUT_RDWR)

    def logout(self):
        try:
            return super().logout()
        finally:
            self.timer.cancel()


class Plain(Watched, imaplib.IMAP4):
    pass


class Secure(Watched, imaplib.IMAP4_SSL):
    pass


@contextmanager
def opened():
    """The mailbox of INBOX_URL, on a connection of its own; it is logged out at the end."""
    url = urlsplit(settings.INBOX)
    if url.scheme == "imaps":
        context = ssl.create_default_context()
        imap = Secure(url.hostname, url.port or 993, ssl_context=context, timeout=SECONDS)
    else:
        imap = Plain(url.hostname, url.port or 143, timeout=SECONDS)
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
