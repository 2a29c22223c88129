"""Embedded mode: the Celery worker and its clock as threads of the server process (no REDIS_URL set).

One process only: gunicorn.conf.py keeps a single worker then. What a killed process leaves undone is in the Job rows,
and the sweeper finds it at the next start.
"""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections

from .celery import app

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_started = False


def start_if_needed() -> None:
    """Start the worker and the clock once in this process, when settings ask for it."""
    global _started
    with _lock:
        if _started or not settings.EMBEDDED_WORKER:
            return
        _started = True
    threading.Thread(target=_work, name="embedded-worker", daemon=True).start()
    threading.Thread(target=_keep_time, name="embedded-clock", daemon=True).start()


def _work() -> None:
    worker = app.Worker(
        pool="solo",
        concurrency=1,
        quiet=True,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()


def _keep_time() -> None:
    """A clock of one tick a minute, the first at once: it finds what an earlier process left undone."""
    from .jobs import actions
    from .kernel import clock

    pause = threading.Event()
    while True:
        close_old_connections()
        try:
            actions.tick(at=clock.now())
        except Exception:  # the clock must outlive a locked database
            logger.exception("tick failed")
        pause.wait(60)
