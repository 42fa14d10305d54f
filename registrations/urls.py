from django.urls import path
from django.utils.translation import gettext_lazy as _

from registrations.views import (
    attestation_checks,
    attestations,
    ballot,
    join,
    lost_links,
    manage,
    needs,
    open_agenda,
    own_data,
    sign_up,
    style,
    subscribe,
    subscription,
    thanks,
)

app_name = "registrations"
urlpatterns = [
    path(_("workshops/<slug:slug>/register/"), sign_up.sign_up, name="sign_up"),
    path(_("workshops/<slug:slug>/register/thank-you/"), thanks.thanks, name="thanks"),
    path(_("lost-link/"), lost_links.lost_links, name="lost_links"),
    path("i/<slug:token>/", manage.manage, name="manage"),
    path(_("i/<slug:token>/edit/"), manage.edit, name="edit"),
    path(_("i/<slug:token>/needs/"), needs.needs, name="needs"),
    path(_("i/<slug:token>/cancel/"), manage.cancel, name="cancel"),
    path(_("i/<slug:token>/undo/"), manage.reinstate, name="reinstate"),
    path(_("i/<slug:token>/send-again/"), manage.send_again, name="send_again"),
    path(_("i/<slug:token>/confirm/"), manage.confirm_address, name="confirm_address"),
    path(_("i/<slug:token>/newsletter/"), manage.withdraw_newsletter, name="withdraw_newsletter"),
    path("i/<slug:token>/invitation.ics", manage.invite, name="invite"),
    path(_("i/<slug:token>/data.json"), own_data.data, name="data"),
    path(_("i/<slug:token>/erase/"), own_data.erase, name="erase"),
    path("j/<slug:token>/", join.join, name="join"),
    path(_("j/<slug:token>/attendance/"), join.keyword, name="keyword"),
    path(_("j/<slug:token>/feedback/"), ballot.ballot, name="ballot"),
    path(
        _("i/<slug:token>/attendance/"), join.keyword_of_manage_page, name="keyword_of_manage_page"
    ),
    path("agenda/openagenda.json", open_agenda.export, name="open_agenda"),
    path(_("i/<slug:token>/certificate/"), attestations.attestation, name="attestation"),
    path(_("i/<slug:token>/certificate.pdf"), attestations.attestation_pdf, name="attestation_pdf"),
    path(_("certificate/"), attestation_checks.check, name="attestation_check"),
    path(_("certificate/<str:code>/"), attestation_checks.checked, name="attestation_checked"),
    path(_("next-workshop/"), subscribe.subscribe, name="subscribe"),
    path("n/<slug:token>/", subscription.subscription, name="subscription"),
    path(_("n/<slug:token>/unsubscribe/"), subscription.unsubscribe, name="unsubscribe"),
    path("style/", style.style, name="style"),
]
