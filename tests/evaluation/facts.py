"""Constructed deposits for the checks: each test says only what it changes."""

import datetime as dt
from typing import Any

from ami_portal.documents.format_rules import Finding
from ami_portal.questionnaire.form import Form, parse
from applications import checks
from applications.checks import Facts, FileFact, Result

SUBMITTED = dt.datetime(2026, 9, 16, 9, 59, 59, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 9, 16, 10, 0, 0, tzinfo=dt.UTC)
REGULATION = {
    "max_grant": "100000.00",
    "expected_budget": "100000.00",
    "budget_tolerance_percent": "20",
    "duration_months_max": 24,
    "works_start_after": "2026-11-29",
    "cost_categories": [
        {"code": "staff", "label": "Personnel", "cap_percent": None},
        {"code": "overheads", "label": "Frais de gestion", "cap_percent": "8"},
    ],
}
DATASETS = {"PRM-SEIN": "Base PRM – cancer du sein", "CBNPC": "Cancer du poumon"}


def facts(**changes: Any) -> Facts:
    """A deposit one second before the closing, that answers nothing."""
    plain = {"submitted_at": SUBMITTED, "closes_at": CLOSES, "regulation": REGULATION, "datasets": DATASETS}
    return Facts(**(plain | changes))


def a_form(*questions: dict[str, Any]) -> Form:
    """A form of one section."""
    return parse({"code": "", "sections": [{"code": "s", "title": "S", "questions": list(questions)}]})


def run(name: str, given: Facts, **params: Any) -> Result:
    return checks.run(name, given, params)


def a_file(name: str = "protocole.pdf", pages: int | None = 12, findings: tuple[Finding, ...] = ()) -> FileFact:
    return FileFact(name, "application/pdf", 1000, pages, findings)
