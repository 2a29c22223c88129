"""A dossier deposited on Démarches Simplifiées, found again here by who deposited it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import Dossier
from applications.rules import dossiers_deposited_elsewhere_by, role_on


@page("applications.claim_dossier", visible=dossiers_deposited_elsewhere_by)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_claim(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What claiming does, and its button; one's own already is shown as it is."""
    if role_on(request.user, obj):
        return redirect("applications:dossier_detail", ref=obj.ref)
    if request.method == "POST":
        try:
            actions.claim_dossier(obj, actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("applications:dossier_list")
        messages.success(request, f"Le dossier {obj.ref} est dans votre espace. Un courriel vous le confirme.")
        return redirect("applications:dossier_detail", ref=obj.ref)
    return render(request, "applications/dossier_claim.html", {"dossier": obj})
