"""Ask the team of a deposit to complete named points; give it more time, or ask nothing any more."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.kernel.working_days import end_of, is_working_day
from ami_portal.ui.wording import day
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications import notifications, reading
from applications.actions import leave_unanswered
from applications.completion import running_request
from applications.enums import CompletionOutcome, DossierState
from applications.models import CompletionPoint, CompletionRequest, Dossier, DossierVersion
from evaluation import workflow

from .locks import lock_dossier, refuse_unless_allowed

MAX_REASON = 2000
FORBIDDEN = "Cet appel n’admet pas de demande de complément : le dossier est jugé tel qu’il est déposé."
NOT_CLOSED = "La clôture n’est pas passée : jusque-là, le porteur peut corriger son dossier."
RUNNING = "Un complément est déjà demandé pour ce dossier : prolongez cette demande, ou retirez-la."
NOT_RUNNING = "Aucun complément n’est demandé pour ce dossier."
OVER = "Le délai est passé : la demande se clôt d’elle-même dans la minute."


@transaction.atomic
def ask_completion(dossier: Dossier, points: Mapping[str, str], *, actor: User) -> CompletionRequest:
    """Let the team change the questions of `points` (what is asked about each), within the delay that the call sets.

    The team is told by mail that there is a request, not what it says. Raises TransitionRefused: see
    `refuse_completion`; a point that the deposit does not hold, or without its reason.
    """
    at = clock.now()
    current = lock_dossier(dossier.pk)
    refuse_completion(current, actor=actor, at=at)
    version, delay = reading.standing_version(current), current.call.completion_delay
    if version is None or delay is None:
        raise TransitionRefused(FORBIDDEN)
    rows = _points(version, points)
    current.completion_due_at = end_of(delay.last_day(clock.paris(at).date()))
    last = current.completions.aggregate(last=Max("number"))["last"] or 0
    request = CompletionRequest.objects.create(
        dossier=current,
        number=last + 1,
        version=version,
        asked_at=at,
        asked_by=actor,
        due_at=current.completion_due_at,
    )
    for row in rows:
        row.request = request
    CompletionPoint.objects.bulk_create(rows)
    due_at = request.due_at.astimezone(dt.UTC).isoformat()
    codes = [row.question for row in rows]
    advance(current, workflow.RETURN, actor=actor, at=at, number=request.number, due_at=due_at, points=codes)
    notifications.completion_asked(request, at=at)
    return request


def refuse_completion(dossier: Dossier, *, actor: User, at: dt.datetime) -> None:
    """Raise TransitionRefused unless a completion can be asked of this dossier now: right, call, state, closing."""
    refuse_unless_allowed(actor, "evaluation.ask_completion", dossier)
    if dossier.is_returned:
        raise TransitionRefused(RUNNING)
    if dossier.state != DossierState.SUBMITTED:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {dossier.get_state_display()} ».")
    if dossier.call.completion_delay is None:
        raise TransitionRefused(FORBIDDEN)
    dossier.call.refresh_from_db(fields=["closes_at"])  # it may have moved while the lock was awaited
    if not dossier.is_closed(at):
        raise TransitionRefused(NOT_CLOSED)


def _points(version: DossierVersion, points: Mapping[str, str]) -> list[CompletionPoint]:
    """The points in the order of the form, not saved. Raises TransitionRefused."""
    if not points:
        raise TransitionRefused("Choisissez au moins un point à compléter.")
    items = {item.code: item for item in reading.frozen(version).items()}
    if set(points) - set(items):
        raise TransitionRefused("Un point choisi n’est pas dans le dossier déposé : rechargez la page.")
    rows = []
    for code, item in items.items():
        if code not in points:
            continue
        reason = clean_text(points[code]).strip()
        if not reason:
            raise TransitionRefused(f"Dites ce qui est demandé pour « {item.label} » : le porteur le lira.")
        if len(reason) > MAX_REASON:
            raise TransitionRefused(f"« {item.label} » : le texte dépasse {MAX_REASON} caractères, raccourcissez-le.")
        rows.append(CompletionPoint(question=code, label=item.label, reason=reason))
    return rows


@transaction.atomic
def prolong_completion(dossier: Dossier, *, due_on: dt.date, reason: str, actor: User) -> None:
    """Give until the end of a later working day to reply. The team is told. Raises TransitionRefused.

    A delay that has passed is not opened again: it was the end for the dossier.
    """
    at = clock.now()
    current, request = _running(dossier, actor)
    reason = _reason(reason, "de la prolongation")
    if at >= request.due_at:
        raise TransitionRefused(OVER)
    if not is_working_day(due_on):
        raise TransitionRefused(f"Le {day(due_on)} n’est pas un jour ouvré : choisissez-en un autre.")
    due_at = end_of(due_on)
    if due_at <= request.due_at:
        raise TransitionRefused("Le nouveau délai finit après l’actuel : un délai ne se raccourcit pas.")
    before, request.due_at = request.due_at, due_at
    request.save(update_fields=["due_at"])
    Dossier.objects.filter(pk=current.pk).update(completion_due_at=due_at)
    trail.record(
        "dossier.prolong_completion",
        subject=current.ref,
        actor=actor,
        at=at,
        number=request.number,
        due_at_before=before.astimezone(dt.UTC).isoformat(),
        due_at=due_at.astimezone(dt.UTC).isoformat(),
        reason=reason,
    )
    notifications.completion_prolonged(request, at=at)


@transaction.atomic
def withdraw_completion(dossier: Dossier, *, reason: str, actor: User) -> None:
    """Ask nothing any more: the dossier is judged as it was deposited, and its team is told. Raises TransitionRefused.

    What the team had written and not sent stays in its history.
    """
    at = clock.now()
    current, request = _running(dossier, actor)
    reason = _reason(reason, "du retrait")
    if at >= request.due_at:
        raise TransitionRefused(OVER)
    step, outcome = workflow.WITHDRAW_COMPLETION, CompletionOutcome.WITHDRAWN
    leave_unanswered(current, request, step, outcome, actor=actor, at=at, ended_at=at, reason=reason)
    notifications.completion_withdrawn(request, at=at)


def _running(dossier: Dossier, actor: User) -> tuple[Dossier, CompletionRequest]:
    """The dossier under its lock and its request under way. Raises TransitionRefused."""
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.ask_completion", current)
    request = running_request(current)
    if request is None:
        raise TransitionRefused(NOT_RUNNING)
    return current, request


def _reason(reason: str, what: str) -> str:
    return given_reason(reason, MAX_REASON, empty=f"Donnez le motif {what} : il reste au journal.")
