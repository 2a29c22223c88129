"""What the tests of the architecture read: our own Python modules and templates."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ami_portal", "datasets", "applications", "evaluation", "funding")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the product with its syntax tree, migrations apart."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def templates() -> Iterator[tuple[Path, str]]:
    """Every template of the product with its text."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
