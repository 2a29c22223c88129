"""The tables of a convention and of its instalments, and the end that a laureate puts to its grant."""

from ami_portal.workflow import Transition
from applications.enums import DossierState as D

from .enums import ConventionState as C
from .enums import InstalmentState as I

SIGN = Transition(
    "convention.sign",
    frozenset({C.PREPARED}),
    C.SIGNED,
    "funding.record_signature",
    stamp="recorded_at",
    sets=("signed_on", "ends_on", "signatory"),
)
CLOSE = Transition("convention.close", frozenset({C.PREPARED, C.SIGNED}), C.CLOSED, stamp="closed_at")
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
