"""What the public pages of a call show."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from ami_portal.kernel import clock
from ami_portal.ui import wording
from applications.call_config.writing import moment
from applications.enums import QuestionState
from applications.models import Call, EligibilityCriterion, VisitorQuestion
from evaluation import ranking_rules, results
from evaluation.method import announced
from evaluation.models import SelectionHeading, Session


@dataclass
class Shelves:
    """Calls by where they stand at one instant."""

    open: list[Call] = field(default_factory=list)
    coming: list[Call] = field(default_factory=list)
    past: list[Call] = field(default_factory=list)


def shelves(calls: QuerySet[Call], at: dt.datetime) -> Shelves:
    """Sort calls into open (first to close first), coming (first to open first) and past (last closed first)."""
    result = Shelves()
    for call in calls.order_by("-closes_at"):
        shelf = result.open if call.is_open(at) else result.past if call.is_closed(at) else result.coming
        shelf.append(call)
    result.open.reverse()
    result.coming.sort(key=lambda call: call.window(at).opens_at)
    return result


@dataclass(frozen=True)
class Step:
    """One step of the calendar's line: its words, and whether it is done, current or to come."""

    label: str
    when: str
    detail: str
    state: str


def _opening_and_closing(call: Call, at: dt.datetime) -> list[Step]:
    return [
        Step(
            "Ouverture",
            wording.day(clock.paris(call.opens_at).date()),
            "Le dépôt des dossiers est ouvert.",
            _state(at >= call.opens_at),
        ),
        Step(
            "Clôture",
            wording.instant(call.closes_at),
            "Un dossier est accepté s’il est reçu strictement avant cet instant, à l’horloge du serveur.",
            _state(call.is_closed(at), current=call.is_open(at)),
        ),
    ]


def _rounds(call: Call, at: dt.datetime) -> list[Step]:
    """One step a round. A draft that was not deposited in a round goes on in the next one."""
    return [
        Step(
            window.label,
            f"Du {wording.day(clock.paris(window.opens_at).date())} au {wording.instant(window.closes_at)}",
            "Un dossier est accepté s’il est reçu strictement avant cette clôture, à l’horloge du serveur.",
            _state(at >= window.closes_at, current=window.holds(at)),
        )
        for window in call.windows
    ]


def calendar(call: Call, at: dt.datetime) -> list[Step]:
    """The line of steps from the opening to the last step of the call's file."""
    today = clock.paris(at).date()
    steps = _rounds(call, at) if call.rounds else _opening_and_closing(call, at)
    for raw in call.steps:
        starts, ends = (dt.date.fromisoformat(raw[key]) if raw.get(key) else None for key in ("starts_on", "ends_on"))
        last = ends or starts
        current = bool(starts and last and starts <= today <= last)
        done = bool(last and last < today)
        steps.append(
            Step(raw["label"], _period(starts, ends), str(raw.get("detail") or ""), _state(done, current=current))
        )
    return steps


@dataclass(frozen=True)
class Move:
    """A date that moved, in words: which, from and to, when it was decided, by whom, why."""

    label: str
    before: str
    after: str
    decided_at: dt.datetime
    by: str
    reason: str


_NAMES = {"opens_at": "ouverture", "closes_at": "clôture", "starts_on": "début", "ends_on": "fin"}


def moves(call: Call) -> list[Move]:
    """The dates of a call that moved, the last decision first; one query."""
    labels = {window.code: window.label for window in call.windows} | {row["code"]: row["label"] for row in call.steps}
    found = []
    for row in call.moves.order_by("-decided_at", "-pk"):
        *group, name = row.date.split(".")
        words = f"{labels.get(group[1], group[1])} : {_NAMES.get(name, name)}" if group else _NAMES.get(name, name)
        before, after = (moment(text) for text in (row.before, row.after))
        found.append(Move(words.capitalize(), _when(before), _when(after), row.decided_at, row.by, row.reason))
    return found


def _when(value: dt.date | None) -> str:
    if isinstance(value, dt.datetime):
        return wording.instant(value)
    return wording.day(value) if value else ""


@dataclass(frozen=True)
class Answered:
    """A question with its answer, as everybody reads them, and where it stands on the page."""

    question: str
    answer: str
    anchor: str


def published_answers(call: Call) -> list[Answered]:
    """The questions and answers of the call's file, then those of visitors, in the order in which they were asked."""
    asked = VisitorQuestion.objects.filter(call=call, state=QuestionState.ANSWERED).order_by("number")
    return [
        *(Answered(row.question, row.answer, f"faq-{row.position}") for row in call.faq.all()),
        *(Answered(row.question, row.answer, f"question-{row.number}") for row in asked),
    ]


def call_context(call: Call, at: dt.datetime) -> dict[str, Any]:
    """Everything that the page of one call shows, in a constant number of queries."""
    groups: dict[str, list[EligibilityCriterion]] = {}
    for criterion in call.criteria.all():
        groups.setdefault(criterion.group, []).append(criterion)
    headings = list(SelectionHeading.objects.filter(call=call).prefetch_related("points"))
    return {
        "call": call,
        "is_open": call.is_open(at),
        "is_closed": call.is_closed(at),
        "steps": calendar(call, at),
        "moves": moves(call),
        "datasets": [
            row.version
            for row in call.call_datasets.select_related("version__dataset__partner").order_by("version__dataset__code")
        ],
        "criteria": groups,
        "headings": headings,
        "equals": _equals(call, headings),
        "faq": published_answers(call),
        "extensions": call.extensions.all(),
        "results": results.published_results(call),
        "renounced": results.renounced_since(call),
    }


def _equals(call: Call, headings: list[SelectionHeading]) -> str:
    """How equals are told apart, announced before anything is scored; the seed as soon as there is one."""
    session = Session.objects.select_related("call").filter(call=call).first()
    labels = {row.code: row.label for row in headings}
    return announced(ranking_rules.rules_of(call), headings=labels, seed=session.seed if session else "")


def _period(starts: dt.date | None, ends: dt.date | None) -> str:
    if starts and ends and (starts.year, starts.month) == (ends.year, ends.month):
        return f"{wording.MONTHS[starts.month - 1].capitalize()} {starts.year}"
    if starts and ends:
        return f"Du {wording.day(starts)} au {wording.day(ends)}"
    return wording.day(starts) if starts else "Date à venir"


def _state(done: bool, *, current: bool = False) -> str:
    return "current" if current else "done" if done else "coming"
