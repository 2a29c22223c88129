"""What is wrong in a file of configuration (pure): the place, what was found there, what is expected instead."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Path = tuple[str | int, ...]
"""Keys and ranks from the root of the file to a value."""

MAX_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `found` and `expected` are French words; `place` and `line` are known once it is placed."""

    path: Path
    found: str
    expected: str = ""
    place: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = ", ".join(filter(None, [f"ligne {self.line}" if self.line else "", self.place or in_words(self.path)]))
        expected = f" ; attendu : {self.expected}" if self.expected else ""
        return f"{where or 'fichier'} : {self.found}{expected}"

    def placed(self, config: Any, lines: Mapping[Path, int]) -> "Problem":
        """The same, its place told by the codes of the file and its line, or that of the nearest value above it."""
        path = self.path
        while path and path not in lines:
            path = path[:-1]
        return replace(self, place=in_words(self.path, config), line=self.line or lines.get(path, 0))


Checks = tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], Iterable[Problem]]], ...]
"""What a room checks of a config: the parts of the file that a check reads, and the check."""


class ConfigError(ValueError):
    """A file that cannot be loaded; the message says where, what was found and what is expected, one problem a line."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = [Problem((), problems)] if isinstance(problems, str) else list(problems)
        super().__init__(problems if isinstance(problems, str) else "\n".join(map(str, self.problems)))


def in_words(path: Path, config: Any = None) -> str:
    """« eligibility[FORMAT].params.files[1] »: an item of a list is called by its code, or by its rank from 1."""
    words = ""
    for step in path:
        config = _under(config, step)
        if isinstance(step, int):
            code = config.get("code") if isinstance(config, Mapping) else None
            words += f"[{code if isinstance(code, str) else step + 1}]"
        else:
            words += f".{step}" if words else step
    return words


def _under(config: Any, step: str | int) -> Any:
    try:
        return config[step]
    except (KeyError, IndexError, TypeError):
        return None


def shown(value: Any) -> str:
    """A value as a message quotes it: short, and without a control character."""
    match value:
        case None:
            return "rien"
        case bool():
            return f"{str(value).lower()} (oui ou non, sans guillemets)"
        case str():
            text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
            return f"« {text[:MAX_SHOWN]}… »" if len(text) > MAX_SHOWN else f"« {text} »"
        case Mapping():
            return "un ensemble de clés" if value else "un ensemble vide"
        case list():
            return "une liste" if value else "une liste vide"
    return str(value)[:MAX_SHOWN]


def among(known: Iterable[str], found: Any = None) -> str:
    """« l’un de : a, b, c », and the name that was surely meant."""
    names = sorted(known)
    near = difflib.get_close_matches(str(found), names, n=1, cutoff=0.75)
    return f"l’un de : {', '.join(names)}" + (f" (vouliez-vous dire « {near[0]} » ?)" if near else "")


def repeated(rows: Sequence[Mapping[str, Any]], path: Path, key: str = "code") -> list[Problem]:
    """A problem for each row of a list whose code was taken by another before it."""
    seen: set[Any] = set()
    problems = []
    for rank, row in enumerate(rows):
        if row[key] in seen:
            problems.append(Problem((*path, rank, key), f"{shown(row[key])} est déjà pris", "un code par élément"))
        seen.add(row[key])
    return problems
