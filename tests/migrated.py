"""A test database starts as a copy of one that was migrated, as long as no migration changed: seconds for each process.

The first process that needs it migrates and leaves a copy: for SQLite a file beside pytest's own cache, for PostgreSQL
a database of the same server. The others wait for it.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError
from django.db.backends.base.creation import BaseDatabaseCreation

_migrate = BaseDatabaseCreation.create_test_db


def key() -> str:
    """What a migrated database depends on: every migration file, and the version of Django."""
    digest = hashlib.sha256(metadata.version("django").encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label} {path.name} ".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, whatever becomes of it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_from_copies(folder: Path) -> None:
    """Have Django's test databases made from the copy, or leave one."""

    def create_test_db(
        self: Any, verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        if serialize or keepdb:
            return _migrate(self, verbosity, autoclobber, serialize, keepdb)
        copies = (_PostgresCopy if self.connection.vendor == "postgresql" else _FileCopy)(self, folder, key())
        with _alone(folder / f"{self.connection.vendor}.lock"):
            if not copies.exists():
                name = _migrate(self, verbosity, autoclobber, serialize, keepdb)
                copies.leave(name)
                return name
        name = copies.take(verbosity, autoclobber)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        return name

    BaseDatabaseCreation.create_test_db = create_test_db


class _FileCopy:
    """A file of SQLite."""

    def __init__(self, creation: Any, folder: Path, key: str) -> None:
        self._creation, self._path = creation, folder / f"{key}.sqlite3"

    def exists(self) -> bool:
        return self._path.exists()

    def leave(self, name: str) -> None:
        for old in self._path.parent.glob("*.sqlite3"):
            old.unlink()
        half = self._path.with_suffix(".half")
        with sqlite3.connect(half) as target:
            self._creation.connection.connection.backup(target)
        target.close()
        half.rename(self._path)

    def take(self, verbosity: int, autoclobber: bool) -> str:
        name: str = self._creation._create_test_db(verbosity, autoclobber)
        shutil.copyfile(self._path, name)
        return name


class _PostgresCopy:
    """A database of the same server."""

    def __init__(self, creation: Any, folder: Path, key: str) -> None:
        self._creation, self._name = creation, f"migrated_{key}"

    def exists(self) -> bool:
        with self._creation._nodb_cursor() as cursor:
            found: bool = self._creation._database_exists(cursor, self._name)
        return found

    def leave(self, name: str) -> None:
        self._creation.connection.close()
        with self._creation._nodb_cursor() as cursor, suppress(ProgrammingError):  # another clone left it meanwhile
            cursor.execute(f'CREATE DATABASE "{self._name}" WITH TEMPLATE "{name}"')
        self._creation.connection.ensure_connection()

    def take(self, verbosity: int, autoclobber: bool) -> str:
        self._creation.connection.settings_dict["TEST"]["TEMPLATE"] = self._name
        name: str = self._creation._create_test_db(verbosity, autoclobber)
        return name
