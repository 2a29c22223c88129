"""The call, the dossier, its answers and its frozen versions, the register of deposits."""

from .call import Call, CallDataset, CallQuestion, EligibilityCriterion
from .dossier import Answer, AnswerRow, Attachment, Dossier, DossierDataset, DossierMember, DossierVersion
from .extension import Extension
from .history import PastAnswer
from .register import DepositEntry, DepositRegister, RegisterDay, RegisterHead
from .reminder import Reminder
from .revision import FormerAnswer, FormMove

__all__ = [
    "Answer",
    "AnswerRow",
    "Attachment",
    "Call",
    "CallDataset",
    "CallQuestion",
    "DepositEntry",
    "DepositRegister",
    "Dossier",
    "DossierDataset",
    "DossierMember",
    "DossierVersion",
    "EligibilityCriterion",
    "Extension",
    "FormMove",
    "FormerAnswer",
    "PastAnswer",
    "RegisterDay",
    "RegisterHead",
    "Reminder",
]
