"""Where the regulatory path of a convention stands: its rows read as the pure path."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from ami_portal.documents.models import Document

from . import regulatory
from .models import AccessPath, Convention, PathStep
from .regulatory import Graph, Passage, Path, Pause, Standing, Step

OPEN = (Standing.READY, Standing.RUNNING, Standing.PAUSED, Standing.LATE, Standing.SILENT, Standing.CHOICE)


@dataclass(frozen=True)
class Line:
    """A step as a page shows it: where it stands, its row once begun and the place of that row among all, and the
    former rows when it was taken again."""

    step: Step
    row: PathStep | None
    number: int | None = None
    former: tuple[PathStep, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is to be done, or awaited, now."""
        return self.step.standing in OPEN

    @property
    def answer(self) -> str:
        """The words of its outcome; empty before."""
        return self.step.rule.answer(self.row.answer).label if self.row and self.row.answer else ""

    @property
    def document(self) -> Document | None:
        """The document of its outcome."""
        return self.row.document if self.row else None


@dataclass(frozen=True)
class Followed:
    """The path of a convention on a day. `margin` is in months before the end of the convention, None without one."""

    row: AccessPath
    route: regulatory.Route
    kit: tuple[tuple[str, str, dt.date | None], ...]
    lines: tuple[Line, ...]
    path: Path
    margin: int | None

    @property
    def now(self) -> tuple[Line, ...]:
        """The steps where something is to be done or awaited."""
        return tuple(line for line in self.lines if line.is_open)

    @property
    def lateness(self) -> int:
        """How many months after the end of the convention the path would end; zero when it would not."""
        return max(0, -(self.margin or 0))

    @property
    def is_kit_whole(self) -> bool:
        """Whether every piece of the kit is handed over."""
        return all(on for _, _, on in self.kit)


def graph_of(convention: Convention) -> Graph:
    """The graph that the call of a convention says today; empty when it says none."""
    return regulatory.graph_from(convention.dossier.call.regulation.get("path") or {})


def rows_of(paths: QuerySet[AccessPath]) -> QuerySet[AccessPath]:
    """Paths with all that following them reads, in a constant number of queries."""
    return paths.select_related("convention").prefetch_related("steps__pauses", "steps__document")


def follow_path(convention: Convention, *, today: dt.date) -> Followed | None:
    """The path of a convention; None until its route is chosen."""
    row = rows_of(AccessPath.objects.filter(convention=convention)).first()
    return followed(row, today=today) if row else None


def followed(row: AccessPath, *, today: dt.date) -> Followed:
    """A path of `rows_of` on a day."""
    graph = regulatory.graph_from(row.graph)
    former: dict[str, list[PathStep]] = {}
    for step in row.steps.all():
        if not step.counts:
            former.setdefault(step.code, []).append(step)
    places = {step.pk: place for place, step in enumerate(row.steps.all(), start=1)}
    counting = {step.code: step for step in row.steps.all() if step.counts}
    path = regulatory.path_on(graph.steps(row.route), _passages(counting), today=today)
    lines = tuple(
        Line(
            step,
            one := counting.get(step.rule.code),
            places.get(one.pk if one else 0),
            tuple(former.get(step.rule.code, ())),
        )
        for step in path.steps
    )
    return Followed(
        row,
        next(route for route in graph.routes if route.code == row.route),
        tuple((code, label, _day(row.kit_handed.get(code))) for code, label in graph.kit),
        lines,
        path,
        path.margin(row.convention.ends_on),
    )


def document_of(convention: Convention, number: int) -> Document | None:
    """The document of the step of this place among all those begun; None without one."""
    rows = PathStep.objects.filter(path__convention=convention).select_related("document").order_by("pk")
    row = rows[number - 1 : number].first() if number > 0 else None
    return row.document if row else None


def _passages(rows: Mapping[str, PathStep]) -> dict[str, Passage]:
    return {
        code: Passage(
            row.started_on,
            row.ended_on,
            row.answer,
            row.is_extended,
            tuple(Pause(pause.since, pause.until) for pause in row.pauses.all()),
            row.goes_on,
        )
        for code, row in rows.items()
    }


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
