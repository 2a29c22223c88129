"""What every test stands on: no socket but loopback, one flush that respects append-only tables, no skip in CI."""

import gc
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import pytest

from tests import migrated

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop lives in the thread of the tests that read rows

pytest_plugins = ["tests.services"]

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


# Sockets: a test that reaches outside is a test of somebody else's network.


class OutsideReached(BaseException):
    """A test tried to leave this machine. Not an Exception: code that survives a dead network must not hide it."""


def _refuse_outside(host: object) -> None:
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return
    try:
        inside = ipaddress.ip_address(str(text).partition("%")[0]).is_loopback
    except ValueError:
        inside = str(text) == socket.gethostname()
    if not inside:
        raise OutsideReached(f"a test tried to reach {text}")


def _close_sockets() -> None:
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(address[0])
        return connect(self, address)

    def guarded_connect_ex(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host, *args, **kwargs):
        _refuse_outside(host)
        return look_up(host, *args, **kwargs)

    socket.socket.connect, socket.socket.connect_ex = guarded_connect, guarded_connect_ex
    socket.getaddrinfo = guarded_look_up


# The flush after a test with real transactions: SQLite empties tables by DELETE, which append-only triggers refuse.


def _set_triggers_aside_to_flush() -> None:
    from django.db import transaction
    from django.db.backends.sqlite3.base import DatabaseWrapper

    flush = DatabaseWrapper.ops_class.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {self.quote_name(name)}")
            flush(self, sql_list)
            for _, sql in triggers:
                cursor.execute(sql)

    DatabaseWrapper.ops_class.execute_sql_flush = execute_sql_flush


def _interrupt(*_):
    raise KeyboardInterrupt  # so that servers and workers started by fixtures are stopped too


def _end_sessions_before_the_drop() -> None:
    """A worker that a test killed, or a thread of a server under test, can hold its session for a moment more."""
    from django.db.backends.postgresql.creation import DatabaseCreation

    destroy = DatabaseCreation._destroy_test_db

    def _destroy_test_db(self, test_database_name, verbosity):
        with self._nodb_cursor() as cursor:
            sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            cursor.execute(sessions, [test_database_name])
        destroy(self, test_database_name, verbosity)

    DatabaseCreation._destroy_test_db = _destroy_test_db


def pytest_configure(config):
    _end_sessions_before_the_drop()
    signal.signal(signal.SIGTERM, _interrupt)
    _close_sockets()
    _set_triggers_aside_to_flush()
    if cache := getattr(config, "cache", None):
        migrated.start_from_copies(cache.mkdir("migrated"))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Modules and tests stay until the end: the collector need not look at them while they come, nor ever after.

    It took half the time of collection, in each process.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before the scene of a module is built
def pytest_runtest_setup(item):
    from tests import sketched  # once Django is ready

    sketched.choose(item)


# Which tests run here

MARKED_BY_FIXTURE = {
    "browser": {"chromium", "browser", "context", "page"},
    "services": {"smtp_server", "s3_server", "redis_server_url"},
}
# What these rooms do, or say of who may do what, is the same whatever the database.
ROOMS = ("architecture", "documents", "gateways", "interference", "questionnaire", "ui")
RUN_ONCE = {Path(__file__).parent / room for room in ROOMS}
# What a page says in each case, or the demonstration, which lives on SQLite alone. That every page opens on PostgreSQL
# too is shown by the walks of calls and of permissions.
SAYS_A_PAGE = re.compile(
    r"test_(pages(_\w+)?|staff_(?!board|index|lists|queue|steps)\w+|section|\w+_pages|hostile_text|demo)\.py"
)
OPENS_IT = {"db", "transactional_db", "live_server", *MARKED_BY_FIXTURE["services"]}


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config, items):
    from django.db import connection

    foreign = [item for item in items if item.get_closest_marker("postgresql") and connection.vendor != "postgresql"]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]
    for item in items:
        if not item.get_closest_marker("postgresql") and _runs_once(item):
            item.add_marker("once")
        for name, fixtures in MARKED_BY_FIXTURE.items():
            if item.get_closest_marker(name) or fixtures & set(item.fixturenames):
                item.add_marker(name)


def _runs_once(item):
    """Whether a test says the same on every database: pure, of a room that knows none, or of the words of a page."""
    opens = item.get_closest_marker("django_db") or OPENS_IT & set(item.fixturenames)
    return not opens or item.path.parent in RUN_ONCE or SAYS_A_PAGE.fullmatch(item.path.name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be missing, a skipped test is a failed one."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"REQUIRE_ALL=1 : {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}"
        )
    return report


# What is left behind


def pytest_terminal_summary(terminalreporter):
    """Leave the counts of the run to `.ci/test`."""
    if path := os.environ.get("PORTAL_TEST_REPORT"):
        counts = {name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")}
        Path(path).write_text(json.dumps(counts), encoding="utf-8")


def pytest_unconfigure(config):
    """Remove the private folder that the test settings made; a folder named by PORTAL_VAR beforehand stays."""
    folder = os.environ.get("PORTAL_VAR", "")
    if folder.startswith(os.path.join(tempfile.gettempdir(), "portal-tests-")) and not hasattr(config, "workerinput"):
        shutil.rmtree(folder, ignore_errors=True)
