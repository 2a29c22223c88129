"""Eligibility: the automatic checks, the staff's decisions criterion by criterion, then that of the dossier."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, refuse_long_reason
from applications import checks
from applications.checks import RULES_VERSION, Result
from applications.comparison import differences
from applications.enums import CheckResult, DossierState
from applications.models import CompletionRequest, Dossier, DossierVersion
from applications.reading import frozen, standing_version
from evaluation import workflow
from evaluation.facts import facts_of
from evaluation.models import EligibilityItem

from .locks import lock_dossier, refuse_unless_allowed

BY_STAFF = "staff"
MAX_REASON = 4000


def run_checks(version_id: int) -> None:
    """Give each criterion of the call its automatic result on one deposit, however often it is called.

    A criterion that the staff decided keeps the evidence that it was decided on. On a reply to a request for
    completion, a decision stands that rests on nothing of what the reply changed.
    """
    version = DossierVersion.objects.select_related("dossier__call", "dossier__form_revision").get(pk=version_id)
    criteria = list(version.dossier.call.criteria.all())
    facts = facts_of(version)
    results = {item.pk: checks.run(item.check_name, facts, item.params) for item in criteria}
    decided = _decided_before(version)
    at = clock.now()
    with transaction.atomic():
        lock_dossier(version.dossier_id)
        known = {item.criterion_id: item for item in EligibilityItem.objects.filter(version=version)}
        changed = [
            criterion.code
            for criterion in criteria
            if _note(
                known.get(criterion.pk) or EligibilityItem(version=version, criterion=criterion),
                results[criterion.pk],
                decided.get(criterion.pk),
                at,
            )
        ]
        if changed:
            trail.record(
                "dossier.check", subject=version.dossier.ref, actor=None, at=at, rules=RULES_VERSION, criteria=changed
            )


def _note(item: EligibilityItem, result: Result, before: EligibilityItem | None, at: dt.datetime) -> bool:
    """Store a result that is new; answer whether it was.

    `before` is the decision on the deposit that this one completes: it is taken over, with its author and its instant,
    when the machine finds the same thing.
    """
    if item.decision:
        return False
    evidence = f"{result.evidence} {result.look}".strip()
    found = (result.result.value, evidence, list(result.found_at), RULES_VERSION)
    tree = checks.as_json(result)
    if item.pk and (*found, tree) == (item.automatic, item.evidence, item.found_at, item.rule_version, item.tree):
        return False
    if not item.pk and before and found == (before.automatic, before.evidence, before.found_at, before.rule_version):
        item.decision, item.reason = before.decision, before.reason
        item.decided_by, item.decided_at = before.decided_by, before.decided_at
    item.automatic, item.evidence, item.found_at, item.rule_version = found
    item.tree, item.computed_at = tree, at
    item.save()
    return True


def _decided_before(version: DossierVersion) -> dict[int, EligibilityItem]:
    """By criterion, the decisions on the deposit that this one completes, less those that rest on what it changed.

    One that names no question was taken on the whole dossier: it is taken again, unless the machine proves it met.
    """
    request = CompletionRequest.objects.filter(answer=version).select_related("version").first()
    if request is None:
        return {}
    changed = {one.code for one in differences(frozen(request.version), frozen(version))}
    rows = EligibilityItem.objects.filter(version=request.version).exclude(decision="").select_related("decided_by")
    return {
        row.criterion_id: row
        for row in rows
        if not changed.intersection(row.found_at) and (row.found_at or row.automatic == CheckResult.MET)
    }


@transaction.atomic
def decide_criterion(item: EligibilityItem, *, decision: str, reason: str, actor: User) -> None:
    """Record the staff's decision on one criterion of the standing deposit; it can be changed until the dossier's own.

    A refusal, and a decision against what the check has proved, say why. Raises TransitionRefused.
    """
    at = clock.now()
    reason = clean_text(reason).strip()
    dossier = lock_dossier(item.version.dossier_id)
    locked = (
        EligibilityItem.objects.select_for_update(of=("self",)).select_related("criterion", "version").get(pk=item.pk)
    )
    refuse_unless_allowed(actor, "evaluation.decide_eligibility", dossier)
    _refuse_decision(dossier, locked, decision, reason)
    before = locked.decision
    for row in (locked, item):
        row.decision, row.reason, row.decided_by, row.decided_at = decision, reason, actor, at
    locked.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    trail.record(
        "criterion.decide",
        subject=dossier.ref,
        actor=actor,
        at=at,
        before=before,
        after=decision,
        criterion=locked.criterion.code,
        automatic=locked.automatic,
        reason=reason,
    )


def _refuse_decision(dossier: Dossier, item: EligibilityItem, decision: str, reason: str) -> None:
    if dossier.state != DossierState.SUBMITTED:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {dossier.get_state_display()} ».")
    if item.version.withdrawn_at is not None:
        raise TransitionRefused("Ce dépôt a été repris par le porteur : décidez sur celui qui le remplace.")
    if item.criterion.decided_by != BY_STAFF:
        raise TransitionRefused("Ce critère revient au partenaire : demandez-lui son avis.")
    if decision not in (CheckResult.MET, CheckResult.NOT_MET):
        raise TransitionRefused("Choisissez : satisfait, ou non satisfait.")
    if not reason and decision == CheckResult.NOT_MET:
        raise TransitionRefused("Donnez le motif : le porteur le lira dans sa lettre.")
    if not reason and item.automatic == CheckResult.NOT_MET:
        raise TransitionRefused("Le contrôle automatique dit le contraire : donnez le motif de votre décision.")
    refuse_long_reason(reason, MAX_REASON)


@transaction.atomic
def declare_eligible(dossier: Dossier, *, actor: User) -> None:
    """Open the way to the partners and to the jury, once every criterion of the staff is decided and met.

    Raises TransitionRefused, naming the criteria that are left.
    """
    at = clock.now()
    items = _decided_items(dossier, at)
    if refused := [item.criterion.label for item in items if item.decision == CheckResult.NOT_MET]:
        raise TransitionRefused(f"Ces critères ne sont pas satisfaits : {_listed(refused)}.")
    advance(dossier, workflow.DECLARE_ELIGIBLE, actor=actor, at=at)


@transaction.atomic
def declare_ineligible(dossier: Dossier, *, actor: User) -> None:
    """End the dossier for at least one criterion that is not met. Its letter follows, then its mail, as a job.

    Raises TransitionRefused when criteria are left to decide: the letter says all that is not met, at once.
    """
    at = clock.now()
    items = _decided_items(dossier, at)
    refused = [item.criterion.code for item in items if item.decision == CheckResult.NOT_MET]
    if not refused:
        raise TransitionRefused("Tous les critères sont satisfaits : le dossier est éligible.")
    later("evaluation.build_letter", dossier_id=dossier.pk)
    advance(dossier, workflow.DECLARE_INELIGIBLE, actor=actor, at=at, criteria=refused)


def _decided_items(dossier: Dossier, at: dt.datetime) -> list[EligibilityItem]:
    """The staff's items of the standing deposit, under the dossier's lock. Raises TransitionRefused if one is left."""
    current = lock_dossier(dossier.pk)
    if current.state != DossierState.SUBMITTED:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {current.get_state_display()} ».")
    current.call.refresh_from_db(fields=["closes_at"])  # it may have moved while the lock was awaited
    if not current.is_closed(at):
        raise TransitionRefused("La clôture n’est pas passée : jusque-là, le porteur peut corriger son dossier.")
    version = standing_version(current)
    found = EligibilityItem.objects.filter(version=version).select_related("criterion")
    items = {item.criterion_id: item for item in found}
    criteria = current.call.criteria.filter(decided_by=BY_STAFF)
    left = [row.label for row in criteria if row.pk not in items or not items[row.pk].decision]
    if left:
        raise TransitionRefused(f"Il reste à décider : {_listed(left)}.")
    return [items[row.pk] for row in criteria]


def _listed(labels: list[str]) -> str:
    return ", ".join(f"« {label} »" for label in labels)
