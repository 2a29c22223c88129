"""The team that a deposit announces: what a juror reads before saying whether they have an interest (pure)."""

from dataclasses import dataclass

from applications.reading import FrozenDossier

TABLE, NAME, ORGANISATION = "team", "name", "organisation"
"""The table of a form that names the team, and its columns. A form without it announces nobody."""


@dataclass(frozen=True)
class Person:
    """Someone of the team, as the deposit names them."""

    name: str
    organisation: str


def team_of(frozen: FrozenDossier) -> list[Person]:
    """The people of the team, in the order of the deposit."""
    people = [Person(_text(row.get(NAME)), _text(row.get(ORGANISATION))) for row in frozen.table(TABLE)]
    return [person for person in people if person.name]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
