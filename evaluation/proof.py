"""What minutes prove by themselves (pure): the ranking found again from the data that is attached to them.

Nothing else is read: neither a row, nor the call's file, nor the clock. The data is one canonical JSON text, whose
fingerprint covers every byte of it; and each figure that it states is computed again from those below it: the score of
a review from its marks, that of a dossier from its reviews, its rank from the scores, the quorum from those present.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from ami_portal.kernel.text import canonical_json, sha256_of

from . import ranking, scoring
from .moves import unexplained
from .quorum import Quorum, Stay, there_at
from .standing import Rules
from .standing.order import key_of

FORMAT = "proces-verbal-1"
RAW = "moyenne-1"
"""The method: the mean of the scores of the reviews; between equal means the ties of the call, its draw by the seed."""
OUTCOMES = ("laureate", "reserve", "rejected")
NOT_MINUTES = "Ces données ne sont pas celles d’un procès-verbal de jury."


@dataclass(frozen=True)
class Line:
    """One dossier, as it is found again."""

    ref: str
    rank: int | None
    score: Decimal | None


@dataclass
class Proof:
    """What was found again, and every fault. Without `frozen_at`, the text cannot be read."""

    call: str = ""
    method: str = ""
    frozen_at: dt.datetime | None = None
    fingerprint: str = ""
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def written(minutes: Mapping[str, Any]) -> str:
    """The text that is attached to the minutes: the data, and its fingerprint."""
    return canonical_json({"minutes": minutes, "sha256": fingerprint(minutes)})


def fingerprint(minutes: Mapping[str, Any]) -> str:
    """Of the data in its one canonical form."""
    return sha256_of(canonical_json(minutes))


def verify(content: bytes) -> Proof:
    """Read the attached text, and find every figure again. It raises nothing: what is wrong is a fault."""
    found = Proof()
    try:
        read = json.loads(content.decode())
        if canonical_json(read).encode() != content:
            found.faults.append("Le texte des données n’est plus celui qui fut écrit.")
        minutes, stated = read["minutes"], read["sha256"]
        found.fingerprint = fingerprint(minutes)
        if found.fingerprint != stated:
            found.faults.append(f"Les données ont changé : leur empreinte est {found.fingerprint}, et non {stated}.")
        if minutes["format"] != FORMAT or minutes["method"]["code"] not in METHODS:
            raise ValueError(minutes["format"])
        found.lines = METHODS[minutes["method"]["code"]](minutes)
        found.call, found.method = str(minutes["call"]["code"]), minutes["method"]["code"]
        found.faults += _grid_faults(minutes)
        found.faults += _score_faults(minutes, found.lines)
        found.faults += _decision_faults(minutes)
        found.faults += _sitting_faults(minutes)
        found.faults += _vote_faults(minutes)
        found.frozen_at = dt.datetime.fromisoformat(minutes["session"]["frozen_at"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, InvalidOperation, RecursionError):
        found.faults.append(NOT_MINUTES)
    return found


def _raw(minutes: Mapping[str, Any]) -> list[Line]:
    """Every dossier with the mean of its reviews and its rank, the best first."""
    grid = _Grid(minutes["rules"])
    refs = [dossier["ref"] for dossier in minutes["dossiers"]]
    means = [
        scoring.mean(grid.score(review["marks"]) for review in dossier["reviews"]) for dossier in minutes["dossiers"]
    ]
    method = minutes["method"]
    rules = Rules(ties=tuple(method["ties"]), draw=method["draw"])
    keys = [
        key_of(dossier["ref"], mean, grid.by_heading(dossier["reviews"]), rules, str(method["seed"]))
        for dossier, mean in zip(minutes["dossiers"], means, strict=True)
    ]
    lines = [Line(ref, rank, mean) for ref, mean, rank in zip(refs, means, ranking.rank(keys), strict=True)]
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.ref))


METHODS: Mapping[str, Callable[[Mapping[str, Any]], list[Line]]] = {RAW: _raw}
"""How a ranking is computed, by the code that minutes name: one that was used stays here for good."""


class _Grid:
    """The grid and the scale that the minutes state; a mark is called « RUBRIQUE/point »."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        names = [f"{row['code']}/{point}" for row in rules["headings"] for point in row["points"]]
        self.places = {name: place for place, name in enumerate(names)}
        self.headings = [
            scoring.Heading(
                row["code"], row["weight"], tuple(self.places[f"{row['code']}/{point}"] for point in row["points"])
            )
            for row in rules["headings"]
        ]
        self.scale = scoring.scale_of(rules["scale"])

    def marks(self, given: Mapping[str, Any]) -> dict[int, int]:
        """The marks of a review. Raises ValueError for one that the grid does not have, or out of the scale."""
        if any(type(mark) is not int or not self.scale.holds(mark) for mark in given.values()):
            raise ValueError("une note est hors de l’échelle")
        return {self.places[name]: mark for name, mark in given.items()}

    def by_heading(self, reviews: Any) -> dict[str, Decimal | None]:
        """The mean mark of each heading over the reviews of a dossier."""
        given = [self.marks(review["marks"]) for review in reviews]
        return {
            row.code: scoring.mean(scoring.heading_score(row, self.scale, marks) for marks in given)
            for row in self.headings
        }

    def score(self, given: Mapping[str, Any]) -> Decimal | None:
        return scoring.score(self.headings, self.scale, self.marks(given))

    def means(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The mean mark of each heading, as minutes write it."""
        marks = self.marks(given)
        return {row.code: str(scoring.heading_score(row, self.scale, marks)) for row in self.headings}


def _grid_faults(minutes: Mapping[str, Any]) -> Iterator[str]:
    total = sum(row["weight"] for row in minutes["rules"]["headings"])
    if total != 100:
        yield f"La somme des poids est {total}, et non 100."
    seats = [juror["seat"] for juror in minutes["jurors"]]
    if len(set(seats)) != len(seats):
        yield "Deux membres du jury portent la même lettre."
    for dossier in minutes["dossiers"]:
        named = [review["seat"] for review in dossier["reviews"]]
        if not set(named) <= set(seats) or len(set(named)) != len(named):
            yield f"{dossier['ref']} : une évaluation n’est pas d’un membre du jury, ou est comptée deux fois."
        if set(named) & set(dossier["aside"]):
            yield f"{dossier['ref']} : l’évaluation d’un membre qui se déporte est comptée."


def _score_faults(minutes: Mapping[str, Any], lines: list[Line]) -> Iterator[str]:
    grid, found = _Grid(minutes["rules"]), {line.ref: line for line in lines}
    if len(found) != len(lines):
        yield "Un dossier est nommé deux fois."
    for dossier in minutes["dossiers"]:
        for review in dossier["reviews"]:
            stated = (review["score"], review["headings"])
            again = (_text(grid.score(review["marks"])), grid.means(review["marks"]))
            if stated != again:
                yield f"{dossier['ref']}, membre {review['seat']} : la note {stated[0]} se recalcule {again[0]}."
        line = found[dossier["ref"]]
        if (dossier["score"], dossier["rank"]) != (_text(line.score), line.rank):
            stated_place = f"{dossier['score']} au rang {dossier['rank']}"
            yield f"{line.ref} : la moyenne {stated_place} se recalcule {_text(line.score)} au rang {line.rank}."


def _decision_faults(minutes: Mapping[str, Any]) -> Iterator[str]:
    decided = {dossier["ref"]: dossier["decision"] for dossier in minutes["dossiers"]}
    order = sorted(decided, key=lambda ref: decided[ref]["rank"])
    for first, second in pairwise(order):
        if decided[first]["rank"] == decided[second]["rank"]:
            yield f"{first} et {second} ont le même rang dans la liste arrêtée."
        if OUTCOMES.index(decided[first]["outcome"]) > OUTCOMES.index(decided[second]["outcome"]):
            yield f"{first} passe avant {second}, contre leurs décisions."
    ranks = {dossier["ref"]: dossier["rank"] for dossier in minutes["dossiers"]}
    explained = {ref for ref, decision in decided.items() if _explains(decision)}
    for first, second in unexplained(order, ranks, explained):
        yield f"{first} passe avant {second}, mieux noté, sans motif."
    granted = sum((Decimal(decision["amount"]) for decision in decided.values() if decision["amount"]), Decimal(0))
    if granted != Decimal(minutes["granted_total"]):
        yield f"Les montants accordés font {granted}, et non {minutes['granted_total']}."


def quorum_of(minutes: Mapping[str, Any], dossier: Mapping[str, Any]) -> tuple[int, int | None]:
    """How many members sat on a dossier when it was decided, those who stand aside apart, and how many had to."""
    asked = minutes["sitting"]["quorum"]
    leaving = set(dossier["aside"])
    present = there_at(_stays(minutes), dt.datetime.fromisoformat(dossier["decision"]["decided_at"])) - leaving
    rule = Quorum(asked["percent"], asked["of_jury"]) if asked else None
    return len(present), rule.needed(len(minutes["jurors"]), len(leaving)) if rule else None


def _stays(minutes: Mapping[str, Any]) -> list[Stay]:
    return [_stay(row["seat"], row["from"], row["to"]) for row in minutes["sitting"]["attendance"]]


def _stay(seat: str, since: str, until: str | None) -> Stay:
    return Stay(seat, dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(until) if until else None)


def _sitting_faults(minutes: Mapping[str, Any]) -> Iterator[str]:
    for dossier in minutes["dossiers"]:
        present, needed = quorum_of(minutes, dossier)
        if needed is not None and present < needed:
            yield f"{dossier['ref']} : {present} présents à la décision, pour un quorum de {needed}."
        at = dt.datetime.fromisoformat(dossier["decision"]["decided_at"])
        heard = [row for row in minutes["sitting"]["hearings"] if row["ref"] == dossier["ref"]]
        out = there_at((_stay(one["seat"], one["at"], row["to"]) for row in heard for one in row["out"]), at)
        for seat in sorted((there_at(_stays(minutes), at) & set(dossier["aside"])) - out):
            yield f"{dossier['ref']} : le membre {seat}, qui se déporte, était dans la salle à la décision."


def _vote_faults(minutes: Mapping[str, Any]) -> Iterator[str]:
    """Each vote counted again: from its ballots when they are named, within those who might vote, and its outcome."""
    aside = {dossier["ref"]: set(dossier["aside"]) for dossier in minutes["dossiers"]}
    seen = {stay.who for stay in _stays(minutes)}
    for hearing in minutes["sitting"]["hearings"]:
        for vote in hearing["votes"]:
            counts, label = vote["counts"], f"{hearing['ref']}, vote « {vote['question']} »"
            voters = seen - aside.get(hearing["ref"], set())
            if vote["ballots"] is not None:
                again = Counter(vote["ballots"].values())
                if counts != {voice: again[voice] for voice in counts}:
                    yield f"{label} : les bulletins ne font pas le compte."
            if sum(counts.values()) > len(voters) or not set(vote["ballots"] or ()) <= voters:
                yield f"{label} : plus de voix que de membres qui pouvaient voter."
            won = counts["for"] > counts["against"] or (counts["for"] == counts["against"] and vote["casting"] == "for")
            if vote["adopted"] != won:
                yield f"{label} : l’issue n’est pas celle des voix."


def _explains(decision: Mapping[str, Any]) -> bool:
    """Whether a decision says why its dossier stands where it does: a move has its reason, a refusal its own."""
    return bool(decision["move"]) or (decision["outcome"] == OUTCOMES[-1] and bool(decision["reason"]))


def _text(score: Decimal | None) -> str | None:
    return None if score is None else str(score)
