"""The page where an organiser chooses a password, behind a link that came by mail."""

from django.contrib import admin, messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from praxis import audit


class ChoosePassword(PasswordResetConfirmView):
    """Asks for a new password, then leads to the way in.

    The secret of the link is kept in the session, and the page shown at an address without it.
    """

    template_name = "admin/choose_password.html"
    success_url = reverse_lazy("admin:login")
    title = _("Choose your password")

    def dispatch(self, *args, **kwargs):
        answer = super().dispatch(*args, **kwargs)
        answer["X-Robots-Tag"] = "noindex"
        return answer

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form):
        audit.note(self.request, "password chosen by link", account=form.user.pk)
        words = _("Your password is chosen. Sign in with it.")
        messages.success(self.request, words)
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        context = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return context | {"is_popup": False, "has_permission": False}
