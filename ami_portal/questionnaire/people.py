"""Whom a table names (pure): the columns that say who, and of which organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = frozenset({"text"})
_ORGANISATIONS = frozenset({"text", "choice"})


@dataclass(frozen=True)
class People:
    """The columns of a table that name people: `name`, joined by spaces, and `organisation` if it is told."""

    name: tuple[str, ...]
    organisation: str = ""


def parse(raw: Mapping[str, Any] | None, columns: Sequence[tuple[str, str]]) -> People | None:
    """The roles from `{name, organisation}`, `name` being a code or several. `columns` are pairs of code and type.

    Raises ValueError with a French sentence.
    """
    if raw is None:
        return None
    if extra := set(raw) - {"name", "organisation"}:
        raise ValueError(f"« people » : « {', '.join(sorted(extra))} » inconnu ; attendu : name, organisation")
    kinds, name, organisation = dict(columns), raw.get("name"), str(raw.get("organisation") or "")
    names = tuple(name) if isinstance(name, list) else (str(name or ""),)
    if not names or any(kinds.get(code) not in _NAMES for code in names):
        raise ValueError(f"« people.name » vaut « {', '.join(map(str, names))} » ; attendu : des colonnes de type text")
    if organisation and kinds.get(organisation) not in _ORGANISATIONS:
        raise ValueError(f"« people.organisation » vaut « {organisation} » ; attendu : une colonne choice ou text")
    return People(names, organisation)
