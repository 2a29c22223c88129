"""The tables of this room: eligibility and results of a dossier, opinions, reviews, the jury's session."""

from dataclasses import replace

from ami_portal.workflow import Transition
from applications.enums import DossierState as D

from .enums import AppealState, OpinionState, Outcome
from .enums import ConflictState as C
from .enums import ContradictionState as K
from .enums import InvitationState as I
from .enums import RestrictionState as P
from .enums import ReviewState as R
from .enums import SessionState as S
from .models.opinions import RULED, SAID

DECLARE_ELIGIBLE = Transition(
    "dossier.declare_eligible", frozenset({D.SUBMITTED}), D.ELIGIBLE, "evaluation.decide_eligibility"
)
DECLARE_INADMISSIBLE = Transition(
    "dossier.declare_inadmissible",
    frozenset({D.SUBMITTED}),
    D.INELIGIBLE,
    "evaluation.decide_eligibility",
    stamp="decided_at",
)
DECLARE_INELIGIBLE = Transition(
    "dossier.declare_ineligible",
    frozenset({D.SUBMITTED}),
    D.INELIGIBLE,
    "evaluation.decide_eligibility",
    stamp="decided_at",
)

REOPEN_DECISION = Transition(
    "dossier.reopen_decision",
    frozenset({D.INELIGIBLE}),
    D.SUBMITTED,
    "evaluation.reopen_decision",
    clears=("decided_at",),
)


def _answer(name: str, target: AppealState) -> Transition:
    return Transition(
        name,
        frozenset({AppealState.FILED}),
        target,
        "evaluation.answer_appeal",
        stamp="decided_at",
        sets=("reason", "decided_by"),
    )


ACCEPT_APPEAL = _answer("appeal.accept", AppealState.ACCEPTED)
REJECT_APPEAL = _answer("appeal.reject", AppealState.REJECTED)

RETURN = Transition(
    "dossier.return",
    frozenset({D.SUBMITTED}),
    D.RETURNED,
    "evaluation.ask_completion",
    sets=("completion_due_at",),
)
WITHDRAW_COMPLETION = Transition(
    "dossier.withdraw_completion",
    frozenset({D.RETURNED}),
    D.SUBMITTED,
    "evaluation.ask_completion",
    clears=("completion_due_at",),
)


def _result(name: str, target: D) -> Transition:
    return Transition(name, frozenset({D.ELIGIBLE}), target, "evaluation.publish_results", stamp="decided_at")


RESULTS = {
    Outcome.LAUREATE: _result("dossier.name_laureate", D.LAUREATE),
    Outcome.RESERVE: _result("dossier.put_on_reserve", D.RESERVE),
    Outcome.REJECTED: _result("dossier.reject", D.REJECTED),
}

ADMIT_ON_APPEAL = Transition(
    "dossier.admit_on_appeal", frozenset({D.REJECTED}), D.RESERVE, "evaluation.answer_appeal", stamp="decided_at"
)
CALL_RESERVE = Transition(
    "dossier.call_from_reserve", frozenset({D.RESERVE}), D.LAUREATE, "evaluation.call_reserve", stamp="decided_at"
)

GIVE_OPINION = Transition(
    "opinion.give",
    frozenset({OpinionState.REQUESTED, OpinionState.SILENT, OpinionState.GIVEN}),
    OpinionState.GIVEN,
    "evaluation.give_opinion",
    stamp="given_at",
    sets=(*SAID, "given_by", "refused_at", *RULED),
)

_FOLLOWED = ("followed_at", "followed_by", "followed_reason")
NOTE_SILENCE = Transition("opinion.note_silence", frozenset({OpinionState.REQUESTED}), OpinionState.SILENT)
EXTEND_OPINION = Transition(
    "opinion.extend",
    frozenset({OpinionState.REQUESTED, OpinionState.SILENT}),
    OpinionState.REQUESTED,
    "evaluation.settle_opinions",
    stamp="extended_at",
    sets=("due_on", *_FOLLOWED),
)
PASS_OVER = Transition(
    "opinion.pass_over",
    frozenset({OpinionState.SILENT}),
    OpinionState.PASSED_OVER,
    "evaluation.settle_opinions",
    sets=_FOLLOWED,
)
HOLD_REFUSED = Transition(
    "opinion.hold_refused",
    frozenset({OpinionState.SILENT}),
    OpinionState.HELD_REFUSED,
    "evaluation.settle_opinions",
    stamp="refused_at",
    sets=_FOLLOWED,
)

ASK_AGAIN = Transition(
    "opinion.ask_again",
    frozenset({OpinionState.GIVEN}),
    OpinionState.REQUESTED,
    "evaluation.settle_opinions",
    clears=("given_at", "given_by", "refused_at"),
    sets=(*SAID, "due_on", *RULED),
)
KEEP_FIRST = Transition(
    "opinion.keep_first",
    frozenset({OpinionState.REQUESTED, OpinionState.SILENT}),
    OpinionState.GIVEN,
    "evaluation.settle_opinions",
    sets=(*SAID, "given_at", "given_by", "refused_at", *_FOLLOWED),
)

ANSWER_CONTRADICTION = Transition(
    "contradiction.answer",
    frozenset({K.OPENED}),
    K.ANSWERED,
    "evaluation.answer_contradiction",
    stamp="answered_at",
    sets=("answer", "answered_by"),
)
LAPSE_CONTRADICTION = Transition("contradiction.lapse", frozenset({K.OPENED}), K.UNANSWERED)
SETTLE_CONTRADICTION = Transition(
    "contradiction.settle",
    frozenset({K.ANSWERED, K.UNANSWERED}),
    K.EFFECTIVE,
    "evaluation.settle_opinions",
    stamp="ended_at",
    sets=("ended_by", "reason"),
)
DROP_CONTRADICTION = Transition(
    "contradiction.drop",
    frozenset({K.OPENED, K.ANSWERED, K.UNANSWERED, K.EFFECTIVE}),
    K.DROPPED,
    stamp="ended_at",
    sets=("ended_by",),
)

_ENDED = ("ended_by", "answer")


def _end_of_restriction(name: str, target: P, permission: str | None) -> Transition:
    return Transition(name, frozenset({P.ASKED}), target, permission, stamp="ended_at", sets=_ENDED)


ACCEPT_RESTRICTION = _end_of_restriction("restriction.accept", P.ACCEPTED, "evaluation.answer_restriction")
DECLINE_RESTRICTION = _end_of_restriction("restriction.decline", P.DECLINED, "evaluation.answer_restriction")
WITHDRAW_RESTRICTION = _end_of_restriction("restriction.withdraw", P.WITHDRAWN, "evaluation.settle_opinions")
LAPSE_RESTRICTION = _end_of_restriction("restriction.lapse", P.UNANSWERED, None)
STOP_DOSSIER = Transition(
    "dossier.stop", frozenset({D.ELIGIBLE}), D.INELIGIBLE, "evaluation.settle_opinions", stamp="decided_at"
)

DENY_CONFLICT = Transition(
    "review.deny_conflict", frozenset({R.TO_DECLARE}), R.DRAFT, "evaluation.declare_conflict", stamp="declared_at"
)
RECUSE = Transition(
    "review.recuse",
    frozenset({R.TO_DECLARE, R.DRAFT, R.SUBMITTED}),
    R.RECUSED,
    "evaluation.declare_conflict",
    stamp="declared_at",
    clears=("submitted_at",),
    sets=("conflict", "ties"),
)
SET_ASIDE = Transition(
    "review.set_aside",
    frozenset({R.TO_DECLARE, R.DRAFT, R.SUBMITTED}),
    R.RECUSED,
    "evaluation.rule_conflict",
    stamp="declared_at",
    clears=("submitted_at",),
    sets=("conflict",),
)
SUBMIT_REVIEW = Transition("review.submit", frozenset({R.DRAFT}), R.SUBMITTED, "evaluation.score", stamp="submitted_at")
REPLACE_REVIEW = Transition(
    "review.replace",
    frozenset({R.TO_DECLARE, R.DRAFT}),
    R.REPLACED,
    "evaluation.assign_juror",
    stamp="replaced_at",
    sets=("replaced_reason",),
)
REOPEN_REVIEW = Transition(
    "review.reopen", frozenset({R.SUBMITTED}), R.DRAFT, "evaluation.reopen_review", clears=("submitted_at",)
)


def _answer_to_invitation(name: str, target: I, permission: str, *sets: str) -> Transition:
    return Transition(name, frozenset({I.WAITING}), target, permission, stamp="answered_at", sets=sets)


ACCEPT_INVITATION = _answer_to_invitation("jury.accept_invitation", I.ACCEPTED, "evaluation.answer_invitation")
DECLINE_INVITATION = _answer_to_invitation(
    "jury.decline_invitation", I.DECLINED, "evaluation.answer_invitation", "answer"
)
WITHDRAW_INVITATION = _answer_to_invitation("jury.withdraw_invitation", I.WITHDRAWN, "evaluation.invite_juror")

RULINGS = {
    C.CONFIRMED: Transition(
        "conflict.confirm",
        frozenset({C.DETECTED, C.LIFTED}),
        C.CONFIRMED,
        "evaluation.rule_conflict",
        stamp="ruled_at",
    ),
    C.LIFTED: Transition(
        "conflict.lift",
        frozenset({C.DETECTED, C.CONFIRMED}),
        C.LIFTED,
        "evaluation.rule_conflict",
        stamp="ruled_at",
    ),
}

CLOSE_SCORING = Transition(
    "session.close_scoring",
    frozenset({S.SCORING}),
    S.DELIBERATION,
    "evaluation.run_session",
    stamp="scoring_closed_at",
)
FREEZE = Transition(
    "session.freeze", frozenset({S.DELIBERATION}), S.FROZEN, "evaluation.run_session", stamp="frozen_at"
)
PUBLISH = Transition(
    "session.publish", frozenset({S.FROZEN}), S.PUBLISHED, "evaluation.publish_results", stamp="published_at"
)

RESULTS_BY_THE_CLOCK = {outcome: replace(step, permission=None) for outcome, step in RESULTS.items()}
PUBLISH_BY_THE_CLOCK = replace(PUBLISH, permission=None)
"""The same steps at the instant that somebody with the right set beforehand: the machine takes them."""
