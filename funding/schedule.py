"""The schedule of a grant (pure): its shares to the cent, what is held back of each, the day each falls due."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.kernel import clock, money


class AlreadyOver(ValueError):
    """A duration that was counted from a day so early that it had ended before the signature."""


class TooSmall(ValueError):
    """A grant that the percents cannot share: a line would pay nothing."""


@dataclass(frozen=True)
class Share:
    """A line of the financial regulation: `percent` (0 to 100) of the grant, due `months` after the signature."""

    code: str
    label: str
    percent: Decimal
    months: int
    condition: str = ""
    basis: str = "share"


@dataclass(frozen=True)
class Line:
    """A line of one grant's schedule. `gross` and `retention` are euros; what is left of them is paid."""

    number: int
    share: Share
    gross: Decimal
    retention: Decimal

    @property
    def net(self) -> Decimal:
        """What is paid, in euros."""
        return self.gross - self.retention


def shares(instalments: Iterable[Mapping[str, Any]]) -> list[Share]:
    """The shares written in a call's financial regulation (`regulation.instalments`)."""
    return [
        Share(
            code=str(raw["code"]),
            label=str(raw["label"]),
            percent=Decimal(str(raw["percent"])),
            months=int(raw["months_after_signature"]),
            condition=str(raw.get("condition") or "").strip(),
            basis=str(raw.get("basis", "share")),
        )
        for raw in instalments
    ]


def lines(grant: Decimal, wanted: Sequence[Share], retention_percent: Decimal) -> list[Line]:
    """Share `grant` euros: the gross amounts sum to it exactly, each retention is its percent of the gross to the cent.

    The last line takes what rounding leaves. Raises ValueError unless the percents sum to 100, TooSmall when a line
    would have no positive amount or nothing to pay.
    """
    amounts = money.split(grant, [share.percent for share in wanted])
    result = [
        Line(number, share, gross, money.percent_of(gross, retention_percent))
        for number, (share, gross) in enumerate(zip(wanted, amounts, strict=True), start=1)
    ]
    if any(line.gross <= 0 or line.net <= 0 for line in result):
        raise TooSmall(f"{grant} € ne se partage pas en {len(result)} versements")
    return result


def shared_again(
    grant: Decimal, entered: Decimal, percents: Sequence[Decimal], retention_percent: Decimal
) -> list[tuple[Decimal, Decimal]]:
    """What is left of a changed grant, shared among the lines that are not paid: gross and retention of each, in euros.

    `entered` is the gross of the lines that are, `percents` those of the others, of which each keeps its part. Raises
    TooSmall when there is no line left, or when one would pay nothing.
    """
    rest, whole = grant - entered, sum(percents, Decimal(0))
    if rest <= 0 or not percents:
        raise TooSmall(f"{rest} € pour {len(percents)} versements")
    grosses = [money.cents(rest * percent / whole) for percent in percents[:-1]]
    grosses.append(rest - sum(grosses, money.ZERO))
    found = [(gross, money.percent_of(gross, retention_percent)) for gross in grosses]
    if any(gross <= 0 or gross <= retention for gross, retention in found):
        raise TooSmall(f"{rest} € pour {len(percents)} versements")
    return found


def due_on(signed_on: dt.date, months: int) -> dt.date:
    """The day on which a line falls due, `months` after the signature, or the last day of that month."""
    return clock.add_months(signed_on, months)


def ends_on(signed_on: dt.date, months: int, *, starts_on: dt.date | None = None) -> dt.date:
    """The end of a project of so many months: from its signature, or from `starts_on` where the regulation says so.

    Raises AlreadyOver when that leaves nothing after the signature.
    """
    end = clock.add_months(starts_on or signed_on, months)
    if end <= signed_on:
        raise AlreadyOver
    return end


def months_between(first: dt.date, last: dt.date) -> int:
    """The whole months from one day to a later one, rounded up: the end of a line of months."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months + (clock.add_months(first, months) < last)
