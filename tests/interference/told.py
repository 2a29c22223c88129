"""The table of who is told what, and from which moment on."""

from collections.abc import Iterable
from pathlib import Path

MOMENTS = ("to_declare", "to_review", "reviewed", "deliberation", "frozen", "published")
"""Those of the story: before a juror declares, before they review, once they have; then the jury’s."""
TABLE = Path(__file__).with_name("told.txt")
Line = tuple[str, str, str, str]
"""Secret, moment, person, address."""


def table() -> set[Line]:
    """Its lines, one a moment and an address."""
    found = set()
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            secret, moments, person, *names = row.split()
            known = MOMENTS if moments == "always" else moments.split("+")
            found |= {(secret, moment, person, name) for moment in known for name in names}
    return found


def written(lines: Iterable[Line]) -> str:
    """The same lines as the table writes them."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for secret, moment, person, name in sorted(lines):
        rows.setdefault((secret, person, name), []).append(moment)
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for (secret, person, name), moments in rows.items():
        known = "always" if len(moments) == len(MOMENTS) else "+".join(sorted(moments, key=MOMENTS.index))
        grouped.setdefault((secret, known, person), []).append(name)
    return "\n".join(f"{' '.join(key)} {' '.join(names)}" for key, names in sorted(grouped.items()))
