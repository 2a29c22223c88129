"""The tables of a convention, of its amendments and of its instalments; the end that a laureate puts to its grant."""

from ami_portal.workflow import Transition
from applications.enums import DossierState as D

from .enums import AmendmentState as A
from .enums import ClaimState, OrderState
from .enums import ConventionState as C
from .enums import CopyState as S
from .enums import InstalmentState as I
from .enums import RemarkState as R

FREEZE = Transition(
    "convention.freeze", frozenset({C.PREPARED}), C.FROZEN, "funding.negotiate_convention", stamp="frozen_at"
)
REOPEN = Transition(
    "convention.reopen",
    frozenset({C.FROZEN}),
    C.PREPARED,
    "funding.negotiate_convention",
    clears=("frozen_at", "document"),
)
ANSWER = Transition(
    "remark.answer",
    frozenset({R.OPEN}),
    R.ANSWERED,
    "funding.negotiate_convention",
    stamp="answered_at",
    sets=("outcome", "answer", "answered_by"),
)
ACCEPT_COPY = Transition(
    "signature.accept",
    frozenset({S.RECEIVED}),
    S.ACCEPTED,
    "funding.record_signature",
    stamp="decided_at",
    sets=("decided_by",),
)
REFUSE_COPY = Transition(
    "signature.refuse",
    frozenset({S.RECEIVED}),
    S.REFUSED,
    "funding.record_signature",
    stamp="decided_at",
    sets=("decided_by", "reason"),
)
VOID_COPY = Transition(
    "signature.void", frozenset({S.RECEIVED, S.ACCEPTED}), S.VOID, stamp="decided_at", sets=("decided_by",)
)
"""What another copy of the same party, or the reopening of the text, does to one; both were allowed by themselves."""
SIGN = Transition(
    "convention.sign",
    frozenset({C.FROZEN}),
    C.SIGNED,
    "funding.record_signature",
    stamp="recorded_at",
    sets=("signed_on", "ends_on", "signatory"),
)
SUSPEND = Transition("convention.suspend", frozenset({C.SIGNED}), C.SUSPENDED, "funding.interrupt_convention")
RESUME = Transition("convention.resume", frozenset({C.SUSPENDED}), C.SIGNED, "funding.interrupt_convention")
TERMINATE = Transition(
    "convention.terminate", frozenset({C.SIGNED, C.SUSPENDED}), C.TERMINATED, "funding.interrupt_convention"
)
SIGN_AMENDMENT = Transition(
    "amendment.sign",
    frozenset({A.PREPARED}),
    A.SIGNED,
    "funding.amend_convention",
    stamp="recorded_at",
    sets=("signed_on", "signatory", "signed_document"),
)
ABANDON_AMENDMENT = Transition(
    "amendment.abandon", frozenset({A.PREPARED}), A.ABANDONED, "funding.amend_convention", stamp="abandoned_at"
)
CLOSE = Transition("convention.close", frozenset({C.PREPARED, C.FROZEN, C.SIGNED}), C.CLOSED, stamp="closed_at")
"""What a renouncement, which was allowed by itself, does to the convention."""

RENOUNCE = Transition("dossier.renounce", frozenset({D.LAUREATE}), D.RENOUNCED, "funding.renounce_grant")
RECORD_RENOUNCEMENT = Transition(
    "dossier.record_renouncement", frozenset({D.LAUREATE}), D.RENOUNCED, "funding.record_renouncement"
)

CERTIFY = Transition(
    "instalment.certify",
    frozenset({I.PLANNED}),
    I.CERTIFIED,
    "funding.certify_service",
    stamp="certified_at",
    sets=("certified_by",),
)
PAY = Transition(
    "instalment.pay",
    frozenset({I.CERTIFIED}),
    I.PAID,
    "funding.record_payment",
    stamp="paid_at",
    sets=("paid_on", "paid_by", "payment_reference"),
)
SETTLE = Transition(
    "instalment.settle",
    frozenset({I.PLANNED}),
    I.SETTLED,
    "funding.examine_claim",
    stamp="certified_at",
    sets=("certified_by",),
)
"""The accepted expenses of a claim give nothing to pay."""

SUBMIT_CLAIM = Transition(
    "claim.submit",
    frozenset({ClaimState.DRAFT, ClaimState.RETURNED}),
    ClaimState.SUBMITTED,
    "funding.write_claim",
    stamp="submitted_at",
    sets=("submitted_by", "returned_reason"),
)
RETURN_CLAIM = Transition(
    "claim.return",
    frozenset({ClaimState.SUBMITTED}),
    ClaimState.RETURNED,
    "funding.examine_claim",
    sets=("returned_reason",),
)
ACCEPT_CLAIM = Transition(
    "claim.accept",
    frozenset({ClaimState.SUBMITTED}),
    ClaimState.ACCEPTED,
    "funding.examine_claim",
    stamp="accepted_at",
    sets=("accepted_by",),
)
REPAY_ORDER = Transition(
    "order.repay",
    frozenset({OrderState.ISSUED}),
    OrderState.REPAID,
    "funding.record_repayment",
    stamp="recorded_at",
    sets=("repaid_on", "repayment_reference"),
)
