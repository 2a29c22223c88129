"""Everything that can be done to a convention, each act in one transaction with its trace, its mails and its jobs."""

from .amounts import adjust_amount
from .payments import certify_service, record_payment
from .pieces import remind_pieces, send_piece
from .preparation import build_convention, prepare_convention
from .renouncing import record_renouncement, renounce_grant
from .signature import attach_signed_copy, record_signature

__all__ = [
    "adjust_amount",
    "attach_signed_copy",
    "build_convention",
    "certify_service",
    "prepare_convention",
    "record_payment",
    "record_renouncement",
    "record_signature",
    "remind_pieces",
    "renounce_grant",
    "send_piece",
]
