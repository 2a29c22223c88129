"""The data of the minutes of a jury, read from the rows at the instant when the decisions are frozen."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ami_portal.kernel.money import ZERO
from applications.models import Call, DossierVersion

from . import board, grids, proof, ranking_rules
from .board import RankingRow, ReviewRow
from .deliberating import quorum_of
from .enums import Outcome
from .models import Decision, Session, Vote
from .sitting import letters_of, members_of, standing_aside

ATTACHMENT = "classement.json"
"""The name of the data inside the PDF."""


def data_of(session: Session, *, at: dt.datetime) -> dict[str, Any]:
    """All that the ranking and the decisions of a session rest on; jurors are called by a letter."""
    call = session.call
    grid = grids.grid_of(call)
    rows, rules = board.ranking_of(session), ranking_rules.rules_of(call)
    members = list(members_of(call))
    letters = letters_of(members)
    aside = standing_aside(call)
    standing = DossierVersion.objects.filter(dossier__call=call, withdrawn_at=None)
    deposits = dict(standing.values_list("dossier_id", "sha256"))
    decided = [row for row in rows if row.decision]
    return {
        "format": proof.FORMAT,
        "method": {"code": proof.RAW, "seed": session.seed, "ties": list(rules.ties), "draw": rules.draw},
        "call": {"code": call.code, "title": call.title, "operator": call.operator},
        "session": {
            "opened_at": _instant(session.opened_at),
            "scoring_closed_at": _instant(session.scoring_closed_at),
            "frozen_at": _instant(at),
        },
        "rules": _rules(call, grid),
        "jurors": [{"seat": seat} for seat in sorted(letters.values(), key=lambda seat: (len(seat), seat))],
        "dossiers": [
            {
                "deposit_sha256": deposits.get(row.dossier.pk, ""),
                "aside": sorted(letters[juror] for juror in aside.get(row.dossier.pk, ())),
                **_dossier(row, grid, letters),
            }
            for row in decided
        ],
        "sitting": _sitting(session, letters),
        "granted_total": str(sum((row.decision.amount or ZERO for row in decided if row.decision), ZERO)),
    }


def _rules(call: Call, grid: grids.Grid) -> dict[str, Any]:
    """What a mark is worth."""
    headings = [
        {
            "code": heading.code,
            "label": heading.label,
            "weight": heading.weight,
            "points": [point.code for point in heading.points.all()],
        }
        for heading in grid.rows
    ]
    return {"scale": call.text("scale"), "max_grant": str(call.max_grant), "headings": headings}


def _dossier(row: RankingRow, grid: grids.Grid, letters: dict[int, str]) -> dict[str, Any]:
    return {
        "ref": row.dossier.ref,
        "title": row.dossier.title,
        "led_by": row.dossier.lead_name,
        "requested": _amount(row.dossier.amount_requested),
        "reviews": _reviews(row, grid, letters),
        "score": None if row.score is None else str(row.score),
        "rank": row.rank,
        "decision": _decision(row.decision),
    }


def _sitting(session: Session, letters: dict[int, str]) -> dict[str, Any]:
    """Who was in the room and when, which dossier was heard and who was out for it, the quorum that the call asks."""
    quorum = quorum_of(session.call)
    hearings = session.hearings.select_related("dossier").prefetch_related("departures", "votes__ballots")
    return {
        "quorum": {"percent": quorum.percent, "of_jury": quorum.of_jury} if quorum else None,
        "attendance": [
            {"seat": letters[row.juror_id], "from": _instant(row.arrived_at), "to": _instant(row.left_at)}
            for row in session.attendance.all()
        ],
        "hearings": [
            {
                "ref": row.dossier.ref,
                "from": _instant(row.opened_at),
                "to": _instant(row.closed_at),
                "out": [{"seat": letters[out.juror_id], "at": _instant(out.left_at)} for out in row.departures.all()],
                "votes": [_vote(vote, letters) for vote in row.votes.all()],
            }
            for row in hearings
        ],
    }


def _vote(vote: Vote, letters: dict[int, str]) -> dict[str, Any]:
    """The counts of a vote; of one by named ballots, each voice."""
    named = vote.is_cast and not vote.is_secret
    ballots = {letters[ballot.juror_id]: ballot.voice for ballot in vote.ballots.all()} if named else None
    return {
        "question": vote.question,
        "at": _instant(vote.closed_at),
        "secret": vote.is_secret,
        "counts": {"for": vote.votes_for, "against": vote.votes_against, "abstain": vote.abstentions},
        "casting": vote.casting,
        "adopted": vote.is_adopted,
        "ballots": ballots,
    }


def _reviews(row: RankingRow, grid: grids.Grid, letters: dict[int, str]) -> list[dict[str, Any]]:
    counted = [review for review in row.reviews if review.score is not None]
    found = [_review(review, grid, letters[review.review.juror_id]) for review in counted]
    return sorted(found, key=lambda review: (len(review["seat"]), review["seat"]))


def _review(row: ReviewRow, grid: grids.Grid, seat: str) -> dict[str, Any]:
    marks = board.marks_of(row.review)
    names = {point.pk: f"{heading.code}/{point.code}" for heading in grid.rows for point in heading.points.all()}
    return {
        "seat": seat,
        "submitted_at": _instant(row.review.submitted_at),
        "marks": {names[point]: mark for point, mark in marks.items()},
        "headings": {heading.code: str(mean) for heading, mean in zip(grid.rows, row.headings, strict=True)},
        "score": str(row.score),
    }


def _decision(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        raise ValueError("a dossier without decision is in no minutes")
    return {
        "outcome": decision.outcome,
        "rank": decision.rank,
        "amount": _amount(decision.amount),
        "reason": decision.reason,
        "move": decision.move_reason,
        "decided_at": _instant(decision.decided_at),
    }


def shown(minutes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The dossiers of minutes in the order that the jury settled, with what a page says of each."""
    codes = [heading["code"] for heading in minutes["rules"]["headings"]]
    ordered = sorted(minutes["dossiers"], key=lambda dossier: dossier["decision"]["rank"])
    return [
        {
            **dossier,
            "outcome": Outcome(dossier["decision"]["outcome"]).label,
            "quorum": proof.quorum_of(minutes, dossier),
            "reviews": [
                {**review, "means": [review["headings"][code] for code in codes]} for review in dossier["reviews"]
            ],
        }
        for dossier in ordered
    ]


def _instant(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat() if at else None


def _amount(amount: Any) -> str | None:
    return None if amount is None else str(amount)
