"""Keep the progress of the reviews: what their rows say, and nothing else."""

from collections import Counter

from django.db import transaction
from django.db.models import Exists, OuterRef

from ami_portal.jobs.actions import one_by_one
from applications.models import Dossier
from evaluation import grids, scoring
from evaluation.board import marks_of
from evaluation.enums import ReviewState
from evaluation.models import DossierProgress, JurorProgress, Review

from .locks import lock_session

WAITING = (ReviewState.TO_DECLARE, ReviewState.DRAFT)
AT_ONCE = 200


def refresh_progress(dossier: Dossier, juror_id: int) -> None:
    """Count again the reviews of a dossier, and those of a juror in its call. Call it at the end of each act, in it.

    Every act on a review holds the lock of its session: two of them count one after the other.
    """
    _refresh_dossier(dossier)
    reviews = Review.objects.filter(juror=juror_id, dossier__call=dossier.call_id)
    states = list(reviews.order_by("assigned_at").values_list("state", "assigned_at"))
    count = Counter(state for state, _ in states)
    JurorProgress.objects.update_or_create(
        call_id=dossier.call_id,
        juror_id=juror_id,
        defaults={
            "to_declare": count[ReviewState.TO_DECLARE],
            "draft": count[ReviewState.DRAFT],
            "submitted": count[ReviewState.SUBMITTED],
            "aside": count[ReviewState.RECUSED] + count[ReviewState.REPLACED],
            "waits_since": next((at for state, at in states if state in WAITING), None),
        },
    )


def _refresh_dossier(dossier: Dossier) -> None:
    reviews = list(Review.objects.filter(dossier=dossier).order_by("assigned_at").prefetch_related("scores"))
    counted = [review for review in reviews if review.state in (*WAITING, ReviewState.SUBMITTED)]
    submitted = [review for review in counted if review.state == ReviewState.SUBMITTED]
    grid = grids.grid_of(dossier.call) if submitted else None
    scores = [scoring.score(grid.headings, grid.scale, marks_of(review)) for review in submitted] if grid else []
    waiting = [review.assigned_at for review in counted if review.state in WAITING]
    DossierProgress.objects.update_or_create(
        dossier=dossier,
        defaults={
            "call_id": dossier.call_id,
            "entrusted": len(counted),
            "submitted": len(submitted),
            "waits_since": min(waiting, default=None),
            "score": scoring.mean(scores),
        },
    )


def count_uncounted() -> int:
    """Count what was entrusted before anything was counted, some at a time; answer how many dossiers."""
    known = DossierProgress.objects.filter(dossier=OuterRef("pk"))
    reviewed = Review.objects.filter(dossier=OuterRef("pk"))
    rows = Dossier.objects.filter(Exists(reviewed), ~Exists(known)).select_related("call").order_by("pk")
    return one_by_one(rows[:AT_ONCE], _count)


@transaction.atomic
def _count(dossier: Dossier) -> bool:
    lock_session(dossier.call_id)
    for juror_id in Review.objects.filter(dossier=dossier).values_list("juror", flat=True):
        refresh_progress(dossier, juror_id)
    return True
