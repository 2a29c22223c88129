"""Who may decide, opine, score and publish. When is the business of the workflow and of actions."""

from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import holds
from ami_portal.kernel.permissions import rule
from applications.closing import UNDECIDED
from applications.enums import MemberRole
from applications.models import Call, Dossier, DossierMember
from applications.rules import role_on
from evaluation import duties
from evaluation.models import Appeal, Conflict, Contradiction, EligibilityItem, Opinion, Restriction, Review, Session

from .aside import stands_aside
from .visibility import RANKING_ROLES, opinions_to_give, own_reviews, readable_reviews, sessions_sat_by


def _dossier_of(obj: Any) -> Dossier | None:
    if isinstance(obj, EligibilityItem):
        return obj.version.dossier
    if isinstance(obj, Appeal | Conflict | Contradiction | Opinion | Restriction | Review):
        return obj.dossier
    return obj if isinstance(obj, Dossier) else None


def is_uninvolved(user: Any, obj: Any) -> bool:
    """Whether a person has no part in the dossier that `obj` is about, and does not stand aside from it."""
    dossier = _dossier_of(obj)
    if dossier is None:
        return True
    member = DossierMember.objects.filter(dossier=dossier, email=user.email)
    return not member.exists() and not Dossier.objects.filter(stands_aside(user, "pk"), pk=dossier.pk).exists()


@rule("evaluation.decide_eligibility")
def can_decide_eligibility(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.verify_piece")
def can_verify_piece(user: Any, obj: Any) -> bool:
    """Instructors before the decision, grant officers after it; nobody on a dossier in which they have a part."""
    return holds(user, Role.INSTRUCTOR, Role.GRANT_OFFICER) and is_uninvolved(user, obj)


@rule("evaluation.decide_criterion")
def can_decide_criterion(user: Any, obj: EligibilityItem | Dossier) -> bool:
    """The duty that the criterion names; on a dossier, the instructors and the duties that a criterion of it names."""
    if isinstance(obj, EligibilityItem):
        return duties.may_decide(user, obj.criterion) and is_uninvolved(user, obj)
    criteria = obj.call.criteria.exclude(decided_by=duties.PARTNER)
    named = {duty for pair in criteria.values_list("decided_by", "overruled_by") for duty in pair}
    return holds(user, Role.INSTRUCTOR, *named) and is_uninvolved(user, obj)


@rule("evaluation.examine_passages")
def can_examine_passages(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.file_appeal")
def can_file_appeal(user: Any, obj: Dossier) -> bool:
    """The owner of the dossier, as for its deposit."""
    return role_on(user, obj) == MemberRole.OWNER


@rule("evaluation.answer_appeal")
def can_answer_appeal(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.reopen_decision")
def can_reopen_decision(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.ask_completion")
def can_ask_completion(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.take_out_member")
def can_take_out_member(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.extend_closing")
def can_extend_closing(user: Any, obj: Call | Dossier) -> bool:
    """The instructors, and nobody for a dossier of their own: neither for it alone, nor for all with it."""
    if not holds(user, Role.INSTRUCTOR):
        return False
    if isinstance(obj, Call):
        own = DossierMember.objects.filter(dossier__call=obj, dossier__state__in=UNDECIDED, email=user.email)
        return not own.exists()
    return is_uninvolved(user, obj)


@rule("evaluation.request_opinion")
def can_request_opinion(user: Any, obj: Any) -> bool:
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.give_opinion")
def can_give_opinion(user: Any, obj: Opinion) -> bool:
    return opinions_to_give(user).filter(pk=obj.pk).exists()


@rule("evaluation.settle_opinions")
def can_settle_opinions(user: Any, obj: Any) -> bool:
    """What follows the partners' opinions: the instructors, and nobody for a dossier of their own."""
    return holds(user, Role.INSTRUCTOR) and is_uninvolved(user, obj)


@rule("evaluation.answer_contradiction")
def can_answer_contradiction(user: Any, obj: Contradiction) -> bool:
    return role_on(user, obj.dossier) == MemberRole.OWNER


@rule("evaluation.answer_restriction")
def can_answer_restriction(user: Any, obj: Restriction) -> bool:
    return role_on(user, obj.dossier) == MemberRole.OWNER


@rule("evaluation.assign_juror")
def can_assign_juror(user: Any, obj: Any) -> bool:
    return holds(user, Role.JURY_SECRETARY) and is_uninvolved(user, obj)


@rule("evaluation.reopen_review")
def can_reopen_review(user: Any, obj: Any) -> bool:
    """The secretary, and nobody for a review of their own: a juror asks, somebody else grants."""
    is_own = isinstance(obj, Review) and obj.juror_id == user.pk
    return holds(user, Role.JURY_SECRETARY) and not is_own and is_uninvolved(user, obj)


@rule("evaluation.rule_conflict")
def can_rule_conflict(user: Any, obj: Any) -> bool:
    """Confirm or lift a conflict: the jury's secretary, and nobody for a dossier that they have a part in."""
    return holds(user, Role.JURY_SECRETARY) and is_uninvolved(user, obj)


@rule("evaluation.run_session")
def can_run_session(user: Any, obj: Any) -> bool:
    return holds(user, Role.JURY_SECRETARY) and is_uninvolved(user, obj)


@rule("evaluation.sit")
def can_sit(user: Any, obj: Session) -> bool:
    """The members of the jury, while it deliberates; of which dossier, is said by who stands aside from it."""
    return sessions_sat_by(user).filter(pk=obj.pk).exists()


@rule("evaluation.publish_results")
def can_publish_results(user: Any, obj: Any) -> bool:
    return holds(user, Role.JURY_SECRETARY)


@rule("evaluation.call_reserve")
def can_call_reserve(user: Any, obj: Any) -> bool:
    return holds(user, Role.JURY_SECRETARY) and is_uninvolved(user, obj)


@rule("evaluation.view_ranking")
def can_view_ranking(user: Any, obj: Any) -> bool:
    return holds(user, *RANKING_ROLES)


@rule("evaluation.declare_conflict")
def can_declare_conflict(user: Any, obj: Review) -> bool:
    return own_reviews(user).filter(pk=obj.pk).exists()


@rule("evaluation.score")
def can_score(user: Any, obj: Review) -> bool:
    return own_reviews(user).filter(pk=obj.pk).exists()


@rule("evaluation.read_dossier")
def can_read_dossier(user: Any, obj: Review) -> bool:
    return readable_reviews(user).filter(pk=obj.pk).exists()


@rule("evaluation.list_opinions")
def can_list_opinions(user: Any, obj: Any) -> bool:
    return holds(user, Role.PARTNER)


@rule("evaluation.edit_juror")
def can_edit_juror(user: Any, obj: User) -> bool:
    """A juror's profile: their own, or any for the jury's secretary."""
    return holds(user, Role.JURY_SECRETARY) or (holds(user, Role.JUROR) and user.pk == obj.pk)


@rule("evaluation.list_reviews")
def can_list_reviews(user: Any, obj: Any) -> bool:
    return holds(user, Role.JUROR)


@rule("evaluation.view_outcome")
def can_view_outcome(user: Any, obj: Dossier) -> bool:
    return DossierMember.objects.filter(dossier=obj, email=user.email).exists()
