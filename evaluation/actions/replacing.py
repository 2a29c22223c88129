"""A review that does not come is given to somebody else; what its juror had written is kept, and no longer counts."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance, given_reason
from evaluation import notifications, workflow
from evaluation.models import Review

from .jury import assign_juror
from .locks import lock_review, refuse_unless_allowed, scoring_session
from .progress import refresh_progress

MAX_REASON = 1000


@transaction.atomic
def replace_juror(review: Review, juror: User, *, reason: str, actor: User) -> Review:
    """Take a dossier back from a juror who has not submitted and entrust it to another one; both get a mail.

    The draft stays readable by staff; its juror no longer opens the dossier. All, or nothing: raises TransitionRefused
    for a review that is submitted or aside, the same person, and whatever `assign_juror` refuses.
    """
    at = clock.now()
    scoring_session(review.dossier.call_id)
    current = lock_review(review.pk)
    refuse_unless_allowed(actor, "evaluation.assign_juror", current)
    if juror.pk == current.juror_id:
        raise TransitionRefused("Choisissez une autre personne que celle qui est remplacée.")
    review.replaced_reason = given_reason(reason, MAX_REASON, empty="Donnez le motif du remplacement.")
    advance(review, workflow.REPLACE_REVIEW, actor=actor, at=at, by=juror.ref, reason=review.replaced_reason)
    notifications.review_replaced(review, at=at)
    refresh_progress(current.dossier, current.juror_id)
    return assign_juror(current.dossier, juror, actor=actor)
