"""What the call's file says of its démarche (pure): which champ answers which question, for dossiers of a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ami_portal.questionnaire.form import Question

APPLICANT = ("siret", "name")
SUBMITTED, WITHDRAWN, IGNORED = "submitted", "withdrawn", "ignored"


@dataclass(frozen=True)
class Line:
    """One champ, or one thing known of the applicant, and the question that it answers; `column` is a part of it."""

    question: str
    champ: str = ""
    applicant: str = ""
    column: str = ""
    values: tuple[tuple[str, str], ...] = ()
    revisions: frozenset[str] = frozenset()
    columns: tuple["Line", ...] = ()

    def holds_for(self, revision: str) -> bool:
        """Whether it reads dossiers of a revision: those that it names, or all."""
        return not self.revisions or revision in self.revisions

    def asked(self, questions: Mapping[str, Question]) -> Question:
        """The question, or its part, that it answers. Raises KeyError."""
        question = questions[self.question]
        return question.column(self.column) if self.column else question


@dataclass(frozen=True)
class Demarche:
    """A démarche as the call's file knows it."""

    number: int
    lines: tuple[Line, ...]
    ignored: frozenset[str]
    states: Mapping[str, str]
    invites: bool

    def lines_for(self, revision: str) -> list[Line]:
        """The lines that read dossiers of a revision. One that names it takes the place of one that names none."""
        held = sorted((line for line in self.lines if line.holds_for(revision)), key=lambda line: bool(line.revisions))
        named = {(line.question, line.column) for line in held if line.revisions}
        return [line for line in held if line.revisions or (line.question, line.column) not in named]


def demarche_of(said: Mapping[str, Any]) -> Demarche | None:
    """The démarche of a call; None for a call that has none."""
    if not said:
        return None
    lines = tuple(_line(row) for row in said["questions"])
    return Demarche(said["demarche"], lines, frozenset(said["ignored"]), said["states"], said["invite"])


def _line(row: Mapping[str, Any]) -> Line:
    """A line of a call's file, in its normal form; that of a column names no question."""
    return Line(
        question=row.get("question", ""),
        champ=row["champ"],
        applicant=row.get("applicant", ""),
        column=row.get("column", ""),
        values=tuple((pair["label"], pair["code"]) for pair in row["values"]),
        revisions=frozenset(row.get("revisions", ())),
        columns=tuple(_line(column) for column in row.get("columns", ())),
    )
