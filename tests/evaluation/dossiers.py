"""A sound dossier of the 2024 call as facts, and others that differ from it as one line of a table says (pure).

`budget[0].amount = 90000.00` puts a value, `financing_plan[+] = {…}` adds a row, `financing_plan[-]` removes the last,
`starts_on = ` empties an answer. Files and what the company directory says are called by the names below.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import yaml

from ami_portal.desk import calls
from ami_portal.desk.demo.fill import EXAMPLES
from ami_portal.documents.format_rules import Finding
from ami_portal.questionnaire.answers import Address, keep, question_at
from ami_portal.questionnaire.form import Form, Question, parse
from applications import checks
from applications.checks import DirectoryFact, Facts, FileFact, OpinionFact, Result, Step
from tests import scenes

from .facts import CLOSES, SUBMITTED

SIRET = "13002526500013"
FILLED = Finding("headings", "met", "Les 8 parties du modèle sont présentes et remplies.")
WIDE = Finding("margins_mm", "met", "Marges respectées.")
FILES = {
    "sound": FileFact("protocole.pdf", "application/pdf", 1000, 12, (WIDE, FILLED)),
    "narrow": FileFact(
        "protocole.pdf", "application/pdf", 1000, 12,
        (Finding("margins_mm", "not_met", "Marges trop étroites.", ("page 3 : gauche 12 mm",)), FILLED),
    ),
    "scanned": FileFact(
        "protocole.pdf", "application/pdf", 1000, 12,
        (Finding("font_points_min", "unknown", "Taille à regarder.", ("page 2 : une image, sans texte",)), FILLED),
    ),
    "hollow": FileFact(
        "protocole.pdf", "application/pdf", 1000, 12,
        (WIDE, Finding("headings", "not_met", "Une partie du modèle manque.", ("« Données » : absente",))),
    ),
}  # fmt: skip
COMPANY = DirectoryFact("found", name="Université de Valmont", legal_category="7383", is_open=True, head_siret=SIRET)
OPEN = replace(COMPANY, establishment_open=True, head_open=True)
DIRECTORY = {
    "open": OPEN,
    "absent": DirectoryFact("absent"),
    "down": DirectoryFact("waiting", "l’annuaire n’a pas répondu"),
    "unplugged": None,
    "closed company": replace(OPEN, is_open=False, closed_on="2025-03-31"),
    "closed place": replace(OPEN, establishment_open=False, head_siret="73282932000074"),
    "closed place and head": replace(OPEN, establishment_open=False, head_open=False, head_siret="73282932000074"),
    "sole trader": replace(OPEN, legal_category="1000"),
    "undivided": replace(OPEN, legal_category="2310"),
    "foreign": replace(OPEN, legal_category="3220"),
    "state school": replace(OPEN, legal_category="7190"),
    "gip": replace(OPEN, legal_category="7410"),
}
HEAD = {"73282932000074": OPEN}

TABLES = {
    "budget": [
        {"category": "staff", "description": "Data scientist", "year": "1", "amount": "70000.00", "organisation": "V"},
        {"category": "operating", "description": "Calcul", "year": "1", "amount": "20000.00", "organisation": "V"},
        {"category": "overheads", "description": "Frais", "year": "2", "amount": "7000.00", "organisation": "V"},
    ],
    "financing_plan": [
        {"source": "HDH", "kind": "hdh", "amount": "95000.00", "state": "requested", "same_costs": True},
        {"source": "Valmont", "kind": "own_funds", "amount": "2000.00", "state": "granted", "same_costs": True},
    ],
    "milestones": [
        {"label": "Données", "start": 1, "end": 9, "deliverable": "Base"},
        {"label": "Modèle", "start": 8, "end": 24, "deliverable": "Code"},
    ],
    "outputs": [
        {"kind": "program", "title": "Repérage", "licence": "MIT", "shared_at": "boas"},
        {"kind": "documentation", "title": "Guide", "licence": "etalab-2.0", "shared_at": "boas"},
        {"kind": "article", "title": "Article", "licence": "CC-BY-4.0", "shared_at": "open_archive"},
    ],
}
ANSWERS = {
    "lead_siret": SIRET,
    "lead_legal_category": "73",
    "economic_activity": True,
    "de_minimis_amount": "0.00",
    "starts_on": "2025-01-06",
    "duration_months": 24,
    "amount_requested": "95000.00",
    "datasets": ["PRM-SEIN"],
    "supports_requested": ["FUNDING", "PLATFORM"],
    "workspace": "hdh_platform",
    "regulatory_route": "authorisation",
}


@cache
def config() -> dict[str, Any]:
    return calls.read(scenes.CALL_FILE)


@cache
def form() -> Form:
    asked = parse(config()["form"] | {"code": ""})
    return asked.with_datasets([(row["code"], row["title"]) for row in config()["datasets"]["items"]])


def criteria() -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in config()["eligibility"]}


@cache
def sound() -> Facts:
    """Everything that the call asks is answered, within every limit."""
    answers: dict[str, Any] = {}
    tables = {}
    for question in form().questions():
        if question.type == "table":
            tables[question.code] = TABLES.get(question.code) or [_row(question)] * max(1, question.rows[0])
        elif question.is_composed:
            answers[question.code] = _row(question)
        elif question.type != "file":
            answers[question.code] = ANSWERS.get(question.code, _answer(question))
    files = {question.code: [FILES["sound"]] for question in form().questions() if question.type == "file"}
    stances = {"neutrality": "favourable", "feasibility": "favourable"}
    return Facts(
        answers=answers,
        tables=tables,
        files=files,
        labels={question.code: question.label for question in form().questions()},
        form=form(),
        submitted_at=SUBMITTED,
        closes_at=CLOSES,
        regulation=config()["regulation"],
        datasets={row["code"]: row["title"] for row in config()["datasets"]["items"]},
        opinions=(OpinionFact("PRM-SEIN", stances),),
        directory={SIRET: OPEN, **HEAD},
    )


def _row(question: Question) -> dict[str, Any]:
    return {column.code: _answer(column) for column in question.columns if not column.formula}


def _answer(question: Question) -> Any:
    if question.type in ("choices", "linkage"):
        return [question.options[0][0]]
    if question.type == "choice":
        return question.options[0][0]
    typed = EXAMPLES | {"declaration": "true", "yes_no": "true", "date": "2026-08-01"}
    return keep(question, typed.get(question.type, "Mot"))[0]


CHANGE = re.compile(r"(?P<code>\w+)(?:\[(?P<row>\d+|\+|-)\])?(?:\.(?P<column>\w+))?(?:\s*=\s*(?P<value>.*))?")


def differing(line: str) -> Facts:
    """The sound dossier with the changes that a line says, separated by « ; »."""
    facts = sound()
    for text in filter(None, (part.strip() for part in line.split(" ; "))):
        facts = _changed(facts, text)
    return facts


def _changed(facts: Facts, text: str) -> Facts:
    found = CHANGE.fullmatch(text)
    assert found, text
    code, row, column = found["code"], found["row"], found["column"] or ""
    asked = form().by_code.get(code)
    value = _value(found["value"], asked.column(column).type if asked and column else asked.type if asked else "")
    match code:
        case "directory":
            said = {SIRET: DIRECTORY[value]} if DIRECTORY[value] else {}
            return replace(facts, directory=HEAD | said if said else {})
        case "submitted_at" | "closes_at":
            return replace(facts, **{code: value})
        case "opinion":
            return replace(facts, opinions=(OpinionFact("PRM-SEIN", value),))
    if code in facts.files:
        return replace(facts, files={**facts.files, code: [FILES[value]] if value else []})
    if code in facts.tables and row is None:
        return replace(facts, tables={**facts.tables, code: value})
    if row in ("+", "-"):
        rows = list(facts.tables[code])
        rows = rows[:-1] if row == "-" else [*rows, value]
        return replace(facts, tables={**facts.tables, code: rows})
    return facts.changed([Step("set", code, int(row) if row else None, column, value)])


def _value(text: str | None, kind: str) -> Any:
    plain = kind in ("amount", "date", "siret", "choice", "text") and not (text or "").startswith(("{", '"'))
    return (text or None) if plain else yaml.safe_load(text or "")


def given(steps: tuple[Step, ...], facts: Facts) -> Facts:
    """A dossier after a mend: what only the applicant knows is answered as in the sound dossier."""
    whole = sound()
    for step in steps:
        if step.action != "give":
            continue
        if step.question in whole.files:
            facts = replace(facts, files={**facts.files, step.question: whole.files[step.question]})
        elif step.row is None and not step.column and step.question in whole.tables:
            facts = replace(facts, tables={**facts.tables, step.question: whole.tables[step.question]})
        else:
            source = whole.sheet.answers.get(step.address)
            if source is None and step.row is not None:  # a row that the sound dossier does not have
                source = whole.tables[step.question][0][step.column]
                source = False if isinstance(source, bool) else source
            facts = facts.changed([replace(step, action="set", value=source)])
    return facts.changed([step for step in steps if step.action != "give"])


def judged(facts: Facts) -> dict[str, Result]:
    """The result of every criterion of the call."""
    return {code: checks.run(row["check"], facts, row["params"]) for code, row in criteria().items()}


def address_is_asked(step: Step) -> bool:
    """Whether a change speaks of a field of the form."""
    asked = form().by_code.get(step.question)
    if asked is None or (asked.type in ("table", "file") and not step.column):
        return asked is not None
    question_at(form(), step.address if step.row is not None or step.column else Address(step.question))
    return True
