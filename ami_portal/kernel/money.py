"""Euros as Decimal with two places; one rounding rule: half up, the last share takes what is left."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
NO_BREAK_SPACE, NARROW_SPACE = "\u00a0", "\u202f"


def cents(amount: Decimal | int | str) -> Decimal:
    """`amount` in euros rounded half up to the cent. Never give it a float."""
    if isinstance(amount, float):
        raise TypeError("un montant n’est jamais un nombre flottant")
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """`percent` (0 to 100) of `amount`, to the cent."""
    return cents(amount * percent / 100)


def split(total: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """Share `total` by `percents` (their sum is 100): the shares sum to `total` exactly, the last absorbs rounding.

    Raises ValueError when the percents do not sum to 100.
    """
    if sum(percents) != 100:
        raise ValueError("les parts d’un échéancier font 100 %")
    shares = [percent_of(total, percent) for percent in percents[:-1]]
    return [*shares, cents(total - sum(shares, ZERO))]


def in_words(amount: Decimal | None) -> str:
    """« 98 500,00 € », with no-break spaces as French typography asks."""
    if amount is None:
        return "—"
    whole, _, decimals = f"{cents(amount):,.2f}".partition(".")
    return whole.replace(",", NARROW_SPACE) + "," + decimals + NO_BREAK_SPACE + "€"
