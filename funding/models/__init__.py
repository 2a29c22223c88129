"""What is kept of a grant: its convention and the texts agreed on, its schedule, its ledger, its end."""

from .convention import Convention, Renouncement
from .money import Instalment, LedgerEntry
from .path import AccessPath, PathPause, PathStep
from .remarks import Remark
from .signatures import SignedCopy
from .texts import AgreementText, ConventionTemplate

__all__ = [
    "AccessPath",
    "AgreementText",
    "Convention",
    "ConventionTemplate",
    "Instalment",
    "LedgerEntry",
    "PathPause",
    "PathStep",
    "Remark",
    "Renouncement",
    "SignedCopy",
]
