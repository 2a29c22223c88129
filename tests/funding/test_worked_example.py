"""A grant from its signature to its last euro, worked by hand.

The grant is 100 000,00 €, the rate 100 %, the retention 10 %; an advance of 30 %, a claim within 60 %, one within 80 %,
the balance.

1. Advance: 30 % of 100 000,00 = 30 000,00; 3 000,00 retained, 27 000,00 paid.
2. First claim: 18 000,00 + 9 500,55, of which the second is reduced to 7 000,25 (2 500,30 less). Accepted 25 000,25,
   within 60 000,00 − 30 000,00: 25 000,25; retained 2 500,03 (2 500,025 half up); paid 22 500,22.
3. Second claim: 31 000,00. Within 80 000,00 − 55 000,25 = 24 999,75; retained 2 499,98 (2 499,975); paid 22 499,77.
4. Final claim: 39 999,74. Accepted in all 25 000,25 + 31 000,00 + 39 999,74 = 95 999,99, below the grant. Balance
   95 999,99 − 80 000,00 = 15 999,99; retained 1 600,00 (1 599,999); paid 14 399,99. Not due, released: 4 000,01.
5. Final report: retained 3 000,00 + 2 500,03 + 2 499,98 + 1 600,00 = 9 600,01, freed and paid.
   Paid in all 27 000,00 + 22 500,22 + 22 499,77 + 14 399,99 + 9 600,01 = 95 999,99.
"""

from decimal import Decimal

import pytest

from ami_portal.workflow import TransitionRefused
from funding import actions, ledger
from funding.ledger import Balances
from funding.models import LedgerEntry

from .laureates import a_laureate, a_signed_convention
from .spending import a_claim, accepted, by_expenses, paid, the_line

D = Decimal


@pytest.fixture
def convention(call, owner, officer):
    return a_signed_convention(a_laureate(by_expenses(call), owner), officer)


def told(granted, paid_amount, retained, remaining, owed="0.00"):
    return Balances(D(granted), D(paid_amount), D(retained), D(remaining), D(owed))


def test_a_grant_worked_by_hand_to_its_last_euro(convention, owner, officer, accountant):
    seen = []

    def note():
        seen.append(ledger.balances(convention))

    paid(convention, 1, officer, accountant)
    note()
    claim = a_claim(convention, owner, "18000.00", "9500.55")
    reduced = the_line(claim, "9500.55")
    actions.decide_line(
        reduced, "reduced", accepted_amount=D("7000.25"), reason="Hors du projet pour partie.", actor=officer
    )
    accepted(claim, officer)
    paid(convention, 2, officer, accountant)
    note()
    accepted(a_claim(convention, owner, "31000.00"), officer)
    paid(convention, 3, officer, accountant)
    note()
    accepted(a_claim(convention, owner, "39999.74"), officer)
    note()
    paid(convention, 4, officer, accountant)
    note()
    actions.free_retention(convention, reason="Rapport final accepté le 12 mars.", actor=officer)
    note()
    paid(convention, 5, officer, accountant)
    note()
    assert seen == [
        told("100000.00", "27000.00", "3000.00", "70000.00"),
        told("100000.00", "49500.22", "5500.03", "44999.75"),
        told("100000.00", "71999.99", "8000.01", "20000.00"),
        told("95999.99", "71999.99", "8000.01", "15999.99"),
        told("95999.99", "86399.98", "9600.01", "0.00"),
        told("95999.99", "86399.98", "0.00", "9600.01"),
        told("95999.99", "95999.99", "0.00", "0.00"),
    ]
    assert list(convention.instalments.values_list("gross", "retention", "state")) == [
        (D("30000.00"), D("3000.00"), "paid"),
        (D("25000.25"), D("2500.03"), "paid"),
        (D("24999.75"), D("2499.98"), "paid"),
        (D("15999.99"), D("1600.00"), "paid"),
        (D("0.00"), D("-9600.01"), "paid"),
    ]


def test_what_was_given_too_much_is_taken_from_the_retention_then_asked_back(convention, owner, officer, accountant):
    """Advance 30 000, nothing accepted on the way; 20 000 spent in all: 10 000 too much, 3 000 retained, 7 000 owed."""
    paid(convention, 1, officer, accountant)
    for amount in ("1000.00", "2000.00"):
        claim = a_claim(convention, owner, amount)
        actions.decide_line(claim.lines.get(), "refused", reason="Non payée.", actor=officer)
        actions.accept_claim(claim, actor=officer)
    accepted(a_claim(convention, owner, "20000.00"), officer)
    states = list(convention.instalments.values_list("gross", "state"))
    assert states == [(D("30000.00"), "paid"), *[(D("0.00"), "settled")] * 3]
    assert ledger.balances(convention) == told("27000.00", "20000.00", "0.00", "0.00", "7000.00")
    with pytest.raises(TransitionRefused, match="Rien n’est retenu"):
        actions.free_retention(convention, reason="Rapport accepté.", actor=officer)
    order = convention.orders.get()
    assert (order.ref, order.amount, order.state) == (f"{convention.ref}/R1", D("7000.00"), "issued")
    today = order.issued_at.date()
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.record_repayment(order, repaid_on=today, reference="TR-1", actor=officer)
    actions.record_repayment(order, repaid_on=today, reference="TR-1", actor=accountant)
    with pytest.raises(TransitionRefused, match="« Reversé »"):
        actions.record_repayment(order, repaid_on=today, reference="TR-2", actor=accountant)
    assert ledger.balances(convention) == told("20000.00", "20000.00", "0.00", "0.00")
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))[-4:] == [
        "forfeit",
        "recovery",
        "release",
        "repayment",
    ]


def test_the_last_claim_frees_the_retention_where_the_regulation_says_so(call, owner, officer, accountant):
    """Retention freed on the final claim: 3 000 of the advance, and nothing is held back of the balance."""
    one = [{"code": "advance", "label": "Avance", "percent": "30", "months_after_signature": 0}]
    one.append({"code": "balance", "label": "Solde", "percent": "70", "months_after_signature": 24, "basis": "balance"})
    ruled = by_expenses(call, instalments=one, retention_freed_on="final_claim", funding_rate_percent="50")
    convention = a_signed_convention(a_laureate(ruled, owner), officer)
    paid(convention, 1, officer, accountant)
    accepted(a_claim(convention, owner, "150000.00"), officer)
    assert list(convention.instalments.values_list("gross", "retention", "state"))[1:] == [
        (D("45000.00"), D("0.00"), "planned"),
        (D("0.00"), D("-3000.00"), "certified"),
    ]
    for number in (2, 3):
        paid(convention, number, officer, accountant)
    assert ledger.balances(convention) == told("75000.00", "75000.00", "0.00", "0.00")
