from django.urls import path
from django.utils.translation import gettext_lazy as _

from events import views

app_name = "events"
urlpatterns = [
    path("", views.workshop_list, name="list"),
    path(_("calendar.ics"), views.feed, name="feed"),
    path(_("communities/<slug:address>/"), views.community_page, name="community"),
    path(_("workshops/<slug:slug>/"), views.workshop_page, name="workshop"),
    path(_("workshops/<slug:slug>/calendar.ics"), views.workshop_calendar, name="calendar"),
]
