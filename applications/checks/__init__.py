"""Owns the automatic checks of eligibility (pure): from the facts of a deposit to a result with its evidence.

A check helps to decide and never decides. It answers « met » only for what it has proved: what it cannot see (a public
register, the inside of a file, a judgement) stays « unknown », with what was found and what to look at.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from . import deposit, expression, legal_person, money, openness, organisation, project
from .facts import DirectoryFact, Facts, FileFact, OpinionFact
from .results import MET, Mend, Result, Step, all_of, any_of, as_json

__all__ = [
    "REGISTRY",
    "RULES_VERSION",
    "Check",
    "DirectoryFact",
    "Facts",
    "FileFact",
    "Mend",
    "OpinionFact",
    "Result",
    "Step",
    "as_json",
    "run",
]

Check = Callable[[Facts, Mapping[str, Any]], Result]

RULES_VERSION = "2026-3"
"""The version of all these rules: it changes when one of them could answer otherwise to the same deposit."""

MAX_CHANGES = 3
"""How many changes, one after the other, are still a small mend."""


def all_parts(facts: Facts, params: Mapping[str, Any]) -> Result:
    """Several checks that must all be met."""
    return all_of([_part(facts, raw) for raw in params["parts"]])


def any_part(facts: Facts, params: Mapping[str, Any]) -> Result:
    """Several checks of which one is enough."""
    return any_of([_part(facts, raw) for raw in params["parts"]])


def _part(facts: Facts, raw: Mapping[str, Any]) -> Result:
    return run(raw["check"], facts, raw.get("params") or {}).named(raw["label"])


REGISTRY: dict[str, Check] = {
    "legal_person": legal_person.legal_person,
    "documents": organisation.documents,
    "complete": deposit.complete,
    "format_respected": deposit.format_respected,
    "on_time": deposit.on_time,
    "manual": deposit.manual,
    "partner_dataset": project.partner_dataset,
    "budget": money.budget,
    "not_started": project.not_started,
    "no_double_funding": money.no_double_funding,
    "de_minimis": money.de_minimis,
    "duration": project.duration,
    "coherent_support": openness.coherent_support,
    "open_source": openness.open_source,
    "partner_opinion": openness.partner_opinion,
    "expression": expression.expression,
    "all": all_parts,
    "any": any_part,
}


def run(name: str, facts: Facts, params: Mapping[str, Any]) -> Result:
    """The result of the check called `name`. Raises KeyError when there is none, or when a parameter is missing.

    A mend is given only if the check, run again on the dossier so changed, is met.
    """
    found = REGISTRY[name](facts, params)
    return replace(found, mend=_proved(REGISTRY[name], facts, params, found)) if found.mend else found


def _proved(check: Check, facts: Facts, params: Mapping[str, Any], found: Result) -> Mend | None:
    """The changes that make it met, tried one after the other; those that wait for an answer end it."""
    whole: Mend | None = None
    for _ in range(MAX_CHANGES):
        if found.mend is None:
            return None
        whole = whole.then(found.mend) if whole else found.mend
        if found.mend.is_open:
            return whole
        facts = facts.changed(found.mend.steps)
        found = check(facts, params)
        if found.result == MET:
            return whole
    return None
