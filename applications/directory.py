"""What the company directory said of the lead organisations: read from what a job kept, never asked here."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ami_portal.gateways import company_directory
from ami_portal.kernel.clock import paris

from .checks import DirectoryFact
from .checks.legal_person import NOT_ASKED
from .checks.params import within
from .models import DirectoryAnswer

NOT_YET = DirectoryFact("waiting", "l’annuaire des entreprises n’a pas encore été interrogé")


def numbers_read(criteria: Iterable[tuple[str, Mapping[str, Any]]], answers: Mapping[str, Any]) -> list[str]:
    """The numbers that some checks, with their parameters, look for in the directory."""
    told = [found for check, params in criteria for found in within(check, params)]
    codes = dict.fromkeys(params["siret"] for check, params in told if check == "legal_person")
    held = (answers.get(code) for code in codes)
    return list(dict.fromkeys(value for value in held if isinstance(value, str) and len(value) in (9, 14)))


def facts_on(numbers: list[str]) -> dict[str, DirectoryFact]:
    """What is known of each number: one query when there are some."""
    rows = {row.number: row for row in DirectoryAnswer.objects.filter(number__in=numbers)} if numbers else {}
    return {number: _fact(rows.get(number)) for number in numbers}


def _fact(row: DirectoryAnswer | None) -> DirectoryFact:
    if row is not None and row.answered_at is not None:
        asked_on = paris(row.answered_at).date()
        found = json.loads(row.content)
        if found is None:
            return DirectoryFact("absent", asked_on=asked_on)
        return DirectoryFact("found", asked_on=asked_on, **{name: found[name] for name in _KEPT})
    if not company_directory.is_plugged():
        return NOT_ASKED
    if row is None or not row.why:
        return NOT_YET
    return DirectoryFact("waiting", f"{row.why.rstrip('.')} ; il sera demandé de nouveau")


_KEPT = (
    "name", "legal_category", "is_open", "closed_on", "establishment_open", "head_siret", "head_open",
)  # fmt: skip
