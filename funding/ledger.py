"""The ledger: double entries, append-only; every balance is a sum of them.

The grant is committed at the signature (grant → committed); an amendment commits more, or releases. Each payment
empties its line of what is committed: the net goes to the laureate (committed → paid), the retention is set aside
(committed → retained). A freed retention can be paid again (retained → committed); one that is not due leaves the
grant. What was paid too much is owed (paid → owed) until it comes back. An entry is undone by its opposite.

The laws are the database's (`migrations/_ledger_laws_1.py`): a write that would break one raises IntegrityError.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from ami_portal.accounts.models import User
from ami_portal.kernel.money import ZERO, cents

from .enums import Account, EntryKind
from .models import Convention, Instalment, LedgerEntry

_EUROS = DecimalField(max_digits=14, decimal_places=2)
_MOVES = {
    EntryKind.COMMITMENT: (Account.GRANT, Account.COMMITTED),
    EntryKind.INCREASE: (Account.GRANT, Account.COMMITTED),
    EntryKind.PAYMENT: (Account.COMMITTED, Account.PAID),
    EntryKind.RETENTION: (Account.COMMITTED, Account.RETAINED),
    EntryKind.FREEING: (Account.RETAINED, Account.COMMITTED),
    EntryKind.FORFEIT: (Account.RETAINED, Account.GRANT),
    EntryKind.RECOVERY: (Account.PAID, Account.OWED),
    EntryKind.REPAYMENT: (Account.OWED, Account.GRANT),
    EntryKind.RELEASE: (Account.COMMITTED, Account.GRANT),
}
"""From which account to which each kind moves its amount."""


@dataclass(frozen=True)
class Balances:
    """Where the euros of a convention are: granted = paid + retained + remaining + owed, always.

    `paid` is what the laureate may keep; `owed` what it received and must give back.
    """

    granted: Decimal
    paid: Decimal
    retained: Decimal
    remaining: Decimal
    owed: Decimal = ZERO


@dataclass(frozen=True)
class _Pen:
    """Who writes in the ledger of which convention, and when."""

    convention: Convention
    at: dt.datetime
    actor: User

    def write(self, kind: EntryKind, amount: Decimal, instalment: Instalment | None = None) -> None:
        source, target = _MOVES[kind]
        LedgerEntry.objects.create(
            kind=kind,
            credit=source,
            debit=target,
            amount=amount,
            convention=self.convention,
            instalment=instalment,
            at=self.at,
            actor=self.actor,
        )


def commit(convention: Convention, *, at: dt.datetime, actor: User) -> None:
    """Commit the whole grant, once it is signed; a second commitment is refused."""
    _Pen(convention, at, actor).write(EntryKind.COMMITMENT, convention.amount)


def adjust(convention: Convention, new_amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """Bring a signed grant to `new_amount` euros: commit the difference, or release it from what is to be paid.

    Refused below what is paid, retained or owed. The convention is saved with its amount, so lock it first.
    """
    pen, change = _Pen(convention, at, actor), new_amount - convention.amount
    if change < 0:  # the grant of the convention is never below that of its ledger
        pen.write(EntryKind.RELEASE, -change)
    convention.amount = new_amount
    convention.save(update_fields=["amount"])
    if change > 0:
        pen.write(EntryKind.INCREASE, change)


def pay(instalment: Instalment, *, at: dt.datetime, actor: User) -> None:
    """Enter the payment of a line and its retention, if any; a second payment is refused."""
    pen = _Pen(instalment.convention, at, actor)
    pen.write(EntryKind.PAYMENT, instalment.net, instalment)
    if instalment.retention > 0:
        pen.write(EntryKind.RETENTION, instalment.retention, instalment)


def free(convention: Convention, amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """Free so many euros of the retention: they are to be paid."""
    _Pen(convention, at, actor).write(EntryKind.FREEING, amount)


def forfeit(convention: Convention, amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """So many euros of the retention are not due: they leave the grant."""
    _Pen(convention, at, actor).write(EntryKind.FORFEIT, amount)


def recover(convention: Convention, amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """So many euros were paid too much: the laureate owes them."""
    _Pen(convention, at, actor).write(EntryKind.RECOVERY, amount)


def repay(convention: Convention, amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """So many euros that were owed came back."""
    _Pen(convention, at, actor).write(EntryKind.REPAYMENT, amount)


def release(convention: Convention, *, keep: Decimal = ZERO, at: dt.datetime, actor: User) -> None:
    """Give back what of the grant is still to be paid, if anything, but `keep` euros."""
    if surplus := balances(convention).remaining - keep:
        _Pen(convention, at, actor).write(EntryKind.RELEASE, surplus)


def correct(entry: LedgerEntry, *, at: dt.datetime, actor: User) -> LedgerEntry:
    """Undo an entry by its opposite, once."""
    return LedgerEntry.objects.create(
        kind=EntryKind.CORRECTION,
        credit=entry.debit,
        debit=entry.credit,
        amount=entry.amount,
        convention_id=entry.convention_id,
        instalment_id=entry.instalment_id,
        corrects=entry,
        at=at,
        actor=actor,
    )


def balances(convention: Convention) -> Balances:
    """The balances of one convention, in one query."""
    return balances_of(LedgerEntry.objects.filter(convention=convention).aggregate(**sums_by_account()))


def sums_by_account() -> dict[str, Any]:
    """The balance of each account, as what a query over entries adds up."""
    return {account.value: _sum(Q(debit=account)) - _sum(Q(credit=account)) for account in Account}


def balances_of(sums: Mapping[str, Any]) -> Balances:
    """The balances that such a query found."""
    return Balances(
        granted=ZERO - cents(sums[Account.GRANT]),
        paid=cents(sums[Account.PAID]),
        retained=cents(sums[Account.RETAINED]),
        remaining=cents(sums[Account.COMMITTED]),
        owed=cents(sums[Account.OWED]),
    )


def with_balances(conventions: QuerySet[Convention]) -> QuerySet[Convention]:
    """The same conventions with `paid_amount` and `retained_amount`: for lists, without a query a row."""
    return conventions.annotate(paid_amount=_balance(Account.PAID), retained_amount=_balance(Account.RETAINED))


def _sum(condition: Q) -> Coalesce:
    return Coalesce(Sum("amount", filter=condition), Value(ZERO), output_field=_EUROS)


def _balance(account: Account) -> Coalesce:
    entries = LedgerEntry.objects.filter(convention=OuterRef("pk")).order_by().values("convention")
    total = entries.annotate(total=_sum(Q(debit=account)) - _sum(Q(credit=account))).values("total")
    return Coalesce(Subquery(total), Value(ZERO), output_field=_EUROS)
