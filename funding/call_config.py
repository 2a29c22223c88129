"""The part of a call's file that this room reads: the financial regulation. It is checked here and kept on the call."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from applications.call_config import ConfigError

_AMOUNTS = ("max_grant", "expected_budget", "budget_tolerance_percent", "retention_percent")


def check(config: Mapping[str, Any]) -> None:
    """Raise ConfigError unless amounts are texts of decimals and the instalments share 100 % of the grant."""
    regulation = config["regulation"]
    for name in _AMOUNTS:
        if not isinstance(regulation.get(name), str) or not _is_decimal(regulation[name]):
            found = regulation.get(name)
            raise ConfigError(
                f'regulation.{name} : trouvé {found!r} ; un nombre entre guillemets est attendu, comme "10"'
            )
    if not 0 <= Decimal(regulation["retention_percent"]) < 100:
        raise ConfigError("regulation.retention_percent : une part de 0 à moins de 100 est attendue")
    total = sum(Decimal(raw["percent"]) for raw in regulation["instalments"])
    if total != 100:
        raise ConfigError(f"regulation.instalments : la somme des parts est {total} ; 100 est attendu")


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
