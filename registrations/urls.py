from django.urls import path
from django.utils.translation import gettext_lazy as _

from registrations import views

app_name = "registrations"
urlpatterns = [
    path(_("workshops/<slug:slug>/register/"), views.sign_up, name="sign_up"),
    path(_("workshops/<slug:slug>/register/thank-you/"), views.thanks, name="thanks"),
    path("i/<slug:token>/", views.manage, name="manage"),
    path(_("i/<slug:token>/cancel/"), views.cancel, name="cancel"),
    path("j/<slug:token>/", views.join, name="join"),
]
