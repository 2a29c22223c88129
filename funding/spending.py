"""What the pages say of the expenses of a grant: its claims, their lines and sums, the same as a table to keep."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import ZERO, cents
from ami_portal.kernel.text import in_cell

from .enums import ConventionState
from .models import Convention, ExpenseClaim, ExpenseLine
from .published import accounts_due
from .regulation import Regulation, regulation_of


@dataclass(frozen=True)
class Sums:
    """The totals of a claim, in euros: stated, accepted so far, and left out by what was decided."""

    stated: Decimal
    accepted: Decimal
    undecided: int

    @property
    def left_out(self) -> Decimal:
        """What was reduced or refused; None means nothing until all is decided."""
        return self.stated - self.accepted


@dataclass(frozen=True)
class Line:
    """An expense as shown, with its category in words."""

    expense: ExpenseLine
    category: str


def spending(convention: Convention) -> dict[str, Any]:
    """What the page of a convention says of its claims and debts."""
    if convention.state == ConventionState.PREPARED:
        return {"claims": [], "orders": []}
    return {
        "claims": list(convention.claims.select_related("instalment")),
        "orders": list(convention.orders.all()),
        "accounts": accounts_due(convention),
    }


def lines_of(claim: ExpenseClaim, rules: Regulation) -> list[Line]:
    """The expenses of a claim, in order."""
    found = claim.lines.select_related("document").order_by("number")
    return [Line(one, rules.categories.get(one.category, one.category)) for one in found]


def sums_of(lines: list[Line]) -> Sums:
    """Their totals."""
    undecided = sum(one.expense.accepted_amount is None for one in lines)
    return Sums(
        stated=sum((one.expense.amount for one in lines), ZERO),
        accepted=sum((one.expense.accepted_amount or ZERO for one in lines), ZERO),
        undecided=undecided,
    )


def as_csv(claim: ExpenseClaim) -> bytes:
    """A claim as a table: UTF-8 with its mark, semicolons, commas in amounts; what looks like a formula is quoted."""
    rules = regulation_of(claim.convention)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    amount = f"Montant {rules.tax_words} (€)"
    dates = ["Date de la facture", "Date du paiement"]
    writer.writerow(["N°", "Catégorie", "Intitulé", "Fournisseur", *dates, amount, "Décision", "Accepté (€)", "Motif"])
    for one in lines_of(claim, rules):
        said = one.expense
        accepted = "" if said.accepted_amount is None else _written(said.accepted_amount)
        words = [one.category, said.label, said.supplier]
        days = [f"{said.invoiced_on:%d/%m/%Y}", f"{said.paid_on:%d/%m/%Y}"]
        decided = [said.get_verdict_display(), accepted, in_cell(said.reason)]
        writer.writerow([said.number, *map(in_cell, words), *days, _written(said.amount), *decided])
    return ("\ufeff" + out.getvalue()).encode()


def _written(amount: Decimal) -> str:
    return str(cents(amount)).replace(".", ",")
