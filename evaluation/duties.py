"""Who decides a criterion, who may decide against its check, and which decisions need two people."""

from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds
from applications.enums import CheckResult
from applications.models import Call, EligibilityCriterion

STAFF, PARTNER = "staff", "partner"


def decides(criterion: EligibilityCriterion) -> str:
    """The duty of who decides a criterion; empty for one that partners decide by their opinions."""
    if criterion.decided_by == PARTNER:
        return ""
    return Role.INSTRUCTOR.value if criterion.decided_by == STAFF else criterion.decided_by


def overrules(criterion: EligibilityCriterion) -> str:
    """The duty of who may decide against what the check proved."""
    return criterion.overruled_by or decides(criterion)


def may_decide(user: Any, criterion: EligibilityCriterion) -> bool:
    """Whether a person holds the duty that decides a criterion, or the one that may decide against its check."""
    return holds(user, decides(criterion), overrules(criterion))


def is_against(automatic: str, decision: str) -> bool:
    """Whether a decision says the contrary of what the check is sure of."""
    return bool(decision) and automatic != CheckResult.UNKNOWN and decision != automatic


def needs_two(criterion: EligibilityCriterion, call: Call, *decisions: str) -> bool:
    """Whether two people take one of these decisions: the criterion says so, or the call does of each refusal."""
    return criterion.two_people or (call.refuses_by_two and CheckResult.NOT_MET in decisions)
