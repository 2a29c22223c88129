"""SPDX licence expressions (pure), read by the license-expression library."""

from collections.abc import Collection
from functools import cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

# CRPA D323-2-1: permissive licences for the programs of public bodies; and those made for documents and data.
FOR_PROGRAMS = frozenset("MIT Apache-2.0 BSD-2-Clause BSD-3-Clause CECILL-B ISC 0BSD CC0-1.0 Unlicense".split())
FOR_WORKS = frozenset("CC0-1.0 CC-BY-4.0 etalab-2.0 ODC-By-1.0 PDDL-1.0".split())
PERMISSIVE = FOR_PROGRAMS | FOR_WORKS


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


def unknown_licences(expression: str) -> str:
    """What in `expression` the SPDX list does not know (or the expression itself when it cannot be read)."""
    try:
        return ", ".join(_spdx().unknown_license_keys(expression, unique=True))
    except ExpressionError:
        return expression


def reciprocal_in(expression: str, permissive: Collection[str] = PERMISSIVE) -> list[str]:
    """Licences of `expression` that bind its reader to a reciprocal one: those no permissive alternative frees from.

    `MIT OR GPL-3.0-only` may be taken as MIT: nothing. `MIT AND GPL-3.0-only` binds: `["GPL-3.0-only"]`. An exception
    (WITH) only gives more than its licence. `permissive` are the licences that fit what is shared.
    """
    try:
        parsed = _spdx().parse(expression)
    except ExpressionError:
        return [expression]
    return sorted(_binding(parsed, permissive)) if parsed is not None else []


def _binding(node: object, permissive: Collection[str]) -> set[str]:
    licensing = _spdx()
    if isinstance(node, licensing.OR):
        choices = [_binding(arg, permissive) for arg in node.args]
        return set() if any(not choice for choice in choices) else set().union(*choices)
    if isinstance(node, licensing.AND):
        return set().union(*(_binding(arg, permissive) for arg in node.args))
    key = str(node)
    return set() if key.partition(" WITH ")[0] in permissive else {key}
