"""What the room looks at while a jury deliberates: the dossier that is heard, with nobody's name."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ami_portal.kernel.text import sha256_of
from applications.models import Dossier

from . import board, grids, scoring
from .deliberating import Sitting
from .models import Decision, Session, Vote


@dataclass(frozen=True)
class Shown:
    """One dossier on the shared screen. `headings` are a label, a weight and the mean mark of all reviews."""

    dossier: Dossier
    rank: int | None
    ranked: int
    score: Decimal | None
    reviews: int
    headings: tuple[tuple[str, int, Decimal | None], ...]
    decision: Decision | None
    votes: tuple[Vote, ...]


def shown_of(session: Session, dossier: Dossier) -> Shown:
    """What is shown of a dossier: no juror, no comment."""
    rows = board.ranking_of(session)
    row = next(row for row in rows if row.dossier.pk == dossier.pk)
    grid = grids.grid_of(session.call)
    columns = zip(*[review.headings for review in row.reviews if review.score is not None], strict=True)
    means = [_mean(column) for column in columns] or [None] * len(grid.rows)
    headings = tuple((heading.label, heading.weight, mean) for heading, mean in zip(grid.rows, means, strict=True))
    ranked = sum(one.rank is not None for one in rows)
    votes = tuple(Vote.objects.filter(hearing__dossier=dossier, hearing__session=session))
    return Shown(row.dossier, row.rank, ranked, row.score, row.submitted, headings, row.decision, votes)


def _mean(marks: Any) -> Decimal | None:
    known = [Fraction(mark) for mark in marks if mark is not None]
    return scoring.rounded(sum(known, Fraction(0)) / len(known)) if known else None


def mark_of(session: Session, now: Sitting, *more: Any) -> str:
    """What changes when the page of a sitting does: its state, who is there, the dossier heard and its decision."""
    heard = now.hearing.dossier_id if now.hearing else None
    decided = Decision.objects.filter(dossier=heard).values_list("decided_at", flat=True).first() if heard else None
    aside = sum(len(jurors) for jurors in now.aside.values())
    hearing = now.hearing.pk if now.hearing else None
    vote = now.hearing.votes.values_list("pk", "closed_at").last() if now.hearing else None
    said = [session.state, hearing, sorted(now.present), sorted(now.out), decided, aside, vote, *more]
    return sha256_of(repr(said))
