"""The time that projects took to reach their data, with and without the starter kit."""

from dataclasses import dataclass
from statistics import median

from django.db.models import QuerySet

from ami_portal.kernel import clock

from .models import AccessPath, Convention
from .path_reading import followed, rows_of

FEWEST = 3
"""Under so many projects a median says nothing, and could name one of them."""


@dataclass(frozen=True)
class Time:
    """Projects whose path is over: how many, and the median of their days from the first step to the last."""

    label: str
    count: int
    days: int | None
    width: str


def times_of(conventions: QuerySet[Convention]) -> tuple[Time, ...]:
    """With the whole kit handed over before the first step, and without it; a constant number of queries."""
    groups: dict[bool, list[int]] = {True: [], False: []}
    today = clock.today()
    for row in rows_of(AccessPath.objects.filter(convention__in=conventions)):
        now = followed(row, today=today)
        starts = [line.row.started_on for line in now.lines if line.row]
        if not (now.path.is_over and starts and now.path.ends_on):
            continue
        first = min(starts)
        had_kit = bool(now.kit) and all(on is not None and on <= first for _, _, on in now.kit)
        groups[had_kit].append((now.path.ends_on - first).days)
    longest = max((median(days) for days in groups.values() if len(days) >= FEWEST), default=0)
    labels = {True: "Kit remis avant la première étape", False: "Sans le kit entier"}
    return tuple(_time(labels[had_kit], days, longest) for had_kit, days in groups.items())


def _time(label: str, days: list[int], longest: float) -> Time:
    if len(days) < FEWEST:
        return Time(label, len(days), None, "0%")
    middle = median(days)
    return Time(label, len(days), round(middle), f"{100 * middle / longest if longest else 0:.2f}%")
