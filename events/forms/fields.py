"""The hours and the longer texts that organisers type."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events import clocks, readings
from events.models.presentation import Speaker
from praxis.text import is_visible, plain_text

YEARS = range(2000, 2101)


class WallTimeField(forms.SplitDateTimeField):
    """A naive wall time, typed as a date and an hour on the first host's clock.

    The inputs are plain: the admin's own would remark how far the browser is from the server's
    clock, which means nothing here.
    """

    widget = forms.SplitDateTimeWidget(
        date_format="%Y-%m-%d",
        time_format="%H:%M",
        date_attrs={
            "type": "date",
            "aria-label": _("date"),
            "min": f"{YEARS[0]}-01-01",
            "max": f"{YEARS[-1]}-12-31",
        },
        time_attrs={"type": "time", "aria-label": _("hour")},
    )

    def compress(self, data_list):
        if not any(data_list):
            return None
        if not all(data_list):
            raise ValidationError(_("Type both the date and the hour, or neither."))
        if data_list[0].year not in YEARS:
            words = _("The year must lie between %(first)s and %(last)s: check the date.")
            raise ValidationError(words, params={"first": YEARS[0], "last": YEARS[-1]})
        return datetime.combine(*data_list)

    def words(self, value):
        """« lundi 29 mars 2027, 9 h 30 »"""
        return f"{readings.day_words(value)}, {readings.time_words(value)}"


class PlainTextField(forms.CharField):
    """A text of several lines, cleaned by plain_text().

    A browser sends each line break as two characters: what it only sends back has not changed.
    """

    def to_python(self, value):
        return plain_text(super().to_python(value))

    def has_changed(self, initial, data):
        return super().has_changed(self.to_python(initial), data)


class SpeakersField(PlainTextField):
    """Who speaks, one person a line: a name, and after a comma a role."""

    MOST = 20
    LONGEST = 200

    def to_python(self, value):
        lines = [line.strip().removeprefix("- ") for line in super().to_python(value).splitlines()]
        return "\n".join(" ".join(line.split()) for line in lines if line)

    def validate(self, value):
        super().validate(value)
        lines = value.splitlines()
        if len(lines) > self.MOST:
            words = _("Name %(most)s people at most, one a line.")
            raise ValidationError(words, params={"most": self.MOST})
        for line in lines:
            if len(line) > self.LONGEST:
                words = _("One person a line, in %(most)s characters at most: “%(line)s…”.")
                raise ValidationError(words, params={"most": self.LONGEST, "line": line[:40]})
            name = Speaker.of(line).name
            if not any(is_visible(character) for character in name):
                words = _("Begin each line with a name, then a comma and the role: “%(line)s”.")
                raise ValidationError(words, params={"line": line})


def typed_time_error(error, clock):
    """The ValidationError for a TypedTimeError: it names the hour, the clock and the remedy."""
    first, last = error.span
    params = {
        "hour": readings.time_words(error.wall),
        "day": readings.day_words(error.wall),
        "clock": clock.label,
        "first": readings.time_words(first),
        "last": readings.time_words(last),
    }
    if isinstance(error, clocks.ImpossibleTime):
        words = _(
            "On %(day)s (%(clock)s), clocks jump from %(first)s to %(last)s: "
            "%(hour)s does not exist. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    else:
        words = _(
            "On %(day)s (%(clock)s), the time from %(first)s to %(last)s passes twice: "
            "%(hour)s does not say which. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    return ValidationError(words, params=params, code="typed_time")
