"""Saving a workshop at the desk, and reading the desk's messages."""

from contextlib import contextmanager

from django.db import transaction
from django.urls import reverse

from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf

# What a form says that is back after a sign-in.
BACK = "Votre session avait pris fin : rien n’est encore enregistré."
MOVED = {"start_1": "10:00", "end_1": "12:30"}


def desk(workshop):
    return reverse("admin:events_workshop_change", args=[workshop.pk])


def save(client, workshop, **typed):
    """Open the workshop at the desk, type, save; the answer.

    What the desk says of it stands on the page that `client` opens next.
    """
    return client.post(desk(workshop), shown_fields(client, workshop) | typed)


def edit(client, workshop, **typed):
    """Open the workshop at the desk, type, save; the page that follows."""
    fields = shown_fields(client, workshop) | typed | {"_continue": "yes"}
    return client.post(desk(workshop), fields, follow=True)


def shown_fields(client, workshop):
    """What a browser sends of the workshop's page as it is now."""
    return FieldsOf(client.get(desk(workshop)).content.decode(), "workshop_form").fields


def edit_person(admin_client, person, **typed):
    """Open the person's page at the desk, type, save; the answer."""
    path = reverse("admin:registrations_registration_change", args=[person.pk])
    fields = FieldsOf(admin_client.get(path).content.decode(), "registration_form").fields
    return admin_client.post(path, fields | typed)


def said(response, level="warning"):
    return [" ".join(str(m).split()) for m in response.context["messages"] if m.level_tag == level]


def overview(workshop):
    return reverse("admin:events_workshop_overview", args=[workshop.pk])


def warning(workshop, sentence):
    link = f'<a href="{overview(workshop)}#announce">L’annoncer</a>'
    return f"{sentence} Aucun courriel n’est parti. {link}"


def page_of(person, *more):
    """The path of a person's page at the desk, or of one beneath it."""
    path = reverse("admin:registrations_registration_change", args=[person.pk])
    return path.removesuffix("change/") + "".join(f"{each}/" for each in more or ["change"])


def errors(page):
    """{field: its errors} of the form of a refused page."""
    found = page.context["adminform"].form.errors
    return {name: [plain(each) for each in texts] for name, texts in found.items()}


@contextmanager
def undone():
    """What is stored within is not stored any more at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
