"""An attestation as people read it: in words, on a page and as PDF."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.readings import span_words, when_lines
from praxis import languages, pdf, qr
from praxis.drawings import in_turn
from praxis.paper import usual_paper
from praxis.text import french_spacing
from registrations.domain import attestation_codes
from registrations.domain.attestation_codes import Statement
from registrations.models.revoked_attestation import number_of

LONG = 850  # characters of a code


@dataclass(frozen=True)
class Document:
    """What stands on the document, in the active language.

    `who` begins the sentence that ends with the title. `when` are lines, the date and then each
    clock. `number` is how people call the document; `code` is what is checked, at the address
    `check`, which leads there, or by hand at `form`.
    """

    statement: Statement
    who: str
    hosts: str
    title: str
    name: str
    when: list
    duration: str
    number: str
    code: str

    @property
    def groups(self):
        return attestation_codes.groups(self.code)

    @property
    def is_long(self):
        """Must it be set smaller, to stay on one sheet?"""
        return len(self.code) > LONG

    @property
    def check(self):
        return settings.SITE_URL + reverse("registrations:attestation_checked", args=[self.code])

    @property
    def form(self):
        address = settings.SITE_URL + reverse("registrations:attestation_check")
        return address.partition("://")[2].rstrip("/")

    @property
    def qr_code(self):
        """The QR code that leads to `check`. What it holds is long, and paper is seldom torn."""
        return qr.code(self.check, _("QR code that checks this certificate"), error="l")


def document(said, code, digest):
    """The Document of the Statement `said`, which `code` holds."""
    hosts = french_spacing(get_text_list(list(said.hosts), _("and")))
    words = ngettext("%(hosts)s certifies that", "%(hosts)s certify that", len(said.hosts))
    with languages.of_place(said.clocks[0][2]):
        when = when_lines(said.readings)
    return Document(
        statement=said,
        who=words % {"hosts": hosts},
        hosts=hosts,
        title=french_spacing(said.title),
        name=said.name,
        when=when,
        duration=span_words(said.span),
        number=number_of(digest),
        code=code,
    )


def as_pdf(shown):
    """The bytes of the Document `shown` as a PDF of one page. Nothing of it is kept."""
    html = render_to_string("registrations/attestation_pdf.html", {"document": shown})
    static = settings.BASE_DIR / "static"
    paper = usual_paper(shown.statement.clocks[0][2])
    sheets = ["attestation.css", "attestation-pdf.css", f"attestation-{paper}.css"]
    return in_turn(lambda: pdf.written(html, [static / name for name in sheets]))
