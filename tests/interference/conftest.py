"""The world, built once a module, inside a transaction that each test's own nests in."""

import copy
import logging

import pytest
from django.db import transaction

from .still import still
from .world import a_world


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with still():
            world = a_world()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def scene(built, db, settings):
    """The world at its instant. On a machine of one's own everybody reads every mail: that page is closed here."""
    settings.LOCAL_MAILBOX = False
    logging.disable(logging.WARNING)
    with still():
        yield copy.deepcopy(built)
    logging.disable(logging.NOTSET)
