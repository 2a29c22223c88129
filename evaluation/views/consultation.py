"""What the partners' opinions ask of an applicant: its answer to a refusal before it takes effect, then whether the
project stands without the datasets refused."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications.enums import MemberRole
from applications.models import Dossier
from applications.rules import own_dossiers
from evaluation import actions
from evaluation.enums import ContradictionState, RestrictionState
from evaluation.forms import ConsentForm, ContradictionForm
from evaluation.models import Contradiction, Restriction


@page("evaluation.view_outcome", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_consultation(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What is asked of the team, what it answered; its owner answers. 404 where nothing was ever asked."""
    if request.method != "POST":
        return _page(request, obj)
    running = _restrictions(obj).filter(state=RestrictionState.ASKED).first()
    form = ConsentForm(request.POST)
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
    return _page(request, obj, consent=form)


@page("evaluation.view_outcome", visible=own_dossiers)
@require_POST
def contradiction_answer(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """The answer to the opinion on one dataset. 404 where the team was told nothing of it."""
    told = get_object_or_404(_told(obj).exclude(state=ContradictionState.DROPPED), opinion__dataset__code=code)
    form = ContradictionForm(request.POST, prefix=code)
    if form.is_valid():
        try:
            actions.answer_contradiction(told, answer=form.cleaned_data["answer"], actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre réponse est envoyée.")
            return redirect("evaluation:dossier_consultation", ref=obj.ref)
    return _page(request, obj, answer=form)


def _restrictions(dossier: Dossier) -> Any:
    rows = Restriction.objects.filter(dossier=dossier).prefetch_related("datasets")
    return rows.select_related("ended_by").order_by("-number")


def _told(dossier: Dossier) -> Any:
    rows = Contradiction.objects.filter(opinion__dossier=dossier).select_related("opinion__dataset", "answered_by")
    return rows.order_by("-opened_at", "-pk")


def _page(
    request: HttpRequest,
    dossier: Dossier,
    *,
    consent: ConsentForm | None = None,
    answer: ContradictionForm | None = None,
) -> HttpResponse:
    """The page, with the form that was not accepted. 404 where nothing was ever asked of the team."""
    restrictions, told, at = list(_restrictions(dossier)), list(_told(dossier)), clock.now()
    if not restrictions and not told:
        raise Http404
    running = next((row for row in restrictions if row.state == RestrictionState.ASKED), None)
    failed = consent or answer
    context = {
        "dossier": dossier,
        "call": dossier.call,
        "running": running,
        "past": [row for row in restrictions if row is not running],
        "kept": _kept(dossier, running),
        "form": consent or ConsentForm(),
        "in_time": running is not None and at < running.due_at,
        "is_owner": dossier.seen_role == MemberRole.OWNER,
        "told": [_row(row, at, answer) for row in told],
        "failed": answer,
    }
    status = 422 if failed is not None and failed.errors else 200
    return render(request, "evaluation/dossier_consultation.html", context, status=status)


def _row(told: Contradiction, at: Any, bound: ContradictionForm | None) -> dict[str, Any]:
    """One opinion as it was told, with the form of its answer while it may be given, or that was refused."""
    code = told.opinion.dataset.code
    is_open = told.state == ContradictionState.OPENED
    own = bound if bound is not None and bound.prefix == code and told.state != ContradictionState.DROPPED else None
    in_time = is_open and at < told.due_at
    return {"one": told, "is_open": is_open, "in_time": in_time, "form": own or ContradictionForm(prefix=code)}


def _kept(dossier: Dossier, running: Restriction | None) -> list[str]:
    """The datasets that the dossier would go on with, or goes on with."""
    refused = {dataset.pk for dataset in running.datasets.all()} if running else set()
    rows = dossier.dossier_datasets.select_related("version__dataset")
    return [row.version.dataset.title for row in rows if row.version.dataset_id not in refused]
