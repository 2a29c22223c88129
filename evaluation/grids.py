"""The grid of a call, as rows for pages and as the pure objects that scores are computed with."""

from dataclasses import dataclass

from applications.models import Call

from . import scoring
from .models import SelectionHeading


@dataclass(frozen=True)
class Grid:
    """`rows` are the headings with their points, `headings` the same for `scoring`, in the same order."""

    rows: tuple[SelectionHeading, ...]
    headings: tuple[scoring.Heading, ...]
    scale: scoring.Scale


def grid_of(call: Call) -> Grid:
    """The grid of a call: two queries."""
    rows = tuple(SelectionHeading.objects.filter(call=call).prefetch_related("points"))
    headings = tuple(
        scoring.Heading(row.code, row.weight, tuple(point.pk for point in row.points.all())) for row in rows
    )
    return Grid(rows, headings, scoring.scale_of(call.text("scale")))
