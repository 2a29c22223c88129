"""Fields as HTML, by the hundred: a template is rendered once for each question, then filled for each field.

A dossier of 120 questions and 200 lines has a thousand fields that differ by a text, a version and the number of their
line. What has more to say (a problem, a conflict, a rule that does not hold, a table, files) is rendered by the
template each time.
"""

import html
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.template import Context, Engine
from django.template.loader import get_template
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question

from .fields import MODEL_ROW, Block, Field, Row
from .models import Dossier

FIELD, ROW, BLOCK = "applications/fields/field.html", "applications/_row.html", "applications/_block.html"
ROW_ID, TYPED, VERSION, SEEN, LINE, WORDS, CHARACTERS, CELLS, DRAWN, REF = (chr(0xE000 + rank) for rank in range(10))
_NAMES = {
    ROW_ID: "row", MODEL_ROW: "row", TYPED: "typed", VERSION: "version", SEEN: "seen", LINE: "line", WORDS: "words",
    CHARACTERS: "characters", CELLS: "cells", DRAWN: "drawn", REF: "ref", quote(REF).replace("%", "%%"): "ref",
}  # fmt: skip


class _Model(Field):
    """A field in the place of all those of its question: marks where they differ."""

    seen, words, characters = SEEN, WORDS, CHARACTERS  # type: ignore[assignment]


Spoken = tuple[str | None, tuple[bool, ...]]
Patterns = dict[tuple[int, tuple[str, ...] | None, bool], str]


def draw_field(field: Field, *, editable: bool) -> SafeString:
    """One field, as its template draws it."""
    return mark_safe(_draw(field, editable, {}))  # noqa: S308 (the template's own text, and escaped ones)


def _draw(field: Field, editable: bool, known: Patterns) -> str:
    """`known` are the patterns met in the same column: to find one by its question takes longer than to fill it."""
    if field.problem or field.stale or field.said:
        return get_template(FIELD).render({"field": field, "editable": editable})
    key = (id(field.question), _chosen(field), field.is_ruled)
    pattern = known.get(key)
    if pattern is None:
        pattern = known[key] = _pattern_of(field, editable)
    values: dict[str, Any] = {
        "row": field.address.row,
        "typed": html.escape(field.typed) if isinstance(field.typed, str) else "",
        "version": field.version,
        "seen": field.seen if editable else "",
        "line": field.line,
    }
    if "%(words)s" in pattern or "%(characters)s" in pattern:
        values |= {"words": localize(field.words), "characters": localize(field.characters)}
    return pattern % values


def _pattern_of(field: Field, editable: bool) -> str:
    code, row, column = field.address
    return _pattern(
        field.question, _spoken(field.question), code, bool(row), column, _chosen(field), bool(field.line),
        field.is_ruled, editable,
    )  # fmt: skip


def _spoken(question: Question) -> Spoken:
    """What a drawing says beside its words: the language of the page, and of each text."""
    return get_language(), question.in_english


def _chosen(field: Field) -> tuple[str, ...] | None:
    """The choices made, where the field is drawn from a list of them: each is a drawing of its own."""
    if field.widget in ("input", "textarea", "computed"):
        return None
    return tuple(field.typed) if isinstance(field.typed, list) else (field.typed,)


@lru_cache(maxsize=8192)
def _pattern(
    question: Question, spoken: Spoken, code: str, is_row: bool, column: str, chosen: tuple[str, ...] | None,
    is_line: bool, is_ruled: bool, editable: bool,
) -> str:  # fmt: skip
    """The template rendered for one question, a place in it for each thing that differs."""
    several = chosen is not None and question.type in ("choices", "dataset", "linkage")
    typed: Any = TYPED if chosen is None else list(chosen) if several else chosen[0]
    marks: Any = {"version": VERSION, "line": LINE if is_line else 0}
    model = _Model(Address(code, ROW_ID if is_row else "", column), question, typed, is_ruled=is_ruled, **marks)
    return _places(get_template(FIELD).render({"field": model, "editable": editable}))


def _places(drawn: str) -> str:
    drawn = drawn.replace("%", "%%")
    for mark, name in _NAMES.items():
        drawn = drawn.replace(mark, f"%({name})s")
    return drawn


def draw_block(block: Block, page: Context) -> SafeString:
    """One question of `page`, which says the dossier, the section and whether it is editable."""
    editable = page["editable"] and not block.is_locked
    drawn = _draw(block.field, editable, {}) if block.field else ""
    is_kept = block.question.confidential or block.is_confidential
    if block.field is None or block.question.figure or block.is_ruled or block.is_locked or block.asked or is_kept:
        with page.push(block=block, drawn=mark_safe(drawn), editable=editable):  # noqa: S308 (as its template draws it)
            return Engine.get_default().get_template(BLOCK).render(page)
    pattern = _block_pattern(
        block.question, _spoken(block.question), page["section"].partners, block.condition, block.is_shown,
        block.is_rewritten,
    )  # fmt: skip
    return mark_safe(pattern % {"drawn": drawn, "ref": quote(page["dossier"].ref)})  # noqa: S308 (likewise)


@lru_cache(maxsize=8192, typed=True)  # a condition may be the same words in the other language
def _block_pattern(
    question: Question, spoken: Spoken, partners: bool, condition: str, is_shown: bool, is_rewritten: bool
) -> str:
    version = 2 if is_rewritten else 0
    field = Field(Address(question.code), question, "", version=version)
    model = Block(question, is_shown, field=field, condition=condition)
    page = {"block": model, "drawn": DRAWN, "section": {"partners": partners}, "dossier": {"ref": REF}}
    return _places(get_template(BLOCK).render(page))


def draw_rows(rows: Sequence[Row], table: Question, dossier: Dossier, *, editable: bool) -> SafeString:
    """The lines of a table, each cell a field."""
    if not rows:
        return SafeString("")
    model: Any = {"id": MODEL_ROW, "number": LINE}
    context = {"row": model, "table": table, "dossier": dossier, "editable": editable, "cells": CELLS}
    pattern, known = _places(get_template(ROW).render(context)), Patterns()
    return mark_safe(  # noqa: S308 (the template's own text, and fields)
        "".join(pattern % {"row": row.id, "line": row.number, "cells": _cells(row, editable, known)} for row in rows)
    )


def _cells(row: Row, editable: bool, known: Patterns) -> str:
    return "".join(
        f'<td class="dossier-column--{field.question.type}" data-cell>{_draw(field, editable, known)}</td>'
        for field in row.fields
    )
