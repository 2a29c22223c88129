"""The ledger: double entries, append-only; every balance is a sum of them.

The grant is committed at the signature (grant → committed). Each payment empties its line of what is committed: the net
goes to the laureate (committed → paid), the retention is set aside (committed → retained). A grant given up before any
payment is released by a counter-entry (committed → grant).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from ami_portal.accounts.models import User
from ami_portal.kernel.money import ZERO, cents

from .enums import Account, EntryKind
from .models import Convention, Instalment, LedgerEntry

_EUROS = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True)
class Balances:
    """Where the euros of a convention are: granted = paid + retained + remaining, always."""

    granted: Decimal
    paid: Decimal
    retained: Decimal
    remaining: Decimal


def commit(convention: Convention, *, at: dt.datetime, actor: User) -> None:
    """Commit the whole grant. The database refuses a second commitment (IntegrityError)."""
    _write(EntryKind.COMMITMENT, Account.GRANT, Account.COMMITTED, convention.amount, convention, None, at, actor)


def pay(instalment: Instalment, *, at: dt.datetime, actor: User) -> None:
    """Enter the payment of a line and its retention, if any. The database refuses a second one (IntegrityError)."""
    convention = instalment.convention
    _write(EntryKind.PAYMENT, Account.COMMITTED, Account.PAID, instalment.net, convention, instalment, at, actor)
    if instalment.retention:
        amount = instalment.retention
        _write(EntryKind.RETENTION, Account.COMMITTED, Account.RETAINED, amount, convention, instalment, at, actor)


def release(convention: Convention, *, at: dt.datetime, actor: User) -> None:
    """Give the whole grant back, nothing of it being paid. The database refuses a second release (IntegrityError)."""
    _write(EntryKind.RELEASE, Account.COMMITTED, Account.GRANT, convention.amount, convention, None, at, actor)


def _write(
    kind: EntryKind,
    source: Account,
    target: Account,
    amount: Decimal,
    convention: Convention,
    instalment: Instalment | None,
    at: dt.datetime,
    actor: User,
) -> None:
    LedgerEntry.objects.create(
        kind=kind,
        credit=source,
        debit=target,
        amount=amount,
        convention=convention,
        instalment=instalment,
        at=at,
        actor=actor,
    )


def balances(convention: Convention) -> Balances:
    """The balances of one convention, in one query."""
    sums = LedgerEntry.objects.filter(convention=convention).aggregate(
        **{account.value: _sum(Q(debit=account)) - _sum(Q(credit=account)) for account in Account}
    )
    return Balances(
        granted=ZERO - cents(sums[Account.GRANT]),
        paid=cents(sums[Account.PAID]),
        retained=cents(sums[Account.RETAINED]),
        remaining=cents(sums[Account.COMMITTED]),
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
