"""The only writer of a `state`: a Transition, and `advance()` that moves one object through it with its trace."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text


class TransitionRefused(Exception):
    """An act that the present state, the calendar or a rule forbids. Its message is a French sentence for a person."""


def given_reason(text: str, most: int, *, empty: str) -> str:
    """A reason as it is kept. Raises TransitionRefused, saying `empty` when there is none, or when it is too long."""
    reason = clean_text(text).strip()
    if not reason:
        raise TransitionRefused(empty)
    refuse_long_reason(reason, most)
    return reason


def refuse_long_reason(reason: str, most: int) -> None:
    """Raise TransitionRefused when a reason has more than `most` characters."""
    if len(reason) > most:
        raise TransitionRefused(f"Le motif dépasse {most} caractères : raccourcissez-le.")


@dataclass(frozen=True)
class Transition:
    """One arrow of a table: `name` is the verb of the journal, `permission` None only for acts of the machine.

    `stamp` names the instant that the step sets, `clears` those that it empties, `sets` the columns that the action has
    filled on the object and that the database ties to the state: they are saved with it.
    """

    name: str
    sources: frozenset[str]
    target: str
    permission: str | None = None
    stamp: str | None = None
    clears: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@transaction.atomic
def advance(obj: models.Model, step: Transition, *, actor: User | None, at: dt.datetime, **data: Any) -> None:
    """Move `obj` through `step` under a row lock, with its trace, or raise TransitionRefused and change nothing.

    `obj.state` and its stamp are brought up to date; other fields are not read again. `data` goes to the journal with
    the object's `ref`; `actor` None means the machine. A batch locks all its rows first (see `audit.trail.record`).
    """
    current: Any = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    if current.state not in step.sources:
        raise TransitionRefused(f"Action impossible : l’état est « {current.get_state_display()} ».")
    if step.permission and not allowed(actor, step.permission, current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    before, fields = current.state, ["state", *step.sets]
    target: Any = obj
    target.state = step.target
    if step.stamp:
        setattr(target, step.stamp, at)
        fields.append(step.stamp)
    for name in step.clears:
        setattr(target, name, None)
        fields.append(name)
    target.save(update_fields=fields)
    trail.record(step.name, subject=target.ref, actor=actor, at=at, before=before, after=step.target, **data)
