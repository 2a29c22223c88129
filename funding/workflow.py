"""The tables of a convention and of its instalments."""

from ami_portal.workflow import Transition

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
