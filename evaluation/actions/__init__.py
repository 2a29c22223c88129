"""Every decision about a dossier: eligibility, opinions, jury, reviews, deliberation, publication, letters."""

from .appeals import answer_appeal, build_appeal_receipt, file_appeal, reopen_decision
from .assignment import apply_proposal, ask_proposal, set_seat, solve_proposal, wish_pair
from .chasing import chase_reviews
from .closing import extend_call, extend_dossier, tell_extension
from .completion import ask_completion, prolong_completion, withdraw_completion
from .conflicts import confirm_conflict, detect_conflicts, detect_juror_conflicts, lift_conflict, look_again_at
from .consultation import (
    answer_restriction,
    ask_restriction,
    settle_restrictions,
    stop_dossier,
    withdraw_restriction,
)
from .contradiction import answer_contradiction, end_contradictions, open_contradiction, settle_contradiction
from .criteria import confirm_decision, decide_criterion, send_back_decision
from .declaring import declare_admissible, declare_eligible, declare_inadmissible, declare_ineligible
from .deliberation import freeze_decisions, record_decision, unexplained_moves
from .eligibility import run_checks
from .grants import load_grants
from .inviting import (
    accept_charter,
    accept_invitation,
    decline_invitation,
    invite_juror,
    withdraw_invitation,
)
from .jurors import set_profile
from .jury import assign_juror, close_scoring, declare_conflict, deny_conflict, open_session, unassign_juror
from .leaving import take_out_member
from .letters import build_letter
from .minutes import build_minutes
from .opened import note_opened
from .opinion_drafts import StaleDraft, save_opinion_draft
from .opinions import give_opinion, request_opinion
from .passages import compare_grants, compare_passages, examine_pair, keep_deposit
from .pieces import refuse_piece, verify_piece
from .publication import cancel_publication, publish_due, publish_results, schedule_publication
from .queue import place_in_queue
from .ranking import ask_ranking, compute_ranking, set_envelope
from .reopening import ask_reopening, decline_reopening, reopen_review
from .replacing import replace_juror
from .reserve import call_reserve
from .reviews import StaleReview, save_review, submit_review
from .ruling import rule_on_opinion
from .second_look import ask_second_look, keep_first_opinion
from .silence import extend_opinion, note_silences, remind_opinions, settle_silence
from .sitting import close_hearing, note_presence, open_hearing
from .voting import cast_ballot, close_vote, count_vote, open_vote

__all__ = [
    "StaleDraft",
    "StaleReview",
    "accept_charter",
    "accept_invitation",
    "answer_appeal",
    "answer_contradiction",
    "answer_restriction",
    "apply_proposal",
    "ask_completion",
    "ask_proposal",
    "ask_ranking",
    "ask_reopening",
    "ask_restriction",
    "ask_second_look",
    "assign_juror",
    "build_appeal_receipt",
    "build_letter",
    "build_minutes",
    "call_reserve",
    "cancel_publication",
    "cast_ballot",
    "chase_reviews",
    "close_hearing",
    "close_scoring",
    "close_vote",
    "compare_grants",
    "compare_passages",
    "compute_ranking",
    "confirm_conflict",
    "confirm_decision",
    "count_vote",
    "decide_criterion",
    "declare_admissible",
    "declare_conflict",
    "declare_eligible",
    "declare_inadmissible",
    "declare_ineligible",
    "decline_invitation",
    "decline_reopening",
    "deny_conflict",
    "detect_conflicts",
    "detect_juror_conflicts",
    "end_contradictions",
    "examine_pair",
    "extend_call",
    "extend_dossier",
    "extend_opinion",
    "file_appeal",
    "freeze_decisions",
    "give_opinion",
    "invite_juror",
    "keep_deposit",
    "keep_first_opinion",
    "lift_conflict",
    "load_grants",
    "look_again_at",
    "note_opened",
    "note_presence",
    "note_silences",
    "open_contradiction",
    "open_hearing",
    "open_session",
    "open_vote",
    "place_in_queue",
    "prolong_completion",
    "publish_due",
    "publish_results",
    "record_decision",
    "refuse_piece",
    "remind_opinions",
    "reopen_decision",
    "reopen_review",
    "replace_juror",
    "request_opinion",
    "rule_on_opinion",
    "run_checks",
    "save_opinion_draft",
    "save_review",
    "schedule_publication",
    "send_back_decision",
    "set_envelope",
    "set_profile",
    "set_seat",
    "settle_contradiction",
    "settle_restrictions",
    "settle_silence",
    "solve_proposal",
    "stop_dossier",
    "submit_review",
    "take_out_member",
    "tell_extension",
    "unassign_juror",
    "unexplained_moves",
    "verify_piece",
    "wish_pair",
    "withdraw_completion",
    "withdraw_invitation",
    "withdraw_restriction",
]
