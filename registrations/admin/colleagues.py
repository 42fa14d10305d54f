"""The accounts of organisers at the desk: inviting a colleague, roles, communities."""

import json

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from praxis.accounts import mails
from praxis.accounts.names import name_of
from praxis.merging_admin import MergingAdmin
from praxis.own_filters import OwnFiltersAdmin
from registrations.domain import colleagues, roles
from registrations.forms.colleagues import AccountForm, InviteForm, RightChoices, rights

admin.site.unregister([User, Group])


class SuperusersAdmin(OwnFiltersAdmin):
    """Rows that decide who may what: for superusers alone, whatever rights somebody has.

    Who could change an account could make a superuser of their own.
    """

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_module_permission = has_view_permission
    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Group)
class RoleAdmin(SuperusersAdmin, GroupAdmin):
    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, **kwargs | {"form_class": RightChoices, "queryset": rights()}
        )


@admin.register(User)
class ColleagueAdmin(MergingAdmin, SuperusersAdmin, UserAdmin):
    """Accounts. To add one is to invite a colleague; nobody is deleted, but put out of use.

    A page that stayed open gives nobody back what a colleague has taken away meanwhile.
    """

    form = AccountForm
    add_form = InviteForm
    add_form_template = "admin/registrations/invite.html"
    change_form_template = "admin/registrations/account.html"
    list_display = ["name", "email", "roles", "belongs", "standing"]
    list_filter = ["is_active", "groups"]
    search_fields = ["first_name", "last_name", "email", "username"]
    ordering = ["last_name", "first_name", "username"]
    filter_horizontal = []
    actions = ["put_out_of_use"]

    fieldsets = [
        (None, {"fields": ["first_name", "last_name", "email", "groups", "communities"]}),
        (None, {"fields": ["is_active"]}),
        (
            _("Advanced settings"),
            {
                "fields": ["username", "is_staff", "is_superuser", "user_permissions"],
                "classes": ["collapse"],
            },
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["first_name", "last_name", "email", "role", "communities"],
                "description": _(
                    "They get a mail in French with a link to choose a password, "
                    "which serves for three days."
                ),
            },
        ),
    ]

    def get_queryset(self, request):
        accounts = super().get_queryset(request)
        return accounts.prefetch_related("groups", "memberships__community")

    def get_urls(self):
        send = path(
            "<int:user_pk>/link/", self.admin_site.admin_view(self.send), name="auth_user_link"
        )
        # Without Django's page where one types another person's password.
        return [send, *admin.ModelAdmin.get_urls(self)]

    def has_delete_permission(self, request, obj=None):
        """Never: the history says who did what. An account is put out of use."""
        return False

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, user):
        return name_of(user)

    @admin.display(description=_("roles"))
    def roles(self, user):
        labels = {role.name: role.label for role in roles.ROLES}
        names = [str(labels.get(group.name, group.name)) for group in user.groups.all()]
        return ", ".join([gettext("Administers everything")] * user.is_superuser + names)

    @admin.display(description=_("communities"))
    def belongs(self, user):
        return ", ".join(str(member.community) for member in user.memberships.all())

    @admin.display(description=_("state"), ordering="is_active")
    def standing(self, user):
        if not user.is_active:
            return gettext("out of use")
        return gettext("in use") if user.has_usable_password() else gettext("invited")

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.is_own = obj == request.user
        return form

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_active":
            field.help_text = _("Unticked: the person cannot sign in any more.")
        return field

    def add_view(self, request, form_url="", extra_context=None):
        """Invite a colleague. The mail leaves once the account is stored, outside its transaction:
        a slow mail server holds up nobody.
        """
        extra_context = (extra_context or {}) | {"title": _("Invite a colleague")}
        answer = super().add_view(request, form_url, extra_context)
        if hasattr(request, "invited"):
            self.send_link(request, request.invited)
        return answer

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        colleagues.belong_to(form.instance, form.cleaned_data["communities"])
        if not change:
            role = next(r for r in roles.ROLES if r.name == form.cleaned_data["role"])
            colleagues.give_role(form.instance, role)

    def response_add(self, request, obj, post_url_continue=None):
        request.invited = obj
        return redirect("admin:auth_user_change", obj.pk)

    def send(self, request, user_pk):
        """Send the link to choose a password again. The button of the account's page POSTs."""
        user = self.get_object(request, str(user_pk))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if request.method == "POST":
            self.send_link(request, user)
            self.log_change(request, user, gettext("Sent a link to choose a password."))
        return redirect("admin:auth_user_change", user_pk)

    def send_link(self, request, user):
        """Mail the link, and say whether it has left."""
        if not (user.email and user.is_active):
            words = _("No mail has left: the account needs an address, and to be in use.")
            self.message_user(request, words, messages.ERROR)
            return
        try:
            mails.send_now(mails.password_mail(user, by=request.user))
        except OSError:
            words = _(
                "The account is there, but the mail could not leave: the mail server does not "
                "answer, or refuses the address. Look at the address, then send the link again."
            )
            self.message_user(request, words, messages.ERROR)
        else:
            words = gettext("A mail is on its way to %(address)s, with a link for three days.")
            self.message_user(request, words % {"address": user.email}, messages.SUCCESS)

    @admin.action(description=_("Put these accounts out of use"), permissions=["change"])
    def put_out_of_use(self, request, queryset):
        done = colleagues.put_out_of_use(queryset.exclude(pk=request.user.pk))
        words = ngettext(
            "%(count)s account put out of use.", "%(count)s accounts put out of use.", done
        )
        self.message_user(request, words % {"count": done}, messages.SUCCESS)

    def log_addition(self, request, obj, message):
        return self.log(request, obj, ADDITION, message)

    def log_change(self, request, obj, message):
        return self.log(request, obj, CHANGE, message)

    def log(self, request, user, flag, message):
        """Write in admin's log who did what to an account, by its number: the log outlives it."""
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(user),
            object_id=user.pk,
            object_repr=gettext("account No. %(number)s") % {"number": user.pk},
            action_flag=flag,
            change_message=message if isinstance(message, str) else json.dumps(message),
        )
