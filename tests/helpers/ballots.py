"""What people answer on the ballot after a workshop."""

from django.urls import reverse

ANSWERS = {"useful": "very", "took_part": "mostly", "remark": ""}


def ballot_path(registration, token=""):
    return reverse("registrations:ballot", args=[token or registration.join_token])
