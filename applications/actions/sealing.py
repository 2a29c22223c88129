"""Ask that a draft be deposited at its closing if it is complete; take that back; do it, once the closing has come.

The request and everything that is deposited were received before the closing, so the deposit is of the last instant
before it (docs/decisions/0013); the journal says when the portal carried it out.
"""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import one_by_one
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import drafts, notifications, workflow
from applications.due import due_at, refusal_while_due
from applications.enums import SealingOutcome
from applications.models import Dossier, Sealing

from .revisions import bring_up_to_date
from .submission import CLOSED, freeze, locked

NOT_DRAFT = "Ce dossier n’est plus un brouillon : il n’y a rien à déposer."
NOT_YOURS = "Seul le porteur du dossier peut demander ce dépôt."
LAST_INSTANT = dt.timedelta(microseconds=1)


@transaction.atomic
def ask_sealing(dossier: Dossier, *, actor: User) -> Sealing:
    """Have the draft deposited at its closing, as it will be then, if it is complete. Asking twice is once.

    Raises TransitionRefused: closed, not a draft, not the owner.
    """
    at = clock.now()
    current = _open_draft(dossier, actor, at)
    asked = Sealing.objects.filter(dossier=current, settled_at=None).first()
    if asked:
        return asked
    fresh = {"asked_at": at, "asked_by": actor, "settled_at": None, "outcome": ""}
    asked, _ = Sealing.objects.update_or_create(dossier=current, defaults=fresh)  # settled, then the closing moved
    trail.record("dossier.ask_sealing", subject=current.ref, actor=actor, at=at)
    return asked


@transaction.atomic
def revoke_sealing(dossier: Dossier, *, actor: User) -> None:
    """Take the request back, until the closing. Doing it twice is once. Raises TransitionRefused like `ask_sealing`."""
    at = clock.now()
    current = _open_draft(dossier, actor, at)
    removed, _ = Sealing.objects.filter(dossier=current, settled_at=None).delete()
    if removed:
        trail.record("dossier.revoke_sealing", subject=current.ref, actor=actor, at=at)


def settle_sealings(*, at: dt.datetime) -> int:
    """Carry out the requests whose closing has come; answer how many were settled. Two clocks at once are one.

    A file whose control is not finished waits for its verdict: the next minute looks again. The form is the one that
    the call asked at the last instant before the closing: a draft that has not followed it yet does so first.
    """
    waiting = Sealing.objects.filter(settled_at=None).select_related("dossier__call")
    due = (sealing for sealing in waiting.order_by("pk") if at >= due_at(sealing, sealing.dossier))
    return one_by_one(due, lambda sealing: _settle(sealing, at))


@transaction.atomic
def _settle(sealing: Sealing, at: dt.datetime) -> bool:
    current = locked(sealing.dossier)
    asked = Sealing.objects.select_related("asked_by").filter(pk=sealing.pk, settled_at=None).first()
    if asked is None or at < due_at(asked, current):
        return False
    outcome = SealingOutcome.MOOT
    if current.is_draft:
        if current.call.form_revision.published_at < due_at(asked, current):
            bring_up_to_date(current, at=at)
        draft = drafts.load(current)
        if any(files.pending for files in draft.files.values()):
            return False
        outcome = SealingOutcome.INCOMPLETE
        if draft.completeness.is_complete:
            outcome = SealingOutcome.DEPOSITED
            received_at = due_at(asked, current) - LAST_INSTANT
            freeze(current, draft, workflow.SEAL, actor=None, author=asked.asked_by, at=received_at)
        else:
            notifications.not_sealed(current, draft.completeness, at=at)
            bring_up_to_date(current, at=at)  # it goes on, with the form that its call asks now
    Sealing.objects.filter(pk=asked.pk).update(settled_at=at, outcome=outcome)
    trail.record("dossier.settle_sealing", subject=current.ref, actor=None, at=at, outcome=outcome.value)
    return True


def _open_draft(dossier: Dossier, actor: User, at: dt.datetime) -> Dossier:
    current = locked(dossier)
    if not allowed(actor, "applications.submit_dossier", current):
        raise TransitionRefused(NOT_YOURS)
    if not current.is_draft:
        raise TransitionRefused(NOT_DRAFT)
    if why_not := refusal_while_due(current, at) if current.is_open(at) else CLOSED:
        raise TransitionRefused(why_not)
    return current
