"""Keep the place of a dossier in the queue of what waits for a decision: what its rows say, and nothing else."""

from django.db.models import Exists, OuterRef

from applications.enums import Act, DossierState
from applications.models import Dossier, DossierVersion
from applications.reading import standing_version
from applications.silence import silence_on
from evaluation import duties
from evaluation.declarations import act_now
from evaluation.enums import AppealState, Awaited, QueueAct
from evaluation.models import DecisionProposal, EligibilityItem, QueueEntry

REFUSED = (DossierState.INELIGIBLE, DossierState.REJECTED, DossierState.RESERVE)
"""States that an appeal contests."""


def refresh_queue(dossier: Dossier) -> None:
    """Put a dossier in its place, or take it out when nothing of it waits. Call it at the end of each act, in it."""
    appeal = dossier.appeals.filter(state=AppealState.FILED).first()
    if appeal and dossier.state in REFUSED:
        said = {"act": QueueAct.APPEAL, "awaits": Awaited.ANSWER, "due_on": appeal.due_on, "since": appeal.filed_at}
        QueueEntry.objects.update_or_create(dossier=dossier, defaults={"call_id": dossier.call_id, **said})
        return
    version = standing_version(dossier) if dossier.state == DossierState.SUBMITTED else None
    if version is None or dossier.submitted_at is None:
        QueueEntry.objects.filter(dossier=dossier).delete()
        return
    act = act_now(version)
    silence = silence_on(dossier, dossier.submitted_at)
    QueueEntry.objects.update_or_create(
        dossier=dossier,
        defaults={
            "call_id": dossier.call_id,
            "act": QueueAct(act.value),
            "awaits": _awaited(version, act),
            "due_on": silence.on if silence else None,
            "since": dossier.submitted_at,
        },
    )


def place_in_queue(*, dossier_id: int) -> None:
    """The same as a job, after an act of the dossier's team or of the clock."""
    refresh_queue(Dossier.objects.select_related("call").get(pk=dossier_id))


def _awaited(version: DossierVersion, act: Act) -> Awaited:
    """Criteria to decide first, then proposals to confirm, then the declaration."""
    items = EligibilityItem.objects.filter(version=version, criterion__act=act, decision="")
    left = items.exclude(criterion__decided_by=duties.PARTNER)
    proposed = DecisionProposal.objects.filter(item=OuterRef("pk"), outcome="")
    if left.filter(~Exists(proposed)).exists():
        return Awaited.CRITERIA
    waiting = DecisionProposal.objects.filter(item__version=version, item__criterion__act=act, outcome="")
    return Awaited.CONFIRMATION if waiting.exists() else Awaited.DECLARATION
