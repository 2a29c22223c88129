"""The automatic checks of a deposit; what staff decide of them is in `criteria.py` and `declaring.py`."""

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.kernel import clock
from applications import checks
from applications.actions import want_companies
from applications.checks import RULES_VERSION, Result
from applications.comparison import differences
from applications.enums import CheckResult
from applications.models import CompletionRequest, DossierVersion
from applications.reading import frozen
from evaluation import replay
from evaluation.models import CheckRun, EligibilityItem

from .locks import lock_dossier
from .queue import refresh_queue


def run_checks(version_id: int) -> None:
    """Give each criterion of the call its automatic result on one deposit, however often it is called.

    A criterion that the staff decided keeps the evidence that it was decided on. On a reply to a request for
    completion, a decision stands that rests on nothing of what the reply changed.
    """
    version = DossierVersion.objects.select_related("dossier__call", "dossier__form_revision").get(pk=version_id)
    criteria = list(version.dossier.call.criteria.all())
    run, results, wanted = replay.performed(version, criteria)
    decided = _decided_before(version)
    run.at = clock.now()
    with transaction.atomic():
        locked = lock_dossier(version.dossier_id)
        rows = EligibilityItem.objects.filter(version=version).select_related("criterion")
        known = {item.criterion_id: item for item in rows}
        noted: dict[str, str] = {}
        for criterion in criteria:
            item = known.get(criterion.pk) or EligibilityItem(version=version, criterion=criterion)
            if _note(item, results[criterion.pk], decided.get(criterion.pk), run):
                noted[criterion.code] = item.fingerprint
        want_companies(wanted, at=run.at)
        if noted:
            ref, basis = version.dossier.ref, run.sha256
            trail.record(
                "dossier.check", subject=ref, actor=None, at=run.at, rules=run.rules, basis=basis, evidence=noted
            )
        refresh_queue(locked)


def _note(item: EligibilityItem, result: Result, before: EligibilityItem | None, run: CheckRun) -> bool:
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
        item.confirmed_by = before.confirmed_by
    item.automatic, item.evidence, item.found_at, item.rule_version = found
    if run.pk is None:
        run.save()
    item.tree, item.computed_at, item.run = tree, run.at, run
    item.fingerprint = replay.fingerprint(item)
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
    rows = (
        EligibilityItem.objects.filter(version=request.version)
        .exclude(decision="")
        .select_related("decided_by", "confirmed_by")
    )
    return {
        row.criterion_id: row
        for row in rows
        if not changed.intersection(row.found_at) and (row.found_at or row.automatic == CheckResult.MET)
    }
