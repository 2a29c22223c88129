"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "datasets"
urlpatterns = [
    path("", views.dataset_list, name="dataset_list"),
    path("<slug:code>/", views.dataset_detail, name="dataset_detail"),
    path("<slug:code>/version-<path:version>/", views.dataset_version, name="dataset_version"),
]
