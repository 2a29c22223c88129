"""Spreadsheets of expenses, without a database: every fault named by row, no formula comes in; what settles a grant."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.documents import measure
from funding import expenses, settlement
from funding.expenses import Expense, Wrong

D = Decimal
CATEGORIES = {"staff": "Personnel", "travel": "Missions"}
HEAD = expenses.columns("TTC")
GOOD = ["Personnel", "Salaire", "Institut", "30/09/2026", "2026-10-05", "1 234,50"]


def read(*rows):
    return expenses.read([[("text", cell) for cell in row] for row in (HEAD, *rows)], "TTC", CATEGORIES)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "le montant est d’au moins un centime"),
        ("0", "le montant est d’au moins un centime"),
        ("0,005", "un montant a deux décimales au plus"),
        ("10000000000", "ce montant est trop grand"),
        ("1000000000000", "ce montant est trop grand"),
        ("1e3", "notation à exposant"),
        ("1,5E+02", "notation à exposant"),
        ("=1+1", "pas un montant"),
        ("12.34.56", "pas un montant"),
        ("١٢", "pas un montant"),
        ("NaN", "pas un montant"),
        ("", "pas un montant"),
    ],
)
def test_an_amount_that_is_none_is_refused_in_words(typed, said):
    with pytest.raises(Wrong) as refusal:
        expenses.amount_of(typed)
    assert said in str(refusal.value).replace("\u00a0", " ")


@given(st.integers(1, 10**12 - 1))
def test_an_amount_is_read_to_the_cent(cents):
    euros = D(cents).scaleb(-2)
    assert expenses.amount_of(f"{euros:,.2f} €".replace(",", "\u202f").replace(".", ",")) == euros


def test_every_fault_is_named_by_its_row_and_nothing_good_hides_it():
    found, wrong = read(
        GOOD,
        ["Voyage", "", "=CMD()", "31/02/2026", "05/10/2026", "1e3"],
        [""] * 6,
        ["missions", "Train", "SNCF", "05/10/2026", "01/10/2026", "0.005"],
        ["travel", "Train", "SNCF", "05/10/2026", "01/10/2026", "12"],
    )
    day = dt.date
    assert found == [Expense("staff", "Salaire", "Institut", day(2026, 9, 30), day(2026, 10, 5), D("1234.50"))]
    assert [line.replace("\u00a0", " ").partition(" : ")[0] for line in wrong] == [
        "Ligne 3, Catégorie",
        "Ligne 3, Intitulé",
        "Ligne 3, Fournisseur",
        "Ligne 3, Date de la facture",
        "Ligne 3, Montant TTC (€)",
        "Ligne 5, Montant TTC (€)",
        "Ligne 6, Date du paiement",
    ]
    assert "commence comme une formule" in wrong[2]
    assert read(["a"])[1][0].startswith("Ligne 2, Catégorie")
    assert expenses.read([], "HT", CATEGORIES)[1][0].startswith("Ligne 1")
    assert read()[1] == ["Le tableau ne contient aucune dépense."]


def test_the_model_comes_back_filled_through_the_examiner():
    """The workbook that is downloaded, filled in Excel's own types, read by the process that reads hostile files."""
    book = openpyxl.load_workbook(io.BytesIO(expenses.model("TTC", CATEGORIES)))
    sheet = book.worksheets[0]
    sheet.append(["Personnel", "Salaire", "Institut", dt.date(2026, 9, 30), dt.date(2026, 10, 5), 1234.5])
    sheet.append(["Missions", "Train", '=HYPERLINK("x")', dt.date(2026, 9, 30), dt.date(2026, 10, 5), "=1+1"])
    out = io.BytesIO()
    book.save(out)
    report = measure.examine(out.getvalue(), {"rows": 10})
    found, wrong = expenses.read(expenses.sheet_rows(report.facts["rows"]), "TTC", CATEGORIES)
    assert [(one.label, one.paid_on, one.amount) for one in found] == [("Salaire", dt.date(2026, 10, 5), D("1234.50"))]
    assert [line.replace("\u00a0", " ") for line in wrong] == [
        "Ligne 3, Fournisseur : cette case est calculée : collez sa valeur.",
        "Ligne 3, Montant TTC (€) : cette case est calculée : collez sa valeur.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_as_spreadsheets_save_it(encoding, delimiter):
    rows = [HEAD, [*GOOD[:5], "1234.50"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    found, wrong = expenses.read(expenses.csv_rows(text.encode(encoding)), "TTC", CATEGORIES)
    assert (wrong, [one.amount for one in found]) == ([], [D("1234.50")])


def test_what_is_no_table_is_refused():
    with pytest.raises(Wrong, match="pas un tableau"):
        expenses.csv_rows(b"a\0b")


euros = st.integers(0, 10**9).map(lambda cents: D(cents).scaleb(-2))


@given(grant=euros, accepted=euros, given_before=euros, rate=st.integers(1, 100), held=st.integers(0, 99))
def test_the_balance_never_gives_more_than_the_grant_nor_than_what_was_spent(grant, accepted, given_before, rate, held):
    due = settlement.final(grant, rate=D(rate), accepted=accepted, given=given_before, retention_percent=D(held))
    right = settlement.entitled(grant, rate=D(rate), accepted=accepted)
    assert given_before + due.gross - due.excess == right <= grant
    assert due.gross == 0 or due.excess == 0
    assert 0 <= due.retention <= due.gross
    assert due.net > 0 or due.gross == 0
    ceiling = {"ceiling_percent": D(60), "retention_percent": D(held)}
    way = settlement.interim(grant, rate=D(rate), accepted=accepted, given=given_before, **ceiling)
    assert 0 <= way.gross <= accepted
    assert way.gross == 0 or given_before + way.gross <= grant
