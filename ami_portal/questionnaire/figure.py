"""What a table can be drawn as (pure): a budget, its financing, milestones on a line of time; and in which columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

_ROLES: dict[str, dict[str, frozenset[str]]] = {
    "budget": {
        "amount": frozenset({"amount"}),
        "category": frozenset({"choice", "text"}),
        "year": frozenset({"choice", "text", "integer"}),
        "organisation": frozenset({"choice", "text"}),
    },
    "financing": {
        "amount": frozenset({"amount"}),
        "source": frozenset({"choice", "text"}),
        "counted": frozenset({"yes_no"}),
    },
    "gantt": {},
}


@dataclass(frozen=True)
class Figure:
    """What a table shows: `budget`, `financing` or `gantt`, and the codes of the columns that say it, by their role.

    `counted` is the column that says whether a resource pays the expenses of the budget; without it all of them do.
    """

    shows: str
    amount: str = ""
    category: str = ""
    year: str = ""
    organisation: str = ""
    source: str = ""
    counted: str = ""


def parse(raw: Mapping[str, Any] | None, of: str, columns: Sequence[tuple[str, str]]) -> Figure | None:
    """The figure of a table from `{shows, amount, …}`; a table of milestones is drawn without being asked.

    `columns` are pairs of code and type. Raises ValueError with a French sentence.
    """
    if not raw:
        return Figure("gantt") if of == "milestone" else None
    shows, kinds = str(raw.get("shows")), dict(columns)
    roles = _ROLES.get(shows)
    if roles is None or (shows == "gantt" and of != "milestone"):
        raise ValueError(f"« figure » montre « {shows} » ; attendu : budget, financing, ou gantt pour des jalons")
    if extra := set(raw) - {"shows", *roles}:
        raise ValueError(f"« figure » : « {', '.join(sorted(extra))} » inconnu ; attendu : {', '.join(sorted(roles))}")
    for role, types in roles.items():
        code = str(raw.get(role) or "")
        if (code or role == "amount") and kinds.get(code) not in types:
            wanted = f"le code d’une colonne {' ou '.join(sorted(types))}"
            raise ValueError(f"« figure.{role} » vaut « {code} » ; attendu : {wanted}")
    return Figure(**{field.name: str(raw.get(field.name) or "") for field in fields(Figure)})
