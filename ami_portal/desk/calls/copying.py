"""A call as the start of the next one."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Call

from .loading import load, moved
from .writing import dump

NOT_YOURS = "Vous n’avez pas le droit de faire cette action."
TAKEN = "Un appel porte déjà ce code : choisissez-en un autre."


@transaction.atomic
def duplicate_call(call: Call, *, code: str, title: str, days: int, actor: User) -> Call:
    """Make another call of this one: same form, criteria, texts, regulation and datasets, every date `days` later.

    The public sees nothing of it until it is published, or opens. Raises TransitionRefused: code taken, dates that
    cannot be.
    """
    at = clock.now()
    if not allowed(actor, "applications.configure_call", call):
        raise TransitionRefused(NOT_YOURS)
    if Call.objects.filter(code=code).exists():
        raise TransitionRefused(TAKEN)
    closes_on = clock.paris(call.closes_at).date() + dt.timedelta(days=days)
    config = moved(dump(call), closes_on=closes_on, code=code, title=title)
    if config["call"]["calendar"]["opens_at"] <= at:
        raise TransitionRefused("L’ouverture serait déjà passée : décalez les dates davantage.")
    config["call"]["calendar"]["history"] = []
    try:
        copy = load(config, actor=actor)
    except ConfigError as error:
        raise TransitionRefused(str(error)) from error
    copy.published_at = None
    copy.save(update_fields=["published_at"])
    trail.record("call.duplicate", subject=copy.code, actor=actor, at=at, source=call.code, days=days)
    return copy
