"""The page where somebody who is signed in chooses another password."""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView

from praxis import audit
from praxis.accounts import sign_in


class ChangePasswordForm(AdminPasswordChangeForm):
    """The password until now, which is guessed at most as often as at the sign-in; a new one."""

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self):
        with sign_in.password_guess(self.request, self.user.get_username()):
            return super().clean_old_password()


class ChangePassword(PasswordChangeView):
    form_class = ChangePasswordForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        audit.note(self.request, "password changed")
        return super().form_valid(form)
