"""Who may do what: one registry, one question.

Each app's `rules.py` fills it with `@rule("app.verb_noun")`; everything else asks `allowed(user, permission, obj)`.
A permission without a rule is a fault of the programmer and raises; there is no user who passes every rule.
"""

from collections.abc import Callable
from typing import Any

Predicate = Callable[[Any, Any], bool]

RULES: dict[str, Predicate] = {}

PUBLIC = "public"
SIGNED_IN = "signed_in"


def rule(permission: str) -> Callable[[Predicate], Predicate]:
    """Register the decorated `(user, obj) -> bool` as the rule of `permission`. Raises on a second one."""

    def decorate(predicate: Predicate) -> Predicate:
        if permission in RULES:
            raise ValueError(f"two rules for {permission}")
        RULES[permission] = predicate
        return predicate

    return decorate


def allowed(user: Any, permission: str, obj: Any = None) -> bool:
    """Whether `user` may do `permission` on `obj`. Raises KeyError when no rule has that name."""
    predicate = RULES[permission]
    return bool(getattr(user, "is_active", False) or permission == PUBLIC) and predicate(user, obj)


@rule(PUBLIC)
def anyone(user: Any, obj: Any) -> bool:
    """Pages open to all."""
    return True


@rule(SIGNED_IN)
def is_signed_in(user: Any, obj: Any) -> bool:
    """Pages about oneself."""
    return bool(user.is_authenticated)
