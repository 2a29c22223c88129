"""Addresses of what spans stages."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("ami_portal.desk.account_urls")),
    path("", views.home, name="home"),
    path("accueil/", views.my_home, name="my_home"),
    path("appels/<slug:code>/", views.call_detail, name="call_detail"),
    path("appels/<slug:code>/formulaire/", views.call_form, name="call_form"),
    path("sante", views.health, name="health"),
]
