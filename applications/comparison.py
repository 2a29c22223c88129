"""Two deposits of one dossier side by side (pure): what differs, question by question, files by their fingerprints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ami_portal.questionnaire import merging
from ami_portal.questionnaire.merging import Span

from .reading import FrozenDossier, FrozenFile, FrozenItem

KEPT, REMOVED, ADDED = "same", "removed", "added"


@dataclass(frozen=True)
class Line:
    """One row of a table, in words."""

    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class FileChange:
    """One file: kept, removed or added."""

    kind: str
    file: FrozenFile


@dataclass(frozen=True)
class Difference:
    """One question whose answer differs: words as `spans`, rows as `lines`, or `files`."""

    code: str
    section: str
    label: str
    columns: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    lines: tuple[Line, ...] = ()
    files: tuple[FileChange, ...] = ()


def differences(before: FrozenDossier, after: FrozenDossier) -> Iterator[Difference]:
    """What `after` says otherwise than `before`, in the order of the form; what it asks no more comes last."""
    old, new = ({item.code: item for item in one.items()} for one in (before, after))
    titles = {item.code: section.title for one in (before, after) for section in one.sections for item in section.items}
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = old.get(code), new.get(code)
        item = now or was
        if item and _content(was) != _content(now):
            yield _difference(titles[code], item, was, now)


def _content(item: FrozenItem | None) -> object:
    if item is None:
        return ("", (), (), ())
    return (item.shown, item.columns if item.rows else (), item.cells, tuple(file.sha256 for file in item.files))


def _difference(section: str, item: FrozenItem, was: FrozenItem | None, now: FrozenItem | None) -> Difference:
    spans = merging.differences(was.shown if was else "", now.shown if now else "")
    return Difference(
        code=item.code,
        section=section,
        label=item.label,
        columns=tuple(column.label for column in item.columns),
        spans=tuple(spans) if item.type not in ("table", "file") else (),
        lines=tuple(_lines(was.cells if was else (), now.cells if now else ())),
        files=tuple(_files(was.files if was else (), now.files if now else ())),
    )


def _lines(was: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]]) -> Iterator[Line]:
    for kind, start, end, since, until in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line(KEPT, cells) for cells in was[start:end])
            continue
        yield from (Line(REMOVED, cells) for cells in was[start:end])
        yield from (Line(ADDED, cells) for cells in now[since:until])


def _files(was: Sequence[FrozenFile], now: Sequence[FrozenFile]) -> Iterator[FileChange]:
    before, after = ({file.sha256 for file in files} for files in (was, now))
    yield from (FileChange(KEPT if file.sha256 in after else REMOVED, file) for file in was)
    yield from (FileChange(ADDED, file) for file in now if file.sha256 not in before)
