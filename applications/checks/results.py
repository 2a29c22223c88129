"""What a check answers (pure): met, not met or not yet known, with its evidence, its parts and its smallest mend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ami_portal.questionnaire.answers import Address
from applications.enums import CheckResult

MET, NOT_MET, UNKNOWN = CheckResult.MET, CheckResult.NOT_MET, CheckResult.UNKNOWN
SET, GIVE, DROP = "set", "give", "drop"
"""A value to put in place of the present one; an answer that the applicant alone has; a row to remove."""


@dataclass(frozen=True)
class Step:
    """One change of a dossier. `row` is the rank of a row of a table, from 0; `value` is stored as answers are."""

    action: str
    question: str
    row: int | None = None
    column: str = ""
    value: Any = None

    @property
    def place(self) -> tuple[str, int | None, str]:
        """What it changes."""
        return self.question, self.row, self.column

    @property
    def address(self) -> Address:
        """The field that it changes, rows being called by their rank."""
        return Address(self.question, "" if self.row is None else str(self.row), self.column)


@dataclass(frozen=True)
class Piece:
    """One thing to do: the words, without capital nor full stop, and the changes that they stand for."""

    text: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Mend:
    """The smallest change that makes a criterion met."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """« Raccourcir de 2 mois ; nommer une licence permissive pour le résultat 3. »"""
        text = " ; ".join(piece.text for piece in self.pieces)
        return f"{text[:1].upper()}{text[1:]}."

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for piece in self.pieces for step in piece.steps)

    @property
    def is_open(self) -> bool:
        """Whether a change waits for an answer that nobody but the applicant has."""
        return any(step.action == GIVE for step in self.steps)

    def then(self, other: "Mend") -> "Mend":
        """Both: what the second does again leaves the first."""
        again = {step.place for step in other.steps}
        kept = tuple(piece for piece in self.pieces if not {step.place for step in piece.steps} <= again)
        return Mend(kept + other.pieces)


def to_set(text: str, *places: tuple[Any, ...], value: Any) -> Mend:
    """The same value at each place: a question, or a question, the rank of a row and a column."""
    return Mend((Piece(text, tuple(_step(SET, place, value) for place in places)),))


def to_give(text: str, *places: tuple[Any, ...]) -> Mend:
    """An answer that only the applicant has, at each place."""
    return Mend((Piece(text, tuple(_step(GIVE, place, None) for place in places)),))


def to_drop(text: str, question: str, rows: Sequence[int]) -> Mend:
    """The rows of a table to remove."""
    return Mend((Piece(text, tuple(Step(DROP, question, row) for row in rows)),))


def _step(action: str, place: tuple[Any, ...], value: Any) -> Step:
    question, row, column = place if len(place) == 3 else (*place, None, "")
    return Step(action, question, row, column, value)


@dataclass(frozen=True)
class Result:
    """`evidence` says in words and figures what was found, `found_at` in which questions, `look` what a person still
    has to look at. `parts` are the results that it is made of, each with its `label`."""

    result: CheckResult
    evidence: str
    found_at: list[str]
    look: str = ""
    mend: Mend | None = None
    parts: tuple["Result", ...] = ()
    label: str = ""

    def named(self, label: str) -> "Result":
        """The same, as a part of something larger."""
        return replace(self, label=label)


def all_of(parts: Sequence[Result], *, are_apart: bool = False) -> Result:
    """Met when every part is, not met as soon as one is not. Parts that are apart are mended together; otherwise what
    mends one may mend the next, and one is tried at a time."""
    result = _first_of((NOT_MET, UNKNOWN, MET), parts)
    return _made_of(parts, result, _together([part.mend for part in parts if part.result != MET], are_apart=are_apart))


def any_of(parts: Sequence[Result]) -> Result:
    """Met when one part is, not met when none can be. Its mend is that of the part with the fewest changes."""
    result = _first_of((MET, UNKNOWN, NOT_MET), parts)
    mends = [part.mend for part in parts if part.mend]
    return _made_of(parts, result, min(mends, key=lambda one: len(one.steps)) if mends and result != MET else None)


def _first_of(order: Sequence[CheckResult], parts: Sequence[Result]) -> CheckResult:
    found = {part.result for part in parts}
    return next((result for result in order if result in found), UNKNOWN)


def _made_of(parts: Sequence[Result], result: CheckResult, mend: Mend | None) -> Result:
    found_at = list(dict.fromkeys(code for part in parts for code in part.found_at))
    evidence = " ".join(part.evidence for part in parts if part.evidence)
    looks = dict.fromkeys(part.look for part in parts if part.look)
    return Result(result, evidence, found_at, " ".join(looks), mend, tuple(parts))


def _together(mends: Sequence[Mend | None], *, are_apart: bool) -> Mend | None:
    """One mend for all, if each has one. What waits for an answer is asked once the rest is done."""
    known = [mend for mend in mends if mend]
    if not known or len(known) < len(mends):
        return None
    closed = [mend for mend in known if not mend.is_open]
    whole, *others = closed or known
    for mend in others if are_apart or not closed else ():
        whole = whole.then(mend)
    return whole


def as_json(result: Result) -> dict[str, Any]:
    """The whole tree, to be kept."""
    kept: dict[str, Any] = {"result": str(result.result), "evidence": result.evidence, "found_at": result.found_at}
    if result.label:
        kept["label"] = result.label
    if result.look:
        kept["look"] = result.look
    if result.mend:
        kept["mend"] = {"text": result.mend.text, "steps": [_step_json(step) for step in result.mend.steps]}
    if result.parts:
        kept["parts"] = [as_json(part) for part in result.parts]
    return kept


def _step_json(step: Step) -> dict[str, Any]:
    found: Mapping[str, Any] = {
        "action": step.action, "question": step.question, "row": step.row, "column": step.column, "value": step.value
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "")}
