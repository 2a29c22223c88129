"""The call, the dossier, its answers and its frozen versions."""

from .call import Call, CallDataset, CallQuestion, EligibilityCriterion
from .dossier import Answer, AnswerRow, Attachment, Dossier, DossierDataset, DossierMember, DossierVersion
from .extension import Extension
from .history import PastAnswer

__all__ = [
    "Answer",
    "AnswerRow",
    "Attachment",
    "Call",
    "CallDataset",
    "CallQuestion",
    "Dossier",
    "DossierDataset",
    "DossierMember",
    "DossierVersion",
    "EligibilityCriterion",
    "Extension",
    "PastAnswer",
]
