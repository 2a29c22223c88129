"""Addresses of accounts: allauth's pages and the second factor's."""

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
]
