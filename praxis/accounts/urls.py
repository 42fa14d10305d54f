"""The addresses of accounts: those of the desk, and those of the links in mails."""

from functools import partial

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from praxis.accounts import reset, second_factor
from praxis.accounts.choose_password import ChoosePassword


def of_site(site):
    """The pages of accounts, as a part of the AdminSite `site`."""

    def page(view, *, is_open=False):
        """`view` as a page of the desk; whoever `is_open` lets in may not be signed in yet."""
        shown = require_http_methods(["GET", "HEAD", "POST"])(partial(view, site=site))
        shown = sensitive_post_parameters()(shown)
        return login_not_required(never_cache(shown)) if is_open else site.admin_view(shown)

    return [
        path("password/<uidb64>/<token>/", ChoosePassword.as_view(), name="choose_password"),
        path("second-factor/", page(second_factor.overview), name="second_factor"),
        path("second-factor/ask/", page(second_factor.ask, is_open=True), name="second_factor_ask"),
        path(
            "second-factor/set-up/",
            page(second_factor.set_up, is_open=True),
            name="second_factor_set_up",
        ),
        path("second-factor/codes/", page(second_factor.new_codes), name="second_factor_codes"),
        path("second-factor/remove/", page(second_factor.remove), name="second_factor_remove"),
        path(
            "second-factor/<int:account_pk>/remove/",
            page(second_factor.remove_of),
            name="second_factor_remove_of",
        ),
    ]


# Under the names that Django's own templates know.
urlpatterns = [
    path("", reset.ResetView.as_view(), name="admin_password_reset"),
    path("sent/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
]
