"""The ledger in the database itself: append-only, consistent, never counted twice."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from funding import actions, ledger
from funding.models import Convention, Instalment, LedgerEntry

from .laureates import a_laureate, a_signed_convention

D = Decimal


def refused(write) -> bool:
    """Whether the database refuses a write, in a savepoint of its own."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def raw(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_an_entry_is_neither_changed_nor_deleted(dossier, officer):
    a_signed_convention(dossier, officer)
    entry = LedgerEntry.objects.get()
    entry.amount = D("1.00")
    writes = [
        entry.save,
        entry.delete,
        lambda: LedgerEntry.objects.all().delete(),
        lambda: LedgerEntry.objects.update(amount=D("1.00")),
        lambda: raw("UPDATE funding_ledgerentry SET amount = amount"),
        lambda: raw("DELETE FROM funding_ledgerentry"),
    ]
    assert [refused(write) for write in writes] == [True] * 6
    assert LedgerEntry.objects.get().amount == D("100000.00")


def test_the_grant_is_committed_once(dossier, officer):
    convention = a_signed_convention(dossier, officer)
    assert refused(lambda: ledger.commit(convention, at=clock.now(), actor=officer))


def test_a_line_is_entered_once(dossier, officer, accountant):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    line = actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    assert refused(lambda: ledger.pay(line, at=clock.now(), actor=accountant))


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": D("0.00")},
        {"amount": D("-1.00")},
        {"debit": "committed"},
        {"credit": "grant"},
        {"debit": "retained"},
        {"instalment": None},
        {"kind": "gift"},
    ],
)
def test_an_entry_follows_its_kind(dossier, officer, changes):
    convention = a_signed_convention(dossier, officer)
    entry = a_payment(convention, officer)
    assert refused(lambda: LedgerEntry.objects.create(**(entry | changes)))
    assert LedgerEntry.objects.create(**entry).pk


def a_payment(convention, officer):
    """The payment of the first line, once certified, as a row that no action wrote."""
    return {
        "convention": convention,
        "instalment": actions.certify_service(convention.instalments.get(number=1), actor=officer),
        "kind": "payment",
        "credit": "committed",
        "debit": "paid",
        "amount": D("36000.00"),
        "at": clock.now(),
        "actor": User.objects.get_or_create(email="comptable@hdh.example")[0],
    }


def test_the_database_keeps_the_laws_of_the_ledger(call, owner, officer):
    """Every write is made as a row, with no action in its way; what is refused leaves nothing."""
    convention = a_signed_convention(a_laureate(call, owner), officer)
    other = a_signed_convention(a_laureate(call, owner, number=2), officer)
    unsigned = actions.prepare_convention(a_laureate(call, owner, number=3), actor=officer)
    payment = a_payment(convention, officer)

    def moved(kind, credit, debit, amount, **words):
        whole = {"kind": kind, "credit": credit, "debit": debit, "amount": D(amount), "instalment": None} | words
        return lambda: LedgerEntry.objects.create(**(payment | whole))

    wrong = {
        "before the signature": moved("commitment", "grant", "committed", "1.00", convention=unsigned),
        "above the grant": moved("increase", "grant", "committed", "0.01"),
        "another currency": moved("release", "committed", "grant", "1.00", currency="USD"),
        "more than is committed": moved("release", "committed", "grant", "100000.01"),
        "a retention that is not there": moved("freeing", "retained", "committed", "0.01"),
        "a retention below zero": moved("forfeit", "retained", "grant", "0.01"),
        "back what was not paid": moved("recovery", "paid", "owed", "0.01"),
        "back what is not owed": moved("repayment", "owed", "grant", "0.01"),
        "a cent more than the line": lambda: LedgerEntry.objects.create(**payment | {"amount": D("36000.01")}),
        "the line of another": lambda: LedgerEntry.objects.create(**payment | {"convention": other}),
        "by who certified": lambda: LedgerEntry.objects.create(**payment | {"actor": officer}),
        "not certified": lambda: LedgerEntry.objects.create(
            **payment | {"instalment": convention.instalments.get(number=2)}
        ),
        "a signature taken back": lambda: raw("UPDATE funding_convention SET signed_on = NULL"),
        "a grant under what is committed": lambda: Convention.objects.filter(pk=convention.pk).update(amount=1),
        "a third decimal, unless the type rounds it": lambda: raw(
            "INSERT INTO funding_ledgerentry (convention_id, kind, debit, credit, amount, currency, at, actor_id) "
            "VALUES (%s, 'release', 'grant', 'committed', 0.005, 'EUR', '2026-01-01', %s)",
            convention.pk,
            officer.pk,
        ),
    }
    if connection.vendor == "postgresql":
        del wrong["a third decimal, unless the type rounds it"]
    assert [name for name, write in wrong.items() if not refused(write)] == []
    assert LedgerEntry.objects.count() == 2

    first = LedgerEntry.objects.create(**payment)
    paid = payment["instalment"]
    opposite = {"kind": "correction", "credit": "paid", "debit": "committed", "corrects": first}
    wrong = {
        "twice": lambda: LedgerEntry.objects.create(**payment),
        "a cent twice": lambda: LedgerEntry.objects.create(**payment | {"amount": D("0.01")}),
        "a line under what it paid": lambda: Instalment.objects.filter(pk=paid.pk).update(
            gross=D("1000.00"), retention=0
        ),
        "not the opposite": lambda: LedgerEntry.objects.create(**payment | opposite | {"amount": D("1.00")}),
        "the opposite of nothing": lambda: LedgerEntry.objects.create(**payment | opposite | {"corrects": None}),
    }
    assert [name for name, write in wrong.items() if not refused(write)] == []
    undone = ledger.correct(first, at=clock.now(), actor=officer)
    assert refused(lambda: ledger.correct(first, at=clock.now(), actor=officer))
    assert refused(lambda: ledger.correct(undone, at=clock.now(), actor=officer))
    assert LedgerEntry.objects.create(**payment).pk  # the line may be paid again, as it was
    assert ledger.balances(convention) == ledger.Balances(D("100000.00"), D("36000.00"), D("0.00"), D("64000.00"))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "paid"},
        {"state": "certified"},
        {"certified_at": "now"},
        {"retention": D("40000.00")},
        {"gross": D("0.00")},
        {"state": "paid", "paid_on": "today", "paid_at": "now", "payment_reference": "M1", "both": True},
        {"state": "paid", "paid_on": "today", "paid_at": "now", "two_people": True},
    ],
)
def test_the_database_ties_a_line_s_state_to_its_dates_and_people(dossier, officer, accountant, changes):
    line = a_signed_convention(dossier, officer).instalments.get(number=1)
    words = {"now": clock.now(), "today": clock.today()}
    values = {name: words.get(value, value) if isinstance(value, str) else value for name, value in changes.items()}
    both, two = values.pop("both", False), values.pop("two_people", False)
    if both or two:
        values |= {"certified_by": officer, "certified_at": clock.now(), "paid_by": accountant if two else officer}
    assert refused(lambda: Instalment.objects.filter(pk=line.pk).update(**values))


@pytest.mark.parametrize("changes", [{"signatory": ""}, {"ends_on": None}, {"state": "prepared"}, {"amount": D("0")}])
def test_the_database_ties_a_signature_to_its_facts(dossier, officer, changes):
    convention = a_signed_convention(dossier, officer)
    assert refused(lambda: Convention.objects.filter(pk=convention.pk).update(**changes))


def test_balances_are_exact_to_the_cent_and_each_convention_has_its_own(call, owner, officer, accountant):
    conventions = []
    for number, amount in enumerate(("99999.99", "33333.33", "0.70"), start=1):
        convention = a_signed_convention(a_laureate(call, owner, number=number, amount=amount), officer)
        conventions.append(convention)
        for line in convention.instalments.all()[:2]:
            actions.certify_service(line, actor=officer)
            actions.record_payment(line, paid_on=clock.today(), payment_reference="M", actor=accountant)
    found = [ledger.balances(convention) for convention in conventions]
    assert found == [
        ledger.Balances(D("99999.99"), D("72000.00"), D("8000.00"), D("19999.99")),
        ledger.Balances(D("33333.33"), D("24000.00"), D("2666.66"), D("6666.67")),
        ledger.Balances(D("0.70"), D("0.50"), D("0.06"), D("0.14")),
    ]
    for one in found:
        assert one.granted == one.paid + one.retained + one.remaining
    listed = ledger.with_balances(Convention.objects.order_by("pk"))
    assert [(row.paid_amount, row.retained_amount) for row in listed] == [(one.paid, one.retained) for one in found]
