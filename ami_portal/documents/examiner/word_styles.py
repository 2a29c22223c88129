"""What the styles of a Word file give: sizes and indents, inherited from the styles that they are based on."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from docx.oxml.ns import qn

DEFAULT_SIZE = 10.0
Sides = tuple[int | None, int | None]
"""Left and right, in twips; None for a side of which nothing is said."""


class WordStyles:
    """The styles of one document, by identifier."""

    def __init__(self, root: Any) -> None:
        self.by_id = {style.get(qn("w:styleId")): style for style in root.findall(qn("w:style"))}
        self.default = next((key for key, style in self.by_id.items() if _is_default(style)), None)
        self.defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self.size_of = cache(self._size_of)
        self.indent_of = cache(self._indent_of)

    def size(self, run: Any, paragraph_style: str | None, table_style: str | None) -> float:
        """The size of the characters of a run, in points."""
        properties = run.find(qn("w:rPr"))
        own = properties.find(qn("w:rStyle")) if properties is not None else None
        return (
            _size(properties)
            or (self.size_of(own.get(qn("w:val"))) if own is not None else None)
            or self.size_of(paragraph_style or self.default)
            or self.size_of(table_style)
            or _size(self.defaults)
            or DEFAULT_SIZE
        )

    def sides(self, paragraph: Any, style: str | None) -> tuple[int, int]:
        """How far a paragraph goes into its column, negative when it goes out: left and right, in twips."""
        own, inherited = indent_in(paragraph.find(qn("w:pPr"))), self.indent_of(style or self.default)
        left, right = (mine if mine is not None else given for mine, given in zip(own, inherited, strict=True))
        return left or 0, right or 0

    def _chain(self, key: str | None) -> Iterator[Any]:
        """A style and those that it is based on, the nearest first; a loop ends it."""
        seen = set()
        while key in self.by_id and key not in seen:
            seen.add(key)
            style = self.by_id[key]
            yield style
            based = style.find(qn("w:basedOn"))
            key = based.get(qn("w:val")) if based is not None else None

    def _size_of(self, key: str | None) -> float | None:
        sizes = (_size(style.find(qn("w:rPr"))) for style in self._chain(key))
        return next((size for size in sizes if size), None)

    def _indent_of(self, key: str | None) -> Sides:
        found = [indent_in(style.find(qn("w:pPr"))) for style in self._chain(key)]
        left, right = ([sides[side] for sides in found if sides[side] is not None] for side in (0, 1))
        return left[0] if left else None, right[0] if right else None


def _is_default(style: Any) -> bool:
    return style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on")


def _size(properties: Any) -> float | None:
    value = properties.find(qn("w:sz")) if properties is not None else None
    number = _integer(value, "val") if value is not None else None
    return number / 2 if number and number > 0 else None


def indent_in(properties: Any) -> Sides:
    """The sides that the properties of a paragraph say; None for one of which they say nothing."""
    element = properties.find(qn("w:ind")) if properties is not None else None
    if element is None:
        return None, None
    left, hanging, first = (
        _integer(element, "left", "start"),
        _integer(element, "hanging"),
        _integer(element, "firstLine"),
    )
    right = _integer(element, "right", "end")
    if left is None and hanging is None and first is None:
        return None, right
    return (left or 0) + min(first or 0, -(hanging or 0)), right


def _integer(element: Any, *names: str) -> int | None:
    """The first of these attributes that is a number."""
    for name in names:
        try:
            return int(element.get(qn(f"w:{name}")))
        except (TypeError, ValueError):
            continue
    return None
