"""What a check reads and what it answers (pure): the facts of one deposit, and a result with its evidence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ami_portal.documents.format_rules import Finding
from ami_portal.kernel.text import count_words
from ami_portal.questionnaire.answers import is_empty, is_typed_only
from applications.enums import CheckResult

Row = Mapping[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class FileFact:
    """A deposited file: its name, its true type, its size in bytes, its pages when it is a PDF.

    `findings` are what its measures say of the rules of its question, when the call gives some.
    """

    filename: str
    media_type: str
    size: int
    pages: int | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class OpinionFact:
    """What a dataset's partner said: a stance by aspect (`neutrality`, `feasibility`), empty until it is given."""

    dataset: str
    stances: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """One deposit as it was frozen, and what its call asks.

    Values are raw (`questionnaire.answers`): amounts « 98500.00 », days « 2026-12-31 ». `shown` holds the same answers
    as a person reads them, `labels` the questions, both by question code. `missing` are the labels of what the form
    asks and the deposit lacks. `regulation` is the mapping of the call's file, `datasets` the titles of the datasets
    that the call opens, by code. `opinions_stop` is false when the opinions of partners are advisory.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    files: Mapping[str, Sequence[FileFact]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    missing: tuple[str, ...] = ()
    submitted_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    regulation: Mapping[str, Any] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)
    opinions: tuple[OpinionFact, ...] = ()
    opinions_stop: bool = True

    def answer(self, code: str) -> Any:
        """The answer to a question; None when there is none, or when what was typed is not an answer."""
        return settled(self.answers.get(code))

    def label(self, code: str) -> str:
        """The question as it was asked."""
        return self.labels.get(code, code)

    def words(self, code: str) -> int:
        """Words of a text, as the call counts them."""
        value = self.answer(code)
        return count_words(value) if isinstance(value, str) else 0


@dataclass(frozen=True)
class Result:
    """`evidence` says in words and figures what was found, `found_at` in which questions, `mend` what to do next."""

    result: CheckResult
    evidence: str
    found_at: list[str]
    mend: str = ""


def settled(value: Any) -> Any:
    """A stored value, or None when it answers nothing."""
    return None if is_typed_only(value) or is_empty(value) else value


def amount(value: Any) -> Decimal | None:
    """A stored amount in euros."""
    value = settled(value)
    return Decimal(value) if isinstance(value, str) else None


def enumerated(items: Sequence[str]) -> str:
    """« a, b et c »."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}" if items else ""


def worst(wrong: Sequence[str], doubtful: Sequence[str]) -> CheckResult:
    """Not met as soon as something is wrong, to be judged as soon as something is doubtful, met otherwise."""
    return CheckResult.NOT_MET if wrong else CheckResult.UNKNOWN if doubtful else CheckResult.MET
