"""The agenda of the demonstration: acts at their instants, played in the order of time through the real actions."""

import datetime as dt
from collections.abc import Callable

from ami_portal.jobs.actions import run_job
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock

JOBS_AFTER = dt.timedelta(seconds=4)
"""What a worker takes to do what an act asks for."""


class DemoFailed(Exception):
    """The population cannot live as the file tells. The message is for whoever runs the command."""


class Agenda:
    """Acts waiting for their instant."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._acts: list[tuple[dt.datetime, int, Callable[[], None], str]] = []
        self._say = say

    def at(self, instant: dt.datetime, act: Callable[[], None], label: str = "") -> None:
        """Plan `act`; its `label` is told when it is done. Raises DemoFailed for an instant to come."""
        if instant > clock.now():
            raise DemoFailed(f"« {label or act} » est prévu dans l’avenir : {instant}")
        self._acts.append((instant, len(self._acts), act, label))

    def play(self) -> None:
        """Do everything, the earliest first, each act at its own instant and its jobs right after."""
        for instant, _, act, label in sorted(self._acts, key=lambda planned: planned[:2]):
            with clock.pretend(instant):
                act()
            finish_jobs(instant)
            if label:
                self._say(f"  {clock.paris(instant):%d/%m/%Y}  {label}")


def finish_jobs(instant: dt.datetime) -> None:
    """Do what waits for the worker, a few seconds after `instant`. Raises DemoFailed when a job fails."""
    with clock.pretend(instant + JOBS_AFTER):
        while waiting := list(Job.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)):
            for job_id in waiting:
                run_job(job_id)
            if failed := Job.objects.filter(pk__in=waiting, done_at=None).first():
                raise DemoFailed(f"{failed} : {failed.last_error}")


def on(day: dt.date, time: str) -> dt.datetime:
    """The instant when it is `time` (« 10:30 ») in Paris on a day."""
    return dt.datetime.combine(day, dt.time.fromisoformat(time), clock.PARIS)


def working(day: dt.date) -> dt.date:
    """The day itself, or the Friday before a week-end."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def working_days_after(day: dt.date, number: int) -> dt.date:
    """The `number`-th day after `day` that is no Saturday and no Sunday."""
    for _ in range(number):
        day += dt.timedelta(days=1)
        while day.weekday() > 4:
            day += dt.timedelta(days=1)
    return day
