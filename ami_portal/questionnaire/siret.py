"""SIREN and SIRET keys (pure). Source: INSEE's Luhn key, and La Poste's exception (SIREN 356 000 000)."""

LA_POSTE = "356000000"


def luhn(digits: str) -> bool:
    """Whether the Luhn sum of `digits` is a multiple of ten."""
    doubled = (int(char) * (1 + index % 2) for index, char in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_siren(digits: str) -> bool:
    """Nine digits with a right key."""
    return len(digits) == 9 and digits.isascii() and digits.isdigit() and luhn(digits)


def is_siret(digits: str) -> bool:
    """Fourteen digits with a right key; La Poste's establishments may instead sum to a multiple of five."""
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()) or digits == "0" * 14:
        return False
    return luhn(digits) or (digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0)
