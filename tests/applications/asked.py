"""A deposit of the small call whose completion is asked for, on real working days."""

import datetime as dt
from typing import Any

import time_machine

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from applications import actions
from applications.models import Call, Dossier
from evaluation.actions import ask_completion
from tests import people
from tests.applications import small

WRITTEN = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
ASKED = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
DUE = dt.datetime(2026, 12, 9, 23, tzinfo=dt.UTC)
"""The end, in Paris, of the tenth working day."""
SECOND = dt.timedelta(seconds=1)
POINTS = {"summary": "Dites la population étudiée.", "costs": "Détaillez le personnel.", "protocol": "Signez-le."}


def a_deposit(owner: User, *, completion: dict[str, Any] | None = None, code: str = "PETIT-2026") -> Dossier:
    """Deposited on 2 November in a call that closed on the 12th and allows a completion in ten working days."""
    with time_machine.travel(WRITTEN, tick=False):
        call = small.a_small_call(code, closes_in=dt.timedelta(days=10))
        Call.objects.filter(pk=call.pk).update(
            completion={"days": 10, "working_days": True} if completion is None else completion
        )
        dossier = small.a_full_draft(Call.objects.get(pk=call.pk), owner)
        actions.submit_dossier(dossier, actor=owner)
    return dossier


def an_instructor() -> User:
    return people.staff(Role.INSTRUCTOR)


def ask(dossier: Dossier, instructor: User, points: dict[str, str] | None = None) -> Dossier:
    """Ask for a completion of the points, on 25 November; answer the dossier as it is then."""
    with time_machine.travel(ASKED, tick=False):
        ask_completion(dossier, POINTS if points is None else points, actor=instructor)
    return Dossier.objects.select_related("call").get(pk=dossier.pk)
