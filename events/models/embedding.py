"""On which other sites a workshop's card may be framed."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# A name in ASCII, or an IPv4 address; http only on one's own machine, to try it out.
HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
ORIGIN = re.compile(rf"https://{HOST}(:\d{{1,5}})?|http://(localhost|127\.0\.0\.1)(:\d{{1,5}})?")
MOST_SITES = 50
# RFC 3490 writes them as others, or drops them: browsers would take the name for another site's.
READ_OTHERWISE = {*"ß\u03c2\u200c\u200d"}


def origin(line):
    """What `line` names, as Content-Security-Policy writes it: « https://example.org ».

    A slash at its end is dropped, a name with accents is written in ASCII (RFC 3490). Raises
    ValidationError if it names anything but one site.
    """
    text = line.strip().removesuffix("/")
    try:
        parts = urlsplit(text)
        name = (parts.hostname or "").encode("idna").decode()
        found = f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        found = ""
    is_more = found and (text.count("/") != 2 or not READ_OTHERWISE.isdisjoint(text.lower()))
    if is_more or "@" in text or "?" in text or "#" in text or not ORIGIN.fullmatch(found):
        raise ValidationError(
            _("Write “%(line)s” as an address like https://example.org, without a page after it."),
            code="origin",
            params={"line": line.strip()[:100]},
        )
    return found


def origins(text):
    """The site on each line of `text`, each once. Raises ValidationError for each wrong one."""
    found, errors = {}, []
    for line in text.split("\n"):
        try:
            if line.strip():
                found[origin(line)] = None
        except ValidationError as error:
            errors.append(error)
    if len(found) > MOST_SITES:
        errors.append(ValidationError(_("At most 50 sites."), code="too many"))
    if errors:
        raise ValidationError(errors)
    return list(found)


class EmbeddedOnSites(models.Model):
    """A model whose cards the sites of `embedding_sites`, one a line, may frame."""

    embedding_sites = models.TextField(
        _("sites that may show its workshops"),
        blank=True,
        default="",
        db_default="",
        validators=[origins],
        help_text=_(
            "One address a line, such as https://example.org. Pages there may show the card of a "
            "workshop in a frame; those of other sites may not."
        ),
    )

    class Meta:
        abstract = True

    @property
    def framing_origins(self):
        """The sites; a line that is none, which only a script can have written, is left out."""
        lines = [line.strip() for line in self.embedding_sites.split("\n")]
        return [line for line in lines if ORIGIN.fullmatch(line)]


def framing_origins(communities):
    """The sites of all `communities` in their order, each once."""
    return list(dict.fromkeys(site for each in communities for site in each.framing_origins))
