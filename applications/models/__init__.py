"""The call, the dossier, its answers and its frozen versions, the register of deposits, what comes from elsewhere."""

from .call import Call, CallDataset, CallQuestion, EligibilityCriterion
from .call_history import CalendarMove, CallLoad, RegulationVersion
from .completion import CompletionPoint, CompletionRequest
from .conversation import DossierMessage, MessageFile, MessageReading
from .demarche import ImportFault, RemoteAct, RemoteDossier, SyncPass
from .directory import DirectoryAnswer
from .dossier import Answer, AnswerRow, Attachment, Dossier, DossierDataset, DossierMember, DossierVersion
from .extension import Extension
from .history import PastAnswer
from .pieces import PieceReading, PieceRenewal
from .questions import AnswersDigest, DigestRefusal, VisitorQuestion
from .register import DepositEntry, DepositRegister, RegisterDay, RegisterHead
from .reminder import Reminder
from .revision import FormDraft, FormerAnswer, FormMove
from .sealing import Sealing
from .sharing import ConfidentialMark, GivenSection, SharingNotice

__all__ = [
    "Answer",
    "AnswerRow",
    "AnswersDigest",
    "Attachment",
    "CalendarMove",
    "Call",
    "CallDataset",
    "CallLoad",
    "CallQuestion",
    "CompletionPoint",
    "CompletionRequest",
    "ConfidentialMark",
    "DepositEntry",
    "DepositRegister",
    "DigestRefusal",
    "DirectoryAnswer",
    "Dossier",
    "DossierDataset",
    "DossierMember",
    "DossierMessage",
    "DossierVersion",
    "EligibilityCriterion",
    "Extension",
    "FormDraft",
    "FormMove",
    "FormerAnswer",
    "GivenSection",
    "ImportFault",
    "MessageFile",
    "MessageReading",
    "PastAnswer",
    "PieceReading",
    "PieceRenewal",
    "RegisterDay",
    "RegisterHead",
    "RegulationVersion",
    "Reminder",
    "RemoteAct",
    "RemoteDossier",
    "Sealing",
    "SharingNotice",
    "SyncPass",
    "VisitorQuestion",
]
