"""The juror's pages: what was entrusted, the declaration of interests, the dossier with its grid."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ami_portal.kernel.http import page
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused
from applications import reading
from evaluation import actions, board, grids, scoring
from evaluation.actions import StaleReview
from evaluation.enums import OpinionState, ReviewState, SessionState
from evaluation.former_reviews import former_reviews
from evaluation.forms import ReopeningForm, ReviewForm, comment_name, mark_name
from evaluation.models import Opinion, Reopening, Review, SelectionPoint
from evaluation.rules import (
    assignments_of,
    awaits_charter,
    own_reviews,
    readable_reviews,
    reviews_visible_to,
    sessions_sat_by,
)

PER_PAGE = 50
METHODS = ["GET", "HEAD", "POST"]
_HEAVY = [
    f"dossier__call__{name}" for name in ("purpose", "steps", "rules", "data_access_path", "supports", "regulation")
]
_ORDER = [ReviewState.TO_DECLARE, ReviewState.DRAFT, ReviewState.SUBMITTED, ReviewState.REPLACED]


@dataclass(frozen=True)
class Row:
    """One dossier of the list: marks given over marks asked."""

    review: Review
    marked: int
    points: int


@page("evaluation.list_reviews")
@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """What a juror was entrusted with, by what it waits for."""
    reviews = (
        assignments_of(request.user)
        .select_related("dossier__call__session")
        .defer(*_HEAVY)
        .annotate(marked=Count("scores"), awaits_charter=awaits_charter(request.user))
        .order_by("assigned_at", "pk")
    )
    found = Paginator(reviews, PER_PAGE).get_page(request.GET.get("page"))
    points = dict(
        SelectionPoint.objects.order_by().values_list("heading__call").annotate(Count("pk"))  # points by call
    )
    waiting = [review for review in found if review.awaits_charter and review.state != ReviewState.REPLACED]
    rows = [
        Row(review, review.marked, points.get(review.dossier.call_id, 0)) for review in found if review not in waiting
    ]
    groups = {state: [row for row in rows if row.review.state == state] for state in _ORDER}
    context = {
        "page_obj": found,
        "sessions": sessions_sat_by(request.user).select_related("call").order_by("call__code"),
        "closed": Counter(review.dossier.call for review in waiting).items(),
        "to_declare": groups[ReviewState.TO_DECLARE],
        "drafts": groups[ReviewState.DRAFT],
        "submitted": groups[ReviewState.SUBMITTED],
        "replaced": groups[ReviewState.REPLACED],
        "done": len(groups[ReviewState.SUBMITTED]),
        "asked": sum(row.review.state != ReviewState.REPLACED for row in rows),
        "charters": list(dict.fromkeys(row.review.dossier.call.texts.get("charter", "") for row in rows)),
    }
    return render(request, "evaluation/review_list.html", context)


def _reviews(user: Any) -> Any:
    rows = own_reviews(user).select_related("dossier__call__session")
    return rows.annotate(awaits_charter=awaits_charter(user))


def _first(review: Any) -> HttpResponse | None:
    """What comes before the dossier: the charter in its version of today, then the declaration of interests."""
    if review.awaits_charter:
        return redirect("evaluation:jury_charter", code=review.dossier.call.code)
    if review.state == ReviewState.TO_DECLARE:
        return redirect("evaluation:review_declare", ref=review.dossier.ref)
    return None


def is_scoring(review: Review) -> bool:
    """Whether marks may be given now."""
    session = getattr(review.dossier.call, "session", None)
    return session is not None and session.state == SessionState.SCORING


@page("evaluation.score", visible=_reviews, by="dossier__ref", param="ref")
@require_http_methods(METHODS)
def review_score(request: HttpRequest, obj: Review) -> HttpResponse:
    """The dossier on one side, the grid on the other; the draft saved by its button, or on the way to submission."""
    if before := _first(obj):
        return before
    grid = grids.grid_of(obj.dossier.call)
    if request.method != "POST":
        return _score_page(request, obj, grid, ReviewForm(review=obj, grid=grid, marks=board.marks_of(obj)))
    form = ReviewForm(request.POST, review=obj, grid=grid, marks=board.marks_of(obj))
    if not form.is_valid():
        return _score_page(request, obj, grid, form)
    try:
        saved = _save(request, obj, form)
    except StaleReview as stale:
        return _stale_page(request, stale.review, grid, form)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _score_page(request, obj, grid, form)
    if "remettre" in request.POST:
        return redirect("evaluation:review_submit", ref=obj.dossier.ref)
    messages.success(
        request, f"Brouillon enregistré le {instant(saved.saved_at)}." if saved.saved_at else "Enregistré."
    )
    return redirect("evaluation:review_score", ref=obj.dossier.ref)


def _save(request: HttpRequest, review: Review, form: ReviewForm) -> Review:
    return actions.save_review(review, actor=request.user, seen_version=form.cleaned_data["version"], **form.content())


def _score_page(request: HttpRequest, review: Review, grid: grids.Grid, form: ReviewForm, **more: Any) -> HttpResponse:
    readable = readable_reviews(request.user).filter(pk=review.pk).exists()
    version = reading.standing_version(review.dossier) if readable else None
    editable = review.state == ReviewState.DRAFT and is_scoring(review)
    marks = board.marks_of(review)
    earned, most = scoring.progress(grid.headings, grid.scale, marks)
    others = () if review.state != ReviewState.SUBMITTED else _others(request, review, grid)
    context = {
        "review": review,
        "dossier": review.dossier,
        "frozen": reading.frozen(version) if version else None,
        "version": version,
        "opinions": _outcomes(review) if readable else (),
        "grid": grid,
        "rows": sheet(form, grid, marks),
        "form": form,
        "editable": editable,
        "earned": earned,
        "most": most,
        "marked": len(marks),
        "points": sum(len(heading.points) for heading in grid.headings),
        "others": others,
        "formers": former_reviews([review], grid).get(review.pk, []),
        **(_reopening(review) if review.state == ReviewState.SUBMITTED and is_scoring(review) else {}),
        "stale": {},
        **more,
    }
    return render(request, "evaluation/review_score.html", context, status=409 if more else 422 if form.errors else 200)


def _reopening(review: Review) -> dict[str, Any]:
    """What was last asked, or answered, about changing a submitted review; and the form that asks."""
    asked = Reopening.objects.filter(review=review).order_by("-number").first()
    return {"reopening": asked, "reopen_form": ReopeningForm()}


def _outcomes(review: Review) -> Any:
    """What the partners said in a word: a juror knows the outcome, never the reasons."""
    known = (OpinionState.GIVEN, OpinionState.PASSED_OVER)
    given = Opinion.objects.filter(dossier=review.dossier, state__in=known).select_related("dataset")
    return given.only("state", "neutrality", "feasibility", "left_out_at", "dataset__title").order_by("dataset__code")


def sheet(form: ReviewForm, grid: grids.Grid, marks: dict[int, int]) -> list[dict[str, Any]]:
    """The grid as the template shows it: each heading with its points, their fields and marks, and its comment."""
    return [
        {
            "heading": row,
            "share": len(row.points.all()),
            "comment": form[comment_name(row.code)],
            "points": [
                _point(point, form[mark_name(row.code, point.code)], grid.scale, marks.get(point.pk))
                for point in row.points.all()
            ],
        }
        for row in grid.rows
    ]


def _point(point: SelectionPoint, field: BoundField, scale: scoring.Scale, mark: int | None) -> dict[str, Any]:
    """A point: each mark that it can have with what it means, and the one that it has in words."""
    levels = scale.levels(point.guides)
    word = dict(scale.marks).get(-1 if mark is None else mark, "")
    choices = list(zip(field, levels, strict=True))
    return {"point": point, "field": field, "mark": mark, "word": word, "levels": levels, "choices": choices}


def _others(request: HttpRequest, review: Review, grid: grids.Grid) -> list[dict[str, Any]]:
    """The others' submitted reviews, nameless and in no telling order."""
    others = reviews_visible_to(request.user).filter(dossier=review.dossier, state=ReviewState.SUBMITTED)
    rows = []
    for other in others.exclude(juror=request.user).prefetch_related("scores"):
        marks = board.marks_of(other)
        means = [scoring.heading_score(heading, grid.scale, marks) for heading in grid.headings]
        rows.append(
            {
                "score": scoring.score(grid.headings, grid.scale, marks),
                "headings": list(zip(grid.rows, means, strict=True)),
                "comment": other.comment_jury,
            }
        )
    rows.sort(key=lambda row: (row["score"] is None, row["score"], row["comment"]))
    return [{"name": f"Évaluation {chr(ord('A') + index % 26)}", **row} for index, row in enumerate(rows)]


def _stale_page(request: HttpRequest, stored: Review, grid: grids.Grid, form: ReviewForm) -> HttpResponse:
    """Both texts: what was typed stays in the fields, what was stored meanwhile is shown; saving again chooses."""
    kept = ReviewForm(review=stored, grid=grid, marks=board.marks_of(stored))
    data = form.data.copy()
    data["version"] = str(stored.version)
    typed = ReviewForm(data, review=stored, grid=grid, marks=board.marks_of(stored))
    typed.is_valid()
    return _score_page(request, stored, grid, typed, stale=differences(typed, kept))


def differences(typed: ReviewForm, kept: ReviewForm) -> dict[str, str]:
    """The stored text of each field that differs from what was typed, by the field's label."""
    found = {}
    for name, field in kept.fields.items():
        stored, given = (str(form[name].value() or "") for form in (kept, typed))
        if typed.cleaned_data.get(name) == kept.initial.get(name):
            continue
        if name != "version" and name in typed.data and stored.strip() != given.replace("\r\n", "\n").strip():
            choices = dict(getattr(field, "choices", ()))
            found[str(field.label)] = str(choices.get(stored, stored)) or "(vide)"
    return found


@page("evaluation.score", visible=_reviews, by="dossier__ref", param="ref")
@require_POST
def review_save(request: HttpRequest, obj: Review) -> HttpResponse:
    """The same save for a script: what is stored now, or why it is not."""
    grid = grids.grid_of(obj.dossier.call)
    form = ReviewForm(request.POST, review=obj, grid=grid, marks=board.marks_of(obj))
    if not form.is_valid():
        problems = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        return JsonResponse({"problem": "Une réponse est à corriger.", "fields": problems}, status=422)
    try:
        saved = _save(request, obj, form)
    except StaleReview as stale:
        kept = ReviewForm(review=stale.review, grid=grid, marks=board.marks_of(stale.review))
        answer = {"problem": str(stale), "stored": differences(form, kept), "version": stale.review.version}
        return JsonResponse(answer, status=409)
    except TransitionRefused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    return JsonResponse({"version": saved.version, "saved_at": saved.saved_at.isoformat() if saved.saved_at else ""})


@page("evaluation.score", visible=_reviews, by="dossier__ref", param="ref")
@require_http_methods(METHODS)
def review_submit(request: HttpRequest, obj: Review) -> HttpResponse:
    """All marks once more, or what is missing; one button, for good."""
    if before := _first(obj):
        return before
    ref = obj.dossier.ref
    if request.method == "POST":
        try:
            actions.submit_review(obj, actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluation:review_score", ref=ref)
        messages.success(request, f"Votre évaluation du dossier {ref} est remise.")
        return redirect("evaluation:review_list")
    grid = grids.grid_of(obj.dossier.call)
    marks = board.marks_of(obj)
    form = ReviewForm(review=obj, grid=grid, marks=marks)
    rows = sheet(form, grid, marks)
    context = {
        "review": obj,
        "dossier": obj.dossier,
        "rows": rows,
        "score": scoring.score(grid.headings, grid.scale, marks),
        "missing": [point for row in rows for point in row["points"] if point["mark"] is None],
        "editable": obj.state == ReviewState.DRAFT and is_scoring(obj),
    }
    return render(request, "evaluation/review_submit.html", context)
