"""The call, the people and the draft that most tests of this room stand on."""

import pytest

from applications import actions
from tests import people
from tests.applications import small


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def owner(db):
    return people.a_person("claire@labo.example")


@pytest.fixture
def dossier(call, owner):
    """A draft in which nothing is written."""
    return actions.start_dossier(call, actor=owner)
