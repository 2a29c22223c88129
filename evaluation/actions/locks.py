"""Row locks of this room, always in this order and all before the journal's: session, dossiers, opinions, reviews.

Two actions that meet on a dossier then wait for each other, and never for ever.
"""

from collections.abc import Iterable

from ami_portal.accounts.models import User
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Dossier
from evaluation import consultation
from evaluation.enums import SessionState
from evaluation.models import Opinion, Review, Session

NOT_ALLOWED = "Vous n’avez pas le droit de faire cette action."
NO_SESSION = "La séance du jury n’est pas ouverte."


def refuse_unless_allowed(actor: User, permission: str, obj: object) -> None:
    """Raise TransitionRefused for an actor without the right."""
    if not allowed(actor, permission, obj):
        raise TransitionRefused(NOT_ALLOWED)


def lock_session(call_id: int) -> Session | None:
    """The session of a call under its lock; None before it is opened."""
    return Session.objects.select_for_update(of=("self",)).select_related("call").filter(call=call_id).first()


def lock_dossier(dossier_id: int) -> Dossier:
    """A dossier under its lock, with its call and its form."""
    rows = Dossier.objects.select_related("call", "form_revision").select_for_update(of=("self",))
    return rows.get(pk=dossier_id)


def lock_opinions(dossier: Dossier) -> list[Opinion]:
    """The opinions on a dossier under their locks."""
    rows = Opinion.objects.select_for_update(of=("self",)).select_related("dataset__partner").filter(dossier=dossier)
    return list(rows.order_by("pk"))


def lock_opinion(opinion_id: int) -> Opinion:
    """One opinion under its lock."""
    return Opinion.objects.select_for_update(of=("self",)).select_related("dataset__partner").get(pk=opinion_id)


def lock_to_settle(opinion: Opinion, actor: User) -> tuple[Dossier, Opinion]:
    """Session, dossier and opinion under their locks, for an act of the staff on it. Raises TransitionRefused for an
    actor without the right."""
    lock_session(opinion.dossier.call_id)
    dossier = lock_dossier(opinion.dossier_id)
    current = lock_opinion(opinion.pk)
    current.dossier = dossier
    refuse_unless_allowed(actor, "evaluation.settle_opinions", dossier)
    return dossier, current


def lock_review(review_id: int) -> Review:
    """A review under its lock. Raises TransitionRefused when it was taken back."""
    rows = Review.objects.select_for_update(of=("self",)).select_related("dossier__call", "juror")
    review = rows.filter(pk=review_id).first()
    if review is None:
        raise TransitionRefused("Cette évaluation ne vous est plus confiée.")
    return review


def scoring_session(call_id: int) -> Session:
    """The session under its lock, while reviews may change. Raises TransitionRefused."""
    session = lock_session(call_id)
    if session is None:
        raise TransitionRefused(NO_SESSION)
    if session.state != SessionState.SCORING:
        raise TransitionRefused(f"La notation est close : l’état de la séance est « {session.get_state_display()} ».")
    return session


def refuse_without_favour(dossier: Dossier, opinions: Iterable[Opinion]) -> None:
    """Raise TransitionRefused unless every dataset asked for has its opinion, and none is refused or about to be."""
    needs = consultation.needs_of(dossier, opinions)
    if refused := ", ".join(need.dataset.code for need in needs.refused):
        if needs.are_all_refused:
            raise TransitionRefused(f"Un avis défavorable arrête ce dossier ({refused}) tant qu’il n’est pas modifié.")
        raise TransitionRefused(
            f"Une base demandée est refusée ({refused}) : le dossier va au jury si son équipe accepte de s’en passer."
        )
    if pending := ", ".join(need.dataset.code for need in needs.pending):
        raise TransitionRefused(f"Un avis défavorable n’a pas encore eu sa suite ({pending}) : elle se décide d’abord.")
    if waiting := ", ".join(need.dataset.code for need in needs.waiting):
        raise TransitionRefused(f"L’avis du partenaire manque pour : {waiting}.")
