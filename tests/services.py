"""Owns the fixtures that stand on a real server: SMTP, S3, Redis, a Celery worker, Chromium.

A part that this machine lacks skips the test, with the sentence that says what to install; with REQUIRE_ALL=1 a skip
is a failure (tests/conftest.py). What was really used is noted for the last lines of `make test`.
"""

import asyncio
import contextlib
import dataclasses
import email
import email.policy
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import kombu.pools
import pytest
from aiosmtpd.controller import Controller

from tests import servers

CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def note_part(label: str) -> None:
    """Tell `.ci/test` that a part was really used, such as « Redis 7.0.15 »."""
    if path := os.environ.get("PORTAL_TEST_PARTS"):
        with open(path, "a", encoding="utf-8") as notes:
            notes.write(label + "\n")


@contextlib.contextmanager
def _or_skip() -> Iterator[None]:
    try:
        yield
    except servers.Missing as missing:
        pytest.skip(str(missing))


# SMTP


class SmtpServer:
    """A mail server on a loopback port. `messages` is what it accepted, in order, parsed.

    `delay_seconds` makes it slow to acknowledge, `answer` is its reply to a message (« 451 … » refuses for now,
    « 550 … » for good); a refused message is not in `messages`. `stop()` is a server that is down, `start()` brings it
    back on the same port.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.delay_seconds = 0.0
        self.answer = "250 OK"
        self.port = servers.free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """The EMAIL_URL that reaches it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        await asyncio.sleep(self.delay_seconds)
        if self.answer.startswith("2"):
            self.messages.append(message)
        return self.answer

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A mail server of the test's own."""
    server = SmtpServer()
    server.start()
    note_part("SMTP")
    yield server
    server.stop()


# S3


@pytest.fixture(scope="session")
def s3_server() -> Iterator[servers.Bucket]:
    """SeaweedFS with one bucket, shared by the session: name keys so that tests do not meet."""
    with contextlib.ExitStack() as stack:
        with _or_skip():
            bucket = stack.enter_context(servers.s3_server())
        note_part("S3 (SeaweedFS)")
        yield bucket


# Redis and Celery


@pytest.fixture(scope="session")
def redis_server_url(worker_id: str) -> Iterator[str]:
    """The address of TEST_REDIS_URL, or of a Redis started for the session; each test process has its own number."""
    with contextlib.ExitStack() as stack:
        with _or_skip():
            url = os.environ.get("TEST_REDIS_URL") or stack.enter_context(servers.redis_server())
        note_part(f"Redis {servers.redis_version(url)}")
        yield (
            urlsplit(url)._replace(path="/" + (worker_id.removeprefix("gw") if worker_id != "master" else "0")).geturl()
        )


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """The address of an empty Redis."""
    import redis

    with contextlib.closing(redis.Redis.from_url(redis_server_url)) as client:
        client.flushdb()
    return redis_server_url


@pytest.fixture
def real_broker(redis_url: str) -> Iterator[str]:
    """Send this process's jobs to Redis instead of running them at commit; give the address."""
    from ami_portal.celery import app

    def use(url: str, *, eager: bool) -> None:
        app.conf.update(broker_url=url, task_always_eager=eager, task_eager_propagates=eager)
        kombu.pools.reset()
        app._pool = app.amqp._producer_pool = None

    before, eager = app.conf.broker_url, app.conf.task_always_eager
    use(redis_url, eager=False)
    yield redis_url
    use(before, eager=eager)


def database_url(connection: Any) -> str:
    """The DATABASE_URL of the test database, for a process that must see the same rows."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host, port = settings["HOST"] or "127.0.0.1", settings["PORT"] or 5432
    person = quote(settings["USER"], safe="") + (
        ":" + quote(settings["PASSWORD"], safe="") if settings["PASSWORD"] else ""
    )
    return f"postgres://{person}@{host}:{port}/{quote(settings['NAME'], safe='')}"


def portal_environ(**more: str) -> dict[str, str]:
    """The environment of a second process of the portal that sees this test's database, files and key."""
    from django.conf import settings
    from django.db import connection

    kept = {
        name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV"}
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "ami_portal.settings.base",
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database_url(connection),
        **more,
    }


@dataclasses.dataclass
class Worker:
    """A real `celery worker` in a process of its own."""

    process: subprocess.Popen
    log: Path

    @property
    def lines(self) -> str:
        """All that it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Kill it and its children in the middle of what they do (SIGKILL)."""
        servers.stop(self.process, by=signal.SIGKILL)

    def stop(self) -> None:
        """Let it finish its job, then end it."""
        servers.stop(self.process, seconds=30)


@pytest.fixture
def celery_worker_process(tmp_path: Path, redis_url: str) -> Iterator[Callable[..., Worker]]:
    """Start workers: `worker = celery_worker_process(EMAIL_URL=smtp_server.url)`, ready when the call returns.

    The test needs committed rows (`django_db(transaction=True)`) and, to send jobs itself, `real_broker`. Arguments in
    capitals are environment variables; `beat=True` adds the clock, `concurrency` the number of child processes.
    """
    workers: list[Worker] = []

    def start(*, concurrency: int = 1, beat: bool = False, **environ: str) -> Worker:
        log = tmp_path / f"worker-{len(workers)}.log"
        command = [sys.executable, "-m", "celery", "-A", "ami_portal", "worker", "--loglevel=INFO", "--without-gossip"]
        command += ["--without-mingle", f"--concurrency={concurrency}", f"--hostname=w{len(workers)}@localhost"]
        command += ["--beat", f"--schedule={tmp_path}/beat-{len(workers)}"] if beat else []
        with open(log, "wb") as out:
            process = subprocess.Popen(
                command, cwd=servers.ROOT, env=portal_environ(REDIS_URL=redis_url) | environ,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        worker = Worker(process, log)
        workers.append(worker)
        try:
            servers.wait_until(lambda: " ready." in worker.lines, seconds=60, what="celery worker", process=process)
        except RuntimeError as error:
            pytest.fail(f"{error}\n{worker.lines}")
        return worker

    yield start
    for worker in workers:
        worker.kill()


# The server under test


class Door:
    """Stands before the application of the live server: counts who is inside, and closes between two tests.

    A page can still be saving when its test ends. Its request must neither meet the flush of the tables (a deadlock on
    PostgreSQL, rows left for the next test) nor touch a database that no test holds.
    """

    def __init__(self, application: Any) -> None:
        self.application, self.is_open = application, False
        self._inside, self._changed = 0, threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self._changed:
            if not self.is_open:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return [b""]
            self._inside += 1
        try:
            return ClosingIterator(self.application(environ, start_response), self._leave)
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody in any more, and return when the last request has been answered."""
        with self._changed:
            self.is_open = False
            assert self._changed.wait_for(lambda: self._inside == 0, timeout=30), "a request of the test never ended"


class ClosingIterator:
    """The parts of an answer; `leave` is called once, when the server has done with it."""

    def __init__(self, answer: Any, leave: Callable[[], None]) -> None:
        self._answer, self._leave = answer, leave

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        leave, self._leave = self._leave, lambda: None
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            leave()


@pytest.fixture
def live_server(live_server: Any, transactional_db: None) -> Iterator[Any]:
    """pytest-django's server, open while the test lasts: its last requests end before the tables are emptied."""
    httpd = live_server.thread.httpd
    if not isinstance(httpd.get_app(), Door):
        httpd.set_app(Door(httpd.get_app()))
    door = httpd.get_app()
    door.is_open = True
    yield live_server
    door.close()


# Chromium


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts this machine's own Chromium (never a downloaded one)."""
    with _or_skip():
        path = servers.chromium_path()
    return {"executable_path": path, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A French person in Paris, on a wide screen."""
    return {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def chromium(browser_type_launch_args: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    """The browser of the session (playwright's synchronous API). One context a person: `chromium.new_context()`."""
    from playwright.sync_api import expect

    expect.set_options(timeout=15_000)  # a loaded machine is slow, not wrong
    browser = request.getfixturevalue("browser")
    note_part(f"Chromium {browser.version}")
    return browser
