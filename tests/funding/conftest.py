"""The people and the laureate that most tests start from."""

import pytest

from ami_portal.accounts.models import User
from applications.models import Call, Dossier
from tests import people

from .laureates import a_grant_officer, a_laureate, an_accountant, an_announced_call


@pytest.fixture
def call(db) -> Call:
    return an_announced_call()


@pytest.fixture
def owner(db) -> User:
    return people.a_person("claire@labo.example")


@pytest.fixture
def officer(db) -> User:
    return a_grant_officer()


@pytest.fixture
def accountant(db) -> User:
    return an_accountant()


@pytest.fixture
def dossier(call, owner) -> Dossier:
    return a_laureate(call, owner)
