"""Decide a criterion of the standing deposit; where the call wants two people, one proposes and another confirms."""

import datetime as dt
from typing import Any

from django.db import transaction

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import holds
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, given_reason, refuse_long_reason
from applications.enums import Act, CheckResult, DossierState
from applications.models import Dossier
from evaluation import duties
from evaluation.declarations import standing_declaration
from evaluation.enums import ProposalOutcome
from evaluation.models import DecisionProposal, EligibilityItem

from .declaring import FIRST
from .locks import lock_dossier, refuse_unless_allowed
from .queue import refresh_queue

MAX_REASON = 4000
NOTHING_PROPOSED = "Aucune décision n’est proposée sur ce critère : rechargez la page."
YOURS = "Vous avez proposé cette décision : une autre personne la confirme ou la renvoie."


@transaction.atomic
def decide_criterion(item: EligibilityItem, *, decision: str, reason: str, actor: User) -> bool:
    """Decide one criterion of the standing deposit, until its act is declared; answer whether it is decided.

    Where two people decide it, the decision is proposed: it waits for another person. A refusal, and a decision
    against what the check has proved, say why. Raises TransitionRefused.
    """
    at = clock.now()
    reason = clean_text(reason).strip()
    dossier, locked = _locked(item)
    refuse_unless_allowed(actor, "evaluation.decide_criterion", locked)
    _refuse_decision(dossier, locked, decision, reason, actor)
    waiting = DecisionProposal.objects.filter(item=locked, outcome="").first()
    if waiting and waiting.proposed_by_id != actor.pk:
        raise TransitionRefused("Une décision est déjà proposée sur ce critère : confirmez-la, ou renvoyez-la.")
    if waiting:
        _settle(waiting, ProposalOutcome.REPLACED, actor, at)
    if not duties.needs_two(locked.criterion, dossier.call, decision, locked.decision):
        _record(dossier, locked, decision, reason, actor=actor, confirmed_by=None, at=at)
        _copy(locked, item)
        refresh_queue(dossier)
        return True
    DecisionProposal.objects.create(item=locked, decision=decision, reason=reason, proposed_by=actor, proposed_at=at)
    _trace("criterion.propose", dossier, locked, decision, reason, actor, at)
    refresh_queue(dossier)
    return False


@transaction.atomic
def confirm_decision(proposal: DecisionProposal, *, actor: User) -> None:
    """Make a proposed decision the decision: somebody else than who proposed it. Raises TransitionRefused."""
    at = clock.now()
    dossier, item, waiting = _to_settle(proposal, actor)
    _refuse_decision(dossier, item, waiting.decision, waiting.reason, actor)
    _settle(waiting, ProposalOutcome.CONFIRMED, actor, at)
    _record(dossier, item, waiting.decision, waiting.reason, actor=waiting.proposed_by, confirmed_by=actor, at=at)
    refresh_queue(dossier)


@transaction.atomic
def send_back_decision(proposal: DecisionProposal, *, answer: str, actor: User) -> None:
    """Say why a proposed decision is not confirmed; the criterion is to be decided again. Raises TransitionRefused."""
    at = clock.now()
    dossier, item, waiting = _to_settle(proposal, actor)
    empty = "Dites pourquoi vous renvoyez cette décision : qui l’a proposée le lira."
    waiting.answer = answer = given_reason(answer, MAX_REASON, empty=empty)
    _settle(waiting, ProposalOutcome.SENT_BACK, actor, at)
    _trace("criterion.send_back", dossier, item, waiting.decision, answer, actor, at)
    refresh_queue(dossier)


def _locked(item: EligibilityItem) -> tuple[Dossier, EligibilityItem]:
    """The dossier, then the criterion, under their locks."""
    dossier = lock_dossier(item.version.dossier_id)
    rows = EligibilityItem.objects.select_for_update(of=("self",)).select_related("criterion", "version__dossier")
    locked = rows.get(pk=item.pk)
    if not duties.decides(locked.criterion):
        raise TransitionRefused("Ce critère revient au partenaire : demandez-lui son avis.")
    return dossier, locked


def _to_settle(proposal: DecisionProposal, actor: User) -> tuple[Dossier, EligibilityItem, DecisionProposal]:
    """What is proposed, read under the locks. Raises TransitionRefused when it was settled, or is the person's own."""
    dossier, item = _locked(proposal.item)
    refuse_unless_allowed(actor, "evaluation.decide_criterion", item)
    rows = DecisionProposal.objects.select_for_update(of=("self",)).select_related("proposed_by")
    waiting = rows.filter(pk=proposal.pk, outcome="").first()
    if waiting is None:
        raise TransitionRefused(NOTHING_PROPOSED)
    if waiting.proposed_by_id == actor.pk:
        raise TransitionRefused(YOURS)
    _refuse_moment(dossier, item)
    return dossier, item, waiting


def _settle(proposal: DecisionProposal, outcome: ProposalOutcome, actor: User, at: dt.datetime) -> None:
    proposal.outcome, proposal.settled_by, proposal.settled_at = outcome, actor, at
    proposal.save(update_fields=["outcome", "settled_by", "settled_at", "answer"])


def _record(
    dossier: Dossier,
    item: EligibilityItem,
    decision: str,
    reason: str,
    *,
    actor: User,
    confirmed_by: User | None,
    at: dt.datetime,
) -> None:
    before = item.decision
    item.decision, item.reason, item.decided_by, item.decided_at = decision, reason, actor, at
    item.confirmed_by = confirmed_by
    item.save(update_fields=[*_DECIDED, "confirmed_by"])
    said = {"before": before, "proposed_by": actor.email} if confirmed_by else {"before": before}
    _trace("criterion.decide", dossier, item, decision, reason, confirmed_by or actor, at, **said)


_DECIDED = ("decision", "reason", "decided_by", "decided_at")


def _copy(source: EligibilityItem, target: EligibilityItem) -> None:
    for name in (*_DECIDED, "confirmed_by"):
        setattr(target, name, getattr(source, name))


def _trace(
    verb: str,
    dossier: Dossier,
    item: EligibilityItem,
    decision: str,
    reason: str,
    actor: User,
    at: dt.datetime,
    **said: Any,
) -> None:
    trail.record(
        verb,
        subject=dossier.ref,
        actor=actor,
        at=at,
        after=decision,
        criterion=item.criterion.code,
        automatic=item.automatic,
        reason=reason,
        **said,
    )


def _refuse_decision(dossier: Dossier, item: EligibilityItem, decision: str, reason: str, actor: User) -> None:
    _refuse_moment(dossier, item)
    if decision not in (CheckResult.MET, CheckResult.NOT_MET):
        raise TransitionRefused("Choisissez : satisfait, ou non satisfait.")
    if not reason and decision == CheckResult.NOT_MET:
        raise TransitionRefused("Donnez le motif : le porteur le lira dans sa lettre.")
    if duties.is_against(item.automatic, decision):
        if not reason:
            raise TransitionRefused("Le contrôle automatique dit le contraire : donnez le motif de votre décision.")
        if not holds(actor, duties.overrules(item.criterion)):
            who = Role(duties.overrules(item.criterion)).label
            raise TransitionRefused(f"Décider contre le contrôle automatique revient à : {who}.")
    refuse_long_reason(reason, MAX_REASON)


def _refuse_moment(dossier: Dossier, item: EligibilityItem) -> None:
    """Raise TransitionRefused unless the criterion is decided now: recevabilité first, then éligibilité."""
    if dossier.state != DossierState.SUBMITTED:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {dossier.get_state_display()} ».")
    if item.version.withdrawn_at is not None:
        raise TransitionRefused("Ce dépôt a été repris par le porteur : décidez sur celui qui le remplace.")
    admitted = standing_declaration(item.version, Act.ADMISSIBILITY)
    is_first = item.criterion.act == Act.ADMISSIBILITY
    if admitted and is_first:
        raise TransitionRefused("Le dossier est déclaré recevable : ce critère ne change plus.")
    if not admitted and not is_first and dossier.call.criteria.filter(act=Act.ADMISSIBILITY).exists():
        raise TransitionRefused(FIRST)
