"""Where the money of a call stands on a day: what each grant holds in the ledger then, and what is still to be paid, by
month. Every total is the sum of its rows, and the forecast is the sum of what is remaining and retained."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from ami_portal.documents import office
from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO
from ami_portal.kernel.text import in_cell
from applications.models import Call

from .enums import EntryKind, InstalmentState
from .ledger import Balances, balances_of, sums_by_account
from .models import Convention, Instalment, LedgerEntry

COLUMNS = tuple(one.name for one in fields(Balances))
HEADINGS = ("Engagé (€)", "Payé (€)", "Retenu (€)", "Reste à payer (€)", "À reverser (€)")


@dataclass(frozen=True)
class Grant:
    """One convention on the day."""

    convention: Convention
    balances: Balances


@dataclass(frozen=True)
class Month:
    """What is expected to be paid in a month, its first day being `on`."""

    on: dt.date
    amount: Decimal


@dataclass(frozen=True)
class Position:
    """A call on the day `on`, at its end."""

    call: Call
    on: dt.date
    grants: list[Grant]
    totals: Balances
    months: list[Month]

    @property
    def forecast(self) -> Decimal:
        """What is expected in all."""
        return sum((month.amount for month in self.months), ZERO)


def position_of(call: Call, on: dt.date) -> Position:
    """A call at the end of a day, whatever happened since: three queries."""
    end = clock.from_paris(on + dt.timedelta(days=1), dt.time())
    found = _balances(call, end)
    conventions = Convention.objects.filter(pk__in=found).select_related("dossier").order_by("ref")
    grants = [Grant(convention, found[convention.pk]) for convention in conventions]
    totals = Balances(*(sum((getattr(one.balances, name) for one in grants), ZERO) for name in COLUMNS))
    return Position(call, on, grants, totals, _months(call, grants, on, end))


def _balances(call: Call, end: dt.datetime) -> dict[int, Balances]:
    entries = LedgerEntry.objects.filter(convention__dossier__call=call, at__lt=end).order_by().values("convention")
    rows: Iterable[Mapping[str, Any]] = entries.annotate(**sums_by_account())
    return {row["convention"]: balances_of(row) for row in rows}


def _months(call: Call, grants: list[Grant], on: dt.date, end: dt.datetime) -> list[Month]:
    """What remains of each grant, in the months in which its lines fall due; what is late, in the month of the day.

    What is retained, and what no line holds, comes with the last line, or at the end of the convention.
    """
    done = LedgerEntry.objects.filter(kind=EntryKind.PAYMENT, at__lt=end).values("instalment")
    lines = Instalment.objects.filter(convention__dossier__call=call).exclude(state=InstalmentState.SETTLED)
    waiting: dict[int, list[Instalment]] = {}
    for line in lines.exclude(pk__in=done).order_by("number"):
        waiting.setdefault(line.convention_id, []).append(line)
    amounts: dict[dt.date, Decimal] = {}
    for grant in grants:
        rest = grant.balances.remaining
        for line in waiting.get(grant.convention.pk, []):
            amount = min(line.net, rest)
            rest -= amount
            _add(amounts, max(line.due_on or on, on), amount)
        last = grant.convention.ends_on or on
        _add(amounts, max(last, on), rest + grant.balances.retained)
    return [Month(day, amounts[day]) for day in sorted(amounts) if amounts[day]]


def _add(amounts: dict[dt.date, Decimal], day: dt.date, amount: Decimal) -> None:
    month = day.replace(day=1)
    amounts[month] = amounts.get(month, ZERO) + amount


def _row(balances: Balances) -> list[Decimal]:
    return [getattr(balances, name) for name in COLUMNS]


def _tables(position: Position) -> dict[str, list[list[str | Decimal]]]:
    """The two tables of the page, for a spreadsheet; what looks like a formula is quoted."""
    heads: list[str | Decimal] = ["Convention", "Projet", "Bénéficiaire", "SIRET", "Signée le", *HEADINGS]
    grants: list[list[str | Decimal]] = [heads]
    for one in position.grants:
        dossier = one.convention.dossier
        signed = f"{one.convention.signed_on:%d/%m/%Y}" if one.convention.signed_on else ""
        said = [one.convention.ref, dossier.title, dossier.lead_name, dossier.lead_siret, signed]
        grants.append([*map(in_cell, said), *_row(one.balances)])
    grants.append(["Total", "", "", "", "", *_row(position.totals)])
    months: list[list[str | Decimal]] = [["Mois", "À payer (€)"]]
    months += [[f"{month.on:%m/%Y}", month.amount] for month in position.months]
    months.append(["Total", position.forecast])
    return {"Conventions": grants, "Prévision": months}


def as_workbook(position: Position) -> bytes:
    """The page as an Excel file of two tabs."""
    return office.workbook(_tables(position))


def as_csv(position: Position) -> bytes:
    """The page as one CSV, the forecast under the conventions: UTF-8 with its mark, semicolons, commas in amounts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    for rank, table in enumerate(_tables(position).values()):
        if rank:
            writer.writerow([])
        for row in table:
            writer.writerow([str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell for cell in row])
    return ("\ufeff" + out.getvalue()).encode()
