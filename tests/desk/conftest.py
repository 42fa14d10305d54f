"""What tests of the desk start from."""

import pytest
from django.test import Client


@pytest.fixture
def workshop(make_workshop):
    """As elsewhere, and its room has an address: each save warns of one that is missing."""
    return make_workshop(meeting_url="https://zoom.example/j/1")


@pytest.fixture
def awa(django_user_model):
    """Another organiser's browser."""
    user = django_user_model.objects.create_superuser("awa", first_name="Awa", last_name="Diop")
    client = Client()
    client.force_login(user)
    return client
