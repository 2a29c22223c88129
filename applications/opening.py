"""What one industrial partner may read of a frozen dossier (pure): the sections and questions that the call opens to
partners, less everything that tells which datasets of other partners the dossier asks for.

What a partner reads is a function of the dossier as if those datasets were unknown: their answers are cut to the
partner's own, a question whose appearance depends on them is not there, and neither is a row that names one. An answer
that the team marked as confidential towards the partners is as unknown: the partner reads that it is, filled or not.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from ami_portal.questionnaire import answers, formula
from ami_portal.questionnaire.conditions import Condition
from ami_portal.questionnaire.form import Form, Question

from .reading import FrozenColumn, FrozenDossier, FrozenItem, FrozenSection

NAMED = frozenset({"choice", "choices", "dataset", "linkage"})
"""The types whose answers may be the code of a dataset."""
_HELD = ("base de", "bases de", "base", "bases", "données de")
"""« La base de X », its partner, names a dataset as its title does."""
OTHER_DATASET = "[autre base]"
"""What stands, in an answer that a partner reads, for the name of a dataset that is not theirs."""


class OpenedDossier(FrozenDossier):
    """A frozen dossier as one partner reads it: nothing else of it may reach their pages, quotations and files."""


@dataclass(frozen=True)
class _Reader:
    """Who reads: the names of the `foreign` datasets by code, those of all; `form` is the dossier's own, `withheld` the
    questions whose answer is confidential."""

    form: Form
    withheld: frozenset[str]
    foreign: Mapping[str, str]
    titles: Mapping[str, str]
    holders: Mapping[str, str]

    @cached_property
    def _names(self) -> list[tuple[re.Pattern[str], bool]]:
        """How each dataset is named, the longest name first, and whether it is foreign."""
        named = {name: code in self.foreign for code, title in self.titles.items() for name in (code, title) if name}
        named |= {f"{word} {name}": True for name in self._others for word in _HELD}
        shapes = {name: r"\s+".join(map(re.escape, name.split())) for name in named}
        longest = sorted(named, key=lambda name: (-len(name), name))
        return [(re.compile(rf"(?<!\w){shapes[name]}(?!\w)", re.IGNORECASE), named[name]) for name in longest]

    @property
    def _others(self) -> set[str]:
        """The partners of the foreign datasets. Their bare names stay: a dossier may have to name a manufacturer."""
        return {name for code, name in self.holders.items() if code in self.foreign and name}

    def masked(self, value: Any) -> Any:
        """A text without the names of the foreign datasets; anything else as it is."""
        if isinstance(value, dict):
            return {key: self.masked(one) for key, one in value.items()}
        return _masked(value, self._names) if isinstance(value, str) else value


def _masked(text: str, names: Sequence[tuple[re.Pattern[str], bool]]) -> str:
    """The text cut at the names: one's own, which may hold the name of another dataset, are left as they are."""
    for place, (pattern, is_foreign) in enumerate(names):
        if found := pattern.search(text):
            name = OTHER_DATASET if is_foreign else found[0]
            before = _masked(text[: found.start()], names[place + 1 :])
            return before + name + _masked(text[found.end() :], names[place:])
    return text


def opened(
    frozen: FrozenDossier,
    form: Form,
    *,
    own: Collection[str],
    lent: Mapping[str, str],
    holders: Mapping[str, str] | None = None,
) -> OpenedDossier:
    """What the partner of the datasets `own` reads. `form` is the one that was answered; `lent` gives the title of each
    dataset that the call opens, `holders` the name of its partner, both by its code."""
    titles = dict(lent) | {one["code"]: one["title"] for one in frozen.datasets}
    foreign = {code: title for code, title in titles.items() if code not in own}
    withheld = frozenset(item.code for item in frozen.items() if item.confidential)
    reader = _Reader(form, withheld, foreign, titles, holders or {})
    read = _read(frozen, reader)
    sections = tuple(_section(section, reader, read) for section in frozen.sections if section.partners)
    kept = {item.code: item for section in sections for item in section.items}
    facts = {asked.fact: kept[asked.code].value for asked in form.questions() if asked.fact and asked.code in kept}
    same = {one.name: getattr(frozen, one.name) for one in fields(FrozenDossier)}
    changed = {
        "facts": facts,
        "datasets": tuple(one for one in frozen.datasets if one["code"] in own),
        "sections": tuple(section for section in sections if section.items),
        "submitted_by": {},
        "completes": None,
        "source": None,
    }
    return OpenedDossier(**(same | changed))


def _read(frozen: FrozenDossier, reader: _Reader) -> frozenset[str]:
    """The questions that partners read, and that appear whatever the datasets of other partners are."""
    certain = certain_codes(reader, {item.code: item.value for item in frozen.items()})
    return frozenset(
        item.code
        for section in frozen.sections
        for item in section.items
        if section.partners and item.partners and item.code in certain
    )


def certain_codes(reader: _Reader, held: Mapping[str, Any]) -> set[str]:
    """The questions that appear for certain. Three values: yes, no, and None where foreign datasets decide."""
    known: dict[str, bool | None] = {}
    for section in reader.form.sections:
        over = _holds(section.shown_if, known, held, reader)
        for question in section.questions:
            known[question.code] = _all([over, _holds(question.shown_if, known, held, reader)])
    return {code for code, is_shown in known.items() if is_shown}


def _holds(
    condition: Condition | None, known: Mapping[str, bool | None], held: Mapping[str, Any], reader: _Reader
) -> bool | None:
    if condition is None:
        return True
    if condition.all:
        return _all([_holds(part, known, held, reader) for part in condition.all])
    if condition.any:
        parts = [_holds(part, known, held, reader) for part in condition.any]
        return True if True in parts else None if None in parts else False
    if known[condition.question] is None or condition.question in reader.withheld:
        return None
    value = held.get(condition.question) if known[condition.question] else None
    if not known[condition.question] or reader.form.by_code[condition.question].type not in NAMED:
        return condition.holds(lambda _: value)
    kept = _cut(value, reader.foreign)
    if condition.holds(lambda _: kept):
        return True
    return None if set(condition.values) & set(reader.foreign) else False


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _cut(value: Any, foreign: Collection[str]) -> Any:
    """The answer to a choice without the codes of the foreign datasets, nor what is not yet an answer."""
    if isinstance(value, list):
        return [one for one in value if one not in foreign]
    return None if isinstance(value, dict) or value in foreign else value


def _section(section: FrozenSection, reader: _Reader, read: frozenset[str]) -> FrozenSection:
    items = (item for item in section.items if item.code in read)
    kept = (_withheld(item) if item.confidential else _item(item, reader, read - reader.withheld) for item in items)
    return replace(section, items=tuple(kept))


def _withheld(item: FrozenItem) -> FrozenItem:
    """The question alone, the same whether it is answered or not."""
    return FrozenItem(item.code, item.type, item.label, item.partners, confidential=True, is_withheld=True)


def _item(item: FrozenItem, reader: _Reader, read: frozenset[str]) -> FrozenItem:
    question = reader.form.by_code[item.code]
    if item.type in NAMED:
        value = _cut(item.value, reader.foreign)
        return replace(item, value=value, shown=_shown(question, value, reader))
    if item.type == "table":
        return _table(item, question, reader, read)
    files = tuple(replace(file, filename=reader.masked(file.filename)) for file in item.files)
    return replace(item, value=reader.masked(item.value), shown=reader.masked(item.shown), files=files)


def _shown(question: Question, value: Any, reader: _Reader) -> str:
    """What is left of a choice, in the words of its options; for datasets, in those of the deposit."""
    titles = tuple(reader.titles.items()) if question.type == "dataset" else question.options
    return answers.shown(replace(question, options=titles), value)


def _table(item: FrozenItem, question: Question, reader: _Reader, read: frozenset[str]) -> FrozenItem:
    """The rows that name no foreign dataset, without the columns that are computed from what is not read, and without
    a figure that is drawn from answers outside the table."""
    columns = list(_columns(item, question, read))
    places = [item.columns.index(column) for column in columns]
    named = [column.code for column in item.columns if column.type in NAMED]
    kept = [
        (row, cells)
        for row, cells in zip(item.rows, item.cells, strict=True)
        if not any(row.get(code) in reader.foreign for code in named)
    ]
    return replace(
        item,
        columns=tuple(columns),
        rows=tuple({column.code: reader.masked(row.get(column.code)) for column in columns} for row, _ in kept),
        cells=tuple(tuple(reader.masked(cells[place]) for place in places) for _, cells in kept),
        figure=item.figure if item.figure and item.figure["shows"] == "gantt" else None,
    )


def _columns(item: FrozenItem, question: Question, read: frozenset[str]) -> Iterator[FrozenColumn]:
    asked = {column.code: column for column in question.columns}
    kept: set[str] = set()
    for column in item.columns:
        text = asked[column.code].formula
        seen = kept | {code for code in read if code not in asked}
        if not text or (not formula.tables(text) and set(formula.names(text)) <= seen):
            kept.add(column.code)
            yield column
