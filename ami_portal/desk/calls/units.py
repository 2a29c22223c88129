"""A config cut into units (pure): what a person changes at once, and what three sides say of each.

The three sides: the last file loaded (`base`), the portal as it is (`here`), the new file (`file`).
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

Unit = tuple[str, ...]
_WHOLE = (
    *("regulation", "supports", "supporting_documents", "eligibility", "selection", "demarches_simplifiees", "form"),
    "translations",
)
_BY_CODE = ("partners", "items")


@dataclass(frozen=True)
class Sides:
    """One unit as each side has it; None where a side does not have it."""

    unit: Unit
    base: Any
    here: Any
    file: Any

    @property
    def is_kept(self) -> bool:
        """Whether the portal changed it and the file did not: the portal's stays."""
        return self.here != self.base and self.file == self.base

    @property
    def is_disputed(self) -> bool:
        """Whether the portal and the file changed it, each in its own way."""
        return self.file not in (self.base, self.here) and self.here != self.base


def units(config: Mapping[str, Any]) -> dict[Unit, Any]:
    """Every unit of a normal config, in the order of the file."""
    found: dict[Unit, Any] = {}
    for key, value in config["call"].items():
        if key in ("calendar", "texts"):
            found |= {("call", key, name): item for name, item in value.items()}
        elif key != "code":
            found["call", key] = value
    found |= {(name,): config[name] for name in _WHOLE}
    for group in _BY_CODE:
        found |= {("datasets", group, row["code"]): row for row in config["datasets"][group]}
    return found


def sides(base: Mapping[str, Any], here: Mapping[str, Any], file: Mapping[str, Any]) -> list[Sides]:
    """The units that the three sides do not all say alike. What only ever grows, the history, is joined beforehand."""
    three = [units(config) for config in (base, here, file)]
    names = dict.fromkeys(name for side in (three[2], three[1], three[0]) for name in side)
    found = [Sides(name, *(side.get(name) for side in three)) for name in names]
    return [one for one in found if not one.base == one.here == one.file]


def taking(config: Mapping[str, Any], unit: Unit, value: Any) -> dict[str, Any]:
    """The same config with one unit replaced, added (last of its list) or taken out (None)."""
    result: dict[str, Any] = deepcopy(dict(config))
    if unit[0] != "datasets":
        holder = result
        for step in unit[:-1]:
            holder = holder[step]
        if value is None:
            holder.pop(unit[-1], None)
        else:
            holder[unit[-1]] = deepcopy(value)
        return result
    rows = result["datasets"][unit[1]]
    place = next((rank for rank, row in enumerate(rows) if row["code"] == unit[2]), len(rows))
    rows[place : place + 1] = [] if value is None else [deepcopy(value)]
    return result


def leaves(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What differs inside a unit, named as in the file: (place, before, after). Rows are matched by code, or else by
    rank among those that differ; a change of order alone is told by the codes before and after."""
    pairs: Mapping[Any, tuple[Any, Any]] = {}
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        pairs = {key: (before.get(key), after.get(key)) for key in [*before, *after]}
    elif _has_codes(before) and _has_codes(after):
        old, new = ({row["code"]: row for row in rows} for rows in (before, after))
        pairs = {code: (old.get(code), new.get(code)) for code in [*old, *new]}
        kept = [[code for code in rows if code in old and code in new] for rows in (old, new)]
        if kept[0] != kept[1]:
            yield f"{path}.ordre" if path else "ordre", *(", ".join(codes) for codes in kept)
    elif _has_rows(before) and _has_rows(after):
        pairs = dict(_by_rank(before, after))
    if not pairs:
        if before != after:
            yield path, before, after
        return
    for key, (old_value, new_value) in pairs.items():
        if old_value != new_value:
            yield from leaves(old_value, new_value, f"{path}.{key}" if path else str(key))


def _has_codes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) and "code" in row for row in value)


def _has_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _by_rank(before: list[Any], after: list[Any]) -> Iterator[tuple[int, tuple[Any, Any]]]:
    """The rows that differ, by their rank from 1, once those that are alike are set side by side."""
    old, new = ([repr(row) for row in rows] for rows in (before, after))
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from enumerate(zip_longest(before[start:end], after[first:last]), start=first + 1)
