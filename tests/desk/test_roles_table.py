"""Who gets which page of the desk: every address by every role, in one table that is walked."""

import re
from functools import cache
from itertools import product

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from events.models import Presentation, Workshop
from registrations.domain import bulk_acts
from registrations.domain.roles import update_roles
from registrations.models import (
    BulkAct,
    OutgoingMail,
    Registration,
    RevokedAttestation,
    Subscription,
)
from tests.helpers.clock import NOW
from tests.helpers.desk import undone

pytestmark = pytest.mark.one_database

ROLES = ["nobody", "no_role", "welcomes", "reads", "organises", "elsewhere", "superuser"]
# 200 is the page. "login" leads to the way in, "absent" to the first page, which says that there is
# no such row; "there" leads on to another page. A new address needs a line here.
TABLE = """
name                                 nobody no_role welcomes reads  organises elsewhere superuser
index                                login  200     200      200    200       200       200
login                                200    there   there    there  there     there     there
logout                               there  405     405      405    405       405       405
choose_password                      200    200     200      200    200       200       200
password_change                      login  200     200      200    200       200       200
password_change_done                 login  200     200      200    200       200       200
jsi18n                               login  200     200      200    200       200       200
autocomplete                         login  403     403      200    200       200       200
view_on_site                         login  404     404      there  there     404       there
app_list events                      login  404     404      200    200       200       200
app_list registrations               login  404     404      200    200       200       200
app_list auth                        login  404     404      404    404       404       200
events_workshop_changelist           login  403     403      200    200       200       200
events_workshop_add                  login  403     403      403    200       200       200
events_workshop_change               login  403     403      200    200       absent    200
events_workshop_history              login  absent  403      200    200       absent    200
events_workshop_delete               login  403     403      403    403       403       403
registrations_workshop_announce      login  there   there    there  there     there     there
registrations_workshop_notice        login  404     403      403    200       404       200
registrations_workshop_notice_html   login  404     403      403    200       404       200
events_community_changelist          login  403     403      200    200       200       200
events_community_add                 login  403     403      403    200       200       200
events_community_change              login  403     403      200    200       absent    200
events_community_history             login  absent  403      200    200       absent    200
events_community_delete              login  403     403      403    403       403       200
events_partner_changelist            login  403     403      200    200       200       200
events_partner_add                   login  403     403      403    200       200       200
events_partner_change                login  403     403      200    200       200       200
events_partner_history               login  403     403      200    200       200       200
events_partner_delete                login  403     403      403    200       403       200
registrations_registration_changelist login 403     403      200    200       200       200
registrations_registration_add       login  403     403      403    403       403       403
registrations_registration_change    login  403     403      200    200       absent    200
registrations_registration_history   login  absent  403      200    200       absent    200
registrations_registration_delete    login  403     403      403    403       403       403
registrations_outgoingmail_changelist login 403     403      403    200       200       200
registrations_outgoingmail_add       login  403     403      403    403       403       403
registrations_outgoingmail_change    login  403     403      403    200       absent    200
registrations_outgoingmail_history   login  absent  403      403    200       absent    200
registrations_outgoingmail_delete    login  403     403      403    403       403       403
registrations_subscription_changelist login 403     403      403    403       403       200
registrations_subscription_add       login  403     403      403    403       403       403
registrations_subscription_change    login  403     403      403    403       403       200
registrations_subscription_history   login  403     403      403    403       403       200
registrations_subscription_delete    login  403     403      403    403       403       200
second_factor                        login  200     200      200    200       200       200
second_factor_ask                    login  login   login    login  login     login     login
second_factor_set_up                 login  200     200      200    200       200       200
second_factor_codes                  login  there   there    there  there     there     there
second_factor_remove                 login  200     200      200    200       200       200
second_factor_remove_of              login  403     403      403    403       403       200
registrations_bulkact                login  404     403      200    200       404       200
registrations_bulkact_stop           login  404     403      there  there     404       there
registrations_bulkact_again          login  404     403      there  there     404       there
registrations_bulkact_changelist     login  403     403      200    200       200       200
registrations_bulkact_add            login  403     403      403    403       403       403
registrations_bulkact_history        login  absent  403      200    200       absent    200
registrations_bulkact_delete         login  403     403      403    403       403       403
registrations_bulkact_change         login  there   there    there  there     there     there
registrations_registration_export    login  403     403      403    there     there     there
registrations_registration_come      login  404     403      403    there     404       there
registrations_registration_erase     login  404     403      403    200       404       200
registrations_registration_mail      login  404     403      403    200       404       200
registrations_registration_mail_html login  404     403      403    200       404       200
registrations_registration_resend    login  404     403      403    200       404       200
registrations_registration_confirm   login  404     403      403    there     404       there
registrations_registration_restore   login  404     403      403    there     404       there
registrations_registration_address   login  404     403      403    200       404       200
registrations_registration_cancel    login  404     403      403    200       404       200
registrations_registration_revoke    login  404     403      403    there     404       there
registrations_registration_give_back login  404     403      403    there     404       there
registrations_revokedattestation_changelist login 403 403 200 200 200 200
registrations_revokedattestation_add login  403     403      403    200       200       200
registrations_revokedattestation_change login 403   403      200    200       absent    200
registrations_revokedattestation_history login absent 403    200    200       absent    200
registrations_revokedattestation_delete login 403   403      403    403       403       403
events_workshop_board                login  403     200      403    200       404       200
events_workshop_needs                login  404     403      403    200       404       200
events_workshop_overview             login  404     403      200    200       404       200
events_workshop_evaluation           login  404     403      200    200       404       200
events_workshop_share                login  404     403      200    200       404       200
events_workshop_afterwards           login  404     403      403    200       404       200
events_workshop_afterwards_html      login  404     403      403    200       404       200
auth_user_changelist                 login  403     403      403    403       403       200
auth_user_add                        login  403     403      403    403       403       200
auth_user_change                     login  403     403      403    403       403       200
auth_user_history                    login  403     403      403    403       403       200
auth_user_delete                     login  403     403      403    403       403       403
auth_user_link                       login  403     403      403    403       403       there
auth_group_changelist                login  403     403      403    403       403       200
auth_group_add                       login  403     403      403    403       403       200
auth_group_change                    login  403     403      403    403       403       200
auth_group_history                   login  403     403      403    403       403       200
auth_group_delete                    login  403     403      403    403       403       200
"""
WORDS = [line.split() for line in TABLE.strip().split("\n")[1:]]
EXPECTED = {
    " ".join(words[: -len(ROLES)]): dict(zip(ROLES, words[-len(ROLES) :], strict=True))
    for words in WORDS
}


@pytest.fixture
def roles(make_organiser, django_user_model, admin_user):
    """{role: client}; the organiser "elsewhere" has the role « Organise » in another community."""
    update_roles(apps)
    groups = {
        "no_role": (None, "Québec"),
        "welcomes": ("Accueille", "Québec"),
        "reads": ("Consulte", "Québec"),
        "organises": ("Organise", "Québec"),
        "elsewhere": ("Organise", "Martinique"),
    }
    clients = {"nobody": Client(), "superuser": Client()}
    clients["superuser"].force_login(admin_user)
    for role, (group, place) in groups.items():
        organiser = make_organiser(role, places=[place] if group else [])
        organiser.groups.set(Group.objects.filter(name=group))
        clients[role] = Client()
        clients[role].force_login(organiser)
    for client in clients.values():
        client.raise_request_exception = False
    return clients


@pytest.fixture
def rows(make_workshop, communities, register):
    """A row of each model, by the name in which its addresses begin: all are Québec's."""
    workshop = make_workshop("Québec", title="Titre caché", capacity=1)
    Presentation.objects.create(workshop=workshop, community=communities["Québec"], title="Exposé")
    person = register(workshop, first_name="Yolande", last_name="Cachée", email="yo@example.net")
    waiting = register(workshop, email="second@example.net")
    return {
        "waiting": waiting,
        "events_workshop": workshop,
        "events_community": communities["Québec"],
        "events_partner": workshop.partners.create(name="Ministère"),
        "registrations_registration": person,
        "registrations_outgoingmail": person.mails.get(),
        "registrations_revokedattestation": RevokedAttestation.objects.create(
            digest="0" * 64, workshop=workshop, reason="other", revoked_at=NOW
        ),
        "registrations_subscription": Subscription.objects.create(
            email="lea@example.net", asked_at=NOW, last_seen_at=NOW
        ),
        "registrations_bulkact": bulk_acts.begin(
            BulkAct.Kind.CANCEL, Registration.objects.filter(pk=person.pk), by=None, now=NOW
        ),
    }


def addresses(patterns, before="/admin/"):
    """(name, path with its placeholders) of each page of the desk."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, path)
        elif pattern.name:
            yield pattern.name, path


def names():
    """The names in the table, one for each page of the desk that an application has."""
    for name, _path in addresses(admin.site.get_urls()):
        if name == "app_list":
            yield from (f"app_list {app}" for app in ("events", "registrations", "auth"))
        else:
            yield name


@cache
def paths():
    """{name: path with its placeholders}, the first of each name."""
    return dict(reversed(list(addresses(admin.site.get_urls()))))


def path_of(name, rows, user):
    """The path of the page `name` about the one of `rows` that it is about."""
    if name.startswith("app_list"):
        return f"/admin/{name.split()[1]}/"
    path = paths()[name]
    row = next((row for prefix, row in rows.items() if name.startswith(prefix)), None)
    if name.startswith("auth_user"):
        row = user
    if name.startswith("auth_group"):
        row = Group.objects.first()
    kind = ContentType.objects.get_for_model(Workshop).pk
    workshop = rows["events_workshop"].pk
    path = re.sub(r"<\w+:content_type_id>/<\w+:object_id>", f"{kind}/{workshop}", path)
    path = re.sub(r"<\w+:workshop_pk>", str(workshop), path)
    path = re.sub(r"<\w+:(user_pk|account_pk)>", str(user.pk), path)
    path = re.sub(r"<\w+:mail_pk>", str(rows["registrations_outgoingmail"].pk), path)
    path = re.sub(r"<\w+:pk>", str(row.pk if row else 0), path)
    path = re.sub(r"<(\w+:)?(object_id|uidb64|token)>", str(row.pk if row else 0), path)
    picker = "?app_label=events&model_name=hosting&field_name=community"
    return path + picker if name == "autocomplete" else path


def standing(answer):
    """What the table calls this answer."""
    where = answer.headers.get("Location", "")
    if answer.status_code != 302:
        return str(answer.status_code)
    if where.startswith("/admin/login/"):
        return "login"
    return "absent" if where == "/admin/" and has_warning(answer) else "there"


def has_warning(answer):
    """Does the desk say that there is no such row?"""
    return "messages" in answer.cookies or "messages" in answer.wsgi_request.COOKIES


def test_every_address_of_the_desk_stands_in_the_table():
    assert sorted(set(names())) == sorted(EXPECTED)


@pytest.mark.long_walk
def test_each_role_gets_the_pages_that_the_table_says(roles, rows, admin_user):
    pages = {name: path_of(name, rows, admin_user) for name in EXPECTED}

    found = {
        name: {role: standing(roles[role].get(path)) for role in ROLES}
        for name, path in pages.items()
    }

    assert found == EXPECTED


# What an organiser of another community asks for, besides the pages of rows: lists and pickers with
# filters, searches, orders and numbers. None may change with what others hold.
ASKED = [
    "/admin/",
    "/admin/events/",
    "/admin/registrations/",
    "/admin/events/workshop/",
    "/admin/events/workshop/?q=cach",
    "/admin/events/workshop/?starts_at__year=2027",
    "/admin/events/workshop/?_facets=True",
    "/admin/events/community/",
    "/admin/registrations/registration/",
    "/admin/registrations/registration/?q=yolande",
    "/admin/registrations/registration/?state__exact=confirmed",
    "/admin/registrations/registration/?link=never",
    "/admin/registrations/outgoingmail/",
    "/admin/registrations/outgoingmail/?q=yo@example.net",
    "/admin/registrations/outgoingmail/?state__exact=queued",
    "/admin/registrations/revokedattestation/",
    "/admin/autocomplete/?app_label=registrations&model_name=registration&field_name=workshop",
    "/admin/autocomplete/?app_label=registrations&model_name=outgoingmail&field_name=registration",
]


@pytest.mark.parametrize(
    "role", ["elsewhere", "nothing_elsewhere", "welcomes_elsewhere", "reads_elsewhere"]
)
def test_nothing_at_the_desk_tells_what_other_communities_hold(
    role, roles, make_organiser, request
):
    client = roles["elsewhere"]
    if role != "elsewhere":
        organiser = make_organiser(role, places=["Martinique"])
        group = {"welcomes_elsewhere": "Accueille", "reads_elsewhere": "Consulte"}.get(role)
        organiser.groups.set(Group.objects.filter(name=group))
        client.force_login(organiser)
    before = [without_secrets(client.get(path)) for path in ASKED]

    request.getfixturevalue("rows")

    assert [without_secrets(client.get(path)) for path in ASKED] == before


def without_secrets(answer):
    """The status and the text of a page, without the secret of its forms."""
    text = answer.content.decode()
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


ACTS = {
    "cancel": ("registrations/registration/", "cancel_registrations"),
    "erase": ("registrations/registration/", "erase_people"),
    "confirm": ("registrations/registration/", "confirm_registrations"),
    "send again": ("registrations/outgoingmail/", "send_again"),
    "delete": ("events/partner/", "delete_selected"),
}
# Which roles an act obeys.
DOERS = {"organises", "superuser"}


def test_an_act_on_a_list_is_done_for_whom_it_is_meant_alone(roles, rows):
    OutgoingMail.objects.update(state="failed")
    before, answers, done = snapshot(), {}, set()

    for act, role in product(ACTS, ROLES):
        path, action = ACTS[act]
        row = rows["waiting" if act == "confirm" else path.strip("/").replace("/", "_")]
        chosen = {"action": action, "_selected_action": [row.pk], "sure": "1", "post": "yes"}
        with undone():
            answers[act, role] = roles[role].post(f"/admin/{path}", chosen).status_code
            if snapshot() != before:
                done.add((act, role))

    assert {case: code for case, code in answers.items() if code not in (200, 302, 403)} == {}
    assert done == set(product(ACTS, DOERS))


def snapshot():
    """What the acts of the lists change."""
    people = Registration.objects.order_by("pk")
    return (
        list(people.values_list("state", "first_name", "mails__state", "mails__kind")),
        Workshop.objects.get().partners.count(),
    )


PERMISSIONS = [
    f"{verb}_{model}"
    for model in (
        *("workshop", "hosting", "presentation", "community", "partner"),
        *("registration", "outgoingmail", "user", "group", "permission"),
    )
    for verb in ("view", "add", "change", "delete")
] + ["use_board"]


@pytest.mark.long_walk
def test_no_right_alone_leads_to_an_error(rows, make_organiser, admin_user):
    client = Client(raise_request_exception=False)
    organiser = make_organiser("alone")
    client.force_login(organiser)
    paths = {name: path_of(name, rows, admin_user) for name in EXPECTED}
    answers = {}

    for codename in PERMISSIONS:
        model = codename.split("_")[1]
        organiser.user_permissions.set([Permission.objects.get(codename=codename)])
        for name in EXPECTED:
            if model in name or name.startswith(("events_workshop", "index")):
                answers[codename, name] = client.get(paths[name]).status_code

    assert {case: status for case, status in answers.items() if status >= 500} == {}
