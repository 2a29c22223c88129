"""Where the opinions of a call are only advisory: what staff decide of each, and why where they depart from it."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, refuse_long_reason
from applications import reading
from applications.enums import DossierState, OpinionMode
from applications.models import Dossier
from evaluation.enums import OpinionState, RestrictionState, Ruling, SessionState
from evaluation.models import Opinion

from .consultation import MAX_REASON, RUNNING
from .locks import lock_to_settle

NO_REASON = "Vous vous écartez de l’avis du partenaire : dites pourquoi."


@transaction.atomic
def rule_on_opinion(opinion: Opinion, *, refuses: bool, reason: str, actor: User) -> None:
    """Keep the dataset in the dossier, or refuse it, whatever its partner said; the last word of the staff counts.

    Departing from the opinion takes a reason, kept with it and in the journal. Raises TransitionRefused.
    """
    at = clock.now()
    dossier, current = lock_to_settle(opinion, actor)
    refuse_ruling(dossier, current)
    departs = refuses != current.is_unfavourable
    reason = clean_text(reason).strip()
    if departs and not reason:
        raise TransitionRefused(NO_REASON)
    refuse_long_reason(reason, MAX_REASON)
    current.ruling, current.ruling_reason = Ruling.REFUSED if refuses else Ruling.KEPT, reason
    current.ruled_at, current.ruled_by = at, actor
    current.refused_at = at if refuses else None
    current.save(update_fields=["ruling", "ruling_reason", "ruled_at", "ruled_by", "refused_at"])
    trail.record(
        "opinion.rule",
        subject=current.ref,
        actor=actor,
        at=at,
        ruling=current.ruling,
        departs=departs,
        reason=reason,
    )
    if version := reading.standing_version(dossier):
        later("evaluation.run_checks", version_id=version.pk)


def refuse_ruling(dossier: Dossier, opinion: Opinion) -> None:
    """Raise TransitionRefused unless staff may decide of the opinion now: until the jury's decisions are frozen."""
    session = getattr(dossier.call, "session", None)
    if dossier.call.opinions != OpinionMode.ADVISORY:
        raise TransitionRefused("Dans cet appel, l’avis du partenaire décide : l’instruction ne décide pas à sa place.")
    if dossier.state != DossierState.ELIGIBLE:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {dossier.get_state_display()} ».")
    if session is not None and session.state not in (SessionState.SCORING, SessionState.DELIBERATION):
        raise TransitionRefused("Les décisions du jury sont arrêtées : il est trop tard.")
    if opinion.state != OpinionState.GIVEN or opinion.left_out_at is not None:
        raise TransitionRefused("On ne décide que d’un avis rendu, sur une base que le dossier demande encore.")
    if dossier.restrictions.filter(state=RestrictionState.ASKED).exists():
        raise TransitionRefused(RUNNING)
