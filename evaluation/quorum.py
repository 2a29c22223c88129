"""Who is in the room at an instant, and whether they are enough (pure)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quorum:
    """How many members must sit on a dossier: so many percent of the jury, or of those who do not stand aside."""

    percent: int
    of_jury: bool

    def needed(self, members: int, aside: int) -> int:
        """The fewest members present, those who leave for the dossier apart."""
        whole = members if self.of_jury else members - aside
        return max(1, -(-whole * self.percent // 100))


@dataclass(frozen=True)
class Stay:
    """Somebody in a place, from an instant on, until just before another (None: still there)."""

    who: str
    since: dt.datetime
    until: dt.datetime | None

    def holds(self, at: dt.datetime) -> bool:
        """Whether they are there at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


def there_at(stays: Iterable[Stay], at: dt.datetime) -> set[str]:
    """Everybody who is there at an instant."""
    return {stay.who for stay in stays if stay.holds(at)}
