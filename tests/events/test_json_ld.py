"""The Event on a workshop's page, as search engines, Artsdata and La Vitrine take it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from events.models import Community, Workshop
from tests.helpers.clock import NOW
from tests.helpers.json_ld import event_of, faults, graph_of
from tests.helpers.pages import FieldsOf
from tests.helpers.workshops import change, move

pytestmark = [
    pytest.mark.one_database,
    # Of rdflib's own readers.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),
]

SITE = "https://ateliers.example.org"
PAGE = f"{SITE}/ateliers/atelier-1/"
SCHEMA = "http://schema.org/"
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
WIKIDATA = "http://www.wikidata.org/entity/Q1"
ARTSDATA = "http://kg.artsdata.ca/resource/K1-1"


def organisation(community, **facts):
    return {
        "@type": "Organization",
        "@id": f"{SITE}/#community-{community.pk}",
        "name": community.name,
        "url": SITE + community.get_absolute_url(),
    } | facts


def test_a_page_says_what_harvesters_take(make_workshop, communities, client):
    Community.objects.filter(place="Québec").update(same_as=f"{WIKIDATA}\n\n{WIKIDATA}")
    workshop = make_workshop(
        capacity=3, description="Ce qui *nous* relie.", meeting_url="https://zoom.example/j/1"
    )

    event = event_of(client.get(workshop.get_absolute_url()))

    hosts = [
        organisation(communities["Québec"], sameAs=[WIKIDATA]),
        organisation(communities["France"]),
    ]
    assert event.pop("image").startswith(f"{PAGE}image.png?v=")
    assert event == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": f"{SITE}/#{workshop.uid}",
        "additionalType": "http://kg.artsdata.ca/resource/WorkshopEvent",
        "url": PAGE,
        "mainEntityOfPage": {
            "@type": "WebPage",
            "url": PAGE,
            "inLanguage": "fr",
            "lastReviewed": "2027-01-15T07:00:00-05:00",
        },
        "name": "Données culturelles",
        "description": "Ce qui nous relie.",
        "inLanguage": "fr",
        "startDate": "2027-03-29T09:30:00-04:00",
        "endDate": "2027-03-29T12:00:00-04:00",
        "doorTime": "2027-03-29T09:15:00-04:00",
        "duration": "P0DT02H30M00S",
        "eventStatus": f"{SCHEMA}EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "name": "Zoom", "url": PAGE},
        "organizer": hosts,
        "performer": hosts,
        "isAccessibleForFree": True,
        "maximumVirtualAttendeeCapacity": 3,
        "offers": {
            "@type": "Offer",
            "additionalType": "http://kg.artsdata.ca/resource/OfferRequiresRegistration",
            "price": 0,
            "priceCurrency": "CAD",
            "availability": f"{SCHEMA}InStock",
            "validFrom": "2027-01-15T07:00:00-05:00",
            "url": f"{PAGE}inscription/",
        },
    }


def test_a_draft_says_nothing(make_workshop, admin_client):
    draft = make_workshop(state=Workshop.State.DRAFT)

    assert event_of(admin_client.get(draft.get_absolute_url())) is None


def test_both_languages_tell_of_one_event_and_the_form_in_their_own(make_workshop, client):
    make_workshop(translated_title="Cultural data", translated_description="What binds us.")

    french = event_of(client.get("/ateliers/atelier-1/"))
    english = event_of(client.get("/en/workshops/atelier-1/"))

    assert french["@id"] == english["@id"]
    assert [each["@id"] for each in french["organizer"]] == [
        each["@id"] for each in english["organizer"]
    ]
    assert (english["name"], english["inLanguage"]) == ("Cultural data", "fr")
    assert english["mainEntityOfPage"]["inLanguage"] == "en"
    assert english["offers"]["url"] == f"{SITE}/en/workshops/atelier-1/register/"


def test_what_is_announced_of_language_and_accessibility_is_told(make_workshop, client):
    told = {"captions": "automatic", "interpretation": ["lsf", "en"], "spoken_language": "both"}
    make_workshop(**told, is_recorded=True)

    event = event_of(client.get("/en/workshops/atelier-1/"))

    assert event["inLanguage"] == ["fr", "en"]
    assert event["workFeatured"] == {
        "@type": "CreativeWork",
        "name": "Données culturelles",
        "accessibilityFeature": ["captions", "signLanguage"],
        "accessibilitySummary": (
            "Language spoken: French and English; Captions: Automatic; "
            "Interpretation: LSF (French Sign Language), into English; "
            "Recording: The session is recorded"
        ),
    }


def test_each_state_is_as_the_shapes_of_artsdata_and_la_vitrine_want_it(
    make_workshop, communities, client, register
):
    Community.objects.update(same_as=WIKIDATA)
    make_workshop(description="Un [lien](https://example.org/) et *deux* mots.")
    make_workshop("La Réunion", "Katmandou")
    moved = make_workshop()
    change(moved, announced_starts_at=moved.starts_at)
    move(moved, 3 * DAYS)
    make_workshop(state=Workshop.State.CANCELLED)
    register(make_workshop(capacity=1))
    make_workshop(registration_open=False)
    make_workshop(registration_opens_at=NOW + DAYS)
    make_workshop(
        starts_at=NOW - 2 * DAYS,
        ends_at=NOW - DAYS,
        captions="human",
        spoken_language="both",
        interpretation=["lsq"],
    )
    paths = [
        path
        for number in range(1, 9)
        for path in (f"/ateliers/atelier-{number}/", f"/en/workshops/atelier-{number}/")
    ]
    events = [event_of(client.get(path)) for path in paths]

    assert [
        (each["eventStatus"].removeprefix(SCHEMA), each["offers"]["availability"][18:])
        for each in events[::2]
    ] == [
        ("EventScheduled", "InStock"),
        ("EventScheduled", "InStock"),
        ("EventRescheduled", "InStock"),
        ("EventCancelled", "SoldOut"),
        ("EventScheduled", "SoldOut"),
        ("EventScheduled", "SoldOut"),
        ("EventScheduled", "InStock"),
        ("EventScheduled", "SoldOut"),
    ]
    assert {client.get(urlsplit(each["offers"]["url"]).path).status_code for each in events} == {
        200
    }
    assert events[4]["previousStartDate"] == "2027-03-29T09:30:00-04:00"
    assert events[2]["startDate"] == "2027-03-29T05:30:00Z"
    for graph in (graph_of(events[::2]), graph_of(events[1::2])):
        found = {name: faults(graph, name) for name in ("artsdata", "la_vitrine", "artsdata_score")}
        assert found == {"artsdata": [], "la_vitrine": [], "artsdata_score": []}


def test_the_shapes_find_what_they_are_for(workshop, client):
    """The guard of the guard: each of them refuses an event that is wrong."""
    event = event_of(client.get(workshop.get_absolute_url()))
    east = event | {"startDate": "2027-03-29T15:30:00+02:00"}
    two_places = event | {"location": [event["location"], event["location"]]}
    with_doubt = event | {"offers": event["offers"] | {"seller": "us"}}

    wrong = [
        faults(graph_of([each]), name)
        for each, name in [
            (east, "artsdata_score"),
            (two_places, "artsdata"),
            (with_doubt, "la_vitrine"),
        ]
    ]

    assert all(wrong), wrong


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        "<!-- <script>",
        "]]> & \"guillemets\" \\ 'a'",
        "</SCRIPT ><b>",
    ],
)
def test_no_title_breaks_out(title, make_workshop, client):
    description = f"{title}\u2028{title}\u2029fin"
    make_workshop(title=title, description=description, place=title[:100])

    response = client.get("/ateliers/atelier-1/")

    block = response.content.decode().partition("application/ld+json")[2].partition("</script>")[0]
    assert event_of(response)["name"] == title
    assert event_of(response)["location"]["name"] == title
    assert not set("<&\u2028\u2029") & set(block)


def test_instants_are_written_west_of_greenwich_or_in_utc(make_workshop, client):
    written = {}
    for places in [("France", "Québec"), ("France", "La Réunion"), ("Martinique", "France")]:
        start = datetime(2027, 7, 1, 13, 30, tzinfo=UTC)
        workshop = make_workshop(*places, starts_at=start, ends_at=start + 2 * HOURS)
        event = event_of(client.get(workshop.get_absolute_url()))
        written[places] = event["startDate"]

    assert list(written.values()) == [
        "2027-07-01T09:30:00-04:00",
        "2027-07-01T13:30:00Z",
        "2027-07-01T09:30:00-04:00",
    ]


def test_the_desk_takes_addresses_of_a_community_elsewhere(communities, admin_client):
    path = reverse("admin:events_community_change", args=[communities["Québec"].pk])
    fields = FieldsOf(admin_client.get(path).content.decode(), "community_form").fields

    refused = admin_client.post(path, fields | {"same_as": f"{WIKIDATA}\nftp://example.org/"})
    too_many = admin_client.post(path, fields | {"same_as": f"{WIKIDATA}\n" * 11})
    taken = admin_client.post(path, fields | {"same_as": f"  {WIKIDATA}\r\n\r\n{ARTSDATA} "})

    assert refused.context["adminform"].errors["same_as"] == [
        "«\u00a0ftp://example.org/\u00a0» n’est pas une adresse web. Écrivez-en une par ligne, "
        "chacune commençant par https:// ou http://."
    ]
    assert "11 adresses" in too_many.context["adminform"].errors["same_as"][0]
    assert taken.status_code == 302
    community = Community.objects.get(place="Québec")
    assert community.addresses_elsewhere == [WIKIDATA, ARTSDATA]
