"""Logos in mails: they travel in them, small, and only where a host has one."""

import io
import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from events.models import Logo, Workshop
from registrations.mail import compose, pictures, words
from registrations.models import OutgoingMail
from tests.helpers.logos import give_logo, png
from tests.helpers.mails import html, leaf, text
from tests.registrations.test_mails import expected_tree, send, tree

__all__ = ["send"]

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def nothing_kept():
    pictures.kept.clear()
    words.kept.clear()


def noise(side):
    """The bytes of a PNG that nothing makes smaller."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(file, "PNG")
    return file.getvalue()


def bytes_read(queries):
    columns = [f'"{Logo._meta.db_table}"."{name}"' for name in Logo.BYTES]
    return sum(any(column in each["sql"] for column in columns) for each in queries)


def test_a_logo_travels_with_the_html_and_nothing_is_fetched(workshop, register, send):
    logo = give_logo(workshop.communities[1])

    message = send(register(workshop))

    content_id = f"{logo.digest}@ateliers.example.org"
    kind, *headers, [alternative, attached] = expected_tree("REQUEST")
    [plain, page, invite] = alternative[-1]
    image = ("image/png", "base64", 'inline; filename="logo.png"', f"<{content_id}>", [])
    related = ("multipart/related; type=text/html", None, None, None, [page, image])
    alternative = (*alternative[:-1], [plain, related, invite])
    assert tree(message) == (kind, *headers, [alternative, attached])
    assert [part.defects for part in message.walk()] == [[]] * 8
    assert html(message).count("<img") == html(message).count(f'<img src="cid:{content_id}"') == 1
    assert "cid:" not in text(message)


def test_a_picture_is_small_and_has_its_own_white_ground(workshop, register, send):
    give_logo(workshop.communities[0], noise(200))

    message = send(register(workshop))

    content = leaf(message, "image/png").get_payload(decode=True)
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert len(content) < 20_000
    assert (picture.size, 'width="32" height="32"' in html(message)) == ((64, 64), True)
    assert min(picture.getpixel((0, 0))) > 250


def test_for_many_mails_a_logo_is_read_once(workshop, crowd, send):
    for host in workshop.communities:
        give_logo(host, png(100 + host.pk, 100))
    crowd(workshop, 3)

    mails, counts = list(OutgoingMail.objects.with_workshops()), []
    for mail in mails:
        with CaptureQueriesContext(connection) as queries:
            compose.compose(mail)
        counts.append(bytes_read(queries))

    assert counts == [2, 0, 0]


def test_another_logo_makes_other_words(workshop, register):
    register(workshop)
    host = workshop.communities[0]
    give_logo(host)

    def content():
        return compose.compose(OutgoingMail.objects.with_workshops().get()).content

    first = content()
    other = give_logo(host, png())

    assert (other.digest in first, content().count(other.digest)) == (False, 1)
    assert len(words.kept) == 2


def test_a_logo_that_is_deleted_meanwhile_holds_up_no_mail(workshop, register):
    register(workshop)
    host = workshop.communities[0]
    give_logo(host)
    [mail] = OutgoingMail.objects.with_workshops()
    host.logo = None
    host.save()
    Logo.objects.unused().delete()

    assert "image/png" not in compose.compose(mail).content


def test_a_clock_that_two_hosts_share_has_no_logo(make_workshop, communities):
    communities["Martinique"].place = "France"
    communities["Martinique"].zone = "Europe/Paris"
    communities["Martinique"].time_label = "heure de France"
    communities["Martinique"].save()
    for place in ("Québec", "France"):
        give_logo(communities[place])
    workshop = make_workshop("Québec", "France", "Martinique")

    workshop = Workshop.objects.get(pk=workshop.pk)

    assert [clock.place for clock in workshop.logos] == ["Québec"]


def test_a_mail_without_a_clock_carries_no_logo(workshop, register):
    give_logo(workshop.communities[0])
    register(workshop)
    OutgoingMail.objects.update(kind="links")
    [mail] = OutgoingMail.objects.with_workshops()

    assert "image/png" not in compose.compose(mail).content
