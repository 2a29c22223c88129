"""The register of deposits: chained, append-only, one entry a receipt, one head a day, silent while a call is open."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction

from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from applications import actions, chaining, register
from applications.models import DepositEntry, DepositRegister, RegisterDay, RegisterHead
from tests.applications import small
from tests.applications.test_concurrency import together

NIGHT = dt.timedelta(days=1)


def a_receipt(call, owner, at):
    """A deposit received at `at`, with its receipt."""
    with time_machine.travel(at, tick=False):
        version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
        actions.build_receipt(version_id=version.pk)
    version.refresh_from_db()
    return version


def test_an_entry_is_made_with_its_receipt(call, owner):
    version = a_receipt(call, owner, call.opens_at + NIGHT)
    entry = version.entry
    assert (entry.number, entry.day, entry.submitted_at) == (
        1, clock.paris(version.submitted_at).date(), version.submitted_at,
    )  # fmt: skip
    assert entry.version_sha256 == sha256_of(version.content)
    assert entry.receipt_sha256 == sha256_of(store.read(version.receipt))
    assert entry.previous_sha256 == chaining.seed_sha256(call.code, call.register.seed)
    actions.build_receipt(version_id=version.pk)
    assert DepositEntry.objects.count() == 1


def test_each_entry_follows_the_one_before_call_by_call(call, owner):
    other = small.a_small_call("AUTRE-2026")
    at = call.opens_at + NIGHT
    first, second, elsewhere = (a_receipt(one, owner, at).entry for one in (call, call, other))
    assert (second.number, second.previous_sha256) == (2, first.sha256)
    assert (elsewhere.number, elsewhere.previous_sha256) == (
        1,
        chaining.seed_sha256(other.code, other.register.seed),
    )


@pytest.mark.parametrize("model", [DepositEntry, DepositRegister, RegisterDay])
def test_the_register_is_append_only(call, owner, model):
    a_receipt(call, owner, call.opens_at + NIGHT)
    actions.close_days(at=clock.now() + NIGHT)
    for touch in (lambda rows: rows._raw_delete("default"), lambda rows: rows.update(id=0)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            touch(model.objects.all())


def test_every_ended_day_has_its_head_once(call, owner):
    at = clock.paris(call.opens_at + NIGHT).replace(hour=15)
    version = a_receipt(call, owner, at)
    assert actions.close_days(at=at + 3 * NIGHT) == 3
    assert actions.close_days(at=at + 3 * NIGHT) == 0
    days = list(RegisterDay.objects.all())
    assert [day.day for day in days] == [at.date() + number * NIGHT for number in range(3)]
    assert [day.previous_sha256 for day in days] == [chaining.FIRST_DAY_FOLLOWS, *(day.sha256 for day in days[:-1])]
    assert [day.heads for day in days] == [{call.code: chaining.blinded(day.day, version.entry.sha256)} for day in days]
    assert len({day.heads[call.code] for day in days}) == 3


def test_a_day_ends_at_midnight_in_paris(call, owner):
    midnight = clock.paris(call.opens_at).replace(hour=0, minute=0, second=0, microsecond=0) + 2 * NIGHT
    before = a_receipt(call, owner, midnight - dt.timedelta(seconds=1)).entry
    assert actions.close_days(at=midnight - dt.timedelta(seconds=1)) == 0
    assert actions.close_days(at=midnight) == 1
    after = a_receipt(call, owner, midnight).entry
    assert (before.day, after.day) == (midnight.date() - NIGHT, midnight.date())


def test_nothing_enters_a_closed_day(call, owner):
    """A worker whose clock is late writes in the first day that is still open."""
    at = clock.paris(call.opens_at) + 3 * NIGHT
    actions.close_days(at=at - NIGHT)
    actions.close_days(at=at)
    assert a_receipt(call, owner, at - NIGHT).entry.day == at.date()


def test_a_register_is_opened_with_its_call_so_that_its_first_day_says_nothing(call):
    actions.close_days(at=call.opens_at - NIGHT)
    assert not DepositRegister.objects.exists()
    actions.close_days(at=call.opens_at)
    actions.close_days(at=call.opens_at + NIGHT)
    opened = clock.paris(call.opens_at).date()
    assert call.register.opened_on == opened
    assert RegisterDay.objects.get(day=opened).heads.keys() == {call.code}
    assert RegisterDay.objects.get(day=opened - NIGHT).heads == {}


def test_the_quiet_minute_asks_two_questions(call, django_assert_num_queries):
    at = clock.now()
    actions.close_days(at=at)
    with django_assert_num_queries(2):
        actions.close_days(at=at)


def test_entries_are_public_once_the_call_is_closed_and_their_day_ended(call, owner):
    entry = a_receipt(call, owner, call.opens_at + NIGHT).entry
    late = a_receipt(call, owner, call.closes_at - dt.timedelta(hours=1)).entry
    a_second_before, closing = call.closes_at - dt.timedelta(seconds=1), call.closes_at
    actions.close_days(at=closing)
    said = register.extract(call, a_second_before)
    assert (said["seed"], said["entries"]) == (None, None)
    assert len(said["days"]) == RegisterDay.objects.count() > 0
    if late.day == clock.paris(closing).date():  # its day ends tonight
        assert [one["number"] for one in register.extract(call, closing)["entries"]] == [entry.number]
    actions.close_days(at=closing + NIGHT)
    assert [one["sha256"] for one in register.extract(call, closing)["entries"]] == [entry.sha256, late.sha256]


def test_the_public_register_says_nothing_of_who_deposited(call, owner):
    version = a_receipt(call, owner, call.opens_at + NIGHT)
    actions.close_days(at=call.closes_at + NIGHT)
    said = str(register.extract(call, call.closes_at))
    hidden = [version.dossier.ref, owner.email, "Université", "Repérer", sha256_of(version.dossier.ref)]
    assert [words for words in hidden if words in said] == []


@pytest.mark.django_db(transaction=True)
def test_deposits_and_nights_at_once_make_one_chain(transactional_db, monkeypatch):
    from tests import people

    monkeypatch.setattr("ami_portal.jobs.actions._send", lambda job_id: None)
    owner, call = people.a_person("claire@labo.example"), small.a_small_call()
    versions = [actions.submit_dossier(small.a_full_draft(call, owner), actor=owner) for _ in range(3)]
    RegisterHead.objects.create(pk=1, open_day=clock.today() - 2 * NIGHT)
    acts = [lambda version=version: actions.build_receipt(version_id=version.pk) for version in versions * 2]
    results = together(*acts, *[lambda: actions.close_days(at=clock.now())] * 2)
    assert [error for error in results if isinstance(error, Exception)] == []
    entries = list(DepositEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3]
    seed = chaining.seed_sha256(call.code, call.register.seed)
    assert [entry.previous_sha256 for entry in entries] == [seed, *(entry.sha256 for entry in entries[:-1])]
    assert RegisterDay.objects.count() == 2
    assert RegisterHead.objects.get().open_day == clock.today()
