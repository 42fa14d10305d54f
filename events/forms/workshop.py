"""The form in which organisers describe a workshop, its hours on the first host's clock."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.forms import hosts
from events.forms.access import AccessFields
from events.forms.fields import PlainTextField
from events.forms.hours import TypedHours
from events.models import PreviousAddress, Workshop
from events.models.two_languages import TRANSLATED


class WorkshopForm(TypedHours, AccessFields):
    """A workshop, its hours typed on the first host's clock.

    The desk sets `may_add_hosts`, the organiser's right, and `own_communities`, of which one must
    stay among the hosts (None: any host will do).
    """

    may_add_hosts = True
    own_communities = None

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
        # An organiser who may only look gets a form without fields.
        for name in {"slug", "door_minutes", "afterwards_mail"} & self.fields.keys():
            self.fields[name].required = False

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
        at = self.typed_instants()
        self.check_reserved_seats(cleaned.get("capacity"))
        if not self.errors:
            self.set_instants(at)
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
