"""The forms of an organiser's account: who it is, what they do, and for which communities."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Community
from praxis.three_way_merge import MergedForm
from registrations.domain import colleagues
from registrations.domain.roles import APPS, ORGANISES, ROLES

VERBS = {
    "view": _("view: %s"),
    "add": _("add: %s"),
    "change": _("change: %s"),
    "delete": _("delete: %s"),
}


class RoleChoices(forms.ModelMultipleChoiceField):
    """Groups: a ready role with the sentence that says what it may do."""

    widget = forms.CheckboxSelectMultiple({"class": "choices"})

    def label_from_instance(self, group):
        role = next((role for role in ROLES if role.name == group.name), None)
        return f"{role.label} – {role.sentence}" if role else group.name


class RightChoices(forms.ModelMultipleChoiceField):
    """Single rights, as people say them: « voir : atelier »."""

    def label_from_instance(self, permission):
        verb, _underscore, name = permission.codename.partition("_")
        model = permission.content_type.model_class()
        if model is None or verb not in VERBS or name != model._meta.model_name:
            return capfirst(gettext(permission.name))
        return capfirst(VERBS[verb] % model._meta.verbose_name)


def rights():
    """The single rights that the desk knows."""
    ours = Permission.objects.filter(content_type__app_label__in=APPS)
    return ours.select_related("content_type").order_by("content_type__model", "codename")


class NamedForm(MergedForm):
    """Who an account belongs to, and the communities they belong to."""

    communities = forms.ModelMultipleChoiceField(
        Community.objects.all(),
        label=_("Communities"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        help_text=_("Whose workshops the person sees."),
    )

    class Meta:
        model = get_user_model()
        fields = ["first_name", "last_name", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first_name", "email"):
            self.fields[name].required = True
        self.fields["email"].label = _("Email")

    def clean_email(self):
        address = self.cleaned_data["email"]
        account = colleagues.account_of(address)
        if account is not None and account != self.instance:
            words = _("Somebody has an account with this address already: look in the list.")
            raise ValidationError(words)
        return address


class InviteForm(NamedForm):
    """A colleague who is invited: they get a link to choose a password."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.name, role) for role in ROLES],
        initial=ORGANISES.name,
        widget=forms.RadioSelect({"class": "choices"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.name, f"{role.label} – {role.sentence}") for role in ROLES
        ]
        self.fields["communities"].required = True
        communities = list(Community.objects.all()[:2])
        if len(communities) == 1:
            self.initial["communities"] = communities

    def clean_email(self):
        address = super().clean_email()
        if len(address) > colleagues.LONGEST_ADDRESS:
            words = _(
                "This address is longer than the %(most)s characters that an account can have: "
                "ask for a shorter one."
            )
            raise ValidationError(words, params={"most": colleagues.LONGEST_ADDRESS})
        return address

    def save(self, commit=True):
        names = {name: self.cleaned_data[name] for name in ("first_name", "last_name")}
        self.instance = colleagues.new_account(self.cleaned_data["email"], **names)
        return super().save(commit)


class AccountForm(NamedForm):
    """An account as it is: who, which roles, which communities; the rest for who knows Django.

    `is_own` says that it is the account of whoever fills in the form.
    """

    is_own = False
    groups = RoleChoices(Group.objects.all(), label=_("Roles"), required=False)
    user_permissions = RightChoices(
        rights(),
        label=_("Single rights"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
    )

    class Meta(NamedForm.Meta):
        fields = [
            *("first_name", "last_name", "email", "is_active", "groups"),
            *("username", "is_staff", "is_superuser", "user_permissions"),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["first_name"].required = False
        if self.instance.pk:
            belongs = self.instance.memberships.values_list("community", flat=True)
            self.initial["communities"] = list(belongs)

    def clean(self):
        cleaned = super().clean()
        needed = ("is_active", "is_staff", "is_superuser")
        if self.is_own and not all(cleaned.get(name) for name in needed):
            words = _(
                "This is your own account: somebody else who administers everything may restrict "
                "it, so that at least one person still can."
            )
            raise ValidationError(words)
        return cleaned
