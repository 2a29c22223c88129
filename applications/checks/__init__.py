"""Owns the automatic checks of eligibility (pure): from the facts of a deposit to a result with its evidence.

A check helps to decide and never decides. It answers « met » only for what it has proved: what it cannot see (a public
register, the inside of a file, a judgement) stays « unknown », with what was found and what to look at.
"""

from collections.abc import Callable, Mapping
from typing import Any

from . import deposit, openness, organisation, project
from .facts import Facts, FileFact, OpinionFact, Result

__all__ = ["REGISTRY", "RULES_VERSION", "Check", "Facts", "FileFact", "OpinionFact", "Result", "run"]

Check = Callable[[Facts, Mapping[str, Any]], Result]

RULES_VERSION = "2026-2"
"""The version of all these rules: it changes when one of them could answer otherwise to the same deposit."""

REGISTRY: dict[str, Check] = {
    "legal_person": organisation.legal_person,
    "documents": organisation.documents,
    "complete": deposit.complete,
    "format_respected": deposit.format_respected,
    "on_time": deposit.on_time,
    "manual": deposit.manual,
    "partner_dataset": project.partner_dataset,
    "budget": project.budget,
    "not_started": project.not_started,
    "no_double_funding": project.no_double_funding,
    "duration": project.duration,
    "coherent_support": openness.coherent_support,
    "open_source": openness.open_source,
    "partner_opinion": openness.partner_opinion,
}


def run(name: str, facts: Facts, params: Mapping[str, Any]) -> Result:
    """The result of the check called `name`. Raises KeyError when there is none, or when a parameter is missing."""
    return REGISTRY[name](facts, params)
