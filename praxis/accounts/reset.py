"""A new password by mail, for whoever has forgotten theirs."""

from django.contrib.auth import forms, views
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy

from praxis import audit
from praxis.accounts import mails, sign_in
from praxis.networks import client_network

SUBJECT = gettext_lazy("Choose a new password")


class ResetForm(forms.PasswordResetForm):
    """An address; whoever has an account under it gets a link. It never says whether one has."""

    def save(self, *, request, token_generator, **_options):
        address = self.cleaned_data["email"]
        network, now = client_network(request), timezone.now()
        if not sign_in.limits().may_ask_for_reset(address, network, now=now):
            audit.note(request, "reset refused")
            return
        audit.note(request, "reset asked")
        for user in self.get_users(address):
            uid = urlsafe_base64_encode(force_bytes(user.pk))
            context = {"uid": uid, "token": token_generator.make_token(user)}
            mails.send(user, SUBJECT, "admin/accounts/reset.txt", context)


class ResetView(views.PasswordResetView):
    form_class = ResetForm
    success_url = reverse_lazy("password_reset_done")
