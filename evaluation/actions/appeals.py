"""File a gracious appeal against a refusal or the jury's decision; answer it; reopen a final refusal, with a reason."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import pdf, seal, store
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications.actions.files import keep_uploaded
from applications.enums import DossierState
from applications.models import Dossier
from evaluation import appeals, letters, notifications, workflow
from evaluation.appeals import Contestable, contestable
from evaluation.declarations import last_refusal
from evaluation.models import Appeal, AppealFile, Declaration

from .locks import lock_dossier, refuse_unless_allowed
from .queue import refresh_queue

KIND = "appeal"
MAX_BODY, MAX_FILES, MAX_REASON = 20_000, 5, 4000
NOTHING = "Aucune décision de ce dossier ne se conteste ici."
TOO_LATE = "Le délai du recours gracieux est passé."
ONCE = "Un recours est déjà formé contre cette décision."
NOT_FINAL = "Aucune décision défavorable n’est à rouvrir."
ANOTHER = "Vous avez pris part à la décision contestée : cet appel veut qu’une autre personne réponde au recours."


@transaction.atomic
def file_appeal(
    dossier: Dossier, body: str, uploaded: Sequence[UploadedFile], *, token: uuid.UUID, actor: User
) -> Appeal:
    """Contest, for the team, the decision that ended its dossier; a receipt follows, as a job, then its mail.

    The same `token` again is the same appeal. Raises TransitionRefused (right, nothing to contest, too late, twice,
    nothing written) and FileRefused: nothing is then filed.
    """
    at = clock.now()
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.file_appeal", current)
    known = Appeal.objects.filter(token=token, dossier=current).first()
    if known:
        return known
    contested = _to_contest(current, at)
    body = _written(body, len(uploaded))
    appeal = Appeal.objects.create(
        dossier=current,
        declaration=contested.declaration,
        decision=contested.decision,
        number=(current.appeals.aggregate(last=Max("number"))["last"] or 0) + 1,
        token=token,
        body=body,
        filed_by=actor,
        filed_at=at,
        due_on=appeals.silence_day(current.call, clock.paris(at).date()),
    )
    documents = [keep_uploaded(KIND, current.ref, one, actor=actor, at=at) for one in uploaded]
    AppealFile.objects.bulk_create(AppealFile(appeal=appeal, document=document) for document in documents)
    files = [document.sha256 for document in documents]
    trail.record("appeal.file", subject=appeal.ref, actor=actor, at=at, after=appeal.state, files=files)
    later("evaluation.build_appeal_receipt", appeal_id=appeal.pk)
    notifications.appeal_to_read(appeal, at=at)
    refresh_queue(current)
    return appeal


def _to_contest(dossier: Dossier, at: dt.datetime) -> Contestable:
    """What an appeal can be made against now. Raises TransitionRefused."""
    contested = contestable(dossier)
    if contested is None:
        raise TransitionRefused(NOTHING)
    if contested.is_late(at):
        raise TransitionRefused(TOO_LATE)
    if appeals.appeal_of(contested):
        raise TransitionRefused(ONCE)
    return contested


def _written(body: str, files: int) -> str:
    body = clean_text(body).strip()
    if not body:
        raise TransitionRefused("Écrivez pourquoi vous contestez cette décision.")
    if len(body) > MAX_BODY:
        raise TransitionRefused(f"Le recours dépasse {MAX_BODY} caractères : raccourcissez-le, ou joignez un fichier.")
    if files > MAX_FILES:
        raise TransitionRefused(f"{MAX_FILES} fichiers au plus accompagnent un recours.")
    return body


def build_appeal_receipt(*, appeal_id: int) -> None:
    """Give an appeal its sealed receipt and its mail, exactly once, however often and concurrently it is called."""
    appeal = Appeal.objects.select_related("dossier__call", "declaration").get(pk=appeal_id)
    if appeal.receipt_id:
        return
    content = pdf.render("pdf/evaluation/appeal_receipt.html", letters.appeal_context(appeal))
    at = clock.now()
    sealed = seal.seal(content, reason=f"Recours {appeal.ref}", at=at)
    with transaction.atomic():
        locked = Appeal.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=appeal_id)
        if locked.receipt_id:
            return
        locked.receipt = store.keep(
            "appeal_receipt",
            subject=locked.dossier.ref,
            content=sealed,
            filename=f"{locked.dossier.ref}-recours-{locked.number}-accuse-de-reception.pdf",
            media_type="application/pdf",
            at=at,
        )
        locked.save(update_fields=["receipt"])
        seal.list_certificate(at=at)
        notifications.appeal_received(locked, at=at)


@transaction.atomic
def answer_appeal(appeal: Appeal, *, is_accepted: bool, reason: str, actor: User) -> None:
    """Answer an appeal. Accepted, a refusal is reopened; a dossier that the jury did not retain joins the reserve list,
    at its rank. A sealed letter follows, as a job, then its mail.

    Where the call asks it, by somebody who took no part in the refusal. Raises TransitionRefused.
    """
    at = clock.now()
    current = lock_dossier(appeal.dossier_id)
    locked = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("declaration__version", "decision")
        .get(pk=appeal.pk)
    )
    locked.dossier = current
    refuse_unless_allowed(actor, "evaluation.answer_appeal", current)
    if current.call.appeal.get("other_person") and actor.pk in appeals.refused_by(locked):
        raise TransitionRefused(ANOTHER)
    empty = "Donnez le motif de la réponse : le porteur le lira."
    locked.reason, locked.decided_by = given_reason(reason, MAX_REASON, empty=empty), actor
    step = workflow.ACCEPT_APPEAL if is_accepted else workflow.REJECT_APPEAL
    advance(locked, step, actor=actor, at=at, reason=locked.reason)
    if is_accepted:
        _grant(current, locked, actor=actor, at=at)
    later("evaluation.build_letter", dossier_id=current.pk)
    refresh_queue(current)


def _grant(dossier: Dossier, appeal: Appeal, *, actor: User, at: dt.datetime) -> None:
    """What follows an appeal that is accepted; nothing when the dossier has moved since."""
    refusal = appeal.declaration
    if refusal and dossier.state == DossierState.INELIGIBLE and refusal.reopened_at is None:
        _reopen(dossier, refusal, appeal.reason, actor=actor, at=at)
    if appeal.decision and dossier.state == DossierState.REJECTED:
        advance(dossier, workflow.ADMIT_ON_APPEAL, actor=actor, at=at, reason=appeal.reason)


@transaction.atomic
def reopen_decision(dossier: Dossier, *, reason: str, actor: User) -> None:
    """Take up again a decision that ended a dossier: its criteria can be decided anew, and its team is told.

    The decision, its reasons and its letter stay readable. Raises TransitionRefused.
    """
    at = clock.now()
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.reopen_decision", current)
    refusal = last_refusal(current)
    if current.state != DossierState.INELIGIBLE or refusal is None:
        raise TransitionRefused(NOT_FINAL)
    if Appeal.objects.filter(declaration=refusal, state="filed").exists():
        raise TransitionRefused("Un recours attend une réponse : répondez-y, l’accepter rouvre la décision.")
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif de la réouverture.")
    _reopen(current, refusal, reason, actor=actor, at=at)
    notifications.decision_reopened(current, refusal, at=at)
    refresh_queue(current)


def _reopen(dossier: Dossier, refusal: Declaration, reason: str, *, actor: User, at: dt.datetime) -> None:
    refusal.reopened_at, refusal.reopened_by, refusal.reopening_reason = at, actor, reason
    refusal.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
    advance(dossier, workflow.REOPEN_DECISION, actor=actor, at=at, act=refusal.act, reason=reason)
