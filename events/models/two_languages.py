"""The texts of a workshop in the site's other language."""

from copy import copy

from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.fields import SingleLineField

# The texts that are in both languages, or all of them in one.
TRANSLATED = ("banner", "title", "description", "audience", "consent_text", "cancellation_reason")
# What comes after the session may come in one language first.
TRANSLATED_LATER = ("afterwards",)


class TextsInTwoLanguages(models.Model):
    """A model with the fields of TRANSLATED in its `language`, and each in the other one.

    `translated_title` is the `title` in the other language, and so on; "" where there is none. The
    form sees to it that all of TRANSLATED are there, or none.
    """

    translated_banner = SingleLineField(
        _("banner"), max_length=150, blank=True, default="", db_default=""
    )
    translated_title = SingleLineField(
        _("title"), max_length=200, blank=True, default="", db_default=""
    )
    translated_description = models.TextField(
        _("what it is about"), blank=True, default="", db_default=""
    )
    translated_audience = SingleLineField(
        _("audience"), max_length=150, blank=True, default="", db_default=""
    )

    translated_consent_text = models.TextField(
        _("consent to ask for"), blank=True, default="", db_default=""
    )
    translated_afterwards = models.TextField(
        _("further links, or a word"), blank=True, default="", db_default=""
    )
    translated_cancellation_reason = SingleLineField(
        _("why it is cancelled"), max_length=300, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def original_language(self):
        """The language of the texts that are in one alone."""
        return self.__dict__.get("first_language", self.language)

    @property
    def consent_language(self):
        """The language in which `consent_text` is written."""
        return self.language_of("consent_text")

    @property
    def afterwards_language(self):
        """The language in which `afterwards` is written."""
        return self.language_of("afterwards")

    def language_of(self, name):
        """The language in which the text `name` is shown."""
        is_in_one_alone = name in self.__dict__.get("untranslated", ())
        return self.original_language if is_in_one_alone else self.language

    def in_language(self, language):
        """This object with its texts and translations exchanged where `language` asks for it.

        A copy to be shown; the object itself where it is in `language`, or in no other one.
        """
        if not self.has_translation_into(language):
            return self
        shown = copy(self)
        shown.first_language, shown.language = self.original_language, language
        shown.untranslated = set()
        for name in TRANSLATED + TRANSLATED_LATER:
            text, translation = getattr(self, name), getattr(self, f"translated_{name}")
            setattr(shown, name, translation or text)
            setattr(shown, f"translated_{name}", text)
            if not translation:
                shown.untranslated.add(name)
        return shown

    def has_translation_into(self, language):
        return language != self.language and bool(self.translated_title)

    def title_in(self, language):
        """The title in `language`, or in the only one that it has."""
        return self.translated_title if self.has_translation_into(language) else self.title

    @property
    def titles(self):
        """The title in each of its languages."""
        return {self.title, self.translated_title} - {""}
