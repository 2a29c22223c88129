"""Where a fault of a form stands (pure): the key inside the question, so that its line is the one to mend."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ami_portal.kernel.config import Path, Problem

_EXPECTED = {
    "code": "un code par élément",
    "options": "un code par choix",
    "shown_if": "une question posée avant, et l’une de ses réponses possibles",
    "formula": 'un calcul sur des colonnes et des questions, comme "end - start + 1"',
    "test": 'une formule vraie ou fausse, comme "end >= start"',
}
"""What is expected at a key, where the fault does not say it."""

_BEGINNINGS = (
    ("type «", "type"),
    ("la condition", "shown_if"),
    ("condition illisible", "shown_if"),
    ("deux choix", "options"),
    ("deux questions", "code"),
    ("deux sections", "code"),
)
"""How faults begin, and the key that each speaks of."""


def problem(node: Mapping[str, Any], path: Path, said: str) -> Problem:
    """The fault `said` of a section, a question or a column that stands at `path`."""
    found, _, expected = said.partition(" ; attendu : ")
    place = (*path, *_within(node, found))
    return Problem(place, found.partition(" ; chaque code")[0], expected or _EXPECTED.get(str(place[-1]), ""))


def _within(node: Mapping[str, Any], found: str) -> Path:
    """The keys and ranks from a node to what the fault speaks of; none when it speaks of the whole."""
    for beginning, key in _BEGINNINGS:
        if found.startswith(beginning) and key in node:
            return (key,)
    quoted = re.findall(r"« ([^»]+) »", found)
    if not quoted:
        return ()
    named = quoted[0].partition(",")[0].partition(".")[0]
    if named in node:  # a key that is unknown, or whose value is not what is expected
        return (named,)
    return next((place for place, formula in _formulas(node) if quoted[0] in formula), ())


def _formulas(node: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every formula of a question: those of its columns, then those of its rules."""
    for key, name in (("columns", "formula"), ("rules", "test")):
        for rank, part in enumerate(node.get(key) or ()):
            if isinstance(part, Mapping) and name in part:
                yield (key, rank, name), str(part[name])
