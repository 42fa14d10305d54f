"""The code that leads from paper to a page."""

import segno
from django.utils.safestring import mark_safe


def code(address, title, *, error="q"):
    """The SVG of a QR code (ISO/IEC 18004) that leads to `address`, with its quiet zone.

    `title` is what it is, in words. As much of it may be lost as the level `error` says, a quarter
    with Q, or more where that makes it no larger.
    """
    drawn = segno.make(address, error=error, micro=False)
    svg = drawn.svg_inline(
        border=4, omitsize=True, light="#fff", svgclass="qr", lineclass=None, title=title
    )
    return mark_safe(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308
