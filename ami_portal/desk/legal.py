"""Pages that the law asks for: accessibility, legal notice, personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ami_portal.kernel.http import page


@page("public")
def accessibility(request: HttpRequest) -> HttpResponse:
    """Where the portal stands, and how to ask for what one cannot reach."""
    return render(request, "desk/legal_accessibility.html")


@page("public")
def legal_notice(request: HttpRequest) -> HttpResponse:
    """Who publishes."""
    return render(request, "desk/legal_notice.html")


@page("public")
def personal_data(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long, and their rights."""
    return render(request, "desk/legal_personal_data.html")
