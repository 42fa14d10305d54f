"""The hours of a workshop as organisers type them, on the first host's clock."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events import clocks
from events.forms import hosts
from events.forms.fields import WallTimeField, typed_time_error
from praxis.three_way_merge import MergedForm

LONGEST = timedelta(hours=24)


class TypedHours(MergedForm):
    """The hours, typed on the clock of the first host in the submitted form.

    An hour that was not typed anew keeps its instant, whichever host stands first now.
    `clock_moved` is True, after validation, if another clock stands first and neither the start
    nor the end was typed anew.
    """

    needs_by = WallTimeField(
        label=_("Until when you can act on what people need"),
        required=False,
        help_text=_(
            "On the first host’s clock. Left blank: seven days before the start, at its hour. "
            "People read it on every host’s clock."
        ),
    )
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
            "Left blank: 48 hours before the start. "
            "How many are kept stands beside each host, above."
        ),
    )

    # Each typed hour, and the field of the model that stores its instant.
    STORED_IN = {
        "start": "starts_at",
        "end": "ends_at",
        "opens": "registration_opens_at",
        "closes": "registration_closes_at",
        "release": "seats_released_at",
        "needs_by": "needs_until",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.clock_moved = False
        self.stored_clock = self.instance.clocks[0] if self.instance.pk else None
        self.hostings = []
        if self.is_bound:
            self.hostings = hosts.typed_hostings(self.data, self.instance)
        self.show_stored_hours()
        self.name_the_clock()

    def show_stored_hours(self):
        """Fill the hours from the stored instants, on the stored first host's clock."""
        if self.stored_clock is None:
            return
        for field, stored in self.STORED_IN.items():
            at = getattr(self.instance, stored)
            self.initial[field] = None if at is None else clocks.wall(at, self.stored_clock.zone)

    def name_the_clock(self):
        """Say beside the start and the end on which clock they are typed."""
        clock = self.stored_clock
        if self.hostings:
            clock = self.first_clock
        for name in {"start", "end"} & self.fields.keys():
            self.fields[name].help_text = capfirst(clock.label) if clock else ""

    @property
    def first_clock(self):
        """The clock of the first host in the submitted form."""
        return self.hostings[0]["community"].clock

    @property
    def has_another_clock(self):
        """True if the first host's zone is another one than the stored first host's."""
        return self.stored_clock is not None and self.first_clock.zone != self.stored_clock.zone

    @property
    def hours_typed_anew(self):
        """Which of "start" and "end" were typed anew, as a set."""
        return {"start", "end"} & set(self.changed_data)

    def typed_instants(self):
        """The instant of each typed hour by the name of its field, checked against each other."""
        at = {field: self.typed_instant(field, self.first_clock) for field in self.STORED_IN}
        self.check_length(at["start"], at["end"])
        self.check_registration_hours(at["opens"], at["closes"], at["end"])
        self.check_release(at["release"], at["start"])
        self.check_needs_by(at["needs_by"], at["start"])
        return at

    def set_instants(self, at):
        """Set the instants of the workshop to those of the fields in `at`."""
        for field, stored in self.STORED_IN.items():
            setattr(self.instance, stored, at[field])
        self.clock_moved = self.has_another_clock and not self.hours_typed_anew

    def require_both_hours_on_another_clock(self):
        """Raise ValidationError where one hour would stand on the old clock, one on the new."""
        if self.has_another_clock and len(self.hours_typed_anew) == 1:
            raise ValidationError(
                _(
                    "Another clock stands first now, and only one of the two hours was typed "
                    "anew. Type both the start and the end."
                )
            )

    def typed_instant(self, field, clock):
        """The instant of the hour in `field` on `clock`; the stored one if it was not typed anew.

        None if the hour is empty or wrong. An hour that was not typed anew is wrong if another
        clock stands first now and shows it twice.
        """
        wall = self.cleaned_data.get(field)
        if self.instance.pk and field not in self.changed_data:
            stored = getattr(self.instance, self.STORED_IN[field])
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
        if not starts_at or not ends_at:
            return
        if ends_at <= starts_at:
            self.add_error("end", _("The end must come after the start."))
        elif ends_at - starts_at > LONGEST:
            self.add_error(
                "end", _("The workshop would last more than 24 hours: check the date of the end.")
            )

    def check_registration_hours(self, opens_at, closes_at, ends_at):
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes", _("Registration must close after it opens."))
        if opens_at and ends_at and opens_at >= ends_at:
            self.add_error("opens", _("Registration must open before the workshop ends."))

    def check_release(self, release_at, starts_at):
        if release_at and starts_at and release_at > starts_at:
            self.add_error(
                "release", _("The seats kept are anybody’s from the start at the latest.")
            )

    def check_needs_by(self, needs_by, starts_at):
        if needs_by and starts_at and needs_by > starts_at:
            self.add_error("needs_by", _("This deadline must come before the start."))
