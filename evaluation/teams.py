"""The team that a deposit announces: what a juror reads before saying whether they have an interest (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.reading import FrozenDossier, FrozenItem


@dataclass(frozen=True)
class Person:
    """Someone of the team, as the deposit names them."""

    name: str
    organisation: str
    orcid: str = ""


def team_of(frozen: FrozenDossier) -> list[Person]:
    """The people that the tables of a form declared for it name, in the order of the deposit; nobody without any."""
    return [
        person
        for item in frozen.items()
        if item.people
        for row, cells in zip(item.rows, item.cells, strict=True)
        if (person := _person(item, row, dict(zip((c.code for c in item.columns), cells, strict=True)))).name
    ]


def _person(item: FrozenItem, row: Mapping[str, Any], shown: Mapping[str, str]) -> Person:
    """`shown` are the cells as they are read; what was typed and is no answer names nobody."""
    people = item.people or {}
    names = [shown[code] for code in people["name"] if isinstance(row.get(code), str)]
    orcid = next((str(row.get(column.code) or "") for column in item.columns if column.type == "orcid"), "")
    return Person(" ".join(filter(None, names)), shown.get(people["organisation"], ""), orcid)
