"""The talks that hosts give at a workshop."""

import re
from copy import copy
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.community import Community
from events.models.workshop import Workshop
from praxis.fields import SingleLineField


@dataclass(frozen=True)
class Speaker:
    """Who speaks; `role` may be ""."""

    name: str
    role: str

    @classmethod
    def of(cls, line):
        """The speaker of a line: « Marie Roy, directrice, Culture pour tous ».

        A dash between two spaces ends the name as well: « Marie Roy – directrice, Culture ».
        """
        name, *role = re.split(r"\s[–—]\s|,", line, maxsplit=1)
        return cls(name.strip(), "".join(role).strip())


class Presentation(models.Model):
    """A talk that one of the hosts gives."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="presentations")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("community"))
    title = SingleLineField(_("title"), max_length=250)
    speaker_lines = models.TextField(
        _("who speaks"),
        blank=True,
        default="",
        db_default="",
        help_text=_("One person a line: name, role. Public, with their consent."),
    )
    translated_title = SingleLineField(
        _("title in the other language"), max_length=250, blank=True, default="", db_default=""
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title

    @property
    def speakers(self):
        """A Speaker for each person, in order."""
        return [Speaker.of(line) for line in self.speaker_lines.splitlines()]

    def in_language(self, language):
        """A copy to be shown, its title in `language` if it has one; `.language` says in which."""
        shown = copy(self)
        shown.language = self.workshop.original_language
        if self.translated_title and language != shown.language:
            shown.title, shown.language = self.translated_title, language
        return shown
