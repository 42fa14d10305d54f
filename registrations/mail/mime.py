"""A mail as MIME, the same bytes under each release of Django."""

import secrets
from base64 import b64encode
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import parseaddr
from functools import lru_cache

from django.core.mail import EmailMessage

from praxis.sender import sender_address

SHORT = 76  # characters of a header that is one line under any policy
LINE = 76  # characters of base64 (RFC 2045 6.8)


class ReadyMessage(EmailMessage):
    """A mail that is written already.

    `content` is the whole mail (RFC 5322) as ASCII, its lines ending in "\\n". It leaves byte
    for byte, with CRLF. Django 5.2 and 6 call message() and as_bytes() with different options, and
    would fold headers differently: here no option changes anything.

    `headers` are those of the mail by name, which are read in `content` otherwise.
    """

    def __init__(self, content, *, headers=None, words=""):
        # The subject as people read it; the header is encoded.
        self.words = words[:200]
        self.content = content
        self.headers = headers or HeaderParser().parsestr(content.partition("\n\n")[0])
        super().__init__(
            subject=self.headers["Subject"],
            from_email=sender_address(),
            to=[parseaddr(self.headers["To"])[1]],
        )

    def message(self, **_options):
        return self

    def __getitem__(self, name):
        return self.headers[name]

    def get_charset(self):
        """None, as for any message of several parts: each part has its own charset."""

    def as_bytes(self, **_options):
        return self.content.replace("\n", "\r\n").encode("ascii")


def part(content_type, content, **parameters):
    """A MIME part that holds `content` (bytes), in base64.

    An invite in 8bit or quoted-printable is folded anew by some servers on its way.
    """
    result = Message()
    result.add_header("Content-Type", content_type, **parameters)
    result["MIME-Version"] = "1.0"
    result["Content-Transfer-Encoding"] = "base64"
    written = b64encode(content).decode("ascii")
    lines = [written[at : at + LINE] for at in range(0, len(written), LINE)]
    result.set_payload("\n".join([*lines, ""]))
    return result


def multipart(subtype, parts, **parameters):
    """A MIME message of the type multipart/`subtype`, with these parameters, that holds `parts`."""
    result = Message()
    said = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    result["Content-Type"] = f'multipart/{subtype}{said}; boundary="{boundary(subtype)}"'
    result["MIME-Version"] = "1.0"
    result.set_payload(parts)
    return result


@lru_cache
def boundary(subtype):
    """The boundary between the parts of each multipart/`subtype` that this process writes.

    It looks as Python's own. It need not differ from one mail to the next: in base64 it cannot
    stand, and no multipart holds one of its own kind.
    """
    return f"{'=' * 15}{secrets.randbelow(10**19):019}=="


def as_ascii(message):
    """The whole of `message` (RFC 5322) as ASCII, its lines ending in "\\n".

    Python's own generator writes the same, and looks for what it must mend in each line of each
    body. There is nothing of that kind here: bodies are base64.
    """
    head = "".join(header(name, value) for name, value in message.raw_items())
    if not message.is_multipart():
        return f"{head}\n{message.get_payload()}"
    line = f"--{message.get_boundary()}"
    inner = f"\n{line}\n".join(as_ascii(each) for each in message.get_payload())
    return f"{head}\n{line}\n{inner}\n{line}--\n"


def header(name, value):
    """The header as lines of ASCII."""
    if len(name) + len(value) < SHORT and value.isascii():
        return f"{name}: {value}\n"
    return folded(name, value)


@lru_cache(maxsize=256)  # many mails have the same
def folded(name, value):
    return compat32.fold_binary(name, value).decode("ascii")
