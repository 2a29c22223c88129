"""Random lives of a grant: after every step the sums of the ledger, read by SQL, are those of another book kept beside.

The book knows the laws by itself, in whole cents; a step is refused by the database exactly when it breaks one.
"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ami_portal.kernel import clock
from funding import actions, ledger
from funding.models import Convention, Instalment, LedgerEntry

from .laureates import a_laureate, a_signed_convention

LIVES, STEPS = 20, 12
amounts = st.sampled_from([1, 1000, 10000, 36000, 90000]) | st.integers(1, 120_000)
"""Cents of a grant of 1 000 €."""


def euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


class Life(RuleBasedStateMachine):
    """One grant of 1 000,00 €, in three lines (400, 400, 200), a tenth of each held back."""

    world: tuple

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        self.pk, self.officer, self.accountant = self.world
        self.sums = {"grant": -100_000, "committed": 100_000, "retained": 0, "paid": 0, "owed": 0}
        self.ceiling, self.done, self.entries = 100_000, set(), LedgerEntry.objects.count()

    def teardown(self):
        transaction.savepoint_rollback(self.point)

    def attempt(self, allowed, write, *moves):
        """Do `write`; it must be accepted exactly when the book allows it, and then the book moves."""
        try:
            with transaction.atomic():
                write()
        except IntegrityError:
            assert not allowed
            return
        assert allowed
        for credit, debit, cents in moves:
            self.sums[credit] -= cents
            self.sums[debit] += cents
            self.entries += 1

    @property
    def convention(self):
        return Convention.objects.get(pk=self.pk)

    def by(self, actor=None):
        return {"at": clock.now(), "actor": actor or self.officer}

    @rule(number=st.integers(1, 3), is_certifier=st.booleans())
    def pays(self, number, is_certifier):
        line = Instalment.objects.select_related("convention").get(convention=self.pk, number=number)
        gross, held = int(line.gross * 100), int(line.retention * 100)
        allowed = number not in self.done and not is_certifier and self.sums["committed"] >= gross
        actor = self.officer if is_certifier else self.accountant
        moves = ("committed", "paid", gross - held), ("committed", "retained", held)
        self.attempt(allowed, lambda: ledger.pay(line, **self.by(actor)), *moves)
        if allowed:
            self.done.add(number)

    @rule(cents=amounts)
    def amends(self, cents):
        out = -self.sums["grant"] - self.sums["committed"]
        change = cents - self.ceiling
        allowed = change == 0 or (self.sums["committed"] + change >= 0 if change < 0 else True)
        moves = [("committed", "grant", -change)] if change < 0 else [("grant", "committed", change)]
        self.attempt(allowed, lambda: ledger.adjust(self.convention, euros(cents), **self.by()), *moves[: change != 0])
        if allowed:
            self.ceiling = cents
            assert -self.sums["grant"] >= out

    def moves(self, act, credit, debit, cents):
        allowed = self.sums[credit] >= cents
        self.attempt(allowed, lambda: act(self.convention, euros(cents), **self.by()), (credit, debit, cents))

    @rule(cents=amounts)
    def frees(self, cents):
        self.moves(ledger.free, "retained", "committed", cents)

    @rule(cents=amounts)
    def forfeits(self, cents):
        self.moves(ledger.forfeit, "retained", "grant", cents)

    @rule(cents=amounts)
    def recovers(self, cents):
        self.moves(ledger.recover, "paid", "owed", cents)

    @rule(cents=amounts)
    def is_repaid(self, cents):
        self.moves(ledger.repay, "owed", "grant", cents)

    @rule()
    def terminates(self):
        cents = self.sums["committed"]
        moves = [("committed", "grant", cents)] if cents else []
        self.attempt(True, lambda: ledger.release(self.convention, **self.by()), *moves)

    @rule(place=st.integers(0, 12))
    def corrects(self, place):
        found = list(LedgerEntry.objects.filter(convention=self.pk).order_by("pk"))
        entry = found[place % len(found)]
        cents = int(entry.amount * 100)
        is_open = entry.kind != "correction" and not LedgerEntry.objects.filter(corrects=entry).exists()
        room = self.sums[entry.debit] >= cents if entry.debit != "grant" else True
        fits = entry.debit != "grant" or cents - self.sums["grant"] <= self.ceiling
        again = entry.kind in ("payment", "retention")
        if again:  # half a payment is no life: both entries of a line are undone
            pair = [one for one in found if one.instalment_id == entry.instalment_id and self.stands(one, found)]
            room = all(self.sums[one.debit] >= int(one.amount * 100) for one in pair)
            self.attempt(
                is_open and room,
                lambda: (
                    [ledger.correct(one, **self.by()) for one in pair]
                    if is_open
                    else ledger.correct(entry, **self.by())
                ),
                *[(one.debit, one.credit, int(one.amount * 100)) for one in pair],
            )
            if is_open and room:
                self.done.discard(entry.instalment.number)
            return
        self.attempt(
            is_open and room and fits, lambda: ledger.correct(entry, **self.by()), (entry.debit, entry.credit, cents)
        )

    @staticmethod
    def stands(entry, found):
        return entry.kind != "correction" and not any(one.corrects_id == entry.pk for one in found)

    @invariant()
    def the_database_says_what_the_book_says(self):
        found = dict.fromkeys(self.sums, 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT debit, credit, amount FROM funding_ledgerentry WHERE convention_id = %s", [self.pk])
            rows = cursor.fetchall()
            cursor.execute("SELECT amount FROM funding_convention WHERE id = %s", [self.pk])
            (amount,) = cursor.fetchone()
        for debit, credit, moved in rows:
            cents = round(Decimal(str(moved)) * 100)
            found[debit] += cents
            found[credit] -= cents
        assert (found, len(rows)) == (self.sums, self.entries)
        assert sum(found.values()) == 0
        assert min(cents for account, cents in found.items() if account != "grant") >= 0
        assert found["paid"] + found["retained"] <= -found["grant"] <= round(Decimal(str(amount)) * 100) == self.ceiling
        now = ledger.balances(self.convention)
        assert now.granted == now.paid + now.retained + now.remaining + now.owed


@pytest.fixture
def world(call, owner, officer, accountant):
    convention = a_signed_convention(a_laureate(call, owner, amount="1000.00"), officer)
    for line in convention.instalments.all():
        actions.certify_service(line, actor=officer)
    return convention.pk, officer, accountant


def test_no_life_of_a_grant_breaks_a_law(world):
    Life.world = world
    played = settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(6)(Life), settings=played)
