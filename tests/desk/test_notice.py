"""« Prévenir les personnes abonnées »: the question with the mail, the act, and who sees what."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from registrations.domain import notices, subscriptions
from registrations.models import Notice, OutgoingMail, Subscription
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


@pytest.fixture
def subscribers(db, now):
    """Subscribe and confirm so many addresses."""

    def act(count, community=None, domain="example.net"):
        for number in range(count):
            email = f"p{number}@{domain}"
            facts = {"language": "fr", "zone": "", "consent_text": "J’accepte."}
            subscriptions.ask(email, community, now=now, **facts)
            found = Subscription.objects.of_address(email).get(community=community)
            subscriptions.confirm(found, now=now)

    return act


def page_of(workshop):
    return f"/admin/events/workshop/{workshop.pk}/notice/"


def body(response):
    return " ".join(response.content.decode().split())


def test_the_question_shows_the_mail_and_to_how_many_it_goes(
    subscribers, workshop, register, admin_client, communities
):
    subscribers(3)
    subscribers(1, communities["Québec"], "quebec.example.net")
    register(workshop, email="p0@example.net")
    overview = admin_client.get(f"/admin/events/workshop/{workshop.pk}/overview/")
    assert f'href="{page_of(workshop)}"' in body(overview)

    asked = body(admin_client.get(page_of(workshop)))
    frame = admin_client.get(page_of(workshop) + "html/")

    assert "Le courriel ci‑dessous part pour 3 personnes." in asked
    assert "Nouvel atelier\u00a0: lundi 29 mars" in asked.replace(
        "Nouvel atelier : ", "Nouvel atelier\u00a0: "
    )
    assert "/n/●●●" in asked
    assert "Données culturelles" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    assert (Notice.objects.count(), OutgoingMail.objects.filter(kind="next_workshop").count()) == (
        0,
        0,
    )


def test_the_button_tells_them_once_and_the_log_names_nobody(
    subscribers, workshop, admin_client, now
):
    subscribers(2)
    done = admin_client.post(page_of(workshop), follow=True)
    assert "Un courriel part pour 2 personnes abonnées." in body(done)
    again = admin_client.post(page_of(workshop), follow=True)
    assert "Les personnes abonnées ont déjà été prévenues" in body(again)
    notices.go_on(clock=lambda: now)

    assert OutgoingMail.objects.filter(kind="next_workshop").count() == 2
    after = body(admin_client.get(page_of(workshop)))
    assert "2 personnes abonnées ont été prévenues le" in after
    # No question any more, and no mail: what has left may differ from what would leave now.
    assert ("abonnées ?" in after.replace("\u202f", " "), "<iframe" in after) == (False, False)
    [entry] = LogEntry.objects.all()
    assert (entry.change_message, "@" in entry.object_repr) == (
        "Told the subscribers of the workshop.",
        False,
    )
    # Its mails are no registration's: the list of mails, which names people, is without them.
    assert "example.net" not in body(admin_client.get("/admin/registrations/outgoingmail/"))


def test_a_draft_and_a_cancelled_workshop_offer_nothing(make_workshop, admin_client):
    for state, words in (("draft", "brouillon"), ("cancelled", "annulé")):
        workshop = make_workshop(state=state)
        overview = body(admin_client.get(f"/admin/events/workshop/{workshop.pk}/overview/"))
        assert page_of(workshop) not in overview
        asked = admin_client.get(page_of(workshop))
        assert (words in page_text(asked) + body(asked), 'value="Les prévenir"' in body(asked)) == (
            True,
            False,
        )
        admin_client.post(page_of(workshop))
    assert Notice.objects.count() == 0


def test_organisers_see_numbers_and_superusers_find_and_erase_an_address(
    subscribers, communities, make_organiser, client, admin_client
):
    subscribers(2, communities["Québec"])
    subscribers(1)
    organiser = make_organiser("ola", "view_community", "change_community", places=["Québec"])
    client.force_login(organiser)
    listed = body(client.get("/admin/events/community/"))
    assert re.findall(r'field-subscribers"[^>]*>(\d+)<', listed).count("2") == 1
    assert client.get("/admin/registrations/subscription/").status_code == 403

    found = body(admin_client.get("/admin/registrations/subscription/?q=p1@EXAMPLE.net"))
    assert found.count("p1@example.net") == 1
    listed = body(admin_client.get("/admin/registrations/subscription/"))
    assert listed.count("Toutes les communautés") == 1
    one = Subscription.objects.of_address("p1@example.net").get()
    admin_client.post(f"/admin/registrations/subscription/{one.pk}/delete/", {"post": "yes"})
    assert not Subscription.objects.of_address("p1@example.net").exists()
    assert not LogEntry.objects.filter(object_repr__contains="@").exists()


def test_a_community_with_subscribers_who_got_mails_can_be_deleted(
    subscribers, communities, admin_client, now
):
    community = communities["Casablanca"]
    subscribers(1, community)
    Subscription.objects.update(mail_asked_at=now)
    subscriptions.answer(now=now)
    admin_client.post(f"/admin/events/community/{community.pk}/delete/", {"post": "yes"})
    assert (Subscription.objects.count(), OutgoingMail.objects.count()) == (0, 0)
