"""What is kept of a grant: its convention and the texts agreed on, its schedule, its ledger, its end."""

from .amendments import Amendment, AmendmentLine, BudgetTransfer, Suspension, Termination
from .convention import Convention, Renouncement
from .expenses import ExpenseClaim, ExpenseFile, ExpenseLine
from .money import Instalment, LedgerEntry, RecoveryOrder
from .parties import ConsortiumAgreement, GrantParty
from .path import AccessPath, PathPause, PathStep
from .remarks import Remark
from .signatures import SignedCopy
from .texts import AgreementText, ConventionTemplate

__all__ = [
    "AccessPath",
    "AgreementText",
    "Amendment",
    "AmendmentLine",
    "BudgetTransfer",
    "ConsortiumAgreement",
    "Convention",
    "ConventionTemplate",
    "ExpenseClaim",
    "ExpenseFile",
    "ExpenseLine",
    "GrantParty",
    "Instalment",
    "LedgerEntry",
    "PathPause",
    "PathStep",
    "RecoveryOrder",
    "Remark",
    "Renouncement",
    "SignedCopy",
    "Suspension",
    "Termination",
]
