"""What is typed about a grant and its convention. What is allowed is decided by the actions."""

from .acts import (
    PaymentForm,
    PieceForm,
    RenouncementForm,
    RenouncementLetterForm,
    SignatureForm,
    SignedCopyForm,
)
from .amendments import (
    AmendmentForm,
    InterruptionForm,
    RecordAmendmentForm,
    TerminationForm,
    TermsForm,
    TransferForm,
)
from .copies import AcceptForm, CopyForm, ReceivedCopyForm, RefuseForm
from .negotiation import FreezeForm, RemarkForm, VersionForm
from .parties import ConsortiumForm, PartyForm
from .spending import (
    ClaimReturnForm,
    ExpenseFileForm,
    ExpenseForm,
    ExpenseVerdictForm,
    FreeRetentionForm,
    RepaymentForm,
)

__all__ = [
    "AcceptForm",
    "AmendmentForm",
    "ClaimReturnForm",
    "ConsortiumForm",
    "CopyForm",
    "ExpenseFileForm",
    "ExpenseForm",
    "ExpenseVerdictForm",
    "FreeRetentionForm",
    "FreezeForm",
    "InterruptionForm",
    "PartyForm",
    "PaymentForm",
    "PieceForm",
    "ReceivedCopyForm",
    "RecordAmendmentForm",
    "RefuseForm",
    "RemarkForm",
    "RenouncementForm",
    "RenouncementLetterForm",
    "RepaymentForm",
    "SignatureForm",
    "SignedCopyForm",
    "TerminationForm",
    "TermsForm",
    "TransferForm",
    "VersionForm",
]
