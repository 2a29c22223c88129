"""The juror asks to change a review that is submitted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from evaluation import actions
from evaluation.forms import ReopeningForm
from evaluation.models import Review
from evaluation.rules import own_reviews


def _reviews(user: Any) -> Any:
    return own_reviews(user).select_related("dossier__call__session")


@page("evaluation.score", visible=_reviews, by="dossier__ref", param="ref")
@require_POST
def review_reopening(request: HttpRequest, obj: Review) -> HttpResponse:
    """Ask; a request that is refused says why on the page of the review."""
    form = ReopeningForm(request.POST)
    back = redirect("evaluation:review_score", ref=obj.dossier.ref)
    if not form.is_valid():
        messages.error(request, "Dites ce que vous voulez corriger, et pourquoi, en 2 000 caractères au plus.")
        return back
    try:
        actions.ask_reopening(obj, reason=form.cleaned_data["reason"], actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Votre demande est transmise au secrétariat du jury.")
    return back
