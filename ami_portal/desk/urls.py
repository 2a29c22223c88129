"""Addresses of what spans stages."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("ami_portal.desk.account_urls")),
    path("", views.home, name="home"),
    path("sante", views.health, name="health"),
]
