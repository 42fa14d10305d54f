"""What organisers type about a workshop, its hours on the first host's clock."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _

from events import clocks, readings
from events.forms import hosts
from events.forms.fields import WallTimeField
from events.models import Workshop
from praxis.text import plain_text

LONGEST = timedelta(hours=24)


class WorkshopForm(forms.ModelForm):
    """Typed on the first host's clock. A wall time that was not touched keeps its instant, whatever became of the hosts.

    `clock_moved` says, once valid, that another clock stands first and no hour was typed anew.
    `may_add_hosts` is the organiser's right, which the desk sets.
    """

    may_add_hosts = True

    start = WallTimeField(label=_("Start"))
    end = WallTimeField(label=_("End"))
    opens = WallTimeField(
        label=_("Registration opens"), required=False, help_text=_("Left blank: at once.")
    )
    closes = WallTimeField(
        label=_("Registration closes"), required=False, help_text=_("Left blank: at the end.")
    )
    release = WallTimeField(
        label=_("The seats kept are anybody’s from"),
        required=False,
        help_text=_(
            "Left blank: 48 hours before the start. How many are kept stands beside each host, below."
        ),
    )

    # What is typed, and where its instant is stored.
    WALLS = {
        "start": "starts_at",
        "end": "ends_at",
        "opens": "registration_opens_at",
        "closes": "registration_closes_at",
        "release": "seats_released_at",
    }

    class Meta:
        model = Workshop
        exclude = [  # noqa: DJ006 (the desk's fieldsets name what is shown)
            "starts_at",
            "ends_at",
            "registration_opens_at",
            "registration_closes_at",
            "seats_released_at",
            "hosts",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Who may only look gets a form without fields.
        for name in {"slug", "door_minutes"} & self.fields.keys():
            self.fields[name].required = False
        self.clock_moved = False
        self.stored_clock = self.instance.clocks[0] if self.instance.pk else None
        self.hostings = hosts.typed_hostings(self.data, self.instance) if self.is_bound else []
        if self.stored_clock:
            for field, stored in self.WALLS.items():
                at = getattr(self.instance, stored)
                self.initial[field] = at and clocks.wall(at, self.stored_clock.zone)
        clock = self.hostings[0]["community"].clock if self.hostings else self.stored_clock
        for name in {"start", "end"} & self.fields.keys():
            self.fields[name].help_text = capfirst(clock.label) if clock else ""

    def clean_description(self):
        return plain_text(self.cleaned_data["description"])

    def clean_door_minutes(self):
        minutes = self.cleaned_data["door_minutes"]
        return Workshop._meta.get_field("door_minutes").default if minutes is None else minutes

    def clean_place(self):
        place = self.cleaned_data["place"]
        if "://" in place or "www." in place.lower():
            raise ValidationError(
                _(
                    "Everybody reads this line. The address of the meeting goes into the field below it."
                )
            )
        return place

    def clean_afterwards(self):
        return plain_text(self.cleaned_data["afterwards"])

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = free_slug(cleaned["title"])
        self.require_hosts()
        clock = self.hostings[0]["community"].clock
        moved = self.stored_clock is not None and clock.zone != self.stored_clock.zone
        if moved and len({"start", "end"} & set(self.changed_data)) == 1:
            raise ValidationError(
                _(
                    "Another clock stands first now, and only one of the two hours was typed anew. Type both the start and the end."
                )
            )
        at = {field: self.typed_instant(field, clock) for field in self.WALLS}
        if at["start"] and at["end"]:
            self.check_length(at["start"], at["end"])
        if at["opens"] and at["closes"] and at["closes"] <= at["opens"]:
            self.add_error("closes", _("Registration must close after it opens."))
        if at["opens"] and at["end"] and at["opens"] >= at["end"]:
            self.add_error("opens", _("Registration must open before the workshop ends."))
        if at["release"] and at["start"] and at["release"] > at["start"]:
            self.add_error(
                "release", _("The seats kept are anybody’s from the start at the latest.")
            )
        self.check_reserved_seats(cleaned.get("capacity"))
        if not self.errors:
            for field, stored in self.WALLS.items():
                setattr(self.instance, stored, at[field])
            self.clock_moved = moved and not {"start", "end"} & set(self.changed_data)
        return cleaned

    def require_hosts(self):
        """Raise ValidationError unless the rows below name a host: its clock says what the typed hours mean."""
        if self.hostings is None:
            raise ValidationError(
                _(
                    "Correct the hosts below first: the first one's clock says what the typed hours mean."
                )
            )
        if not self.hostings and not self.may_add_hosts:
            raise ValidationError(
                _(
                    "A workshop needs at least one host, and you do not have the right to add hosts. Ask whoever manages "
                    "the accounts for it, then save again: what you typed still stands here."
                )
            )
        if not self.hostings:
            raise ValidationError(
                _(
                    "Choose the hosts below, at least one: the first one's clock says what the typed hours mean."
                )
            )

    def typed_instant(self, field, clock):
        """The instant that `field` says on `clock`, the stored one if it was not touched.

        None if it is empty or wrong. An untouched one is wrong where another clock stands first now
        and shows its hour twice.
        """
        wall = self.cleaned_data.get(field)
        if self.instance.pk and field not in self.changed_data:
            stored = getattr(self.instance, self.WALLS[field])
            if stored is None or clock.zone == self.stored_clock.zone:
                return stored
            wall = clocks.wall(stored, clock.zone)
        if wall is None:
            return None
        try:
            return clocks.instant(wall, clock.zone)
        except clocks.TypedTimeError as error:
            self.add_error(field, typed_time_error(error, clock))
            return None

    def check_length(self, starts_at, ends_at):
        if ends_at <= starts_at:
            self.add_error("end", _("The end must come after the start."))
        elif ends_at - starts_at > LONGEST:
            self.add_error(
                "end", _("The workshop would last more than 24 hours: check the date of the end.")
            )

    def check_reserved_seats(self, capacity):
        reserved = sum(facts["reserved_seats"] or 0 for facts in self.hostings)
        if reserved and capacity is None and "capacity" not in self.errors:
            self.add_error(
                "capacity", _("Seats are kept for hosts below: say how many there are in all.")
            )
        elif reserved and capacity and reserved > capacity:
            words = _(
                "%(reserved)s seats are kept for the hosts below, more than the %(capacity)s there are."
            )
            params = {"reserved": reserved, "capacity": capacity}
            self.add_error("capacity", ValidationError(words, params=params))


def typed_time_error(error, clock):
    """A TypedTimeError as a sentence that names the hour, the clock and the remedy."""
    first, last = error.span
    facts = {
        "hour": readings.time_words(error.wall),
        "day": readings.day_words(error.wall),
        "clock": clock.label,
        "first": readings.time_words(first),
        "last": readings.time_words(last),
    }
    if isinstance(error, clocks.ImpossibleTime):
        words = _(
            "On %(day)s (%(clock)s), clocks jump from %(first)s to %(last)s: %(hour)s does not exist. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    else:
        words = _(
            "On %(day)s (%(clock)s), the time from %(first)s to %(last)s passes twice: %(hour)s does not say which. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    return ValidationError(words, params=facts, code="typed_time")


def free_slug(title):
    """An address for `title` that no other workshop has, such as l-oeuvre-d-ile-2."""
    plain = title.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "-").replace("'", "-")
    slug = base = slugify(plain)[:70].strip("-") or "atelier"
    number = 1
    while Workshop.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug
