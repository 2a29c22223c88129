"""A large form and its answers, without a row of the database: 120 questions, 5 tables of 40 rows, rules in each."""

from typing import Any

from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Form, parse

QUESTIONS, TABLES, LINES = 120, 5, 40
TEXT = "Le projet réutilise des données existantes et décrit chaque étape de façon à ce qu’on puisse la refaire. " * 18
KINDS = [{"code": code, "label": code} for code in ("staff", "travel", "fees")]
_SINGLE: list[tuple[dict[str, Any], Any]] = [
    ({"type": "long_text", "words": 400}, TEXT.strip()),
    ({"type": "text", "characters": 200}, "Un intitulé"),
    ({"type": "yes_no"}, True),
    ({"type": "amount", "max": "100000"}, "98500.00"),
    ({"type": "date", "min": "2026-01-01"}, "2026-12-31"),
]
_COLUMNS: list[dict[str, Any]] = [
    {"code": "what", "type": "text", "label": "Objet"},
    {"code": "kind", "type": "choice", "label": "Nature", "options": KINDS},
    {"code": "start", "type": "integer", "label": "Début", "min": 1},
    {"code": "end", "type": "integer", "label": "Fin"},
    {"code": "count", "type": "number", "label": "Nombre"},
    {"code": "unit", "type": "amount", "label": "Prix"},
    {"code": "price", "type": "amount", "label": "Total", "formula": "count * unit"},
]
_RULES = [
    {"test": "end >= start", "message": "La fin vient avant le début."},
    {"test": "sum(price, kind='fees') <= sum(price) * 8 / 100", "message": "Frais de plus de 8 %."},
    {"test": "count(kind='staff') >= 1", "message": "Une ligne de personnel au moins."},
]
_CELLS = {"kind": "staff", "start": 1, "end": 12, "count": "0.5", "unit": "1250.00"}


def form() -> Form:
    """The form; a question in ten hangs on an earlier answer."""
    singles = [
        {"code": f"q{rank}", "label": f"Question {rank}", **_SINGLE[rank % len(_SINGLE)][0]}
        | ({"shown_if": {"question": "q2", "values": [True]}} if rank % 10 == 9 else {})
        for rank in range(QUESTIONS - TABLES)
    ]
    tables = [
        {"code": f"t{rank}", "type": "table", "label": f"Tableau {rank}", "columns": _COLUMNS, "rules": _RULES}
        for rank in range(TABLES)
    ]
    asked = singles + tables
    pages = [asked[start : start + 12] for start in range(0, len(asked), 12)]
    return parse({"sections": [{"code": f"s{n}", "title": f"S{n}", "questions": page} for n, page in enumerate(pages)]})


def answers() -> tuple[dict[Address, Any], dict[str, list[str]]]:
    """Complete answers, and the rows of the tables."""
    given = {Address(f"q{rank}"): _SINGLE[rank % len(_SINGLE)][1] for rank in range(QUESTIONS - TABLES)}
    rows = {f"t{rank}": [f"r{line}" for line in range(LINES)] for rank in range(TABLES)}
    for table, lines in rows.items():
        for line in lines:
            cells = _CELLS | {"what": f"Ligne {line}"}
            given |= {Address(table, line, column): value for column, value in cells.items()}
    return given, rows
