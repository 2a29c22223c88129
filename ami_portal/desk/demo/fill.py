"""Fills any form with believable answers: a project’s own words where it has them, by the type of question else."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ami_portal.questionnaire.answers import Address, keep
from ami_portal.questionnaire.form import Form, Question
from applications.models import Call

SENTENCE = (
    "Le projet réutilise des données existantes, sans nouveau recueil auprès des patients, et décrit chaque étape de "
    "façon à ce qu’une autre équipe puisse la refaire. "
)

EXAMPLES = {
    "integer": "12",
    "percentage": "20",
    "number": "20",
    "email": "contact@labo.example",
    "url": "https://exemple.fr/",
    "siren": "130025265",
    "siret": "13002526500013",
    "siren_siret": "13002526500013",
    "spdx": "MIT",
    "orcid": "0000-0002-1825-0097",
    "doi": "10.5281/zenodo.1234567",
    "hal": "hal-01234567",
}


@dataclass(frozen=True)
class Answers:
    """Typed answers of one dossier: `fields` by question code, `parts` of composed ones by question code as part →
    text, `tables` by question code as rows of column → text, `files` by question code as pairs of name and format."""

    fields: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)

    def single(self) -> dict[Address, Any]:
        """What is typed outside tables, by address: plain answers, and the parts of composed ones."""
        plain = {Address(code): raw for code, raw in self.fields.items()}
        return plain | {
            Address(code, "", part): raw for code, cells in self.parts.items() for part, raw in cells.items()
        }


def answers_for(call: Call, words: Mapping[str, Any]) -> Answers:
    """Everything that the form asks, complete. `words` overrides by question code: a text, a list, rows of a table.

    A question under a condition is answered when the answers so far let it appear.
    """
    form: Form = call.form_revision.form
    result = Answers()
    for question in form.questions():
        if not is_asked(form, question, result.fields):
            continue
        if question.type == "table":
            result.tables[question.code] = words.get(question.code) or [
                _row(question, call) for _ in range(max(1, question.rows[0]))
            ]
        elif question.is_composed:
            result.parts[question.code] = words.get(question.code) or _row(question, call)
        elif question.type == "file":
            if question.required or question.code in words:
                result.files[question.code] = words.get(question.code) or [f"{question.code}.{question.formats[0]}"]
        else:
            result.fields[question.code] = words[question.code] if question.code in words else _answer(question, call)
    return result


def is_asked(form: Form, question: Question, typed: Mapping[str, Any]) -> bool:
    """Whether what is typed so far, by question code, lets a question appear."""

    def held(code: str) -> Any:
        raw = typed.get(code)
        return None if raw is None else keep(form.by_code[code], raw)[0]

    conditions = (form.section_of(question.code).shown_if, question.shown_if)
    return all(condition is None or condition.holds(held) for condition in conditions)


def _row(question: Question, call: Call) -> dict[str, str]:
    """A row that counts: what it asks by yes or no is yes."""
    typed = [column for column in question.columns if not column.formula]
    return {column.code: "true" if column.type == "yes_no" else str(_answer(column, call)) for column in typed}


def _answer(question: Question, call: Call) -> Any:
    match question.type:
        case "long_text":
            return (SENTENCE * 2).strip()
        case "choice":
            return question.options[0][0]
        case "choices" | "linkage":
            return [question.options[0][0]]
        case "dataset":
            return [call.dataset_options[0][0]]
        case "yes_no":
            return "false"
        case "declaration":
            return "true"
        case "date":
            return (call.works_start_after + dt.timedelta(days=45)).isoformat()
        case "month":
            return f"{call.works_start_after + dt.timedelta(days=45):%Y-%m}"
        case "amount":
            return str(call.max_grant)
        case kind if kind in EXAMPLES:
            return EXAMPLES[kind]
        case _:
            return question.label[:60]
