"""Scenes that a whole module looks at: built once, inside a transaction that each test's own nests in."""

import copy

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Rows made by module-scoped fixtures; they go away with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def scene(built, db):
    """The module's `built` scene, with objects of this test's own."""
    return copy.deepcopy(built)
