"""The regulatory path of a project to its data (pure): which steps its route asks for, in what order, when each is due.

The graph, its delays and its words are data of the call. A route (no formality, a reference methodology, an
authorisation, its amendment) keeps some of the steps; a step may start once all those before it are concluded; its
delay runs from the day of its starting event, stops while it is suspended, and may be extended. A delay that has passed
concludes nothing: in law a silence may be worth an answer, and somebody notes that answer (DOMAIN.md §4).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import TextChoices

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import ONE_DAY, is_working_day

Unit = Literal["working_days", "days", "months"]
Then = Literal["next", "choice", "stop"]
_WORDS = {"working_days": ("jour ouvré", "jours ouvrés"), "days": ("jour", "jours"), "months": ("mois", "mois")}


@dataclass(frozen=True)
class LegalDelay:
    """So many working days, days or months from the day of an event."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {_WORDS[self.unit][self.count > 1]}"


@dataclass(frozen=True)
class Pause:
    """Days during which a delay does not run, both included; `until` is None while it lasts."""

    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Answer:
    """An outcome that a step may have, and what follows: the next steps, a choice of the applicant, or the end.

    A tacit one is made by the end of the delay, in law; somebody still has to note it.
    """

    code: str
    label: str
    then: Then = "next"
    is_tacit: bool = False


@dataclass(frozen=True)
class Rule:
    """A step of the call's graph. `delay` is that of the law, or None; `usual` is what a forecast counts instead.

    `extension` may be added to the delay once; `silence` says what the law makes of an end without an answer.
    """

    code: str
    label: str
    routes: frozenset[str]
    after: tuple[str, ...] = ()
    who: str = ""
    event: str = ""
    delay: LegalDelay | None = None
    extension: LegalDelay | None = None
    usual: LegalDelay | None = None
    silence: str = ""
    answers: tuple[Answer, ...] = ()
    redo: str = ""

    def answer(self, code: str) -> Answer:
        """The answer of this code. Raises KeyError."""
        return {answer.code: answer for answer in self.answers}[code]


@dataclass(frozen=True)
class Route:
    """A way through the graph; it is proposed when a question of the dossier has one of these answers."""

    code: str
    label: str
    detail: str = ""
    question: str = ""
    values: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Graph:
    """What a call says of the way to its data."""

    routes: tuple[Route, ...] = ()
    kit: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()

    def steps(self, route: str) -> list[Rule]:
        """The steps of a route, each after all those that it waits for; what the route does not keep is passed over."""
        known = {rule.code: rule for rule in self.rules}
        kept = [rule for rule in self.rules if route in rule.routes]
        codes = {rule.code for rule in kept}
        found: list[Rule] = []
        for rule in kept:
            before = tuple(sorted(_before(rule, known, codes), key=[one.code for one in kept].index))
            found.append(Rule(**{**vars(rule), "after": before}))
        return _ordered(found)

    def proposed(self, answers: Mapping[str, Any]) -> str:
        """The first route that the answers of a dossier (by question) point to; empty when none does."""
        for route in self.routes:
            given = answers.get(route.question)
            if route.question and route.values & set(given if isinstance(given, list) else [given]):
                return route.code
        return ""


def _before(rule: Rule, known: Mapping[str, Rule], kept: set[str]) -> set[str]:
    """The kept steps that a step waits for, through those that its route does not keep."""
    found: set[str] = set()
    for code in rule.after:
        found |= {code} if code in kept else _before(known[code], known, kept)
    return found


def _ordered(rules: Sequence[Rule]) -> list[Rule]:
    """The rules, each after those it waits for, otherwise in the order given. Raises ValueError for a circle."""
    left, done, found = list(rules), set[str](), list[Rule]()
    while left:
        ready = next((rule for rule in left if set(rule.after) <= done), None)
        if ready is None:
            raise ValueError(", ".join(rule.code for rule in left))
        left.remove(ready)
        done.add(ready.code)
        found.append(ready)
    return found


def graph_from(said: Mapping[str, Any]) -> Graph:
    """The graph that a call's file says, in its one form (`access` there)."""
    return Graph(
        tuple(_route(row) for row in said.get("routes", ())),
        tuple((row["code"], row["label"]) for row in said.get("kit", ())),
        tuple(_rule(row) for row in said.get("steps", ())),
    )


def _route(row: Mapping[str, Any]) -> Route:
    when = row["when"] or {}
    return Route(row["code"], row["label"], row["detail"], when.get("question", ""), frozenset(when.get("values", ())))


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        code=row["code"],
        label=row["label"],
        routes=frozenset(row["routes"]),
        after=tuple(row["after"]),
        who=row["who"],
        event=row["event"],
        delay=_delay(row["delay"]),
        extension=_delay(row["extension"]),
        usual=_delay(row["usual"]),
        silence=row["silence"],
        answers=tuple(Answer(one["code"], one["label"], one["then"], one["tacit"]) for one in row["answers"]),
        redo=row["redo"],
    )


def _delay(said: Mapping[str, Any] | None) -> LegalDelay | None:
    return LegalDelay(said["count"], said["unit"]) if said else None


# Days


def last_day(
    start: dt.date, delay: LegalDelay, *, extension: LegalDelay | None = None, pauses: Sequence[Pause] = ()
) -> dt.date:
    """The last day of a delay that the day `start` opens; it goes on to the next working day when it is not one.

    An extension runs from the end of the delay. A day of a pause does not count: it is passed over among working days,
    and pushes the end of a delay in days or months by one. A pause that lasts counts up to the end found without it.
    """
    end = _after(start, delay, pauses)
    if extension:
        end = _after(end, extension, [pause for pause in pauses if (pause.until or dt.date.max) > end])
    while not is_working_day(end):
        end += ONE_DAY
    return end


def _after(start: dt.date, delay: LegalDelay, pauses: Sequence[Pause]) -> dt.date:
    if delay.unit == "working_days":
        day, left = start, delay.count
        while left:
            day += ONE_DAY
            left -= is_working_day(day) and not _is_paused(day, pauses)
        return day
    end = clock.add_months(start, delay.count) if delay.unit == "months" else start + delay.count * ONE_DAY
    day = start
    while day < end:
        day += ONE_DAY
        if _is_paused(day, pauses):
            end += ONE_DAY
    return end


def _is_paused(day: dt.date, pauses: Sequence[Pause]) -> bool:
    return any(pause.since <= day and pause.until is not None and day <= pause.until for pause in pauses)


# Where a path stands


class Standing(TextChoices):
    """What is shown of a step on a day."""

    WAITING = "waiting", "À venir"
    READY = "ready", "À engager"
    RUNNING = "running", "En cours"
    PAUSED = "paused", "Suspendue"
    LATE = "late", "En retard"
    SILENT = "silent", "Délai échu, sans réponse notée"
    CHOICE = "choice", "Choix du porteur attendu"
    DONE = "done", "Franchie"
    STOPPED = "stopped", "Arrêtée"


@dataclass(frozen=True)
class Passage:
    """What happened at one step: the day of its starting event, its pauses, whether it was extended, its outcome.

    `goes_on` is the applicant's choice after an answer that leaves one: None until it is made.
    """

    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    answer: str = ""
    is_extended: bool = False
    pauses: tuple[Pause, ...] = ()
    goes_on: bool | None = None

    @property
    def is_paused(self) -> bool:
        """Whether its delay is stopped now."""
        return any(pause.until is None for pause in self.pauses)


NOTHING = Passage()


@dataclass(frozen=True)
class Step:
    """A step of one project on one day. `due_on` is the last day of its delay, None without one; `begins_on` and
    `expected_on` when it began or would, and was over or would be, at the pace of the delays."""

    rule: Rule
    passage: Passage
    standing: Standing
    due_on: dt.date | None
    begins_on: dt.date
    expected_on: dt.date


@dataclass(frozen=True)
class Path:
    """The steps of one project on one day; the day when the last would be over, None once the path is stopped."""

    steps: tuple[Step, ...] = ()
    ends_on: dt.date | None = None
    is_over: bool = field(default=False)

    def margin(self, limit: dt.date | None) -> int | None:
        """Whole months left between the end of the path and `limit` (negative: too late); None without one of them."""
        if limit is None or self.ends_on is None:
            return None
        sign, (early, late) = (1, (self.ends_on, limit)) if self.ends_on <= limit else (-1, (limit, self.ends_on))
        months = 0
        while clock.add_months(early, months + 1) <= late:
            months += 1
        return sign * months


def is_passed(rule: Rule, passage: Passage) -> bool:
    """Whether what comes after a step may start: it ended with an answer that goes on, or by the applicant's choice."""
    if passage.ended_on is None:
        return False
    then = rule.answer(passage.answer).then if rule.answers else "next"
    return then == "next" or (then == "choice" and passage.goes_on is True)


def path_on(rules: Sequence[Rule], passages: Mapping[str, Passage], *, today: dt.date) -> Path:
    """Where each step stands on a day, and the end that the delays foresee.

    `rules` are those of a route, each after what it waits for (`Graph.steps`).
    """
    passed = {rule.code for rule in rules if is_passed(rule, passages.get(rule.code, NOTHING))}
    steps: list[Step] = []
    ends: dict[str, dt.date] = {}
    for rule in rules:
        passage = passages.get(rule.code, NOTHING)
        due = due_on(rule, passage)
        standing = _standing(rule, passage, due, ready=set(rule.after) <= passed, today=today)
        begins = passage.started_on or max([today, *(ends[code] for code in rule.after)])
        ends[rule.code] = _expected(rule, passage, due, begins, today)
        steps.append(Step(rule, passage, standing, due, begins, ends[rule.code]))
    is_stopped = any(step.standing == Standing.STOPPED for step in steps)
    is_over = bool(steps) and passed == {rule.code for rule in rules}
    return Path(tuple(steps), None if is_stopped else max(ends.values(), default=None), is_over)


def due_on(rule: Rule, passage: Passage) -> dt.date | None:
    """The last day of the delay of a step that has started; None for one without a delay."""
    if rule.delay is None or passage.started_on is None:
        return None
    extension = rule.extension if passage.is_extended else None
    return last_day(passage.started_on, rule.delay, extension=extension, pauses=passage.pauses)


def _standing(rule: Rule, passage: Passage, due: dt.date | None, *, ready: bool, today: dt.date) -> Standing:
    if passage.ended_on is not None:
        if is_passed(rule, passage):
            return Standing.DONE
        waits = rule.answer(passage.answer).then == "choice" and passage.goes_on is None
        return Standing.CHOICE if waits else Standing.STOPPED
    if passage.started_on is None:
        return Standing.READY if ready else Standing.WAITING
    if passage.is_paused:
        return Standing.PAUSED
    if due is None or due >= today:
        return Standing.RUNNING
    return Standing.SILENT if rule.silence else Standing.LATE


def _expected(rule: Rule, passage: Passage, due: dt.date | None, begins: dt.date, today: dt.date) -> dt.date:
    """When a step is, or would be, over."""
    if passage.ended_on is not None:
        return passage.ended_on
    if due is not None:
        return max(due, today)
    pace = rule.delay or rule.usual
    return max(last_day(begins, pace), today) if pace else max(begins, today)


def faults(said: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What is wrong in a graph by itself: where, what was found, what is expected."""
    routes = {row["code"] for row in said.get("routes", ())}
    steps = said.get("steps", [])
    codes = [row["code"] for row in steps]
    for rank, row in enumerate(steps):
        for place, code in enumerate(row["after"]):
            if code not in codes:
                yield ("steps", rank, "after", place), f"{code} n’est pas une étape", "le code d’une étape du parcours"
        for place, code in enumerate(row["routes"]):
            if code not in routes:
                yield ("steps", rank, "routes", place), f"{code} n’est pas une voie", "le code d’une voie"
        if row["redo"] and row["redo"] not in codes:
            yield ("steps", rank, "redo"), f"{row['redo']} n’est pas une étape", "l’étape à refaire"
        if any(one["then"] == "choice" for one in row["answers"]) and not row["redo"]:
            yield ("steps", rank, "redo"), "un choix sans étape à refaire", "l’étape que le porteur peut reprendre"
        if any(one["tacit"] for one in row["answers"]) and not row["delay"]:
            yield ("steps", rank, "delay"), "une réponse tacite sans délai", "le délai qui vaut réponse"
        if row["extension"] and not row["delay"]:
            yield ("steps", rank, "extension"), "une prolongation sans délai", "un délai, ou pas de prolongation"
    for route in sorted(routes):
        try:
            kept = graph_from(said).steps(route)
        except (KeyError, ValueError):
            yield ("steps",), f"les étapes de « {route} » s’attendent en rond", "un ordre"
            continue
        if not kept:
            yield ("routes",), f"la voie « {route} » n’a aucune étape", "au moins une étape"
