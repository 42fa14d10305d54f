"""An uploaded picture made into a logo: checked, small, and nothing but a picture."""

import hashlib
import io
import zlib

import resvg_py
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from events import svg
from events.models import Logo

MOST_UPLOADED = 900_000  # bytes; the whole form has a limit of 1 MiB
TOO_LARGE = _("The file is larger than 900 KB. Export it smaller: 500 pixels are enough.")
MOST_BYTES = 64 * 1024  # of what is kept
BOX = 512  # pixels: the longer side of a logo
MOST_PIXELS = 8_000_000  # of an uploaded PNG: some 32 MB in memory
LONGEST = 10  # times its height, or the other way round
FAINTEST = 225  # of 255: a logo whose darkest point is lighter than that is not seen on white
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


def read(data):
    """What is kept of an uploaded file, as the fields of a Logo.

    Both kinds are written anew, so that nothing of what they hold besides is left. An SVG comes
    with a PNG of it, for mails and cards. Raises ValidationError, with the remedy.
    """
    if len(data) > MOST_UPLOADED:
        raise ValidationError(TOO_LARGE)
    if data.startswith(PNG_BEGINS):
        content, (width, height) = small_png(decoded(data))
        kept = {"content": content, "media_type": Logo.Kind.PNG, "png": b""}
    elif data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        content, width, height = svg.rewritten(data, box=BOX)
        if len(content) > MOST_BYTES:
            raise ValidationError(
                _("The SVG is too intricate for a logo. Simplify it, or take a PNG.")
            )
        require_logo_shape(width, height)
        png, _size = small_png(drawn(content, width, height))
        kept = {"content": content, "media_type": Logo.Kind.SVG, "png": png}
    else:
        raise ValidationError(
            _("The file is neither an SVG nor a PNG. Export the logo as one of the two.")
        )
    digest = hashlib.sha256(content).hexdigest()[:32]
    return kept | {"digest": digest, "width": width, "height": height}


def decoded(data):
    """The picture of a PNG, without anything else that the file holds."""
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG"])
        if image.width * image.height > MOST_PIXELS:
            raise ValidationError(
                _("The picture has too many pixels. Export it smaller: 500 pixels are enough.")
            )
        image = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, zlib.error, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("The PNG cannot be read: it is damaged. Export it once more.")
        ) from error
    require_logo_shape(*image.size)
    return image


def drawn(content, width, height):
    """The picture that an SVG (bytes) shows."""
    try:
        png = resvg_py.svg_to_bytes(svg_string=content.decode(), width=width, height=height)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 (a panic of the renderer is no Exception)
        raise ValidationError(
            _("The SVG cannot be drawn. Export it once more, or take a PNG.")
        ) from error
    return Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA")


def require_logo_shape(width, height):
    if max(width, height) > LONGEST * min(width, height):
        raise ValidationError(
            _("The picture is too long and thin for a logo. Take a more compact version of it.")
        )


def small_png(image):
    """(`image` as a PNG of MOST_BYTES at most, its size in pixels), with fewer colours if need be.

    Raises ValidationError if nothing of it can be seen on white.
    """
    on_white = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("L")
    darkest, _lightest = on_white.getextrema()
    if darkest > FAINTEST:
        raise ValidationError(
            _(
                "On white, nothing of this logo can be seen. Take its version for light "
                "backgrounds; in an SVG, turn text into outlines."
            )
        )
    image.info = {}  # or the profile and the text of the file would come along
    for side, colours in ((BOX, None), (BOX, 256), (BOX // 2, 256)):
        smaller = image.copy()
        smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
        if colours:
            smaller = smaller.quantize(colours, method=Image.Quantize.FASTOCTREE)
        file = io.BytesIO()
        smaller.save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue(), smaller.size
    raise ValidationError(_("The picture is too detailed for a logo. Take an SVG, or simplify it."))
