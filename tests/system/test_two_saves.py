"""Two organisers save the same workshop at the same instant."""

import pytest
from django.test import Client

from events.models import Workshop
from tests.helpers.database import at_once
from tests.helpers.desk import desk
from tests.helpers.pages import FieldsOf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tab(workshop, django_user_model):
    """A function that saves the page of the workshop as it is now, with another place."""

    def opened(name):
        client = Client()
        client.force_login(django_user_model.objects.create_superuser(name))
        page = client.get(desk(workshop)).content.decode()
        fields = FieldsOf(page, "workshop_form").fields | {"place": name}
        return lambda: client.post(desk(workshop), fields).status_code

    return opened


def test_one_is_saved_and_the_other_is_shown_both(tab):
    names = ["Jitsi", "Teams", "Webex"]

    codes = at_once(*[tab(name) for name in names])

    assert sorted(codes) == [200, 200, 302]
    assert Workshop.objects.get().place == names[codes.index(302)]
