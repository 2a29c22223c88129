"""What accepted expenses give right to (pure), in euros to the cent."""

from dataclasses import dataclass
from decimal import Decimal

from ami_portal.kernel import money
from ami_portal.kernel.money import CENT, ZERO


@dataclass(frozen=True)
class Settlement:
    """The amount of a line, what is held back of it, and what was given too much before it (then it pays nothing)."""

    gross: Decimal
    retention: Decimal
    excess: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What is paid."""
        return self.gross - self.retention


def interim(
    grant: Decimal,
    *,
    rate: Decimal,
    accepted: Decimal,
    given: Decimal,
    ceiling_percent: Decimal,
    retention_percent: Decimal,
) -> Settlement:
    """A claim on the way: `rate` percent of its accepted expenses, within what may be given of the grant so far.

    `given` is the gross of the lines before, `ceiling_percent` the sum of the parts up to this line, itself included.
    """
    room = max(money.percent_of(grant, ceiling_percent) - given, ZERO)
    gross = min(money.percent_of(accepted, rate), room)
    return Settlement(gross, _held(gross, retention_percent))


def final(
    grant: Decimal, *, rate: Decimal, accepted: Decimal, given: Decimal, retention_percent: Decimal
) -> Settlement:
    """The balance: min(grant, rate × all accepted expenses) less what is given; below zero, an excess to recover."""
    due = entitled(grant, rate=rate, accepted=accepted) - given
    if due <= 0:
        return Settlement(ZERO, ZERO, excess=-due)
    return Settlement(due, _held(due, retention_percent))


def entitled(grant: Decimal, *, rate: Decimal, accepted: Decimal) -> Decimal:
    """What a laureate may keep of a grant, given the expenses accepted in all."""
    return min(grant, money.percent_of(accepted, rate))


def _held(gross: Decimal, percent: Decimal) -> Decimal:
    """The retention of an amount; a cent at least is paid."""
    return min(money.percent_of(gross, percent), max(gross - CENT, ZERO))
