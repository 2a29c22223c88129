"""The declaration of interests, which comes before any reading; then the files that it opens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import reading
from evaluation import actions, teams
from evaluation.enums import ReviewState, SessionState, TieKind
from evaluation.forms import CONFLICT, DeclarationForm
from evaluation.models import Review
from evaluation.rules import awaits_charter, own_reviews, readable_reviews

METHODS = ["GET", "HEAD", "POST"]


def _reviews(user: Any) -> Any:
    rows = own_reviews(user).select_related("dossier__call__session")
    return rows.annotate(awaits_charter=awaits_charter(user))


def _readable(user: Any) -> Any:
    return readable_reviews(user).select_related("dossier")


@page("evaluation.declare_conflict", visible=_reviews, by="dossier__ref", param="ref")
@require_http_methods(METHODS)
def review_declare(request: HttpRequest, obj: Review) -> HttpResponse:
    """Title, organisation and team, nothing more; an interest or none. It can be declared later too."""
    if obj.awaits_charter:
        return redirect("evaluation:jury_charter", code=obj.dossier.call.code)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if obj.state != ReviewState.TO_DECLARE:
        form.fields["choice"].initial = CONFLICT
    if request.method != "POST" or not form.is_valid():
        return _declaration_page(request, obj, form)
    if form.cleaned_data["choice"] == CONFLICT and "confirme" not in request.POST:
        context = {"review": obj, "dossier": obj.dossier, "conflict": form.cleaned_data["conflict"]}
        context["ties"] = [TieKind(code) for code in form.cleaned_data["ties"]]
        return render(request, "evaluation/review_recuse.html", context)
    return _declare(request, obj, form)


def _declare(request: HttpRequest, review: Review, form: DeclarationForm) -> HttpResponse:
    ref = review.dossier.ref
    try:
        if form.cleaned_data["choice"] == CONFLICT:
            said = {"conflict": form.cleaned_data["conflict"], "ties": form.cleaned_data["ties"]}
            actions.declare_conflict(review, **said, actor=request.user)
            messages.success(request, f"Vous vous êtes déporté du dossier {ref} : il ne vous est plus montré.")
            return redirect("evaluation:review_list")
        actions.deny_conflict(review, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _declaration_page(request, review, form)
    messages.success(request, f"Le dossier {ref} vous est ouvert.")
    return redirect("evaluation:review_score", ref=ref)


def _declaration_page(request: HttpRequest, review: Review, form: DeclarationForm) -> HttpResponse:
    version = reading.standing_version(review.dossier)
    if version is None:
        raise Http404
    session = getattr(review.dossier.call, "session", None)
    opened = (SessionState.SCORING,) if review.state == ReviewState.TO_DECLARE else _RECUSABLE
    context = {
        "review": review,
        "dossier": review.dossier,
        "team": teams.team_of(reading.frozen(version)),
        "texts": review.dossier.call.texts,
        "form": form,
        "is_first": review.state == ReviewState.TO_DECLARE,
        "is_open": session is not None and session.state in opened,
    }
    return render(request, "evaluation/review_declare.html", context, status=422 if form.errors else 200)


_RECUSABLE = (SessionState.SCORING, SessionState.DELIBERATION)


@page("evaluation.read_dossier", visible=_readable, by="dossier__ref", param="ref")
@require_GET
def review_pdf(request: HttpRequest, obj: Review) -> HttpResponse:
    """The PDF of the deposit."""
    version = reading.standing_version(obj.dossier)
    if version is None or version.pdf is None:
        raise Http404
    return store.serve(version.pdf)


@page("evaluation.read_dossier", visible=_readable, by="dossier__ref", param="ref")
@require_GET
def review_file(request: HttpRequest, obj: Review, uuid: UUID) -> HttpResponse:
    """A file of the deposit."""
    version = reading.standing_version(obj.dossier)
    if version is None or str(uuid) not in {file.uuid for file in reading.frozen(version).all_files()}:
        raise Http404
    return store.serve(get_object_or_404(Document, uuid=uuid, verdict=Verdict.ACCEPTED))
