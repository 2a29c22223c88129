"""A query written once gives what its queryset gives, whoever asks, and locks only where a lock holds."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import F, Value
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.test.utils import CaptureQueriesContext

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant, User
from ami_portal.kernel.prepared import Prepared
from tests import people


def grants(email, person):
    rows = RoleGrant.objects.filter(user__email=email).annotate(asked_by=Value(person), address=F("user__email"))
    return rows.select_related("user").only("role", "user__email").order_by()


@pytest.fixture
def staff(db):
    return [people.staff(role, email=f"{role}@hdh.example") for role in (Role.INSTRUCTOR, Role.ADMINISTRATOR)]


def test_a_row_comes_with_what_is_joined_to_it(staff, django_assert_num_queries):
    prepared = Prepared(grants, email=str, person=int)
    for rank, user in enumerate(staff):
        plain = grants(user.email, rank).get()
        with django_assert_num_queries(1):
            found = prepared.first(email=user.email, person=rank)
            said = (found, found.role, found.user, found.user.email, found.asked_by, found.address)
        assert said == (plain, plain.role, user, user.email, rank, user.email)
        assert found.get_deferred_fields() == plain.get_deferred_fields()
    assert prepared.first(email="personne@hdh.example", person=1) is None


def test_the_text_of_the_query_stays_and_only_its_parameters_change(staff):
    prepared = Prepared(lambda email: User.objects.filter(email=email).order_by(), email=str)
    hostile = "x' OR '1'='1"
    with CaptureQueriesContext(connection) as seen:
        found = [prepared.first(email=email) for email in (staff[0].email, hostile, "%s", staff[1].email)]
    assert found == [staff[0], None, None, staff[1]]
    assert len(seen) == 4


def test_each_thread_asks_over_its_own_connection(staff):
    prepared = Prepared(lambda email: User.objects.filter(email=email), email=str)
    prepared.first(email=staff[0].email)
    used = []

    def ask():
        with CaptureQueriesContext(connection) as seen:
            prepared.first(email="personne@hdh.example")
        used.append(len(seen))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(30)
    assert used == [1]


def test_what_is_missing_or_none_is_refused(staff):
    prepared = Prepared(grants, email=str, person=int)
    for values in (
        {"email": "a@b.example"},
        {"email": None, "person": 1},
        {"email": "a@b.example", "person": 1, "x": 1},
    ):
        with pytest.raises(ValueError, match="email, person"):
            prepared.first(**values)
    with pytest.raises(ValueError, match="no such parameter: unused"):
        Prepared(lambda unused: User.objects.all(), unused=str).first(unused="x")


def test_a_page_finishes_it(staff):
    given = Prepared(grants, email=str, person=int).given(person=1)
    assert get_object_or_404(given, email=staff[0].email) == RoleGrant.objects.get(user=staff[0])
    with pytest.raises(Http404):
        get_object_or_404(given, email="personne@hdh.example")


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_taken_inside_a_transaction_only():
    user = people.a_person("claire@labo.example")
    prepared = Prepared(lambda email: User.objects.filter(email=email).select_for_update(), email=str)
    with transaction.atomic():
        assert prepared.first(email=user.email) == user
    with pytest.raises(transaction.TransactionManagementError):
        prepared.first(email=user.email)
