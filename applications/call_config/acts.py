"""The act of a criterion whose file does not say it (pure)."""

from applications.enums import Act

OF_THE_FORM = frozenset({"complete", "format_respected", "on_time"})
"""The checks of what receives a deposit: in time, whole, in form."""


def act_of(check: str) -> str:
    """The act that a criterion belongs to by what checks it."""
    return (Act.ADMISSIBILITY if check in OF_THE_FORM else Act.ELIGIBILITY).value
