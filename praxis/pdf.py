"""HTML as PDF, where WeasyPrint is installed: it is an extra (requirements-pdf.txt)."""

from base64 import b64encode
from functools import lru_cache

from django.core.exceptions import ObjectDoesNotExist
from PIL import ImageFile

# Tagged, with its language and its title (ISO 14289-1).
VARIANT = "pdf/ua-1"


@lru_cache(maxsize=1)
def weasyprint():
    """The module, or None where it, or a library of the system that it needs, is missing."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    # WeasyPrint lets Pillow read pictures that are cut short, and ours must not (events/logos.py).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def is_available():
    return weasyprint() is not None


def with_pictures(html, logos):
    """`html` with the PNG of each of `logos` in place of its address."""
    for logo in logos:
        try:
            png = b64encode(logo.as_png).decode()
        except ObjectDoesNotExist:
            # Taken away meanwhile: what follows is the sheet without it.
            continue
        html = html.replace(f'src="{logo.url}"', f'src="data:image/png;base64,{png}"')
    return html


def written(html, paths):
    """The PDF of `html` with the style sheets at `paths`.

    Files alone are read, our own fonts, and the pictures that stand in `html` itself.
    """
    library = weasyprint()
    fetcher = library.urls.URLFetcher(allowed_protocols=["file"])
    pictures = library.urls.URLFetcher(allowed_protocols=["data"])
    fonts = library.text.fonts.FontConfiguration()
    styles = [library.CSS(filename=path, url_fetcher=fetcher, font_config=fonts) for path in paths]
    document = library.HTML(string=html, url_fetcher=pictures)
    return document.write_pdf(
        stylesheets=styles, font_config=fonts, pdf_variant=VARIANT, pdf_tags=True
    )
