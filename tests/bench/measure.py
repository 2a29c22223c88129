"""A signed-in person over one kept connection, and medians of what their requests take."""

import dataclasses
import http.client
import json
import os
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.test.utils import CaptureQueriesContext

from ami_portal.accounts.models import User


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the bench: it holds when `value` is at most `bar`, or at least where the more the better."""

    name: str
    value: float
    bar: float
    at_least: bool = False

    def __str__(self) -> str:
        holds = self.value >= self.bar if self.at_least else self.value <= self.bar
        return json.dumps({"name": self.name, "value": round(self.value, 3), "bar": self.bar, "holds": holds})


class Person:
    """A browser without a screen: cookies of a session that is really in the database, one connection kept open."""

    def __init__(self, user: User, **session: object) -> None:
        store = SessionStore()
        store.update(
            {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(),
                **session,
            }
        )
        store.create()
        token = _get_new_csrf_string()
        address = urlsplit(os.environ["BENCH_URL"])
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
        }

    def get(self, path: str) -> bytes:
        return self._send("GET", path, None, {})

    def post(self, path: str, payload: dict[str, object]) -> bytes:
        """Send JSON, as the page's script does."""
        return self._send("POST", path, json.dumps(payload), {"Content-Type": "application/json"})

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        try:
            self._connection.request(method, "/" + path.lstrip("/"), body, self._headers | headers)
            answer = self._connection.getresponse()
        except ConnectionError:  # the server ends a connection that slept, as it does to a browser
            self._connection.close()
            self._connection.request(method, "/" + path.lstrip("/"), body, self._headers | headers)
            answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.getheader('Location') or content[:300]!r}")
        return content


def queries_of(act: Callable[[], object]) -> int:
    """How many statements an act of this very process sends to the database, those of the transaction left out."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(query["sql"].split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for query in seen)


def compare(
    *acts: Callable[[int], object], rounds: int, warm_up: int = 10, timer: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The median seconds of each act. They take turns, so that other work on the machine weighs on all alike.

    What this very process computes is measured by its own processor (`time.process_time`): other work weighs less.
    """
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(-warm_up, rounds):
        for act, seconds in zip(acts, times, strict=True):
            started = timer()
            act(turn + warm_up)
            if turn >= 0:
                seconds.append(timer() - started)
    return [statistics.median(seconds) for seconds in times]
