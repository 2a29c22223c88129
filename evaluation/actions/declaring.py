"""Declare a dossier admissible or not, then eligible or not: two acts, each on all its criteria at once."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance
from applications.enums import Act, CheckResult, DossierState
from applications.models import Dossier, DossierVersion
from applications.reading import standing_version
from evaluation import duties, workflow
from evaluation.declarations import act_now
from evaluation.models import Declaration, EligibilityItem

from .locks import lock_dossier, refuse_unless_allowed
from .queue import refresh_queue

FIRST = "La recevabilité vient d’abord : déclarez le dossier recevable."
ADMITTED = "Le dossier est déjà déclaré recevable."


@transaction.atomic
def declare_admissible(dossier: Dossier, *, actor: User) -> None:
    """Receive the deposit: its eligibility can be decided. Nobody is told; the dossier stays deposited.

    Raises TransitionRefused, naming the criteria that are left or not met.
    """
    at = clock.now()
    current, version = _to_declare(dossier, Act.ADMISSIBILITY, actor, at)
    _all_met(_decided_items(current, version, Act.ADMISSIBILITY))
    _declare(current, version, Act.ADMISSIBILITY, actor=actor, at=at, is_favourable=True)
    trail.record("dossier.declare_admissible", subject=current.ref, actor=actor, at=at, number=version.number)
    refresh_queue(current)


@transaction.atomic
def declare_inadmissible(dossier: Dossier, *, actor: User) -> None:
    """End the dossier for at least one criterion of its form that is not met; its letter follows, as a job.

    Raises TransitionRefused when criteria of this act are left to decide: the letter says all that is not met, at once.
    """
    at = clock.now()
    current, version = _to_declare(dossier, Act.ADMISSIBILITY, actor, at)
    refused = _not_met(_decided_items(current, version, Act.ADMISSIBILITY), "le dossier est recevable")
    _declare(current, version, Act.ADMISSIBILITY, actor=actor, at=at, is_favourable=False)
    later("evaluation.build_letter", dossier_id=current.pk)
    advance(dossier, workflow.DECLARE_INADMISSIBLE, actor=actor, at=at, criteria=refused)
    refresh_queue(dossier)


@transaction.atomic
def declare_eligible(dossier: Dossier, *, actor: User) -> None:
    """Open the way to the partners and to the jury, once every criterion of the staff is decided and met.

    Raises TransitionRefused, naming the criteria that are left.
    """
    at = clock.now()
    current, version = _to_declare(dossier, Act.ELIGIBILITY, actor, at)
    _all_met(_decided_items(current, version, Act.ELIGIBILITY))
    _declare(current, version, Act.ELIGIBILITY, actor=actor, at=at, is_favourable=True)
    advance(dossier, workflow.DECLARE_ELIGIBLE, actor=actor, at=at)
    refresh_queue(dossier)


@transaction.atomic
def declare_ineligible(dossier: Dossier, *, actor: User) -> None:
    """End the dossier for at least one criterion that is not met. Its letter follows, then its mail, as a job.

    Raises TransitionRefused when criteria are left to decide: the letter says all that is not met, at once.
    """
    at = clock.now()
    current, version = _to_declare(dossier, Act.ELIGIBILITY, actor, at)
    refused = _not_met(_decided_items(current, version, Act.ELIGIBILITY), "le dossier est éligible")
    _declare(current, version, Act.ELIGIBILITY, actor=actor, at=at, is_favourable=False)
    later("evaluation.build_letter", dossier_id=current.pk)
    advance(dossier, workflow.DECLARE_INELIGIBLE, actor=actor, at=at, criteria=refused)
    refresh_queue(dossier)


def _to_declare(dossier: Dossier, act: Act, actor: User, at: dt.datetime) -> tuple[Dossier, DossierVersion]:
    """The dossier under its lock and its standing deposit. Raises TransitionRefused unless this act comes now."""
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.decide_eligibility", current)
    version = standing_version(current)
    if current.state != DossierState.SUBMITTED or version is None:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {current.get_state_display()} ».")
    current.call.refresh_from_db(fields=["closes_at"])  # it may have moved while the lock was awaited
    if not current.is_closed(at):
        raise TransitionRefused("La clôture n’est pas passée : jusque-là, le porteur peut corriger son dossier.")
    if act_now(version) != act:
        raise TransitionRefused(FIRST if act == Act.ELIGIBILITY else ADMITTED)
    return current, version


def _decided_items(dossier: Dossier, version: DossierVersion, act: Act) -> list[EligibilityItem]:
    """The staff's items of one act. Raises TransitionRefused if one is left, or waits for a second person."""
    found = EligibilityItem.objects.filter(version=version, criterion__act=act).select_related("criterion")
    items = {item.criterion_id: item for item in found}
    criteria = dossier.call.criteria.filter(act=act).exclude(decided_by=duties.PARTNER)
    left = [row.label for row in criteria if row.pk not in items or not items[row.pk].decision]
    if left:
        raise TransitionRefused(f"Il reste à décider : {_listed(left)}.")
    if waiting := [item.criterion.label for item in found if item.proposals.filter(outcome="").exists()]:
        raise TransitionRefused(f"Une décision proposée attend une seconde personne : {_listed(waiting)}.")
    return [items[row.pk] for row in criteria]


def _all_met(items: list[EligibilityItem]) -> None:
    if refused := [item.criterion.label for item in items if item.decision == CheckResult.NOT_MET]:
        raise TransitionRefused(f"Ces critères ne sont pas satisfaits : {_listed(refused)}.")


def _not_met(items: list[EligibilityItem], otherwise: str) -> list[str]:
    refused = [item.criterion.code for item in items if item.decision == CheckResult.NOT_MET]
    if not refused:
        raise TransitionRefused(f"Tous les critères sont satisfaits : {otherwise}.")
    return refused


def _declare(
    dossier: Dossier, version: DossierVersion, act: Act, *, actor: User, at: dt.datetime, is_favourable: bool
) -> None:
    Declaration.objects.create(
        dossier=dossier, version=version, act=act, is_favourable=is_favourable, declared_by=actor, declared_at=at
    )


def _listed(labels: list[str]) -> str:
    return ", ".join(f"« {label} »" for label in labels)
