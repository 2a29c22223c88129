"""What is typed about a grant and its convention. What is allowed is decided by the actions."""

from .acts import (
    PaymentForm,
    PieceForm,
    RenouncementForm,
    RenouncementLetterForm,
    SignatureForm,
    SignedCopyForm,
)
from .copies import AcceptForm, CopyForm, ReceivedCopyForm, RefuseForm
from .negotiation import FreezeForm, RemarkForm, VersionForm

__all__ = [
    "AcceptForm",
    "CopyForm",
    "FreezeForm",
    "PaymentForm",
    "PieceForm",
    "ReceivedCopyForm",
    "RefuseForm",
    "RemarkForm",
    "RenouncementForm",
    "RenouncementLetterForm",
    "SignatureForm",
    "SignedCopyForm",
    "VersionForm",
]
