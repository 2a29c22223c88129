"""Laureates of the tests, as leaf rows: the way that leads there has its own tests (see `tests/scenes.py`)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from applications.enums import DossierState, MemberRole
from applications.models import Call, Dossier, DossierMember
from evaluation.enums import Outcome, SessionState
from evaluation.models import Decision, Session
from funding import actions
from funding.models import Convention
from tests import people, scenes


def an_announced_call() -> Call:
    """The real call, closed, with its results published yesterday. Its grants are shares that wait for nothing: what
    follows expenses has a regulation of its own (see `spending.by_expenses`)."""
    call = scenes.a_call(closes_in_days=-30)
    kept = ("code", "label", "percent", "months_after_signature", "condition")
    shares = [{name: raw[name] for name in kept if name in raw} for raw in call.regulation["instalments"]]
    Call.objects.filter(pk=call.pk).update(
        results_published_at=clock.now() - dt.timedelta(days=1), regulation=call.regulation | {"instalments": shares}
    )
    call.refresh_from_db()
    return call


def a_laureate(call: Call, owner: User, *, number: int = 1, amount: str = "100000.00", **fields: Any) -> Dossier:
    """A laureate dossier of `owner` with the jury's decision."""
    at = clock.now() - dt.timedelta(days=40)
    values = {
        "ref": f"{call.code}-{number:04}",
        "state": DossierState.LAUREATE,
        "title": f"Projet {number}",
        "lead_name": "Institut Exemple",
        "lead_siret": "13002526500013",
        "duration_months": 24,
    } | fields
    dossier = Dossier.objects.create(
        call=call, form_revision=call.form_revision, created_at=at, submitted_at=at, **values
    )
    DossierMember.objects.create(dossier=dossier, email=owner.email, role=MemberRole.OWNER, invited_at=at)
    add_decision(dossier, amount)
    return dossier


def add_decision(dossier: Dossier, amount: str) -> Decision:
    """The jury's decision on a laureate, of a session that is published."""
    officer, _ = User.objects.get_or_create(email="secretariat@hdh.example")
    at = dossier.call.results_published_at
    session, _ = Session.objects.get_or_create(
        call=dossier.call, defaults={"state": SessionState.PUBLISHED, "opened_at": at, "published_at": at}
    )
    return Decision.objects.create(
        dossier=dossier,
        session=session,
        outcome=Outcome.LAUREATE,
        rank=session.decisions.count() + 1,
        amount=Decimal(amount),
        decided_by=officer,
        decided_at=at,
    )


def a_grant_officer(email: str = "gestion@hdh.example") -> User:
    return people.staff(Role.GRANT_OFFICER, email=email)


def an_accountant(email: str = "comptable@hdh.example") -> User:
    return people.staff(Role.ACCOUNTING_OFFICER, email=email)


def a_frozen_convention(dossier: Dossier, officer: User) -> Convention:
    """The convention of a laureate, its text frozen: it waits for its signatures."""
    convention = actions.prepare_convention(dossier, actor=officer)
    return actions.freeze_convention(convention, base=convention.texts.count(), actor=officer)


def a_signed_convention(dossier: Dossier, officer: User, *, signed_on: dt.date | None = None) -> Convention:
    """The convention of a laureate, signed today unless said otherwise."""
    convention = a_frozen_convention(dossier, officer)
    return actions.record_signature(
        convention, signed_on=signed_on or clock.today(), signatory="Anne Morel, directrice", actor=officer
    )
