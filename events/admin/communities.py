"""The desk's pages of communities and partners."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin import workshops
from events.admin.lists import FoldedSearch
from events.forms.logo import LogoForm
from events.models import Community, Logo, Partner, Workshop
from events.models.embedding import origins
from praxis import zones
from praxis.merging_admin import MergingAdmin
from praxis.visible_rows import VisibleRowsAdmin


class ColourInput(forms.RadioSelect):
    """A choice of colours that shows each beside its name."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"class": "swatches"} | (attrs or {}), choices)

    def create_option(self, name, value, label, *args, **kwargs):
        if value:
            label = format_html('<span class="swatch colour-{}"></span> {}', value, label)
        else:
            label = gettext("by its order among the hosts")
        return super().create_option(name, value, label, *args, **kwargs)


class CommunityForm(LogoForm):
    class Meta:
        widgets = {
            "colour": ColourInput,
            "same_as": AdminTextareaWidget({"rows": 3}),
            "embedding_sites": AdminTextareaWidget({"rows": 4}),
        }

    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", "---------"), *zones.choices()],
        help_text=_("By city: Québec’s is “Montréal or Toronto”, in America; France’s is Paris."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # French grammar is not guessed: du Québec, de la Martinique, d’Haïti.
        # An organiser who may only look gets a form without fields.
        if "time_label" in self.fields:
            self.fields["time_label"].required = True

    def clean_embedding_sites(self):
        return "\n".join(origins(self.cleaned_data["embedding_sites"]))


class HasLogoAdmin(MergingAdmin):
    """The page of what has a logo. A logo that is replaced or taken away is deleted with it."""

    form = LogoForm

    def save_model(self, request, obj, form, change):
        if obj.logo and not obj.logo.pk:
            obj.logo.save()
        super().save_model(request, obj, form, change)
        Logo.objects.unused().delete()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        Logo.objects.unused().delete()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        Logo.objects.unused().delete()


@admin.register(Community)
class CommunityAdmin(FoldedSearch, VisibleRowsAdmin, HasLogoAdmin):
    """Communities: an organiser changes their own, and reads those that they hold workshops with.

    Whoever adds a community belongs to it, for nobody else does.
    """

    form = CommunityForm
    fields = [
        *("name", "place", "time_label", "zone", "site", "same_as"),
        *("colour", "logo", "logo_alt", "embedding_sites"),
    ]
    list_display = ["name", "place", "zone", "colour", "site"]
    search_fields = ["name", "place"]

    def get_queryset(self, request):
        """The communities that one may see; in the picker of hosts, all of them."""
        if request.resolver_match.url_name == "autocomplete":
            return admin.ModelAdmin.get_queryset(self, request)
        return super().get_queryset(request)

    def get_changeform_initial_data(self, request):
        """A new community begins with a colour of its own, so that it has it on every page."""
        return {"colour": Community.free_colour()} | super().get_changeform_initial_data(request)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_own(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_own(request, obj)

    def get_deleted_objects(self, objs, request):
        """What Django says is deleted; of what stands against it, the workshops by their names."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            held = Workshop.objects.filter(hostings__community__in=objs).distinct().with_hosts()
            protected = [workshops.linked(workshop) for workshop in held] or protected
        return deleted, counts, lacking, protected

    def is_own(self, request, community):
        """Does the organiser belong to `community`? Yes for none, and for a superuser."""
        if community is None or request.user.is_superuser:
            return True
        return request.user.memberships.filter(community=community).exists()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change and not request.user.is_superuser:
            obj.memberships.create(user=request.user)
        if change and "zone" in form.changed_data:
            self.list_workshops_to_check(request, obj)

    def list_workshops_to_check(self, request, community):
        """Show the hours of each coming workshop of `community`, whose zone has changed."""
        coming = Workshop.objects.coming(timezone.now()).filter(hosts=community).with_hosts()
        hours = [f"{workshop.title} – {' · '.join(workshop.clock_lines)}" for workshop in coming]
        if hours:
            heading = gettext(
                "The zone has changed: no workshop has moved, but its hours there read otherwise "
                "now. To check:"
            )
            self.message_user(request, workshops.lines([heading, *hours]), messages.WARNING)


@admin.register(Partner)
class PartnerAdmin(FoldedSearch, HasLogoAdmin):
    fields = ["name", "acronym", "site", "logo", "logo_alt"]
    list_display = ["name", "acronym", "site"]
    search_fields = ["name", "acronym"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_free(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_free(request, obj)

    def is_free(self, request, partner):
        """Does no workshop name `partner` but those that the organiser sees? Yes for none."""
        if partner is None or request.user.is_superuser:
            return True
        seen = Workshop.objects.visible_to(request.user).values("pk")
        return not partner.workshop_set.exclude(pk__in=seen).exists()

    def get_fieldsets(self, request, obj=None):
        """The fields, and above them why an organiser may only read them."""
        [(heading, options)] = super().get_fieldsets(request, obj)
        if super().has_change_permission(request, obj) and not self.is_free(request, obj):
            options["description"] = _(
                "Workshops of other communities name this partner and show it on their pages: "
                "you can read it, but only somebody who administers everything can change it."
            )
        return [(heading, options)]
