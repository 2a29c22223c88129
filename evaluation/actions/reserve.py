"""A dossier of the reserve list is called to a place that a laureate's renouncement freed."""

from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.money import cents
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, refuse_long_reason
from applications.enums import DossierState
from applications.models import Dossier
from evaluation import reserve, workflow
from evaluation.enums import SessionState
from evaluation.models import Decision, Session

from .deliberation import MAX_REASON, refuse_amount
from .locks import lock_dossier, lock_session, refuse_unless_allowed


@transaction.atomic
def call_reserve(dossier: Dossier, *, amount: Decimal, reason: str = "", actor: User) -> Decision:
    """Make a laureate, with this amount in euros, of a dossier of the reserve list; a job renders its letter.

    The letter is shown, and the team told, as soon as it is rendered. Raises TransitionRefused: see `refuse_call`.
    """
    at = clock.now()
    session = lock_session(dossier.call_id)
    locked = lock_dossier(dossier.pk)
    reason, amount = clean_text(reason).strip(), cents(amount)
    refuse_call(session, locked, amount=amount, reason=reason, actor=actor)
    decision = Decision.objects.select_for_update(of=("self",)).get(dossier=locked)
    decision.amount, decision.called_at, decision.called_by, decision.call_reason = amount, at, actor, reason
    decision.save(update_fields=["amount", "called_at", "called_by", "call_reason"])
    later("evaluation.build_letter", dossier_id=locked.pk)
    advance(locked, workflow.CALL_RESERVE, actor=actor, at=at, rank=decision.rank, amount=str(amount), reason=reason)
    return decision


def refuse_call(session: Session | None, dossier: Dossier, *, amount: Decimal, reason: str, actor: User) -> None:
    """Raise TransitionRefused unless this dossier can be called now.

    The right, results that are published, a dossier that stands on the list, a free place, an amount within the limits,
    and a reason when somebody stands before it.
    """
    refuse_unless_allowed(actor, "evaluation.call_reserve", dossier)
    if session is None or session.state != SessionState.PUBLISHED:
        raise TransitionRefused("Les résultats de l’appel ne sont pas encore publiés.")
    if dossier.state != DossierState.RESERVE:
        raise TransitionRefused(
            f"Seul un dossier de la liste complémentaire est appelé ; son état est « {dossier.get_state_display()} »."
        )
    if not reserve.free_places(dossier.call):
        raise TransitionRefused("Aucune place n’est libre : chaque lauréat garde la sienne, ou elle est déjà pourvue.")
    refuse_amount(dossier, amount)
    refuse_long_reason(reason, MAX_REASON)
    first = reserve.waiting(dossier.call).first()
    if first and first.dossier_id != dossier.pk and not reason:
        raise TransitionRefused(
            f"Le premier de la liste complémentaire est {first.dossier.ref} : dites pourquoi un autre est appelé."
        )
