"""The page about oneself: name, address, password, second factor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ami_portal.accounts import devices
from ami_portal.accounts.models import RoleGrant
from ami_portal.kernel.http import page


@page("signed_in")
def account_home(request: HttpRequest) -> HttpResponse:
    """Who one is for the portal, and what protects the account."""
    grants = RoleGrant.objects.filter(user=request.user).select_related("organisation")
    context = {"grants": list(grants), "left": devices.recovery_codes_left(request.user)}
    return render(request, "desk/account_home.html", context)
