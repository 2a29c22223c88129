"""What a check reads (pure): the facts of one deposit, or of a draft as it would be deposited now."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from ami_portal.documents.format_rules import Finding
from ami_portal.kernel.text import count_words
from ami_portal.questionnaire import completeness
from ami_portal.questionnaire.answers import Address, is_empty, is_typed_only
from ami_portal.questionnaire.completeness import Completeness, Files
from ami_portal.questionnaire.form import Form
from ami_portal.questionnaire.sheet import Sheet
from applications.enums import CheckResult
from applications.pieces import Piece

from .results import DROP, Result, Step

__all__ = ["Facts", "FileFact", "OpinionFact", "Params", "Result", "Row", "amount", "enumerated", "settled", "worst"]

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
    """What a dataset's partner said: a stance by aspect (`neutrality`, `feasibility`), empty until it is given; and
    whether it takes effect, the team having been heard where the call hears it. `ending` is what was decided of a
    silence (`passed_over`, `held_refused`), `ruling` what was of an advisory opinion (`kept`, `refused`)."""

    dataset: str
    stances: Mapping[str, str] = field(default_factory=dict)
    is_heard: bool = True
    ending: str = ""
    ruling: str = ""


@dataclass(frozen=True)
class DirectoryFact:
    """What the company directory says of one number: a company, its establishment, its head office.

    `status` is « found », « absent » (which does not mean that it does not exist) or « waiting » (`why` says for what).
    """

    status: str
    why: str = ""
    asked_on: dt.date | None = None
    name: str = ""
    legal_category: str = ""
    is_open: bool | None = None
    closed_on: str = ""
    establishment_open: bool | None = None
    head_siret: str = ""
    head_open: bool | None = None


@dataclass(frozen=True)
class Facts:
    """One deposit as it was frozen, and what its call asks.

    Values are raw (`questionnaire.answers`): amounts « 98500.00 », days « 2026-12-31 ». `shown` holds the same answers
    as a person reads them, `labels` the questions, both by question code. `form` is the form as it was then asked.
    `regulation` is the mapping of the call's file, `datasets` the titles of the datasets that the call opens, by code,
    `dataset_versions` at which version. `opinions_stop` is false when the opinions of partners are advisory.
    `directory` is what the company directory says, by number; `pieces` are the supporting documents that must be valid
    at the deposit, with what a person read on them.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    files: Mapping[str, Sequence[FileFact]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None
    submitted_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    regulation: Mapping[str, Any] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)
    dataset_versions: Mapping[str, str] = field(default_factory=dict)
    opinions: tuple[OpinionFact, ...] = ()
    opinions_stop: bool = True
    directory: Mapping[str, DirectoryFact] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()

    @cached_property
    def sheet(self) -> Sheet:
        """The answers as formulas read them; the rows of a table are called by their rank."""
        answers: dict[Address, Any] = {}
        rows: dict[str, list[str]] = {}
        for code, lines in self.tables.items():
            rows[code] = [str(rank) for rank in range(len(lines))]
            for rank, line in enumerate(lines):
                answers |= {Address(code, str(rank), column): value for column, value in line.items()}
        for code, value in self.answers.items():
            if self.form and code in self.form.by_code and self.form.by_code[code].is_composed:
                answers |= {Address(code, "", part): one for part, one in (value or {}).items()}
            elif code not in self.tables and code not in self.files:
                answers[Address(code)] = value
        return Sheet(self.form or Form((), {}), answers, rows)

    @cached_property
    def progress(self) -> Completeness:
        """What the form asks, and what is missing."""
        files = {code: Files(accepted=len(found)) for code, found in self.files.items()}
        return completeness.measure(self.sheet.form, self.sheet.answers, self.sheet.row_ids, files, self.sheet)

    def changed(self, steps: Sequence[Step]) -> "Facts":
        """The same dossier after some changes whose values are known."""
        answers, tables = dict(self.answers), {code: list(rows) for code, rows in self.tables.items()}
        for step in sorted(steps, key=lambda one: -(one.row or 0) if one.action == DROP else -1_000_000):
            if step.action == DROP:
                del tables[step.question][step.row or 0]
            elif step.row is not None:
                tables[step.question][step.row] = {**tables[step.question][step.row], step.column: step.value}
            elif step.column:
                answers[step.question] = {**(answers.get(step.question) or {}), step.column: step.value}
            else:
                answers[step.question] = step.value
        return replace(self, answers=answers, tables=tables)

    def answer(self, code: str) -> Any:
        """The answer to a question; None when there is none, or when what was typed is not an answer."""
        return settled(self.answers.get(code))

    def label(self, code: str) -> str:
        """The question as it was asked."""
        return self.labels.get(code, code)

    def plain_label(self, code: str) -> str:
        """The question inside a sentence: without its own full stop."""
        return self.label(code).rstrip(".")

    def words(self, code: str) -> int:
        """Words of a text, as the call counts them."""
        value = self.answer(code)
        return count_words(value) if isinstance(value, str) else 0


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
