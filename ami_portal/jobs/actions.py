"""Ask for a job, run it, find the forgotten ones."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from celery import current_app
from django.db import connection, models, transaction
from kombu.exceptions import OperationalError

from ami_portal.kernel import clock

from .models import Job

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)

Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
PERIODIC: dict[str, Handler] = {}
MAX_ATTEMPTS = 12


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register an idempotent function of keyword ids as the work called `name` (in an app's `tasks.py`)."""

    def decorate(function: Handler) -> Handler:
        HANDLERS[name] = function
        return function

    return decorate


def periodic(name: str) -> Callable[[Handler], Handler]:
    """Register an idempotent function of `at` that the clock calls every minute (reminders, sweeps)."""

    def decorate(function: Handler) -> Handler:
        PERIODIC[name] = function
        return function

    return decorate


def later(name: str, **ids: int | str) -> None:
    """Run the handler `name` after this transaction commits. Arguments are ids, never objects.

    Raises KeyError at once when no handler has that name. The row is written in the caller's transaction, so the job
    exists if and only if the change does.
    """
    _load()
    HANDLERS[name]
    at = clock.now()
    job = Job.objects.create(name=name, ids=ids, created_at=at, due_at=at)
    transaction.on_commit(lambda: _send(job.pk))


@cache
def _load() -> None:
    """Import once every app's `tasks.py`, as a worker does at its start: a web process must know the names too."""
    current_app.loader.import_default_modules()


def _send(job_id: int) -> None:
    from .tasks import run

    try:
        run.delay(job_id=job_id)
    except (OSError, OperationalError):  # the broker is away: the row waits for the sweeper, the person for nothing
        logger.warning("courier away, job %s waits for the sweeper", job_id)


def run_job(job_id: int) -> None:
    """Run a waiting job once. After a failure it is due again later, with a growing delay; its error is kept."""
    at = clock.now()
    _load()
    job = Job.objects.filter(pk=job_id, done_at=None).first()
    if job is None or job.attempts >= MAX_ATTEMPTS:
        return
    try:
        HANDLERS[job.name](**job.ids)
    except Exception as error:  # any failure is recorded and tried again
        if connection.in_atomic_block:  # under a test's transaction an error must be seen, not stored
            raise
        logger.exception("job %s failed", job)
        delay = dt.timedelta(seconds=min(3600, 15 * 2**job.attempts))
        Job.objects.filter(pk=job_id, done_at=None).update(
            attempts=job.attempts + 1, due_at=at + delay, last_error=f"{type(error).__name__}: {error}"[:2000]
        )
    else:
        Job.objects.filter(pk=job_id, done_at=None).update(done_at=clock.now(), last_error="")


def sweep(*, at: dt.datetime, older_than: dt.timedelta = dt.timedelta(seconds=20)) -> int:
    """Send again the jobs that are due and that nobody has finished; answer how many."""
    waiting = Job.objects.filter(done_at=None, due_at__lte=at - older_than, attempts__lt=MAX_ATTEMPTS)
    ids = list(waiting.values_list("pk", flat=True)[:500])
    for job_id in ids:
        _send(job_id)
    return len(ids)


def one_by_one(rows: Iterable[Row], act: Callable[[Row], bool]) -> int:
    """Do `act` on each row; answer on how many it did something. One row's fault is logged: the others do not wait."""
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Exception:  # whatever it is, it is that row's
            logger.exception("%s %s failed", type(row).__name__, row.pk)
    return done


def tick(*, at: dt.datetime) -> dict[str, Any]:
    """What the clock does every minute: the sweep, then each app's periodic work, one failure not stopping the rest."""
    _load()
    report: dict[str, Any] = {"swept": sweep(at=at)}
    for name, function in PERIODIC.items():
        try:
            function(at=at)
        except Exception:  # one app's fault must not silence the others' reminders
            logger.exception("periodic %s failed", name)
            report[name] = "failed"
    return report
