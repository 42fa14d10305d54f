"""The filters beside the list of people."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Community
from registrations.models import OutgoingMail


class CommunityFilter(admin.RelatedFieldListFilter):
    """Filters a list of people by their community, among those one may see, or by having none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_value_display = _("without a community")

    def field_choices(self, field, request, model_admin):
        return once(
            request,
            "communities",
            lambda: [
                (community.pk, str(community))
                for community in Community.objects.visible_to(request.user)
            ],
        )


class LinkFilter(admin.SimpleListFilter):
    """Filters a list of people by whether their address ever used one of our links."""

    title = _("link")
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("used", _("used")), ("never", _("never used"))]

    def queryset(self, request, queryset):
        if self.value() == "never":
            return queryset.never_verified()
        if self.value() == "used":
            return queryset.ever_verified()
        return queryset


class CameFilter(admin.SimpleListFilter):
    """Filters a list of people by whether they came; who is still to come did neither."""

    title = _("attendance")
    parameter_name = "came"

    def lookups(self, request, model_admin):
        return [("yes", _("came")), ("no", _("did not come"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.came()
        if self.value() == "no":
            return queryset.stayed_away(timezone.now())
        return queryset


class NewsletterFilter(admin.SimpleListFilter):
    """Filters a list of people by whether they agreed to the newsletter."""

    title = _("agreed to the newsletter")
    parameter_name = "newsletter"

    def lookups(self, request, model_admin):
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(newsletter_consent_at__isnull=self.value() == "no")
        return queryset


class MailFilter(admin.SimpleListFilter):
    """Filters a list of people by whether a mail to them has failed."""

    title = _("mail")
    parameter_name = "mail"

    def lookups(self, request, model_admin):
        return [("failed", _("refused"))]

    def queryset(self, request, queryset):
        if self.value() != "failed":
            return queryset
        # None of them was sent: that is no parameter, and tells PostgreSQL how few they are.
        failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED, sent_at=None)
        return queryset.filter(pk__in=failed.order_by().values("registration"))


def once(request, name, make):
    """What `make()` returns, made once for `request`: with facets, admin makes each filter anew."""
    kept = vars(request).setdefault("_choices", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]
