"""What the partners' opinions ask of an applicant: whether the project stands without the datasets refused."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications.enums import MemberRole
from applications.models import Dossier
from applications.rules import own_dossiers
from evaluation import actions
from evaluation.enums import RestrictionState
from evaluation.forms import ConsentForm


@page("evaluation.view_outcome", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_consultation(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What is asked of the team, what it answered; its owner answers. 404 where nothing was ever asked."""
    restrictions = list(obj.restrictions.prefetch_related("datasets").select_related("ended_by").order_by("-number"))
    if not restrictions:
        raise Http404
    running = next((row for row in restrictions if row.state == RestrictionState.ASKED), None)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if running is None:
            messages.error(request, "Cette réponse est déjà donnée, ou ne vous est plus demandée.")
            return redirect("evaluation:dossier_consultation", ref=obj.ref)
        if form.is_valid():
            try:
                actions.answer_restriction(running, **form.said(), actor=request.user)
            except TransitionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "Votre réponse est enregistrée.")
                return redirect("evaluation:dossier_consultation", ref=obj.ref)
    context = {
        "dossier": obj,
        "call": obj.call,
        "running": running,
        "past": [row for row in restrictions if row is not running],
        "kept": _kept(obj, running),
        "form": form,
        "in_time": running is not None and clock.now() < running.due_at,
        "is_owner": obj.seen_role == MemberRole.OWNER,
    }
    return render(request, "evaluation/dossier_consultation.html", context, status=422 if form.errors else 200)


def _kept(dossier: Dossier, running) -> list[str]:
    """The datasets that the dossier would go on with, or goes on with."""
    refused = {dataset.pk for dataset in running.datasets.all()} if running else set()
    rows = dossier.dossier_datasets.select_related("version__dataset")
    return [row.version.dataset.title for row in rows if row.version.dataset_id not in refused]
