"""The copy that test databases start from is of these very migrations."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import migrated


def test_any_change_of_a_migration_makes_another_copy(tmp_path, monkeypatch):
    path = tmp_path / "migrations" / "0001_initial.py"
    path.parent.mkdir()
    monkeypatch.setattr(migrated.apps, "get_app_configs", lambda: [SimpleNamespace(label="any", path=tmp_path)])
    keys = []
    for text in ("a = 1", "a = 2", "a = 1"):
        path.write_text(text)
        keys.append(migrated.key())
    path.rename(path.with_name("0001_other.py"))
    keys.append(migrated.key())
    assert keys[0] == keys[2]
    assert len(set(keys)) == 3


@pytest.mark.django_db
def test_a_copy_has_nothing_left_to_migrate():
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
