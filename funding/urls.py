"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "funding"
urlpatterns = [
    path("", views.convention_list, name="convention_list"),
    path("renoncer/<str:ref>/", views.grant_renounce, name="grant_renounce"),
    path("<str:ref>/", views.convention_detail, name="convention_detail"),
    path("<str:ref>/pieces/<slug:kind>/", views.convention_piece, name="convention_piece"),
    path("<str:ref>/convention.pdf", views.convention_pdf, name="convention_pdf"),
    path("<str:ref>/copie-signee.pdf", views.signed_copy, name="signed_copy"),
]
