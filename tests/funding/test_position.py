"""The money of a call on a day: page, drawing, tables and spreadsheets add up; what the law publishes of each grant."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO
from funding import actions
from funding.ledger import Balances
from funding.position import as_csv, as_workbook, position_of
from funding.published import accounts_due
from tests import people

from .laureates import a_laureate, a_signed_convention
from .spending import a_claim, accepted, by_expenses, paid
from .test_pages_claims import said

D = Decimal


@pytest.fixture
def grants(call, owner, officer, accountant):
    """Two grants of 100 000 € and 33 333,33 €: of the first the advance is paid and a claim accepted."""
    by_expenses(call)
    first = a_signed_convention(a_laureate(call, owner, title="=CMD()"), officer)
    second = a_signed_convention(a_laureate(call, owner, number=2, amount="33333.33"), officer)
    paid(first, 1, officer, accountant)
    accepted(a_claim(first, owner, "12345.67"), officer)
    return first, second


def adds_up(position):
    for name in ("granted", "paid", "retained", "remaining", "owed"):
        rows = sum((getattr(one.balances, name) for one in position.grants), ZERO)
        assert rows == getattr(position.totals, name)
    totals = position.totals
    assert totals.granted == totals.paid + totals.retained + totals.remaining + totals.owed
    assert position.forecast == totals.remaining + totals.retained


def test_a_call_on_a_day_adds_up_everywhere(call, grants, officer):
    """133 333,33 engaged; 27 000 paid, 3 000 retained: 103 333,33 remain. Forecast: the second grant's advance now."""
    today = clock.today()
    position = position_of(call, today)
    adds_up(position)
    assert position.totals == Balances(D("133333.33"), D("27000.00"), D("3000.00"), D("103333.33"), D("0.00"))
    assert position.months[0] == position.months[0].__class__(today.replace(day=1), D("9000.00"))
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(position)))
    table = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert [row[5:] for row in table[1:]] == [
        [100000, 27000, 3000, 70000, 0],
        [33333.33, 0, 0, 33333.33, 0],
        [133333.33, 27000, 3000, 103333.33, 0],
    ]
    assert table[1][1] == "'=CMD()"
    months = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert sum(D(str(row[1])) for row in months[1:-1]) == D(str(months[-1][1])) == D("106333.33")
    rows = list(csv.reader(io.StringIO(as_csv(position).decode("utf-8-sig")), delimiter=";"))
    assert rows[3][5:] == ["133333,33", "27000,00", "3000,00", "103333,33", "0,00"]
    assert rows[-1] == ["Total", "106333,33"]

    client = people.client_of(officer)
    page = said(client.get(reverse("admin:funding_convention_position", args=[call.code])))
    for words in ("<dd>133 333,33 €</dd>", "<dd>103 333,33 €</dd>", "106 333,33 € en tout", "<svg"):
        assert words in page
    assert call.code in said(client.get(reverse("admin:funding_convention_positions")))
    for name, content in (("position_csv", as_csv(position)), ("position_workbook", as_workbook(position))):
        assert client.get(reverse(f"admin:funding_convention_{name}", args=[call.code])).content == content
    before = f"{reverse('admin:funding_convention_position', args=[call.code])}?au={today - dt.timedelta(days=1)}"
    assert "Aucune convention n’était signée ce jour-là." in said(client.get(before))
    assert client.get(before[:-10] + "2026-13-45").status_code == 422


def test_a_past_day_says_what_was_known_then(call, grants, owner, officer, accountant):
    """A month later the claim is paid, amended, and the state of today is still what it was."""
    today, first = clock.today(), grants[0]
    then = position_of(call, today)
    with time_machine.travel(clock.now() + dt.timedelta(days=31), tick=False):
        paid(first, 2, officer, accountant)
        first.refresh_from_db()
        actions.adjust_amount(first, D("110000.00"), at=clock.now(), actor=officer)
        now = position_of(call, clock.today())
        adds_up(now)
        assert now.totals.granted == then.totals.granted + D("10000.00")
        assert now.totals.paid == then.totals.paid + D("11111.10")
    again = position_of(call, today)
    adds_up(again)
    assert (again.totals, [one.balances for one in again.grants]) == (
        then.totals,
        [one.balances for one in then.grants],
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_call_asks_as_much_for_one_grant_as_for_three(call, owner, officer, count, django_assert_num_queries):
    for number in range(count):
        a_signed_convention(a_laureate(call, owner, number=number + 1), officer)
    with django_assert_num_queries(3):  # sums, conventions, lines
        assert len(position_of(call, clock.today()).grants) == count


def test_what_the_law_publishes_names_both_parties(call, grants, settings, client, officer, owner):
    settings.OPERATOR_SIRET, settings.ESSENTIAL_DATA_FROM_EUROS = "13002526500013", 50_000
    url = reverse("essential_csv", args=[call.code])
    first, second = grants
    rows = list(csv.DictReader(io.StringIO(client.get(url).content.decode())))
    assert [row["referenceDecision"] for row in rows] == [first.ref]
    assert {
        name: rows[0][name] for name in ("idAttribuant", "idBeneficiaire", "montant", "objet", "dateConvention")
    } == {
        "idAttribuant": "13002526500013",
        "idBeneficiaire": "13002526500013",
        "montant": "100000.00",
        "objet": "'=CMD()",
        "dateConvention": clock.today().isoformat(),
    }
    settings.ESSENTIAL_DATA_FROM_EUROS = 23_000
    assert client.get(url).content.decode().count(second.ref) == 1
    call.results_published_at = None
    call.save(update_fields=["results_published_at"])
    assert client.get(url).content.decode().count("\n") == 1


def test_an_account_is_due_six_months_after_each_year_of_a_grant(grants):
    convention = grants[0]
    convention.signed_on, convention.ends_on = dt.date(2026, 11, 30), dt.date(2028, 2, 29)
    assert accounts_due(convention) == [dt.date(2027, 6, 30), dt.date(2028, 6, 30), dt.date(2029, 6, 30)]
    convention.signed_on = None
    assert accounts_due(convention) == []
