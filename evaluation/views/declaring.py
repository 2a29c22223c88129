"""The declarations of interests that wait, several at once: each dossier by its title, applicant and team only."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import reading
from applications.models import DossierVersion
from evaluation import actions, teams
from evaluation.enums import ReviewState, SessionState
from evaluation.forms import CONFLICT, DeclarationForm
from evaluation.models import Review
from evaluation.rules import awaits_charter, own_reviews
from evaluation.teams import Person

PER_PAGE = 20


@dataclass(frozen=True)
class Line:
    """A dossier with what may be known of it before an answer, and the answer."""

    review: Review
    team: list[Person]
    form: DeclarationForm

    @property
    def is_answered(self) -> bool:
        """Whether something was chosen: a dossier left without an answer waits."""
        return bool(self.form.data.get(self.form.add_prefix("choice")))


def _waiting(request: HttpRequest) -> Page:
    """The dossiers to declare whose scoring is open, the first entrusted first."""
    standing = Prefetch("dossier__versions", queryset=DossierVersion.objects.filter(withdrawn_at=None))
    rows = own_reviews(request.user).filter(
        ~awaits_charter(request.user),
        state=ReviewState.TO_DECLARE,
        dossier__call__session__state=SessionState.SCORING,
        dossier__versions__withdrawn_at=None,
    )
    whole = rows.select_related("dossier__call").prefetch_related(standing).order_by("assigned_at", "pk").distinct()
    return Paginator(whole, PER_PAGE).get_page(request.GET.get("page"))


@page("evaluation.list_reviews")
@require_http_methods(["GET", "HEAD", "POST"])
def review_declare_all(request: HttpRequest) -> HttpResponse:
    """One answer a dossier; those that tie the person are shown once more before they are recorded."""
    found = _waiting(request)
    data = request.POST if request.method == "POST" else None
    lines = [
        Line(
            review,
            teams.team_of(reading.frozen(review.dossier.versions.all()[0])),
            DeclarationForm(data, prefix=review.dossier.ref),
        )
        for review in found
    ]
    if request.method != "POST":
        return _page(request, found, lines)
    answered = [line for line in lines if line.is_answered]
    if not answered:
        messages.info(request, "Aucune réponse n’a été donnée.")
    if not answered or [line for line in answered if not line.form.is_valid()]:
        return _page(request, found, lines, status=422)
    tied = [line for line in answered if line.form.cleaned_data["choice"] == CONFLICT]
    if tied and "confirme" not in request.POST:
        return render(request, "evaluation/review_recuse_all.html", {"tied": tied, "answered": answered})
    return _record(request, found, lines, answered)


def _record(request: HttpRequest, found: Page, lines: list[Line], answered: list[Line]) -> HttpResponse:
    """Each declaration is its own act: one that is refused stays, the others are kept."""
    done = sum(_declare(request, line) for line in answered)
    if done:
        plural = "s" if done > 1 else ""
        messages.success(request, f"{done} déclaration{plural} enregistrée{plural}.")
    if done < len(answered):
        left = [line for line in lines if line.form.errors or not line.is_answered]
        return _page(request, found, left, status=422)
    return redirect("evaluation:review_list")


def _declare(request: HttpRequest, line: Line) -> bool:
    said = line.form.cleaned_data
    try:
        if said["choice"] == CONFLICT:
            actions.declare_conflict(line.review, conflict=said["conflict"], ties=said["ties"], actor=request.user)
        else:
            actions.deny_conflict(line.review, actor=request.user)
    except TransitionRefused as refusal:
        line.form.add_error(None, f"{line.review.dossier.ref} : {refusal}")
        return False
    return True


def _page(request: HttpRequest, found: Page, lines: list[Line], *, status: int = 200) -> HttpResponse:
    shown = {line.review.dossier.call_id: line.review.dossier.call.texts.get("conflict_help", "") for line in lines}
    context = {"page_obj": found, "lines": lines, "helps": dict.fromkeys(shown.values())}
    return render(request, "evaluation/review_declare_all.html", context, status=status)
