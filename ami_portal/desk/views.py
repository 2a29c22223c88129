"""Homes and health."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from ami_portal.kernel.http import page


@page("public")
def home(request: HttpRequest) -> HttpResponse:
    """The open call for a visitor; what there is to do for someone signed in."""
    return render(request, "desk/home.html")


@page("public")
def health(request: HttpRequest) -> HttpResponse:
    """Whether the portal and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"etat": "ok"})
