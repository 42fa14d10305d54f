"""The devices on which somebody has signed in before, by a cookie that is set after signing in."""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "praxis.accounts.device"
YEAR = 365 * 24 * 3600  # seconds
MOST_ACCOUNTS = 20  # that are known on one device


def key_of(request, account):
    """The key of this device if somebody signed in to `account` (a user name) on it; else ""."""
    device = read(request)
    return device["key"] if name_of(account) in device["accounts"] else ""


def remember(request, response, account):
    """Note in a cookie of `response` that somebody signed in to `account` on this device."""
    device = read(request)
    others = [each for each in device["accounts"] if each != name_of(account)]
    device["accounts"] = [*others, name_of(account)][-MOST_ACCOUNTS:]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device, salt=SALT),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read(request):
    """{"key": …, "accounts": […]} of this device; new and without accounts where it is unknown."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        return signing.loads(cookie, salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {"key": secrets.token_urlsafe(12), "accounts": []}


def name_of(account):
    """What stands for `account` in the cookie, from which nobody reads the user's name."""
    return salted_hmac(SALT, account.casefold(), algorithm="sha256").hexdigest()[:16]
