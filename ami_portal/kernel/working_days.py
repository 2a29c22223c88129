"""Delays counted in French days (pure): working days, public holidays, the end of a last day."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from . import clock

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Delay:
    """So many days from the day after, counted as working days (Monday to Friday, holidays apart) or one by one."""

    days: int
    in_working_days: bool = True

    def __str__(self) -> str:
        kind = "ouvré" if self.in_working_days else "calendaire"
        many = "s" if self.days > 1 else ""
        return f"{self.days} jour{many} {kind}{many}"

    def last_day(self, start: dt.date) -> dt.date:
        """The last day of the delay that the day `start` opens. It is always a working day: a delay that would end on
        another one goes on to the next."""
        day, left = start, self.days
        while left:
            day += ONE_DAY
            left -= is_working_day(day) or not self.in_working_days
        while not is_working_day(day):
            day += ONE_DAY
        return day


def is_working_day(day: dt.date) -> bool:
    """Whether people work in mainland France on a day."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The working day after which `count` working days are left, `day` included."""
    while count:
        count -= is_working_day(day)
        day -= ONE_DAY
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def end_of(day: dt.date) -> dt.datetime:
    """The instant, in UTC, at which a day is over in Paris: what comes strictly before it is of that day."""
    return clock.from_paris(day + ONE_DAY, dt.time())


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    from holidays import country_holidays  # half a second: not at start

    return frozenset(country_holidays("FR", years=year))
