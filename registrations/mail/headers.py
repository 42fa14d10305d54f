"""Headers that arrive as they were written (RFC 5322, RFC 2047)."""

from email import message_from_string
from email.header import Header
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache

from django.core.mail import EmailMessage

from praxis.sender import sender_address


def mailbox(name, address):
    """`name` and `address` as an RFC 5322 mailbox in ASCII; whatever the name holds, a reader gets it back as it was.

    Django's own encoding leaves words of 76 characters, folds double spaces and lets a name pose as an encoded word.
    """
    if name.isascii() and "=?" not in name and "  " not in name:
        return str(Address(name, addr_spec=address))
    return f"{Header(name, 'utf-8', maxlinelen=70).encode(linesep='')} <{address}>"


@lru_cache(maxsize=256)  # a subject is the same for everybody
def encoded_words(text):
    """`text` as RFC 2047 encoded words, the first short enough to stand on the line of its header's name.

    Left to Django, a long subject begins with an empty line, which some clients show as a space.
    """
    return (
        text
        if text.isascii() and "=?" not in text
        else Header(text, "utf-8", maxlinelen=64).encode(linesep="")
    )


class Stored(EmailMessage):
    """A mail composed beforehand: `content` as message().as_string() made it (RFC 5322, ASCII)."""

    def __init__(self, content):
        self.content, self.headers = content, message_from_string(content)
        super().__init__(from_email=sender_address(), to=[parseaddr(self.headers["To"])[1]])

    def message(self):
        return self

    def __getitem__(self, name):
        return self.headers[name]

    def as_bytes(self, linesep="\n"):
        return self.content.replace("\n", linesep).encode("ascii")
