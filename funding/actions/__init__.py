"""Everything that can be done to a convention, each act in one transaction with its trace, its mails and its jobs."""

from .amendments import (
    abandon_amendment,
    build_amendment,
    prepare_amendment,
    record_amendment,
    transfer_costs,
)
from .amounts import adjust_amount
from .claims import keep_line, read_file, remove_line, send_file, start_claim, submit_claim
from .copies import accept_copy, refuse_copy, send_signed_copy
from .examining import accept_claim, accept_rest, decide_line, return_claim
from .interrupting import resume_convention, suspend_convention, terminate_convention
from .negotiation import answer_remarks, freeze_convention, make_remark, reopen_convention
from .parties import end_party, name_party, send_consortium_agreement
from .path import choose_after, choose_route, end_step, extend_step, hand_kit, pause_step, resume_step, start_step
from .payments import certify_service, record_payment
from .pieces import remind_pieces, send_piece
from .preparation import build_convention, prepare_convention
from .recording import build_signature_record
from .renouncing import record_renouncement, renounce_grant
from .retention import free_retention, record_repayment
from .signature import attach_signed_copy, record_signature

__all__ = [
    "abandon_amendment",
    "accept_claim",
    "accept_copy",
    "accept_rest",
    "adjust_amount",
    "answer_remarks",
    "attach_signed_copy",
    "build_amendment",
    "build_convention",
    "build_signature_record",
    "certify_service",
    "choose_after",
    "choose_route",
    "decide_line",
    "end_party",
    "end_step",
    "extend_step",
    "free_retention",
    "freeze_convention",
    "hand_kit",
    "keep_line",
    "make_remark",
    "name_party",
    "pause_step",
    "prepare_amendment",
    "prepare_convention",
    "read_file",
    "record_amendment",
    "record_payment",
    "record_renouncement",
    "record_repayment",
    "record_signature",
    "refuse_copy",
    "remind_pieces",
    "remove_line",
    "renounce_grant",
    "reopen_convention",
    "resume_convention",
    "resume_step",
    "return_claim",
    "send_consortium_agreement",
    "send_file",
    "send_piece",
    "send_signed_copy",
    "start_claim",
    "start_step",
    "submit_claim",
    "suspend_convention",
    "terminate_convention",
    "transfer_costs",
]
