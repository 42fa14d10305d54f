"""A new password by mail, for whoever has forgotten theirs or has none yet."""

from django.contrib.auth import forms, get_user_model, views
from django.urls import reverse_lazy
from django.utils import timezone

from praxis import audit
from praxis.accounts import mails, sign_in
from praxis.networks import client_network


class ResetForm(forms.PasswordResetForm):
    """An address; whoever has an account under it gets a link. It never says whether one has."""

    def get_users(self, email):
        """Who may sign in to the desk and has this address, also without a password yet.

        The link goes to the address as it is stored, so it may be typed in capitals.
        """
        accounts = get_user_model().objects
        return accounts.filter(email__iexact=email, is_active=True, is_staff=True)

    def save(self, *, request, **_options):
        address = self.cleaned_data["email"]
        network, now = client_network(request), timezone.now()
        if not sign_in.limits().may_ask_for_reset(address, network, now=now):
            audit.note(request, "reset refused")
            return
        audit.note(request, "reset asked")
        for user in self.get_users(address):
            mails.send_password_link(user)


class ResetView(views.PasswordResetView):
    form_class = ResetForm
    success_url = reverse_lazy("password_reset_done")
