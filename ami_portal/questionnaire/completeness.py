"""Completeness (pure): one function of (form, answers, files) that drafts show and submission obeys."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from . import coherence
from .answers import Address, is_empty, problem
from .coherence import Finding
from .form import Form, Question, Section
from .sheet import Sheet


@dataclass(frozen=True)
class Missing:
    """One thing to mend: where it is, its label, and what to do in a French sentence."""

    section: str
    address: Address
    label: str
    todo: str

    @property
    def anchor(self) -> str:
        """The identifier of the field on its page."""
        return f"q-{self.address}"


@dataclass(frozen=True)
class SectionProgress:
    """How far one section is: fields asked now, fields answered, what is missing."""

    section: Section
    asked: int
    answered: int
    missing: tuple[Missing, ...]

    @property
    def state(self) -> str:
        """« vide », « en cours », « à revoir » (something typed is wrong) or « complet »."""
        if not self.missing:
            return "complet"
        if any(item.todo not in (TO_ANSWER, TO_ADD, TO_DEPOSIT, TO_WAIT) for item in self.missing):
            return "à revoir"
        return "en cours" if self.answered else "vide"


@dataclass(frozen=True)
class Completeness:
    """The sections that are asked; complete when nothing is missing. `findings` are the rules that do not hold, remarks
    that refuse nothing among them."""

    sections: tuple[SectionProgress, ...]
    findings: tuple[Finding, ...] = ()
    hidden: tuple[SectionProgress, ...] = ()

    @property
    def missing(self) -> tuple[Missing, ...]:
        return tuple(item for progress in self.sections for item in progress.missing)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def percent(self) -> int:
        """Answered over asked, 0 to 100; never 100 while something is missing."""
        asked = sum(progress.asked for progress in self.sections)
        done = asked - len(self.missing)
        return min(99 if self.missing else 100, max(0, done * 100 // asked)) if asked else 100

    def of(self, code: str) -> SectionProgress:
        """The progress of one section, hidden or not. Raises KeyError."""
        for progress in self.sections + self.hidden:
            if progress.section.code == code:
                return progress
        raise KeyError(code)


TO_ANSWER = "Répondez à cette question."
TO_ADD = "Ajoutez une ligne."
TO_DEPOSIT = "Déposez le fichier demandé."
TO_WAIT = "Le contrôle du fichier n’est pas fini : attendez quelques secondes."
TO_REPLACE = "Un fichier est refusé : retirez-le ou remplacez-le."
TO_MEND = "Un fichier ne respecte pas le format que l’appel impose : corrigez-le, puis remplacez-le."


class Files(NamedTuple):
    """How many files of one question were accepted, wait for their verdict, were refused; how many of those accepted
    break a rule that the call makes an obstacle to the deposit."""

    accepted: int = 0
    pending: int = 0
    refused: int = 0
    faulty: int = 0


Rows = Mapping[str, list[str]]
"""Row identifiers of each table, in order."""


def measure(
    form: Form,
    answers: Mapping[Address, Any],
    rows: Rows,
    files: Mapping[str, Files],
    sheet: Sheet | None = None,
) -> Completeness:
    """How complete a set of answers is. `sheet` are the same answers, when they were already read otherwise."""
    sheet = sheet or Sheet(form, answers, rows)
    broken: dict[str, list[Finding]] = {}
    for finding in coherence.findings(sheet):
        broken.setdefault(finding.address.question, []).append(finding)
    asked: list[SectionProgress] = []
    hidden: list[SectionProgress] = []
    for section in form.sections:
        is_asked = any(question.code in sheet.shown for question in section.questions)
        (asked if is_asked else hidden).append(_section(section, sheet, files, broken))
    everything = tuple(finding for found in broken.values() for finding in found)
    return Completeness(tuple(asked), everything, tuple(hidden))


def _section(
    section: Section, sheet: Sheet, files: Mapping[str, Files], broken: Mapping[str, list[Finding]]
) -> SectionProgress:
    missing: list[Missing] = []
    asked = answered = 0
    for question in section.questions:
        if question.code not in sheet.shown:
            continue
        for address, part, value in _parts(question, sheet.answers, sheet.row_ids, files):
            asked += part.required
            answered += not (is_empty(value) or value == Files())
            if todo := _todo(part, value):
                label = question.label if part is question else type(question.label)(f"{question.label} – {part.label}")
                missing.append(Missing(section.code, address, label, todo))
        missing += [
            Missing(section.code, finding.address, finding.label, finding.message)
            for finding in broken.get(question.code, ())
            if finding.blocks
        ]
    return SectionProgress(section, asked, answered, tuple(missing))


def _parts(
    question: Question, answers: Mapping[Address, Any], rows: Rows, files: Mapping[str, Files]
) -> list[tuple[Address, Question, Any]]:
    """The fields of one question with their values: itself, or the cells of its rows and the rows still to add."""
    if question.type == "file":
        return [(Address(question.code), question, files.get(question.code, Files()))]
    if question.is_composed:
        return _parts_of_composed(question, answers)
    if question.type != "table":
        return [(Address(question.code), question, answers.get(Address(question.code)))]
    present = rows.get(question.code, [])
    typed_columns = [column for column in question.columns if not column.formula]
    cells = [
        (address, column, answers.get(address))
        for row in present
        for column in typed_columns
        for address in [Address(question.code, row, column.code)]
    ]
    least = max(question.rows[0], 1) if question.required else question.rows[0] if present else 0
    return cells + ([(Address(question.code), question, None)] if least > len(present) else [])


def _parts_of_composed(question: Question, answers: Mapping[Address, Any]) -> list[tuple[Address, Question, Any]]:
    """The parts of a composed answer; none of them is required as long as a facultative one is left empty."""
    places = [(Address(question.code, "", part.code), part) for part in question.columns]
    found = [(address, part, answers.get(address)) for address, part in places]
    if question.required or not all(is_empty(value) for _, _, value in found):
        return found
    return [(address, replace(part, required=False), value) for address, part, value in found]


def _todo(question: Question, value: Any) -> str:
    if isinstance(value, Files):
        return _todo_of_files(question, value)
    if wrong := problem(question, value):
        return wrong
    if not is_empty(value) or not (question.required or question.type == "table"):
        return ""
    return TO_ADD if question.type == "table" else TO_ANSWER


def _todo_of_files(question: Question, files: Files) -> str:
    if files.refused:
        return TO_REPLACE
    if files.pending:
        return TO_WAIT
    if files.faulty:
        return TO_MEND
    return TO_DEPOSIT if question.required and not files.accepted else ""
