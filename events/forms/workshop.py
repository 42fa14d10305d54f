"""The form in which organisers describe a workshop, its hours on the first host's clock."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events import clocks
from events.forms import hosts
from events.forms.access import AccessFields
from events.forms.fields import PlainTextField, WallTimeField, typed_time_error
from events.models import PreviousAddress, Workshop
from events.models.two_languages import TRANSLATED

LONGEST = timedelta(hours=24)


class WorkshopForm(AccessFields):
    """A workshop, its hours typed on the first host's clock.

    An hour that was not typed anew keeps its instant, whichever host stands first now.
    `clock_moved` is True, after validation, if another clock stands first and neither the start
    nor the end was typed anew. The desk sets `may_add_hosts`, the organiser's right, and
    `own_communities`, of which one must stay among the hosts (None: any host will do).
    """

    may_add_hosts = True
    own_communities = None

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

    class Meta:
        model = Workshop
        exclude = [  # noqa: DJ006 (the desk's fieldsets name what is shown)
            "starts_at",
            "ends_at",
            "registration_opens_at",
            "registration_closes_at",
            "seats_released_at",
            "needs_until",
            "hosts",
        ]
        field_classes = dict.fromkeys(
            [
                name
                for text in ("description", "afterwards", "consent_text")
                for name in (text, f"translated_{text}")
            ],
            PlainTextField,
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.clock_moved = False
        self.stored_clock = self.instance.clocks[0] if self.instance.pk else None
        self.hostings = []
        if self.is_bound:
            self.hostings = hosts.typed_hostings(self.data, self.instance)
        # An organiser who may only look gets a form without fields.
        for name in {"slug", "door_minutes", "afterwards_mail"} & self.fields.keys():
            self.fields[name].required = False
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

    def clean_door_minutes(self):
        minutes = self.cleaned_data["door_minutes"]
        if minutes is None:
            return Workshop._meta.get_field("door_minutes").default
        return minutes

    def clean_afterwards_mail(self):
        """The choice; a page that was opened before it stood there leaves it as it is."""
        return self.cleaned_data["afterwards_mail"] or self.instance.afterwards_mail

    def clean_place(self):
        place = self.cleaned_data["place"]
        if "://" in place or "www." in place.lower():
            raise ValidationError(
                _(
                    "Everybody reads this line. "
                    "The address of the meeting goes into the field below it."
                )
            )
        return place

    def clean(self):
        """Check the hours against each other, and set the instants of the workshop."""
        cleaned = super().clean()
        if not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = PreviousAddress.objects.free_slug(cleaned["title"])
        self.require_all_translations()
        self.require_hosts()
        self.require_both_hours_on_another_clock()
        at = {field: self.typed_instant(field, self.first_clock) for field in self.STORED_IN}
        self.check_length(at["start"], at["end"])
        self.check_registration_hours(at["opens"], at["closes"], at["end"])
        self.check_release(at["release"], at["start"])
        self.check_needs_by(at["needs_by"], at["start"])
        self.check_reserved_seats(cleaned.get("capacity"))
        if not self.errors:
            for field, stored in self.STORED_IN.items():
                setattr(self.instance, stored, at[field])
            self.clock_moved = self.has_another_clock and not self.hours_typed_anew
        return cleaned

    def validate_unique(self):
        """Refuse an address that another workshop has, or had: it leads there for ever.

        Capitals make no difference.
        """
        super().validate_unique()
        slug = self.cleaned_data.get("slug")
        if not slug:
            return
        others = PreviousAddress.objects.exclude(workshop=self.instance.pk)
        if Workshop.objects.exclude(pk=self.instance.pk).filter(slug__iexact=slug).exists():
            self.add_error("slug", _("Another workshop has this address: choose another."))
        elif others.filter(slug__iexact=slug).exists():
            words = _(
                "Another workshop had this address, and it still leads there: choose another."
            )
            self.add_error("slug", words)

    @property
    def has_another_clock(self):
        """True if the first host's zone is another one than the stored first host's."""
        return self.stored_clock is not None and self.first_clock.zone != self.stored_clock.zone

    @property
    def hours_typed_anew(self):
        """Which of "start" and "end" were typed anew, as a set."""
        return {"start", "end"} & set(self.changed_data)

    def require_hosts(self):
        """Raise ValidationError unless the rows name a host: its clock gives the typed hours."""
        hosts.require_a_host(self.hostings, may_add=self.may_add_hosts)
        hosts.require_own_host(self.hostings, self.own_communities)
        hosts.require_others_stay(self.hostings, self.instance, self.own_communities)

    def require_all_translations(self):
        """Ask for each text in the other language once one of them is there: a page mixes none."""
        translated = {name: self.cleaned_data.get(f"translated_{name}") for name in TRANSLATED}
        if not any(translated.values()):
            return
        for name, translation in translated.items():
            if bool(translation) != bool(self.cleaned_data.get(name)):
                words = _("Fill this in both languages, or in neither.")
                self.add_error(f"translated_{name}", words)

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

    def check_reserved_seats(self, capacity):
        reserved = sum(hosting["reserved_seats"] or 0 for hosting in self.hostings)
        if not reserved:
            return
        if capacity is None and "capacity" not in self.errors:
            self.add_error(
                "capacity", _("Seats are kept for hosts above: say how many there are in all.")
            )
        elif capacity and reserved > capacity:
            words = _(
                "%(reserved)s seats are kept for the hosts above, more than the %(capacity)s "
                "there are."
            )
            params = {"reserved": reserved, "capacity": capacity}
            self.add_error("capacity", ValidationError(words, params=params))
