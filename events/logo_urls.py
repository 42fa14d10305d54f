"""The addresses of logos, the same in each language."""

from django.urls import path

from events import logo_views

urlpatterns = [path("<slug:digest>.<slug:ending>", logo_views.logo, name="logo")]
