"""The page about oneself: name, address, password, second factor, mails that one may refuse."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ami_portal.accounts import devices
from ami_portal.accounts.models import RoleGrant
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import DigestRefusal


@page("signed_in")
def account_home(request: HttpRequest) -> HttpResponse:
    """Who one is for the portal, and what protects the account."""
    grants = RoleGrant.objects.filter(user=request.user).select_related("organisation")
    context = {
        "grants": list(grants),
        "left": devices.recovery_codes_left(request.user),
        "is_told": not DigestRefusal.objects.filter(reader=request.user).exists(),
    }
    return render(request, "desk/account_home.html", context)


@page("signed_in")
@require_POST
def choose_digests(request: HttpRequest) -> HttpResponse:
    """Receive the mail of the answers published, or no longer."""
    wanted = request.POST.get("recevoir") == "oui"
    actions.choose_digests(wanted=wanted, actor=request.user)
    said = "Vous recevrez les réponses publiées." if wanted else "Vous ne recevrez plus les réponses publiées."
    messages.success(request, said)
    return redirect("account_home")


@page("signed_in")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read the questions of calls in this language, then go back to where one was."""
    try:
        actions.choose_language(request.POST.get("langue", ""), actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("retour", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "account_home")
