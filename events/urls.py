from django.urls import path
from django.utils.translation import gettext_lazy as _

from events import embedding_views, feed_views, poster_views, preview_views, views

app_name = "events"
urlpatterns = [
    path("", views.workshop_list, name="list"),
    path(_("calendar.ics"), feed_views.calendar, name="feed"),
    path("atom.xml", feed_views.atom, name="atom"),
    path(_("calendar/"), feed_views.subscribe, name="subscribe"),
    path(_("accessibility/"), views.accessibility, name="accessibility"),
    path(_("workshops/"), views.workshops),
    path(_("communities/<slug:address>/"), views.community_page, name="community"),
    path(_("communities/<int:pk>/calendar.ics"), feed_views.calendar, name="community_feed"),
    path(_("communities/<int:pk>/atom.xml"), feed_views.atom, name="community_atom"),
    path(_("workshops/<slug:slug>/"), views.workshop_page, name="workshop"),
    path(_("workshops/<slug:slug>/calendar.ics"), feed_views.workshop_calendar, name="calendar"),
    path(_("workshops/<slug:slug>/card/"), embedding_views.embedded_card, name="embedded_card"),
    path(_("workshops/<slug:slug>/poster/"), poster_views.poster_page, name="poster"),
    path(_("workshops/<slug:slug>/poster.pdf"), poster_views.poster_file, name="poster_pdf"),
    path(
        _("workshops/<slug:slug>/image.png"),
        preview_views.workshop_picture,
        name="workshop_picture",
    ),
    path("image.png", preview_views.site_picture, name="site_picture"),
]
