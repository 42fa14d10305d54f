"""Pages as gzip (RFC 1952), compressed once for everybody, a visitor's own words left as they are.

Where a secret and a text of somebody else's choosing are compressed together, the length tells the
secret (BREACH). So no page is compressed as a whole that holds a visitor's own words.
"""

import re
import zlib
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

LEVEL = 9
HEAD = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
# Blocks of DEFLATE that are not compressed, the last one empty (RFC 1951 3.2.4).
STORED, LAST = b"\0", b"\x01\0\0\xff\xff"
LONGEST_STORED = 0xFFFF  # bytes


def accepts_gzip(request):
    """Does the browser take gzip? `gzip;q=0` says that it does not (RFC 9110 12.5.3)."""
    for coding in request.META.get("HTTP_ACCEPT_ENCODING", "").lower().split(","):
        name, _semicolon, weight = coding.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


@dataclass(frozen=True)
class Page:
    """A page in pieces: those for everybody (bytes), and between them names of visitors' words.

    `packed` holds the same, the bytes as whole blocks of DEFLATE, none of which refers to another.
    """

    pieces: list
    packed: list

    def response(self, request, words=None):
        """The HttpResponse for a visitor with these `words` (bytes by name)."""
        content = b"".join(fill(self.pieces, words or {}))
        packed = self.gzip(content, words or {}) if accepts_gzip(request) else None
        response = HttpResponse(packed or content)
        patch_vary_headers(response, ["Accept-Encoding"])
        if packed:
            response["Content-Encoding"] = "gzip"
        return response

    def gzip(self, content, words):
        """The page as gzip; `content` is the whole of it."""
        stored = {name: blocks(word) for name, word in words.items()}
        check = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
        return b"".join([HEAD, *fill(self.packed, stored), LAST, check])


def in_pieces(html, placeholders):
    """The Page of `html`, in which the text `placeholders[name]` stands for the words `name`."""
    names = {text: name for name, text in placeholders.items()}
    pattern = "|".join(re.escape(text) for text in names)
    parts = re.split(f"({pattern})", html) if names else [html]
    pieces = [names.get(part) or part.encode() for part in parts]
    return Page(pieces, [deflated(piece) for piece in pieces])


def deflated(piece):
    """The blocks of DEFLATE that give `piece`, ended at a whole byte; a name stays a name."""
    if isinstance(piece, str):
        return piece
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


def blocks(word):
    """`word` in blocks that are not compressed: its length is all that they tell."""
    parts = [word[at : at + LONGEST_STORED] for at in range(0, len(word), LONGEST_STORED)]
    return b"".join(STORED + lengths(len(part)) + part for part in parts)


def lengths(count):
    return count.to_bytes(2, "little") + (count ^ 0xFFFF).to_bytes(2, "little")


def fill(pieces, words):
    """`pieces`, each name replaced by that one of `words`."""
    return [words[piece] if isinstance(piece, str) else piece for piece in pieces]
