"""Reply to a request for completion; close one that nobody replied to, and put back what was deposited."""

import datetime as dt
import json
from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later, one_by_one
from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import Transition, TransitionRefused, advance
from applications import completion, drafts, freezing, notifications, reading, workflow
from applications.enums import CompletionOutcome, PastKind
from applications.models import Answer, AnswerRow, Attachment, CompletionRequest, Dossier, DossierVersion

from .drafting import DELAY_OVER
from .stale import past_of
from .submission import freeze, locked, refuse_incomplete

NOT_RUNNING = "Aucun complément n’est demandé pour ce dossier."
NOTHING_CHANGED = "Aucun des points demandés n’a changé : modifiez-en un au moins avant d’envoyer la réponse."


@transaction.atomic
def answer_completion(dossier: Dossier, *, actor: User) -> DossierVersion:
    """Deposit the reply: a new frozen copy, complete as any deposit, that stands in place of the one it completes.

    It may change some of the points only: what could not be mended in time does not cost what was. Its receipt, its
    mail and the checks follow as for a deposit. Raises TransitionRefused: no request, too late, nothing changed,
    incomplete, a file under control, not the owner.
    """
    at = clock.now()
    current = locked(dossier)
    draft = drafts.load(current)
    running = completion.running(current, draft)
    if running is None:
        raise TransitionRefused(NOT_RUNNING)
    if not current.is_editable(at):
        raise TransitionRefused(DELAY_OVER)
    if not running.changes:
        raise TransitionRefused(NOTHING_CHANGED)
    refuse_incomplete(draft)
    request = running.request
    DossierVersion.objects.filter(pk=request.version_id).update(withdrawn_at=at)
    version = freeze(current, draft, workflow.ANSWER_COMPLETION, actor=actor, author=actor, at=at, completes=request)
    CompletionRequest.objects.filter(pk=request.pk).update(
        ended_at=at, outcome=CompletionOutcome.ANSWERED, answer=version
    )
    dossier.refresh_from_db(fields=["state", "completion_due_at"])
    return version


def settle_completions(*, at: dt.datetime) -> int:
    """Close the requests whose delay is over; answer how many were closed. Two clocks at once are one."""
    due = CompletionRequest.objects.filter(ended_at=None, due_at__lte=at).select_related("dossier")
    return one_by_one(due.order_by("pk"), lambda request: _settle(request, at))


@transaction.atomic
def _settle(request: CompletionRequest, at: dt.datetime) -> bool:
    current = locked(request.dossier)
    running = completion.running_request(current)
    if running is None or running.pk != request.pk or at < running.due_at:
        return False
    leave_unanswered(
        current,
        running,
        workflow.LEAVE_UNANSWERED,
        CompletionOutcome.UNANSWERED,
        actor=None,
        at=at,
        ended_at=running.due_at,
    )
    notifications.completion_unanswered(running, at=at)
    return True


def leave_unanswered(
    dossier: Dossier,
    request: CompletionRequest,
    step: Transition,
    outcome: CompletionOutcome,
    *,
    actor: User | None,
    at: dt.datetime,
    ended_at: dt.datetime,
    reason: str = "",
) -> None:
    """End a request without a reply, under the dossier's lock: it is judged as it was deposited.

    What was written and not sent goes to the history, where its team reads it; the answers say again what the deposit
    says.
    """
    unsent = _put_back(dossier, request, at)
    CompletionRequest.objects.filter(pk=request.pk).update(ended_at=ended_at, outcome=outcome, reason=reason)
    facts = {"number": request.number, "outcome": outcome.value, "unsent": unsent} | (
        {"reason": reason} if reason else {}
    )
    advance(dossier, step, actor=actor, at=at, **facts)
    later("evaluation.place_in_queue", dossier_id=dossier.pk)


def _put_back(dossier: Dossier, request: CompletionRequest, at: dt.datetime) -> int:
    """Make answers, rows and files of the points those of the deposit again; answer how many were not sent."""
    content = json.loads(request.version.content)
    codes = [point.question for point in request.points.all()]
    deposited = dict(freezing.values_of(content))
    rows = {address.row for address in deposited if address.row}
    unsent = _put_answers_back(dossier, codes, deposited, at)
    lines = AnswerRow.objects.filter(dossier=dossier, question__in=codes)
    lines.filter(row__in=rows).update(deleted_at=None)
    unsent += lines.filter(deleted_at=None).exclude(row__in=rows).update(deleted_at=at)
    held = [file.uuid for file in reading.parse(content).all_files()]
    files = Attachment.objects.filter(dossier=dossier, question__in=codes)
    files.filter(document__uuid__in=held).update(removed_at=None, replaced_by=None)
    return unsent + files.filter(removed_at=None).exclude(document__uuid__in=held).update(removed_at=at)


def _put_answers_back(dossier: Dossier, codes: list[str], deposited: dict[Address, Any], at: dt.datetime) -> int:
    """Each text that is not the deposit's goes to the history. A line that is not the deposit's keeps its own."""
    rows = {address.row for address in deposited}
    unsent = 0
    for answer in Answer.objects.filter(dossier=dossier, question__in=codes).order_by("pk"):
        value = deposited.get(Address(answer.question, answer.row, answer.column))
        if answer.value == value or answer.row not in rows | {""}:
            continue
        unsent += 1
        place = {"dossier": dossier, "question": answer.question, "row": answer.row, "column": answer.column}
        past = past_of(answer, place, dossier.form_revision_id)
        past.kind = PastKind.UNSENT
        past.save(force_insert=True)
        Answer.objects.filter(pk=answer.pk).update(value=value, version=answer.version + 1, saved_at=at, saved_by=None)
    return unsent
