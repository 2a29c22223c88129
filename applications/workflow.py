"""The table of a dossier's states as far as its applicants move it, and that of a visitor's question."""

from ami_portal.workflow import Transition

from .enums import DossierState as S
from .enums import QuestionState as Q

SUBMIT = Transition(
    "dossier.submit", frozenset({S.DRAFT}), S.SUBMITTED, "applications.submit_dossier", stamp="submitted_at"
)
SEAL = Transition("dossier.seal", frozenset({S.DRAFT}), S.SUBMITTED, stamp="submitted_at")
REOPEN = Transition(
    "dossier.reopen", frozenset({S.SUBMITTED}), S.DRAFT, "applications.reopen_dossier", clears=("submitted_at",)
)
WITHDRAW = Transition(
    "dossier.withdraw", frozenset({S.DRAFT, S.SUBMITTED}), S.WITHDRAWN, "applications.withdraw_dossier"
)
ANSWER_COMPLETION = Transition(
    "dossier.answer_completion",
    frozenset({S.RETURNED}),
    S.SUBMITTED,
    "applications.answer_completion",
    clears=("completion_due_at",),
)
LEAVE_UNANSWERED = Transition(
    "dossier.leave_unanswered", frozenset({S.RETURNED}), S.SUBMITTED, clears=("completion_due_at",)
)
IMPORT = Transition(
    "dossier.import",
    frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED}),
    S.SUBMITTED,
    sets=("submitted_at",),
    clears=("completion_due_at",),
)
WITHDRAWN_ELSEWHERE = Transition("dossier.withdraw_elsewhere", frozenset({S.SUBMITTED}), S.WITHDRAWN)

_ANSWER = "applications.answer_question"
ANSWER_QUESTION = Transition(
    "question.answer",
    frozenset({Q.WAITING, Q.ANSWERED}),
    Q.ANSWERED,
    _ANSWER,
    stamp="decided_at",
    sets=("question", "answer"),
)
IGNORE_QUESTION = Transition(
    "question.ignore", frozenset({Q.WAITING}), Q.IGNORED, _ANSWER, stamp="decided_at", sets=("reason",)
)
MERGE_QUESTION = Transition(
    "question.merge", frozenset({Q.WAITING}), Q.MERGED, _ANSWER, stamp="decided_at", sets=("duplicate_of",)
)
