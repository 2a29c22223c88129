"""A grant brought to another amount: its ledger and its schedule move together, what is entered does not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from funding import actions, ledger, schedule
from funding.actions.amounts import adjust_amount

from .laureates import a_signed_convention

D = Decimal


@given(
    grant=st.integers(10_000, 10**10),
    percents=st.lists(st.integers(1, 100), min_size=1, max_size=6),
    entered=st.integers(0, 10**9),
    retention=st.integers(0, 50),
)
def test_what_is_left_is_shared_to_the_cent(grant, percents, entered, retention):
    euros, out = D(grant).scaleb(-2), D(entered).scaleb(-2)
    try:
        found = schedule.shared_again(euros, out, [D(percent) for percent in percents], D(retention))
    except schedule.TooSmall:
        assert euros - out < len(percents) * 100
        return
    assert sum(gross for gross, _ in found) == euros - out
    assert all(gross > held >= 0 for gross, held in found)


def test_an_amendment_of_the_amount_moves_what_is_not_paid(dossier, officer, accountant):
    """100 000 € by 40/40/20, the first paid. 130 000 €: 90 000 left as 40/20, 60 000 and 30 000. Then 40 000,03 €."""
    convention = a_signed_convention(dossier, officer)
    line = actions.certify_service(convention.instalments.get(number=1), actor=officer)
    by = {"at": clock.now(), "actor": officer}
    actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    shown = []
    for amount in ("130000.00", "40000.03"):
        adjust_amount(convention, D(amount), **by)
        shown.append(list(convention.instalments.values_list("gross", "retention")))
    assert shown == [
        [(D("40000.00"), D("4000.00")), (D("60000.00"), D("6000.00")), (D("30000.00"), D("3000.00"))],
        [(D("40000.00"), D("4000.00")), (D("0.02"), D("0.00")), (D("0.01"), D("0.00"))],
    ]
    after = ledger.Balances(D("40000.03"), D("36000.00"), D("4000.00"), D("0.03"))
    assert ledger.balances(convention) == after
    for wrong in ("40000.01", "40000.00", "39999.99", "1.00"):
        with pytest.raises(TransitionRefused, match=r"40.000,00.€ sont déjà payés .* les 2 versements prévus"):
            adjust_amount(convention, D(wrong), **by)
    convention.refresh_from_db()
    assert (convention.amount, ledger.balances(convention)) == (D("40000.03"), after)
    for number in (2, 3):
        actions.certify_service(convention.instalments.get(number=number), actor=officer)
    with pytest.raises(TransitionRefused, match="ne peut plus changer"):
        adjust_amount(convention, D("50000.00"), **by)
