"""Whoever may only look at a page of the desk reads what is true, in French."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.helpers.desk import desk
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


@pytest.fixture
def reader(make_organiser):
    views = Permission.objects.filter(codename__startswith="view_")
    client = Client()
    client.force_login(make_organiser("lea", *views.values_list("codename", flat=True)))
    return client


def test_the_typed_hours_of_a_workshop_are_not_said_to_be_none(make_workshop, reader):
    workshop = make_workshop(meeting_url="https://zoom.example/j/1")

    text = page_text(reader.get(desk(workshop)))

    assert re.findall(r"\b(None|Start|End|Opens|Closes|Release)\b", text) == []
    hours = "lundi 29 mars 2027, 9 h 30 (heure du Québec), 15 h 30 (heure de France)"
    assert text.count(f"Début : {hours}") == 1
    assert text.count("zoom.example") == 0


def test_communities_and_people_hold_no_none(workshop, register, reader):
    person = register(workshop)
    pages = [
        reverse("admin:events_community_change", args=[workshop.communities[0].pk]),
        reverse("admin:registrations_registration_change", args=[person.pk]),
        reverse("admin:registrations_outgoingmail_change", args=[person.mails.get().pk]),
    ]

    texts = [page_text(reader.get(page)) for page in pages]

    assert [re.findall(r"\bNone\b", text) for text in texts] == [[], [], []]
