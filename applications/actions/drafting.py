"""Start a dossier; prove that a draft may change now."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import completion
from applications.due import refusal_while_due
from applications.enums import MemberRole
from applications.models import Call, Dossier, DossierMember
from applications.rules import own_dossier_to_edit

CLOSED = "L’appel est clos : le dossier ne peut plus changer."
NOT_OPEN = "L’appel n’est pas ouvert : un dossier ne peut pas être commencé."
NOT_DRAFT = (
    "Ce dossier n’est plus un brouillon : il ne peut pas changer. "
    "Jusqu’à la clôture, son porteur peut en reprendre le dépôt pour le corriger."
)
DELAY_OVER = "Le délai de la demande de complément est passé : le dossier ne peut plus changer."
NOT_ASKED = "Cette question n’est pas dans la demande de complément : sa réponse reste celle du dépôt."
NOT_YOURS = "Vous n’avez pas le droit de modifier ce dossier."


class NotEditable(TransitionRefused):
    """The dossier cannot change any more: closed, or no longer a draft."""


@transaction.atomic
def start_dossier(call: Call, *, actor: User) -> Dossier:
    """Open a draft in an open call, owned by `actor`. Its reference is the call's code and the next number.

    The row of the call is locked while the number is taken, so that two people never get the same one.
    """
    at = clock.now()
    call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if not call.is_open(at):
        raise TransitionRefused(NOT_OPEN)
    dossier = Dossier.objects.create(
        ref=next_ref(call),
        call=call,
        form_revision_id=call.form_revision_id,
        round=call.window(at).code,
        created_at=at,
    )
    DossierMember.objects.create(dossier=dossier, email=actor.email, role=MemberRole.OWNER, invited_at=at)
    trail.record("dossier.start", subject=dossier.ref, actor=actor, at=at, after=dossier.state)
    return dossier


def next_ref(call: Call) -> str:
    """The next reference of a call, whose row the caller has locked."""
    last = Dossier.objects.filter(call=call).order_by("-pk").values_list("ref", flat=True).first()
    number = int(last.rpartition("-")[2]) + 1 if last else 1
    return f"{call.code}-{number:04d}"


def editable_draft(dossier: Dossier, *, actor: User, at: dt.datetime, question: str = "") -> Dossier:
    """The dossier read again under its row lock, proven to be one whose answer to `question` `actor` may change.

    That is a draft of an open call, or a deposit whose running request for completion names the question. Call it first
    inside a transaction, with the instant that the whole act carries: what follows cannot land after a submission, nor
    at the closing instant. Raises NotEditable, or TransitionRefused without the right, or outside the request.
    """
    try:
        current = own_dossier_to_edit(actor).get(ref=dossier.ref)
    except Dossier.DoesNotExist:
        raise TransitionRefused(NOT_YOURS) from None
    prove_editable(current, actor=actor, at=at, question=question)
    return current


def prove_editable(locked: Dossier, *, actor: User, at: dt.datetime, question: str = "") -> None:
    """Refuse as `editable_draft` does, for a dossier that the present transaction has read under its lock."""
    if not allowed(actor, "applications.edit_dossier", locked):
        raise TransitionRefused(NOT_YOURS)
    if refusal := refusal_to_edit(locked, at):
        raise NotEditable(refusal)
    if not may_change_now(locked, question, at):
        raise TransitionRefused(NOT_ASKED)


def may_change_now(dossier: Dossier, question: str, at: dt.datetime) -> bool:
    """Whether the answer to one question may change at `at`, by who may write in the dossier."""
    if not dossier.is_editable(at):
        return False
    return not dossier.is_returned or completion.may_change(dossier, question)


def refusal_to_edit(dossier: Dossier, at: dt.datetime) -> str:
    """Why the answers of a dossier cannot change at `at`; empty when they can."""
    if dossier.completion_due_at is not None:
        return "" if dossier.is_editable(at) else DELAY_OVER
    if not dossier.is_draft:
        return NOT_DRAFT
    return refusal_while_due(dossier, at) if dossier.is_open(at) else CLOSED


def note_progress(dossier: Dossier, percent: int) -> None:
    """Keep how complete a draft is (0 to 100), for lists and boards."""
    if dossier.percent_complete != percent:
        dossier.percent_complete = percent
        Dossier.objects.filter(pk=dossier.pk).update(percent_complete=percent)
