"""The reviews of a dossier: who reviews it, who may, what they said once submitted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from ami_portal.accounts.models import User, number_of
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from applications.models import Dossier
from evaluation import actions, grids, interests, scoring
from evaluation.enums import ASIDE, ReviewState, SessionState
from evaluation.former_reviews import former_reviews
from evaluation.models import Reopening, Review, Session
from evaluation.rules import reviews_visible_to
from evaluation.seating import jurors

from .conflicts import conflicts_of
from .pages import attempt, dossiers_shown_to, show_dossier
from .rules import has_own_review_to_submit
from .steps import Step


@page("evaluation.view_ranking", visible=dossiers_shown_to)
@require_safe
def reviews(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Jurors, their declarations, and the scores of those who submitted."""
    session = Session.objects.filter(call=obj.call).first()
    waiting = Reopening.objects.filter(is_granted=None)
    seen = list(
        reviews_visible_to(request.user)
        .filter(dossier=obj)
        .select_related("juror", "dossier")
        .prefetch_related("scores", Prefetch("reopenings", queryset=waiting, to_attr="waiting"))
        .order_by("juror__last_name", "juror__first_name", "pk")
    )
    formers = former_reviews(seen, grids.grid_of(obj.call)) if seen else {}
    is_closed = has_own_review_to_submit(request.user, obj)
    may_assign = bool(
        session
        and session.state == SessionState.SCORING
        and obj.step in (Step.READY_FOR_JURY, Step.IN_REVIEW, Step.REVIEWED)
        and allowed(request.user, "evaluation.assign_juror", obj)
    )
    return show_dossier(
        request,
        obj,
        "staff_reviews",
        "dossier_reviews.html",
        session=session,
        is_closed_to_me=is_closed,
        reviews=[(review, formers.get(review.pk, [])) for review in seen],
        may_reopen=bool(session and session.state == SessionState.SCORING)
        and allowed(request.user, "evaluation.reopen_review", obj),
        conflicts=[] if is_closed else conflicts_of(obj),
        may_rule=allowed(request.user, "evaluation.rule_conflict", obj),
        sheet=_sheet(obj, [review for review in seen if review.state == ReviewState.SUBMITTED]),
        may_assign=may_assign,
        available=available(obj, {review.juror_id for review in obj.reviews.all()}) if may_assign else [],
    )


@dataclass(frozen=True)
class Available:
    """Someone who may review a dossier: how many they have in this call, and what the portal knows against it."""

    juror: User
    load: int
    conflict: str


def available(dossier: Dossier, taken: set[int]) -> list[Available]:
    """The jurors that do not have the dossier yet, in a constant number of queries."""
    of_call = Q(reviews__dossier__call=dossier.call) & ~Q(reviews__state__in=ASIDE)
    free = list(jurors().exclude(pk__in=taken).annotate(load=Count("reviews", filter=of_call, distinct=True)))
    paths = interests.paths_against(dossier, free, clock.today())
    return [Available(juror, juror.load, paths.get(juror.pk, "")) for juror in free]


@dataclass(frozen=True)
class Line:
    """A line of the sheet: a heading (`is_heading`) with its means, or a point with its marks; a cell a review."""

    label: str
    cells: list[Any]
    is_heading: bool = False
    weight: int = 0


def _sheet(dossier: Dossier, submitted: list[Review]) -> dict[str, Any] | None:
    """The marks of the submitted reviews side by side, point by point; None when there is none."""
    if not submitted:
        return None
    grid = grids.grid_of(dossier.call)
    marks = [{score.point_id: score.value for score in review.scores.all()} for review in submitted]
    scores = [scoring.score(grid.headings, grid.scale, given) for given in marks]
    return {
        "reviews": list(zip(submitted, scores, strict=True)),
        "lines": list(_lines(grid, marks)),
        "mean": scoring.mean(scores),
        "scale": grid.scale,
        "comments": [
            (heading, [(review, review.comments.get(heading.code, "")) for review in submitted])
            for heading in grid.rows
            if any(review.comments.get(heading.code) for review in submitted)
        ],
    }


def _lines(grid: grids.Grid, marks: list[dict[int, int]]) -> Any:
    for row, heading in zip(grid.rows, grid.headings, strict=True):
        means: list[Decimal | None] = [scoring.heading_score(heading, grid.scale, given) for given in marks]
        yield Line(row.label, means, is_heading=True, weight=row.weight)
        for point in row.points.all():
            yield Line(point.label, [given.get(point.pk) for given in marks])


@page("evaluation.assign_juror", visible=dossiers_shown_to)
@require_POST
def assign(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Give the dossier to one juror; a conflict that the portal knows of is refused with its reason."""
    juror = get_object_or_404(jurors(), email=request.POST.get("juror", ""))
    attempt(request, f"Le dossier est confié à {juror.get_full_name()}.", actions.assign_juror, obj, juror)
    return redirect("admin:staff_reviews", ref=obj.ref)


@page("evaluation.assign_juror", visible=dossiers_shown_to)
@require_POST
def unassign(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Take the dossier back from a juror who has declared nothing yet."""
    own = reviews_visible_to(request.user).filter(dossier=obj).select_related("juror", "dossier")
    review = get_object_or_404(own, juror__email=request.POST.get("juror", ""))
    attempt(request, f"Le dossier n’est plus confié à {review.juror.get_full_name()}.", actions.unassign_juror, review)
    return redirect("admin:staff_reviews", ref=obj.ref)


def review_of(request: HttpRequest, dossier: Dossier, juror: str, *states: str) -> Review:
    """The review of a dossier by the juror of this reference, in one of `states`, while the scoring is open. Raises
    Http404."""
    try:
        number = number_of(juror)
    except ValueError as error:
        raise Http404 from error
    seen = reviews_visible_to(request.user).filter(dossier=dossier, state__in=states)
    seen = seen.filter(dossier__call__session__state=SessionState.SCORING)
    return get_object_or_404(seen.select_related("juror", "dossier__call"), juror=number)
