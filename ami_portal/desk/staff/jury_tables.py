"""The tables of the jury's page: a column for each juror, their progress, the sums of decisions (reads no row)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.accounts.models import User
from ami_portal.kernel.money import ZERO
from evaluation.board import RankingRow, ReviewRow
from evaluation.enums import Outcome, ReviewState
from evaluation.models import Decision

SHORT = {
    ReviewState.TO_DECLARE: "à déclarer",
    ReviewState.DRAFT: "en cours",
    ReviewState.RECUSED: "déport",
    ReviewState.REPLACED: "remplacé",
}


@dataclass(frozen=True)
class Cell:
    """What one juror says of one dossier: a score over 100, or where they are; `text` empty when it is not theirs."""

    juror: User
    text: str
    score: Decimal | None = None


def columns(rows: Iterable[RankingRow]) -> list[User]:
    """Everybody who has a review in the table, by name."""
    found = {cell.review.juror_id: cell.review.juror for row in rows for cell in row.reviews}
    return sorted(found.values(), key=lambda juror: (juror.last_name, juror.first_name, juror.pk))


def matrix(rows: Iterable[RankingRow], jurors: list[User], letters: set[int]) -> list[dict[str, Any]]:
    """Each dossier with one cell for each juror, and whether its letter is ready (`letters` holds their dossiers)."""
    return [
        {"row": row, "cells": [_cell(row, juror) for juror in jurors], "letter": row.dossier.pk in letters}
        for row in rows
    ]


def _cell(row: RankingRow, juror: User) -> Cell:
    own: ReviewRow | None = next((cell for cell in row.reviews if cell.review.juror_id == juror.pk), None)
    if own is None:
        return Cell(juror, "")
    if own.score is not None:
        return Cell(juror, str(own.score).replace(".", ","), own.score)
    return Cell(juror, SHORT.get(ReviewState(own.review.state), ""))


def by_juror(rows: Iterable[RankingRow]) -> list[dict[str, Any]]:
    """How far each juror is: reviews entrusted (recusals apart), to declare, under way, submitted, recused."""
    people: dict[int, User] = {}
    found: dict[int, Counter[str]] = {}
    for row in rows:
        for cell in row.reviews:
            people[cell.review.juror_id] = cell.review.juror
            found.setdefault(cell.review.juror_id, Counter())[cell.review.state] += 1
    table = [
        {
            "juror": people[pk],
            "expected": states.total() - states[ReviewState.RECUSED] - states[ReviewState.REPLACED],
            "to_declare": states[ReviewState.TO_DECLARE],
            "draft": states[ReviewState.DRAFT],
            "submitted": states[ReviewState.SUBMITTED],
            "recused": states[ReviewState.RECUSED],
        }
        for pk, states in found.items()
    ]
    return sorted(table, key=lambda row: (row["submitted"] - row["expected"], row["juror"].last_name))


def totals(decisions: Iterable[Decision]) -> dict[str, Any]:
    """How many decisions of each outcome (a dossier called from the reserve is a laureate), and the euros granted."""
    decisions = list(decisions)
    return {
        "counts": Counter(Outcome.LAUREATE if decision.called_at else decision.outcome for decision in decisions),
        "amount": sum((decision.amount for decision in decisions if decision.amount), ZERO),
    }
