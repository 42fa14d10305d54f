"""Attestations: who has one, what it says, that every change of it is refused, for how long."""

import base64
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from events.models import Workshop
from registrations import worker
from registrations.domain import attestation_codes, attestation_keys, attestations, privacy
from registrations.domain.attestations import Own, Standing
from registrations.models import AttestationKey, Registration, RevokedAttestation
from tests.helpers.database import every_row
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

DOCS = Path(__file__).parents[2] / "docs"
OTHER_KEY = "a-second-key-of-at-least-32-characters"


@pytest.fixture
def person(workshop, register, time_machine):
    """Zénaïde Okonkwo, who opened the room; the workshop has just ended."""
    person = register(workshop, first_name="Zénaïde", last_name="Okonkwo")
    Registration.objects.update(joined_at=workshop.starts_at)
    time_machine.move_to(workshop.ends_at, tick=False)
    person.refresh_from_db()
    return person


def code_of(person):
    return attestations.signed(attestations.statement(person))[1]


def standing(code):
    return attestations.check(code).standing


def path_of(person, end="/"):
    return f"{person.manage_path}attestation{end}"


def check_path(code):
    return reverse("registrations:attestation_checked", args=[code])


def read(pdf, folder):
    """What a phone reads on paper: the QR code of the bytes `pdf`, at 150 dots an inch."""
    (folder / "paper.pdf").write_bytes(pdf)
    picture = ["pdftoppm", "-r", "150", "-png", "-singlefile", "paper.pdf", "paper"]
    subprocess.run(picture, cwd=folder, check=True)
    line = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "paper.png"]
    return subprocess.run(line, cwd=folder, check=True, capture_output=True, text=True).stdout


def as_text(whole):
    return base64.urlsafe_b64encode(whole).rstrip(b"=").decode()


def as_bytes(code):
    return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))


def test_the_document_says_who_what_when_on_both_clocks_and_how_long(person, client):
    text = page_text(client.get(path_of(person)))
    english = page_text(client.get(f"/en{person.manage_path}certificate/"))

    assert (
        "Attestation de participation Culture pour tous et TMNlab attestent que Zénaïde Okonkwo "
        "a participé à l’atelier en ligne Données culturelles Lundi 29 mars 2027 "
        "9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 (heure de France) Durée : 2 h 30"
    ) in text
    assert (
        "Culture pour tous and TMNlab certify that Zénaïde Okonkwo took part in the online "
        "workshop Données culturelles Monday 29 March 2027 9:30 a.m. – 12:00 p.m. (Québec time) "
        "3:30 p.m. – 6:00 p.m. (France time) Duration: 2 h 30 min"
    ) in english


def test_a_host_alone_attests_in_the_singular(make_workshop, register, client, now):
    workshop = make_workshop("France", starts_at=now - timedelta(hours=2), ends_at=now)
    person = register(workshop, now=now - timedelta(days=2))
    Registration.objects.update(attended_at=now)

    assert "TMNlab atteste que Zoé Tremblay" in page_text(client.get(path_of(person)))


def test_the_pdf_is_one_tagged_page_whose_code_can_be_copied_and_checked(person, client):
    answer = client.get(path_of(person, ".pdf"))
    pdf = PdfReader(BytesIO(answer.content))
    [page] = pdf.pages
    text = page.extract_text()
    copied = re.search(r"attestation[\s\u00a0]*:(.*)", text, re.DOTALL)[1]

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        f'inline; filename="attestation-{person.workshop.slug}.pdf"',
    )
    assert "no-store" in answer["Cache-Control"]
    assert (pdf.root_object["/Lang"], pdf.root_object["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert pdf.metadata.title == "Attestation de participation – Zénaïde Okonkwo"
    assert [float(side) for side in page.mediabox[2:]] == [612, 792]
    assert attestation_codes.typed(copied) == code_of(person)


def test_a_name_that_no_font_has_stands_in_no_log(person, client, caplog):
    Registration.objects.filter(pk=person.pk).update(first_name="𒀀𒁀", last_name="𒀀")

    assert client.get(path_of(person, ".pdf")).status_code == 200
    assert caplog.messages == []


def test_the_longest_texts_are_cut_to_a_code_that_fits_and_to_one_page(
    make_workshop, communities, register, client, now, tmp_path
):
    for place, community in communities.items():
        name = "Société « des arts » " * 6 + place
        type(community).objects.filter(pk=community.pk).update(name=name)
    hours = {"starts_at": now - timedelta(hours=2), "ends_at": now}
    workshop = make_workshop(*communities, title='Été "é" ' * 25, **hours)
    person = register(
        workshop, first_name="É" * 150, last_name='"œ ' * 50, now=now - timedelta(days=2)
    )
    Registration.objects.update(joined_at=now)
    person.refresh_from_db()
    code = code_of(person)

    assert len(code) <= attestation_codes.LONGEST
    assert standing(code) is Standing.GENUINE
    assert attestations.check(code).statement.name.startswith("ÉÉÉ")
    content = client.get(path_of(person, ".pdf")).content
    pdf = PdfReader(BytesIO(content))
    assert read(content, tmp_path) == f"https://ateliers.example.org/attestation/{code}/\n"
    assert (len(pdf.pages), "(heure du Québec)" in pdf.pages[0].extract_text()) == (1, True)
    assert client.get(check_path(code)).status_code == 200


def test_who_has_none_reads_why_and_the_pdf_leads_there(
    make_workshop, register, client, now, time_machine
):
    hours = {"starts_at": now, "ends_at": now + timedelta(hours=1)}
    workshop = make_workshop(capacity=1, contact_email="ecrire@example.org", **hours)
    before = now - timedelta(days=2)
    person = register(workshop, now=before)
    waiting = register(workshop, email="second@example.org", now=before)
    found = []

    def say(who=person):
        answer = client.get(path_of(who, ".pdf"), follow=True)
        found.append(page_text(answer).removeprefix("Attestation de participation ")[:55])
        return page_text(client.get(who.manage_path))

    time_machine.move_to(now - timedelta(hours=3), tick=False)
    assert "ttestation" not in say()
    time_machine.move_to(now, tick=False)
    assert "Votre attestation de participation sera ici dès la fin de l’atelier." in say()
    time_machine.move_to(workshop.ends_at, tick=False)
    assert "car votre présence n’a pas été notée" in say()
    assert "ttestation" not in say(waiting)
    Registration.objects.update(attended_at=now)
    assert "Voir et imprimer mon attestation" in page_text(client.get(person.manage_path))
    Registration.objects.update(attestation_revoked_at=now)
    assert "L’équipe organisatrice a retiré cette attestation" in say()
    Workshop.objects.update(state=Workshop.State.CANCELLED)
    assert "ttestation" not in say()
    assert found == [
        "Votre attestation de participation sera ici dès la fin ",
        "Votre attestation de participation sera ici dès la fin ",
        "Il n’y a pas d’attestation de participation, car votre ",
        "Il n’y a pas d’attestation de participation ici : elle ",
        "L’équipe organisatrice a retiré cette attestation de pa",
        "Il n’y a pas d’attestation de participation ici : elle ",
    ]


def test_every_change_of_one_bit_is_refused(person):
    code = code_of(person)
    whole = as_bytes(code)

    changed = [
        as_text(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        for at in range(len(whole))
        for bit in range(8)
    ]
    in_text = [
        code[:at] + chr(ord(code[at]) ^ 1 << bit) + code[at + 1 :]
        for at in range(len(code))
        for bit in range(8)
    ]

    assert standing(code) is Standing.GENUINE
    assert len(set(changed)) == len(whole) * 8
    assert Standing.GENUINE not in {standing(each) for each in changed}
    assert attestation_codes.parts(code) not in [
        attestation_codes.parts(attestation_codes.typed(each)) for each in in_text
    ]


def test_no_other_spelling_of_the_same_bytes_is_accepted(person):
    """Base64 ends with up to four bits that say nothing (RFC 4648 3.5)."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for name in ("Okonkwo", "Okonkwoo", "Okonkwooo"):
        person.last_name = name
        code = code_of(person)
        others = [code[:-1] + last for last in alphabet if last != code[-1]]
        others += [code + "=", code + "==", code + "A", code[:-1], code.lower(), code + code]
        others += [code.replace("-", "+").replace("_", "/") + "="]

        assert standing(code) is Standing.GENUINE
        assert {standing(other) for other in others} <= {Standing.NOT_OURS, Standing.UNKNOWN_KEY}


def test_any_bytes_get_an_answer(db, client):
    odd = [
        "x",
        "%00",
        "%ff%fe",
        "é" * 50,
        "-" * 86,
        "A" * 86 + "e30",  # {}
        as_text(bytes(64) + b"[]"),
        as_text(bytes(64) + b"1" * 500),
        as_text(bytes(64) + b"[" * 500),
        as_text(bytes(64) + b'{"k":"\\u0000\\ud800aaaaaa"}'),
        as_text(bytes(64) + b'{"k":["a"]}'),
        as_text(bytes(64) + b'{"k":"abcdefgh","v":1}'),
        as_text(bytes(range(256)) * 2),
        "a" * 1150,
        "a%20b%0Ac",
        "{{ x }}<script>",
    ]
    for text in odd:
        for path in ("/attestation/", "/en/certificate/"):
            answer = client.get(f"{path}{text}/")
            assert (text, answer.status_code) == (text, 404)
            posted = client.post(path, {"code": text})
            assert posted.status_code in (200, 302)
            assert "/attestation/" in client.get(f"{path}{text}/").content.decode()
    assert client.post("/attestation/", {"code": "\x00"}).status_code == 200
    assert client.post("/attestation/", {}).status_code == 200
    assert client.get("/attestation/" + "a" * 5000 + "/").status_code in (404, 414)


def test_a_code_is_found_in_whatever_somebody_copies(person, client):
    code = code_of(person)
    grouped = " ".join(attestation_codes.groups(code))
    copies = [
        code,
        f"  {grouped}\r\n",
        "\n".join(attestation_codes.groups(code)),
        f"https://ateliers.example.org/attestation/{code}/",
        f"https://ateliers.example.org/en/certificate/{code}",
        "\u200b".join(code),
    ]

    answers = [client.post("/attestation/", {"code": copy}) for copy in copies]

    assert {answer.headers.get("Location") for answer in answers} == {f"/attestation/{code}/"}
    assert "".join(attestation_codes.groups(code)) == code
    assert not [group for group in attestation_codes.groups(code)[:-1] if group.endswith("-")]


def test_what_is_no_code_stays_in_the_form_with_a_sentence(client):
    page = client.post("/attestation/", {"code": "Attestation <b> n° 12"})

    assert "Ce code n’est pas complet." in page_text(page)
    assert "Attestation &lt;b&gt; n° 12</textarea>" in page.content.decode()


def test_the_page_about_a_code_says_what_it_says_in_both_languages(person, client):
    code = code_of(person)

    french = client.get(check_path(code))
    english = client.get(f"/en/certificate/{code}/")

    assert french.status_code == english.status_code == 200
    assert page_text(french).startswith("Cette attestation est authentique Ce site l’a signée")
    assert page_text(english).startswith("This certificate is genuine This site signed it")
    for words in (
        "Nom Zénaïde Okonkwo Atelier Données culturelles Organisation Culture pour tous et TMNlab",
        "15 h 30 – 18 h 00 (heure de France) Durée 2 h 30",
    ):
        assert words in page_text(french)
    assert french["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in french["Cache-Control"]
    assert french["Referrer-Policy"] == "same-origin"


def test_it_is_valid_a_year_later_after_the_erasure_and_after_two_rotations(
    person, client, settings, time_machine
):
    code = code_of(person)
    worker.run_once(now=person.workshop.ends_at)
    privacy.erase(person, now=person.workshop.ends_at)
    for key in (OTHER_KEY, OTHER_KEY[::-1]):
        settings.ATTESTATION_KEY = key
        worker.run_once(now=person.workshop.ends_at)
    start = person.workshop.ends_at
    Workshop.objects.update(title="Autre", starts_at=start, ends_at=start + timedelta(hours=9))
    time_machine.move_to(person.workshop.ends_at + timedelta(days=366), tick=False)

    text = page_text(client.get(check_path(code)))

    assert text.startswith("Cette attestation est authentique")
    assert "Zénaïde Okonkwo Atelier Données culturelles" in text
    assert "lundi 29 mars 2027 9 h 30 – 12 h 00 (heure du Québec)" in text
    assert client.get(path_of(person)).status_code == 410
    assert AttestationKey.objects.count() == 3
    traces = [
        (table, row)
        for table, rows in every_row().items()
        for row in rows
        if "Zénaïde" in row or "Okonkwo" in row or code[-40:] in row
    ]
    assert traces == []


def test_whoever_erases_their_data_is_told_to_keep_it_first(person, client):
    question = client.get(f"{person.manage_path}effacer/")

    assert "Gardez d’abord votre attestation de participation" in page_text(question)
    assert f'href="{path_of(person)}"' in question.content.decode()


def test_it_is_valid_when_the_workshop_is_gone(person, client):
    code = code_of(person)
    person.mails.all().delete()
    person.delete()
    Workshop.objects.all().delete()

    assert client.get(check_path(code)).status_code == 200


def test_the_code_is_the_same_each_time_and_another_after_a_rotation(person, settings):
    first = code_of(person)
    again = code_of(Registration.objects.get(pk=person.pk))
    attestation_keys.record(now=person.workshop.ends_at)
    settings.ATTESTATION_KEY = OTHER_KEY
    other = code_of(person)

    assert (first == again, first == other) == (True, False)
    assert [standing(first), standing(other)] == [Standing.GENUINE, Standing.GENUINE]


def test_a_key_that_was_never_recorded_is_unknown_and_one_distrusted_is_not_believed(
    person, client, settings, now, capsys
):
    settings.ATTESTATION_KEY = OTHER_KEY
    stray = code_of(person)
    settings.ATTESTATION_KEY = ""
    code = code_of(person)
    key_id = attestation_keys.present().id
    assert "n’est pas de nous" in page_text(client.get(check_path(stray)))
    assert "Okonkwo" not in page_text(client.get(check_path(stray)))

    call_command("attestation_keys", distrust=key_id)

    assert re.search(rf"{key_id}  \S{{44}}  2027-03-29  distrusted, signs", capsys.readouterr().out)
    answer = client.get(check_path(code))
    assert (answer.status_code, standing(code)) == (410, Standing.DISTRUSTED)
    assert "Okonkwo" not in page_text(answer)


def test_reading_writes_nothing_and_the_worker_keeps_the_key(person, client):
    before = every_row()
    client.get(path_of(person))
    client.get(path_of(person, ".pdf"))
    client.get(check_path(code_of(person)))
    client.post("/attestation/", {"code": code_of(person)})
    assert every_row() == before

    worker.run_once(now=person.workshop.ends_at)

    [key] = AttestationKey.objects.all()
    assert (key.key_id, len(bytes(key.public))) == (attestation_keys.present().id, 32)


def test_a_corrected_name_has_a_code_of_its_own_and_the_earlier_one_stays_valid(person):
    earlier = code_of(person)
    person.first_name = "Zénaïde-Marie"
    later = code_of(person)

    assert earlier != later
    assert {standing(earlier), standing(later)} == {Standing.GENUINE}


def test_a_revoked_one_is_revoked_in_both_languages_under_each_key_and_gives_no_other(
    make_workshop, register, client, settings, now
):
    hours = {"starts_at": now - timedelta(hours=2), "ends_at": now}
    workshop = make_workshop(title="Titre", translated_title="Title", **hours)
    person = register(workshop, now=now - timedelta(days=2))
    Registration.objects.update(attended_at=now)
    person.refresh_from_db()
    pages = [path_of(person), f"/en{person.manage_path}certificate/"]
    codes = []
    for key in ("", OTHER_KEY):
        settings.ATTESTATION_KEY = key
        worker.run_once(now=now)
        for page in pages:
            html = client.get(page).content.decode()
            codes.append(re.search(r"/(?:attestation|certificate)/([\w-]{90,})/", html)[1])

    done = [attestations.revoke(person, now=now, reason="absent") for _ in range(2)]
    Registration.objects.update(first_name="Autre")

    assert (done, len(set(codes))) == ([True, False], 4)
    assert [standing(code) for code in codes] == [Standing.REVOKED] * 4
    answer = client.get(f"/attestation/{codes[0]}/")
    assert answer.status_code == 410
    said = "L’équipe organisatrice l’a retirée le vendredi 15 janvier 2027 : la personne n’a pas"
    assert said in page_text(answer)
    assert "a retiré cette attestation" in page_text(client.get(pages[0]))
    Registration.objects.update(first_name="Zoé")
    assert attestations.give_back(Registration.objects.get())
    assert [standing(code) for code in codes] == [Standing.GENUINE] * 4
    assert attestations.own(Registration.objects.get(), now=now) is Own.READY


def test_one_revoked_by_its_code_is_no_longer_printed_either(person, client):
    code = code_of(person)
    attestations.revoke_code(attestations.check(code), now=person.workshop.ends_at, reason="other")

    assert "a retiré cette attestation" in page_text(client.get(path_of(person)))
    for row in RevokedAttestation.objects.all():
        assert re.fullmatch(r"[0-9a-f]{64}", row.digest)
    # Nor is one with another letter in the name, or under another key.
    Registration.objects.update(first_name="Zoë")
    changed = Registration.objects.get()
    assert attestations.own(changed, now=person.workshop.ends_at) is Own.REVOKED
    Registration.objects.update(first_name=person.first_name)
    assert attestations.give_code_back(attestations.check(code))
    assert attestations.own(Registration.objects.get(), now=person.workshop.ends_at) is Own.READY
    assert standing(code) is Standing.GENUINE


def test_the_checker_of_the_documentation_agrees_without_us(person, tmp_path):
    text = (DOCS / "attestations.md").read_text(encoding="utf-8")
    checker = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    script = tmp_path / "check.py"
    script.write_text(checker, encoding="utf-8")
    code = code_of(person)
    key = attestation_keys.known()[-1].as_text

    def run(code):
        command = [sys.executable, "-I", str(script), key, code]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")  # noqa: S603

    good = run(" ".join(attestation_codes.groups(code)))
    bad = run(code[:100] + ("A" if code[100] != "A" else "B") + code[101:])

    assert len(checker.splitlines()) <= 30
    assert (good.returncode, bad.returncode) == (0, 1)
    assert '"n": "Zénaïde Okonkwo"' in good.stdout
    assert attestations.check(code).digest in good.stdout


def test_each_page_asks_the_database_as_often_whoever_holds_the_workshop(
    person, client, django_assert_num_queries
):
    code = code_of(person)
    attestation_keys.record(now=person.workshop.ends_at)

    with django_assert_num_queries(3):
        client.get(path_of(person))
    with django_assert_num_queries(3):
        client.get(path_of(person, ".pdf"))
    with django_assert_num_queries(2):
        client.get(check_path(code))
