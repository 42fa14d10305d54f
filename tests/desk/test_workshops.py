"""The organisers' desk: Django admin, in French, on the first host's clock."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import PreviousAddress, Workshop
from registrations.models import OutgoingMail, Registration
from tests.helpers.desk import desk, edit, said, shown_fields
from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

ADD = "/admin/events/workshop/add/"
ROOM = "https://zoom.example/j/1"


@pytest.fixture
def typed(communities, admin_client):
    """What an organiser types into a new workshop, or into the page of `workshop`, just opened.

    Hosts by place, start and end as (date, hour).
    """

    def fill(
        *places, start=("2027-03-29", "09:30"), end=("2027-03-29", "12:00"), workshop=None, **fields
    ):
        hostings = {h.community_id: h.pk for h in workshop.hostings.all()} if workshop else {}
        form = {
            "state": "published",
            "banner": "",
            "title": "Données culturelles",
            "slug": "donnees",
            "place": "Zoom",
            "meeting_url": "",
            "description": "",
            "language": "fr",
            "audience": "",
            "contact_email": "",
            "registration_open": "on",
            "capacity": "",
            "consent_text": "",
            "afterwards_mail": "once",
            "start_0": start[0],
            "start_1": start[1],
            "end_0": end[0],
            "end_1": end[1],
            "hostings-TOTAL_FORMS": len(places),
            "hostings-INITIAL_FORMS": len(hostings),
            "presentations-TOTAL_FORMS": 0,
            "presentations-INITIAL_FORMS": 0,
        }
        if workshop:
            page = admin_client.get(desk(workshop)).content.decode()
            form["_opened"] = FieldsOf(page, "workshop_form").fields["_opened"]
        # Rows that are stored come first, whatever the order the organiser gives them.
        rows = sorted(
            enumerate(places, start=1), key=lambda row: communities[row[1]].pk not in hostings
        )
        for number, (position, place) in enumerate(rows):
            community = communities[place]
            form |= {
                f"hostings-{number}-community": community.pk,
                f"hostings-{number}-position": position,
            }
            if workshop and community.pk in hostings:
                form |= {
                    f"hostings-{number}-id": hostings[community.pk],
                    f"hostings-{number}-workshop": workshop.pk,
                }
        return form | fields

    return fill


def test_a_typed_time_is_on_the_first_hosts_clock(typed, admin_client):
    response = admin_client.post(
        ADD,
        typed("France", "Québec", start=("2027-03-16", "14:30"), end=("2027-03-16", "17:00")),
        follow=True,
    )

    workshop = Workshop.objects.get()
    assert (workshop.starts_at, workshop.ends_at) == (
        datetime(2027, 3, 16, 13, 30, tzinfo=UTC),
        datetime(2027, 3, 16, 16, 0, tzinfo=UTC),
    )
    message = str(list(response.context["messages"])[0]).replace("\u00a0", " ")
    assert message.split("<br>") == [
        "mardi 16 mars 2027",
        "14 h 30 – 17 h 00 (heure de France)",
        "9 h 30 – 12 h 00 (heure du Québec)",
        "Décalage inhabituel à cette date : 5 heures entre l’heure de France et l’heure du "
        "Québec, au lieu de 6 heures."
        " Le changement d’heure n’y a pas lieu aux mêmes dates.",
    ]


def saved_clock(response):
    """The desk's drawing of a workshop's hours as HTML, and its words."""
    [section] = re.findall(
        r'<section class="saved-clock".*?</section>', response.content.decode(), flags=re.S
    )
    return section, plain(re.sub("<[^>]*>", " ", section))


def test_the_twin_clock_stands_over_the_form_without_the_organisers_own_hour(
    make_workshop, admin_client
):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30))

    response = admin_client.get(desk(workshop))

    drawing, words = saved_clock(response)
    assert words == (
        "mardi 16 mars 2027 5 h d’écart au lieu de 6 h "
        "Québec 9 h 30 jusqu’à 12 h 00 France 14 h 30 jusqu’à 17 h 00"
    )
    assert re.findall(r'class="half colour-(\w+)"', drawing) == ["blue", "red"]
    assert "gap-unusual" in drawing
    html = response.content.decode()
    assert [html.count(name) for name in ("data-own-hour", "zone.js", "style=")] == [0, 0, 0]


def test_a_refused_form_leaves_the_twin_clock_as_it_is_saved(workshop, admin_client):
    response = edit(admin_client, workshop, start_1="10:00", end_1="08:00")

    assert response.context["errors"]
    assert "Québec 9 h 30 jusqu’à 12 h 00" in saved_clock(response)[1]


def test_a_new_workshop_has_no_twin_clock_yet(admin_client):
    assert "saved-clock" not in admin_client.get(ADD).content.decode()


def test_the_page_costs_the_same_statements_for_one_host_and_for_three(make_workshop, admin_client):
    workshops = [make_workshop("Québec"), make_workshop("Québec", "France", "La Réunion")]
    admin_client.get(desk(workshops[0]))
    costs = []
    for workshop in workshops:
        with CaptureQueriesContext(connection) as statements:
            admin_client.get(desk(workshop))
        drawn = [each for each in statements if "events_hosting" in each["sql"]]
        costs.append(len(drawn))

    assert costs[0] == costs[1]


def test_a_save_counts_nothing_that_only_the_page_shows(workshop, admin_client):
    with CaptureQueriesContext(connection) as shown:
        fields = shown_fields(admin_client, workshop)
    with CaptureQueriesContext(connection) as saved:
        answer = admin_client.post(desk(workshop), fields | {"place": "Jitsi"})

    def counts_failed_mails(statements):
        return any("\"state\" = 'failed'" in each["sql"] for each in statements)

    assert answer.status_code == 302
    assert [counts_failed_mails(each) for each in (shown, saved)] == [True, False]


def test_every_hosts_local_times_stand_beside_the_typed_date(make_workshop, admin_client):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30))

    response = admin_client.get(desk(workshop))

    text = page_text(response)
    assert (
        text.count(
            "mardi 16 mars 2027 9 h 30 – 12 h 00 (heure du Québec) 14 h 30 – 17 h 00 (heure de "
            "France)"
        )
        == 1
    )
    assert (
        text.count(
            "Décalage inhabituel à cette date : 5 heures entre l’heure du Québec et l’heure de "
            "France"
        )
        == 1
    )
    html = response.content.decode()
    assert [
        html.count(value) for value in ('value="2027-03-16"', 'value="09:30"', 'value="12:00"')
    ] == [2, 1, 1]


WRONG = [
    (
        ("2027-03-14", "02:30"),
        "Le dimanche 14 mars 2027 (heure du Québec), on passe de 2 h 00 à 3 h 00 : 2 h 30 "
        "n’existe pas."
        " Choisissez une heure avant 2 h 00, ou à partir de 3 h 00.",
    ),
    (
        ("2026-11-01", "01:30"),
        "Le dimanche 1er novembre 2026 (heure du Québec), le temps de 1 h 00 à 2 h 00 passe deux "
        "fois : 1 h 30 ne dit pas"
        " laquelle. Choisissez une heure avant 1 h 00, ou à partir de 2 h 00.",
    ),
]


@pytest.mark.parametrize(("start", "sentence"), WRONG)
def test_an_hour_that_is_not_one_instant_is_refused_by_name(start, sentence, typed, admin_client):
    response = admin_client.post(
        ADD, typed("Québec", "France", start=start, end=(start[0], "05:00"))
    )

    assert Workshop.objects.count() == 0
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["start"]
    assert errors["start"][0].replace("\u00a0", " ") == sentence
    assert response.content.decode().count(f'value="{start[1]}"') == 1


def test_an_end_before_the_start_is_refused(typed, admin_client):
    response = admin_client.post(ADD, typed("Québec", end=("2027-03-29", "09:30")))

    assert response.context["adminform"].form.errors == {
        "end": ["La fin doit venir après le début."]
    }


def test_a_workshop_without_a_host_is_refused(typed, admin_client):
    response = admin_client.post(ADD, typed())

    assert (response.status_code, Workshop.objects.count()) == (200, 0)


def test_reordering_the_hosts_moves_no_instant(make_workshop, typed, admin_client):
    workshop = make_workshop("Québec", "France")

    admin_client.post(
        desk(workshop), typed("France", "Québec", workshop=workshop, title="Autre titre")
    )

    after = Workshop.objects.get()
    assert (after.title, [str(c) for c in after.communities]) == (
        "Autre titre",
        ["TMNlab (France)", "Culture pour tous (Québec)"],
    )
    assert (after.starts_at, after.ends_at) == (workshop.starts_at, workshop.ends_at)


def test_a_time_typed_anew_is_read_on_the_new_first_clock(make_workshop, typed, admin_client):
    workshop = make_workshop("Québec", "France")

    moved = typed(
        "France",
        "Québec",
        workshop=workshop,
        start=("2027-03-29", "16:00"),
        end=("2027-03-29", "18:00"),
    )
    admin_client.post(desk(workshop), moved)

    after = Workshop.objects.get()
    assert (after.starts_at, after.ends_at) == (
        datetime(2027, 3, 29, 14, 0, tzinfo=UTC),
        datetime(2027, 3, 29, 16, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "places", [("La Réunion", "Martinique", "France"), ("Katmandou", "Casablanca"), ("Martinique",)]
)
def test_any_organiser_creates_a_workshop_with_other_communities(
    places, typed, communities, admin_client, client
):
    admin_client.post(
        ADD, typed(*places, start=("2027-07-01", "22:00"), end=("2027-07-02", "00:30"))
    )

    workshop = Workshop.objects.get()
    assert [clock.place for clock in workshop.clocks] == list(places)
    assert client.get(workshop.get_absolute_url()).status_code == 200


REFUSED = [
    (
        {"start": ("0027-03-29", "09:30")},
        {"start": ["L’année doit être comprise entre 2000 et 2100 : vérifiez la date."]},
    ),
    (
        {"end": ("2028-03-29", "12:00")},
        {"end": ["L’atelier durerait plus de 24 heures : vérifiez la date de la fin."]},
    ),
    (
        {"end": ("9999-12-31", "23:00")},
        {"end": ["L’année doit être comprise entre 2000 et 2100 : vérifiez la date."]},
    ),
    (
        {"capacity": "0"},
        {"capacity": ["Pour fermer les inscriptions, décochez « inscription ouverte »."]},
    ),
]


@pytest.mark.parametrize(("fields", "errors"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_remedy(fields, errors, typed, admin_client):
    response = admin_client.post(ADD, typed("Québec", "France", **fields))

    found = response.context["adminform"].form.errors
    assert {
        name: [text.replace("\u00a0", " ") for text in texts] for name, texts in found.items()
    } == errors


def host_rows(response):
    """The inline form set of hosts on a page of the desk."""
    return response.context["inline_admin_formsets"][0].formset


def test_two_hosts_with_one_number_are_refused(typed, admin_client):
    response = admin_client.post(ADD, typed("Québec", "France", **{"hostings-1-position": 1}))

    assert host_rows(response).non_form_errors() == [
        (
            "Deux communautés hôtes portent le numéro 1. Numérotez-les 1, 2, 3…\u00a0: la première "
            "donne l’horloge."
        )
    ]
    assert Workshop.objects.count() == 0


def test_the_same_host_twice_is_refused(typed, admin_client):
    response = admin_client.post(ADD, typed("Québec", "Québec"))

    assert host_rows(response).non_form_errors() == [
        (
            "La même communauté figure deux fois parmi les communautés hôtes. Supprimez l’une des "
            "deux lignes."
        )
    ]
    assert Workshop.objects.count() == 0


def test_a_host_without_a_number_goes_last(typed, admin_client):
    unnumbered = {"hostings-0-position": "", "hostings-1-position": ""}

    admin_client.post(ADD, typed("Québec", "France", "Martinique", **unnumbered))

    assert [clock.place for clock in Workshop.objects.get().clocks] == [
        "Martinique",
        "Québec",
        "France",
    ]


def test_a_presentation_by_somebody_who_does_not_host_is_refused(typed, communities, admin_client):
    row = {
        "presentations-TOTAL_FORMS": 1,
        "presentations-0-community": communities["Casablanca"].pk,
    }
    row |= {"presentations-0-title": "CapData", "presentations-0-position": 1}

    response = admin_client.post(ADD, typed("Québec", "France", **row))

    rows = response.context["inline_admin_formsets"][1].formset
    assert rows.errors == [
        {
            "community": [
                "Dar (Casablanca) n’est pas une communauté hôte de cet atelier. Ajoutez-la aux "
                "communautés hôtes,"
                " ou choisissez-en une autre."
            ]
        }
    ]
    assert Workshop.objects.count() == 0


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"presentations-0-title": ""}], ids=["in the form", "in a row below"]
)
def test_after_a_refused_save_the_stored_hours_are_shown(
    wrong, make_workshop, communities, typed, admin_client
):
    workshop = make_workshop("Québec", "France")
    hours = {"start": ("2027-03-30", "16:00"), "end": ("2027-03-30", "18:00")}
    row = {"presentations-TOTAL_FORMS": 1, "presentations-0-community": communities["France"].pk}
    row |= {"presentations-0-title": "CapData", "presentations-0-position": 1}

    response = admin_client.post(
        desk(workshop), typed("France", "Québec", workshop=workshop, **hours) | row | wrong
    )

    text = page_text(response)
    assert (
        text.count(
            "lundi 29 mars 2027 9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 (heure de "
            "France)"
        )
        == 1
    )
    assert response.context["adminform"].form.fields["start"].help_text == "Heure de France"


def test_one_hour_retyped_on_another_first_clock_is_refused(make_workshop, typed, admin_client):
    workshop = make_workshop("Québec", "France")

    one = typed("France", "Québec", workshop=workshop, start=("2027-03-29", "11:00"))
    response = admin_client.post(desk(workshop), one)

    assert response.context["adminform"].form.non_field_errors() == [
        "Une autre horloge vient maintenant en premier, et une seule des deux heures a été retapée."
        " Retapez le début et la fin."
    ]


def warnings_of(response):
    return [
        str(m).replace("\u00a0", " ")
        for m in response.context["messages"]
        if m.level_tag == "warning"
    ]


def test_reordering_hosts_says_that_the_hours_read_otherwise_now(
    make_workshop, typed, admin_client
):
    workshop = make_workshop("Québec", "France")

    reordered = typed("France", "Québec", workshop=workshop, meeting_url=ROOM)
    response = admin_client.post(desk(workshop), reordered, follow=True)

    assert [text.split(".")[0] for text in warnings_of(response)] == [
        "Une autre horloge vient maintenant en premier"
    ]


def test_correcting_a_draft_warns_of_nothing(make_workshop, typed, admin_client):
    workshop = make_workshop("Québec", "France", state=Workshop.State.DRAFT)

    moved = typed(
        "Québec", "France", workshop=workshop, start=("2027-03-29", "10:00"), meeting_url=ROOM
    )
    response = admin_client.post(desk(workshop), moved, follow=True)

    assert warnings_of(response) == []


def test_a_published_workshop_whose_room_has_no_address_warns_at_each_save(
    workshop, typed, admin_client
):
    """D6: else the people at its door are the first to notice."""
    published = typed("Québec", "France", workshop=workshop)
    response = admin_client.post(desk(workshop), published, follow=True)

    assert warnings_of(response) == [
        "La salle n’a pas encore d’adresse. Ajoutez l’adresse de la rencontre avant "
        "l’ouverture de la porte."
    ]
    draft = admin_client.post(desk(workshop), published | {"state": "draft"}, follow=True)
    assert warnings_of(draft) == []


def test_a_new_zone_of_a_community_names_the_workshops_to_check(
    workshop, communities, admin_client
):
    quebec = reverse("admin:events_community_change", args=[communities["Québec"].pk])
    form = FieldsOf(admin_client.get(quebec).content.decode(), "community_form").fields

    response = admin_client.post(quebec, form | {"zone": "America/Vancouver"}, follow=True)

    told = (
        "Le fuseau a changé : aucun atelier n’a bougé, mais ses heures s’y lisent autrement. "
        "À vérifier :"
    )
    (warning,) = warnings_of(response)
    assert warning.split("<br>")[0] == told
    assert warning.split("<br>")[1].startswith(
        "Données culturelles – lundi 29 mars 2027 · 6 h 30 – 9 h 00 (heure du Québec) · 15 h 30 "
        "– 18 h 00 (heure de France)"
    )


def test_an_address_left_blank_is_made_from_the_title(typed, admin_client):
    for _ in range(2):
        admin_client.post(ADD, typed("Québec", title="L’été à l’œuvre : Cœur d'Île", slug=""))

    slugs = list(Workshop.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs == ["l-ete-a-l-oeuvre-coeur-d-ile", "l-ete-a-l-oeuvre-coeur-d-ile-2"]


def test_an_address_is_short_enough_for_a_harvester_and_ends_with_a_word(db):
    title = "Données culturelles : les enjeux de coopération dans les communautés"
    made = [title, f"{'a' * 25} {'b' * 24} c", "a" * 51]

    assert [PreviousAddress.objects.free_slug(each) for each in made] == [
        "donnees-culturelles-les-enjeux-de-cooperation-dans",
        f"{'a' * 25}-{'b' * 24}",
        "a" * 50,
    ]


def test_what_a_word_processor_leaves_in_a_text_is_cleaned(typed, admin_client):
    pasted = "Un\x0bdeux\u2028trois\u200b\r\n•\tquatre\r\n•\tcinq \u202efdp\u202c"

    admin_client.post(ADD, typed("Québec", description=pasted))

    assert Workshop.objects.get().description == "Un\ndeux\ntrois\n- quatre\n- cinq fdp"


def test_only_a_draft_can_be_deleted(make_workshop, admin_client):
    workshops = {state: make_workshop(state=state) for state in Workshop.State}

    codes = {
        str(state): admin_client.post(
            reverse("admin:events_workshop_delete", args=[w.pk]), {"post": "yes"}
        ).status_code
        for state, w in workshops.items()
    }

    assert codes == {"draft": 302, "published": 403, "cancelled": 403}


def test_the_desk_shows_instants_on_the_first_hosts_clock(make_workshop, register, admin_client):
    register(make_workshop("La Réunion", "France"))

    pages = [page_text(admin_client.get(path)) for path in instants_of(OutgoingMail.objects.get())]

    hour = "2027, 16 h 00 (heure de La Réunion)"
    assert [hour in text for text in pages] == [True] * 3
    assert ["UTC" in text for text in pages] == [False] * 3


def instants_of(mail):
    """The list of people, the page of the person and that of a `mail` of theirs."""
    yield "/admin/registrations/registration/"
    yield reverse("admin:registrations_registration_change", args=[mail.registration_id])
    yield reverse("admin:registrations_outgoingmail_change", args=[mail.pk])


def test_cancelling_again_from_the_desk_says_that_nothing_was_cancelled(
    workshop, register, admin_client
):
    chosen = {
        "action": "cancel_registrations",
        "_selected_action": [register(workshop).pk],
        "sure": "yes",
    }
    admin_client.post("/admin/registrations/registration/", chosen)

    response = admin_client.post("/admin/registrations/registration/", chosen, follow=True)

    assert warnings_of(response) == [
        "Rien n’a été annulé : ces inscriptions l’étaient déjà, ou leur atelier est terminé."
    ]


def test_no_filter_spells_out_a_secret_link(workshop, register, admin_client):
    token = register(workshop).manage_token

    response = admin_client.get(
        f"/admin/registrations/registration/?manage_token__startswith={token[0]}"
    )

    assert response.status_code == 400


@pytest.mark.parametrize("value", ["99999999999999999999", "abc", "-1", "0"])
def test_a_filter_by_a_workshop_that_is_not_there_finds_nobody(
    value, workshop, register, admin_client
):
    register(workshop)

    found = (
        admin_client.get(f"/admin/registrations/registration/?workshop={value}")
        .context["cl"]
        .result_list
    )

    assert list(found) == []


def test_a_meeting_address_must_be_secure(typed, admin_client):
    response = admin_client.post(ADD, typed("Québec", meeting_url="http://zoom.example/j/1"))

    assert response.context["adminform"].form.errors == {
        "meeting_url": ["Écrivez une adresse sécurisée, qui commence par https://."]
    }


def test_a_community_takes_only_a_zone_of_the_list(admin_client, db):
    form = {
        "name": "A",
        "place": "B",
        "time_label": "temps de B",
        "zone": "America/Montreal",
        "site": "",
    }

    response = admin_client.post("/admin/events/community/add/", form)

    assert set(response.context["adminform"].form.errors) == {"zone", "time_label"}


def test_the_desk_speaks_french(admin_client):
    text = page_text(admin_client.get("/admin/"))

    assert text.startswith("Ateliers et inscriptions ")
    assert [
        text.count(word) for word in ("Courriels sortants", "Communautés", "Partenaires", "Task")
    ] == [1, 1, 1, 0]


def test_registrations_are_found_by_name_and_narrowed_by_workshop(
    make_workshop, register, admin_client
):
    one, two = make_workshop(title="Un"), make_workshop(title="Deux")
    register(one)
    register(two, first_name="Ana", email="ana@example.org")

    found = admin_client.get("/admin/registrations/registration/?q=Ana").context["cl"].result_list
    narrowed = (
        admin_client.get(
            f"/admin/registrations/registration/?workshop={one.pk}&state__exact=confirmed"
        )
        .context["cl"]
        .result_list
    )
    nonsense = (
        admin_client.get("/admin/registrations/registration/?workshop=abc")
        .context["cl"]
        .result_list
    )

    assert [r.first_name for r in found] == ["Ana"]
    assert [r.first_name for r in narrowed] == ["Zoé"]
    assert list(nonsense) == []


@pytest.mark.parametrize("people", [1, 15])
def test_the_list_of_registrations_costs_the_same_however_long_it_is(
    people, workshop, register, admin_client, django_assert_num_queries
):
    for number in range(people):
        register(workshop, email=f"p{number}@example.org")

    with django_assert_num_queries(8):
        admin_client.get("/admin/registrations/registration/")


def test_cancelling_from_the_desk_is_the_same_act_as_from_the_link(
    workshop, register, admin_client
):
    registration = register(workshop)

    chosen = {"action": "cancel_registrations", "_selected_action": [registration.pk]}
    question = admin_client.post("/admin/registrations/registration/", chosen)
    before = registration.mails.count()
    admin_client.post("/admin/registrations/registration/", chosen | {"sure": "yes"})

    assert (question.content.decode().count("Annuler et prévenir ces personnes"), before) == (1, 1)
    registration.refresh_from_db()
    assert (registration.state, registration.sequence) == ("cancelled", 1)
    assert list(registration.mails.order_by("pk").values_list("kind", flat=True)) == [
        "confirmation",
        "organisers_cancelled",
    ]


def test_an_organiser_corrects_a_name_and_nothing_else(workshop, register, admin_client):
    registration = register(workshop)
    url = reverse("admin:registrations_registration_change", args=[registration.pk])
    fields = FieldsOf(admin_client.get(url).content.decode(), "registration_form").fields

    typed = {"first_name": "Zoë", "state": "waiting", "email": "x@example.org"}
    admin_client.post(url, fields | typed)

    after = Registration.objects.get()
    assert (after.first_name, after.state, after.email) == ("Zoë", "confirmed", "zoe@example.org")


def test_outgoing_mails_are_to_be_read_only(workshop, register, admin_client):
    register(workshop)
    mail = OutgoingMail.objects.get()
    urls = [
        reverse(f"admin:registrations_outgoingmail_{name}", args=args)
        for name, args in (("add", []), ("delete", [mail.pk]))
    ]

    codes = [admin_client.get(url).status_code for url in urls]
    page = admin_client.get(reverse("admin:registrations_outgoingmail_change", args=[mail.pk]))

    assert codes == [403, 403]
    assert (page.status_code, page.content.count(b"_save")) == (200, 0)


def test_no_secret_link_shows_on_the_desk(workshop, register, admin_client):
    registration = register(workshop)
    mail = OutgoingMail.objects.get()
    urls = [
        reverse("admin:registrations_registration_change", args=[registration.pk]),
        reverse("admin:registrations_outgoingmail_change", args=[mail.pk]),
        "/admin/registrations/registration/",
        "/admin/registrations/outgoingmail/",
    ]

    answers = [admin_client.get(url) for url in urls]

    pages = [answer.content.decode() for answer in answers]
    assert [
        (answer.status_code, "Tremblay" in page)
        for answer, page in zip(answers, pages, strict=True)
    ] == [(200, True)] * 4
    tokens = (registration.manage_token, registration.join_token)
    assert [sum(page.count(token) for page in pages) for token in tokens] == [0, 0]


REORDERED = [
    (
        ("Martinique", "Québec"),
        datetime(2026, 11, 1, 1, 30),
        "Le dimanche 1er novembre 2026 (heure du Québec), le temps de 1 h 00 à 2 h 00 passe deux "
        "fois : 1 h 30 ne dit pas"
        " laquelle. Choisissez une heure avant 1 h 00, ou à partir de 2 h 00.",
    ),
    (
        ("La Réunion", "France"),
        datetime(2026, 10, 25, 4, 30),
        "Le dimanche 25 octobre 2026 (heure de France), le temps de 2 h 00 à 3 h 00 passe deux "
        "fois : 2 h 30 ne dit pas"
        " laquelle. Choisissez une heure avant 2 h 00, ou à partir de 3 h 00.",
    ),
]


@pytest.mark.parametrize(("places", "start", "sentence"), REORDERED)
def test_an_untouched_hour_that_passes_twice_on_a_new_first_clock_is_refused_by_name(
    places, start, sentence, make_workshop, typed, admin_client
):
    workshop = make_workshop(*places, start=start)
    hours = {
        "start": (f"{start:%Y-%m-%d}", f"{start:%H:%M}"),
        "end": (f"{start:%Y-%m-%d}", f"{start + timedelta(hours=2.5):%H:%M}"),
    }

    response = admin_client.post(
        desk(workshop), typed(*reversed(places), workshop=workshop, **hours)
    )

    errors = response.context["adminform"].form.errors
    assert {
        name: [text.replace("\u00a0", " ") for text in texts] for name, texts in errors.items()
    } == {"start": [sentence]}
    assert [clock.place for clock in Workshop.objects.get().clocks] == list(places)


@pytest.mark.parametrize("field", ["opens", "closes", "release"])
def test_untouched_moments_of_registration_are_held_to_the_new_first_clock_too(
    field, make_workshop, typed, admin_client
):
    twice = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    stored = {
        "opens": "registration_opens_at",
        "closes": "registration_closes_at",
        "release": "seats_released_at",
    }
    workshop = make_workshop("Martinique", "Québec", **{stored[field]: twice})
    shown = {f"{field}_0": "2026-11-01", f"{field}_1": "01:30"}

    response = admin_client.post(
        desk(workshop), typed("Québec", "Martinique", workshop=workshop, **shown)
    )

    assert list(response.context["adminform"].form.errors) == [field]


def test_an_untouched_hour_that_passes_twice_on_the_same_first_clock_stays(
    make_workshop, typed, communities, admin_client
):
    workshop = make_workshop("Martinique", start=datetime(2026, 11, 1, 1, 30))
    type(communities["Martinique"]).objects.filter(place="Martinique").update(
        zone="America/Toronto"
    )
    hours = {"start": ("2026-11-01", "01:30"), "end": ("2026-11-01", "03:00")}

    admin_client.post(
        desk(workshop), typed("Martinique", workshop=workshop, title="Autre titre", **hours)
    )

    after = Workshop.objects.get()
    assert (after.title, after.starts_at) == ("Autre titre", workshop.starts_at)


def test_a_text_that_a_browser_only_sends_back_has_not_changed(make_workshop, admin_client):
    text = "Un deux.\n\n- trois\n- quatre\n"
    workshop = make_workshop(description=text, consent_text=text, afterwards=text)
    fields = FieldsOf(admin_client.get(desk(workshop)).content.decode(), "workshop_form").fields
    sent = {name: value.replace("\n", "\r\n") for name, value in fields.items()}

    admin_client.post(desk(workshop), sent | {"place": "Jitsi"})
    admin_client.post(desk(workshop), sent | {"place": "Jitsi", "afterwards": "Fini."})

    changed = [
        entry["changed"]["fields"]
        for each in LogEntry.objects.order_by("pk")
        for entry in json.loads(each.change_message)
    ]
    assert changed == [["Where"], ["Further links, or a word"]]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "",
            "L’atelier n’a plus d’adresse de rencontre : le lien de chaque personne mène à une "
            "salle qui n’est pas prête. Saisissez l’adresse avant l’ouverture de la salle.",
        ),
        (
            "https://zoom.example/j/2",
            "L’adresse de la rencontre a changé. Aucun courriel n’est utile : le lien de chaque "
            "personne mène à la nouvelle.",
        ),
    ],
)
def test_a_new_meeting_address_and_none_at_all_are_told_apart(
    address, sentence, make_workshop, register, admin_client
):
    workshop = make_workshop(meeting_url="https://zoom.example/j/1")
    register(workshop)

    page = edit(admin_client, workshop, meeting_url=address)

    assert sentence in said(page)


def test_the_other_language_is_typed_wholly_or_not_at_all(workshop, admin_client):
    half = edit(admin_client, workshop, banner="Série", translated_title="Cultural data")
    whole = {"translated_title": "Cultural data", "translated_banner": "Series"}
    edit(admin_client, workshop, banner="Série", **whole)

    workshop.refresh_from_db()
    said_of = half.context["adminform"].form.errors
    assert said_of == {
        "translated_banner": ["Remplissez ce champ dans les deux langues, ou dans aucune."]
    }
    assert (workshop.title, workshop.translated_title) == ("Données culturelles", "Cultural data")


def test_a_presentation_may_have_its_title_in_the_other_language(workshop, admin_client):
    host = workshop.communities[0]
    row = {"presentations-0-community": host.pk, "presentations-0-position": 1}
    row |= {"presentations-0-title": "Mesurer", "presentations-0-translated_title": "Measuring"}

    edit(admin_client, workshop, **row | {"presentations-TOTAL_FORMS": 1})

    presentation = workshop.presentations.get()
    assert (presentation.title, presentation.translated_title) == ("Mesurer", "Measuring")
