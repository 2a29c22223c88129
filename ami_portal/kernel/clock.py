"""The only place that reads the time. An action reads it once and passes the instant on as `at`."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_pretended: dt.datetime | None = None


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return _pretended or dt.datetime.now(dt.UTC)


@contextmanager
def pretend(instant: dt.datetime) -> Iterator[None]:
    """Within the block, `now()` answers `instant`, for the whole process.

    Only the demonstration's population uses it (a test holds that): its dossiers live their months in seconds through
    the same actions as anybody's.
    """
    global _pretended  # noqa: PLW0603 (one clock a process)
    before, _pretended = _pretended, instant.astimezone(dt.UTC)
    try:
        yield
    finally:
        _pretended = before


def paris(instant: dt.datetime) -> dt.datetime:
    """The same instant on a clock of Paris."""
    return instant.astimezone(PARIS)


def from_paris(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant, in UTC, that clocks of Paris show as `time` on `day`.

    Raises ValueError, with a French sentence, for a time that a change of hour skips or shows twice.
    """
    local = dt.datetime.combine(day, time, tzinfo=PARIS)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ValueError("Cette nuit-là, l’heure change : choisissez une heure qui existe une seule fois.")
    return local.astimezone(dt.UTC)


def today() -> dt.date:
    """The present day in Paris: what a person there calls today."""
    return paris(now()).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or the last day of that month when it is shorter.

    Counting by months is the rule of the civil code's « de quantième à quantième ».
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))
