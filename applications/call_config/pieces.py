"""What a call’s file gets wrong in its supporting documents: questions that are not there, choices that are none."""

from collections.abc import Iterator, Mapping
from typing import Any

from ami_portal.kernel.config import Checks, Path, Problem, among, repeated, shown
from ami_portal.questionnaire.form import Form, Question
from applications.checks.params import within
from applications.pieces import Event

from .checking import parsed

PART = "supporting_documents"
TYPES = {
    "file": frozenset({"file"}),
    "issued_on": frozenset({"date"}),
    "status": frozenset({"choice"}),
    "absence_reason": frozenset({"text", "long_text"}),
    "not_asked_with": frozenset[str](),
}
"""The questions that a piece names, and the types that they may have."""


def pieces(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Each piece has its own code and names questions that exist, of the type that is read."""
    yield from repeated(config[PART], (PART,))
    if (whole := parsed(config)) is None:
        return
    for rank, row in enumerate(config[PART]):
        yield from _piece(row, whole, (PART, rank))


def _piece(row: Mapping[str, Any], form: Form, path: Path) -> Iterator[Problem]:
    for name, types in TYPES.items():
        if row[name]:
            yield from _question(row[name], types, form, (*path, name))
    if not row["file"] and not row["not_asked_with"]:
        yield Problem(path, "la clé « file » manque", "la question qui reçoit le fichier, ou not_asked_with")
    question = form.by_code.get(row["file"])
    if question and question.type == "file" and question.files != 1:
        found = f"la question « {question.code} » reçoit {question.files} fichiers"
        yield Problem((*path, "file"), found, "une question d’un seul fichier par pièce")
    yield from _announcing(row, form.by_code.get(row["status"]), path)


def _question(code: str, types: frozenset[str], form: Form, path: Path) -> Iterator[Problem]:
    question = form.by_code.get(code)
    if question is None:
        wanted = [asked.code for asked in form.questions() if not types or asked.type in types]
        expected = among(wanted, code) if wanted else ""
        yield Problem(path, f"{shown(code)} n’est pas une question du formulaire", expected)
    elif types and question.type not in types:
        found = f"la question « {code} » est de type « {question.type} »"
        yield Problem(path, found, f"une question de type {' ou '.join(sorted(types))}")


def _announcing(row: Mapping[str, Any], status: Question | None, path: Path) -> Iterator[Problem]:
    if bool(row["announcing"]) != bool(row["status"]):
        found = "status et announcing vont ensemble"
        yield Problem(
            (*path, "announcing"), found, "la question et ses choix qui annoncent une pièce, ou ni l’un ni l’autre"
        )
    codes = [code for code, _ in status.options] if status else []
    for rank, code in enumerate(row["announcing"]):
        if status and code not in codes:
            found = f"{shown(code)} n’est pas un choix de « {status.code} »"
            yield Problem((*path, "announcing", rank), found, among(codes, code))


def read_by_a_check(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The check of supporting documents has at least one to look at."""
    if any(Event.DEPOSIT in row["valid_at"] for row in config[PART]):
        return
    for rank, row in enumerate(config["eligibility"]):
        if any(check == "documents" for check, _ in within(row["check"], row["params"])):
            found = "aucune pièce justificative ne doit valoir au dépôt"
            yield Problem(("eligibility", rank, "check"), found, f"une pièce dans {PART}, ou un autre contrôle")


CHECKS: Checks = (((PART, "form"), pieces), ((PART, "eligibility"), read_by_a_check))
