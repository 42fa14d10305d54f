"""A poster as PDF, where WeasyPrint is installed (praxis/pdf.py)."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from praxis.drawings import drawn
from praxis.pdf import weasyprint, with_pictures, written

# Raised with the fonts or the way of drawing, so that what was kept of an earlier one is not shown.
DRAWING = 1


def pdf(poster):
    """The bytes of `poster` as a PDF of one page, in the active language.

    It is kept under all that it says and under its style sheets. A logo's address, which stands in
    it, changes with the logo.
    """
    html = render_to_string("events/poster_pdf.html", {"poster": poster})
    paths = [settings.BASE_DIR / "static" / name for name in style_sheets(poster.paper)]
    styles = [path.read_text(encoding="utf-8") for path in paths]

    def make():
        return written(with_pictures(html, poster.logos), paths)

    version = weasyprint().__version__
    return drawn(make, "poster", DRAWING, version, get_language(), html, styles)


def style_sheets(paper):
    """The names of the poster's style sheets for `paper`, within static/."""
    return ["poster.css", f"poster-{paper}.css"]
