"""The hosts' logos in a mail: they travel in it, so that nothing is fetched and nobody is told.

Each stands on a white plate that is part of the picture: programs that darken a mail change the
colours of cells, but no picture.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from events.models import Logo
from praxis.sender import sender_address
from registrations.mail import mime

# Pixels of a mail; on a phone of 360, the third of a clock is 88 wide. A picture has twice as many.
WIDEST, HIGHEST, EDGE = 82, 26, 3
COLOURS = 128  # a picture has 11 kB at the most
MOST = 200  # pictures that are kept

kept = {}


@dataclass(frozen=True)
class Picture:
    """A logo as it travels: a PNG, its size in pixels of the mail, its Content-ID (RFC 2392)."""

    png: bytes
    width: int
    height: int
    content_id: str

    @property
    def part(self):
        """The MIME part that holds it."""
        result = mime.part("image/png", self.png)
        result["Content-ID"] = f"<{self.content_id}>"
        result.add_header("Content-Disposition", "inline", filename="logo.png")
        return result


def picture(logo):
    """The Picture of a Logo, whose bytes are read once; None if the logo was deleted meanwhile."""
    found = kept.get(logo.digest)
    if found is None:
        try:
            png = logo.as_png
        except Logo.DoesNotExist:
            return None
        if len(kept) >= MOST:
            kept.clear()
        kept[logo.digest] = found = on_plate(png, logo.digest)
    return found


def on_plate(png, digest):
    logo = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA")
    logo = ImageOps.contain(logo, (2 * WIDEST, 2 * HIGHEST), Image.Resampling.LANCZOS)
    # An even number of pixels, so that half of it is whole.
    width, height = (-(-side // 2) + 2 * EDGE for side in logo.size)
    plate = Image.new("RGBA", (2 * width, 2 * height), "white")
    plate.alpha_composite(logo, (2 * EDGE, 2 * EDGE))
    file = io.BytesIO()
    plate.convert("RGB").quantize(COLOURS).save(file, "PNG", optimize=True)
    domain = sender_address().rpartition("@")[2]
    return Picture(file.getvalue(), width, height, f"{digest}@{domain}")


def with_pictures(html, logos):
    """The MIME part of the page `html`, with those of `logos` that it shows (RFC 2387)."""
    page = mime.part("text/html", html.encode(), charset="utf-8")
    found = {logo.digest: picture(logo) for logo in logos}
    shown = [each for each in found.values() if each and f'"cid:{each.content_id}"' in html]
    if not shown:
        return page
    return mime.multipart("related", [page, *(each.part for each in shown)], type="text/html")
