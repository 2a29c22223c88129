"""How instants, days and sizes are said in English, in the documents and mails that are (pure): see `wording`."""

import datetime as dt

from ami_portal.kernel import clock

from . import wording
from .wording import NO_BREAK_SPACE

MONTHS = "January February March April May June July August September October November December".split()
_UNITS = {"octets": "bytes", "ko": "kB", "Mo": "MB", "Go": "GB"}


def day(value: dt.date | str) -> str:
    """« 16 September 2026 ». A text is a day in ISO form; an instant is read on Paris's clock."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value[:10])
    if isinstance(value, dt.datetime):
        value = clock.paris(value).date()
    return f"{value.day}{NO_BREAK_SPACE}{MONTHS[value.month - 1]}{NO_BREAK_SPACE}{value.year}"


def instant(value: dt.datetime | str) -> str:
    """« 16 September 2026 at 12:00 (Paris time, UTC+2) »: no hour is said twice, nor is mistaken for another's."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    local = clock.paris(value)
    return f"{day(local)} at {local:%H:%M} ({_zone(local)})"


def end_of_day(value: dt.datetime) -> str:
    """« 9 December 2026 at midnight, end of the day (Paris time, UTC+1) »; any other instant as it is."""
    local = clock.paris(value)
    if local.time() != dt.time():
        return instant(value)
    return f"{day(local - dt.timedelta(days=1))} at midnight, end of the day ({_zone(local)})"


def size(count: int) -> str:
    """« 1.2 MB » for a number of bytes, counted as `wording.size` does."""
    figure, _, unit = wording.size(count).partition(NO_BREAK_SPACE)
    return figure.replace(",", ".") + NO_BREAK_SPACE + _UNITS.get(unit, "byte")


def _zone(local: dt.datetime) -> str:
    offset = local.utcoffset() or dt.timedelta()
    return f"Paris time, UTC+{offset // dt.timedelta(hours=1)}"
