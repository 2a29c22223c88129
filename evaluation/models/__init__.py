"""Eligibility, passages alike, opinions, jury, decisions."""

from .appeals import Appeal, AppealFile
from .assignment import Proposal, Seat, Wish
from .charters import Charter, CharterAcceptance, JuryInvitation
from .check_run import CheckRun
from .conflicts import Conflict, ConflictRuling
from .contradiction import Contradiction
from .decisions import Decision, Letter, Session
from .eligibility import DecisionProposal, Declaration, EligibilityItem
from .jurors import Absence, JurorProfile, JurorStay
from .jury import Review, Score, SelectionHeading, SelectionPoint
from .minutes import Minutes
from .opinion_drafts import OpinionDraft
from .opinions import Opinion
from .passages import Fingerprint, Grant, GrantFile, Passage, PassagePair
from .progress import DossierProgress, JurorProgress
from .queue import QueueEntry
from .ranking import Ranking
from .reopening import Reopening
from .restriction import Restriction
from .second_look import SecondLook
from .sitting import Attendance, Departure, Hearing
from .voting import Ballot, Vote

__all__ = [
    "Absence",
    "Appeal",
    "AppealFile",
    "Attendance",
    "Ballot",
    "Charter",
    "CharterAcceptance",
    "CheckRun",
    "Conflict",
    "ConflictRuling",
    "Contradiction",
    "Decision",
    "DecisionProposal",
    "Declaration",
    "Departure",
    "DossierProgress",
    "EligibilityItem",
    "Fingerprint",
    "Grant",
    "GrantFile",
    "Hearing",
    "JurorProfile",
    "JurorProgress",
    "JurorStay",
    "JuryInvitation",
    "Letter",
    "Minutes",
    "Opinion",
    "OpinionDraft",
    "Passage",
    "PassagePair",
    "Proposal",
    "QueueEntry",
    "Ranking",
    "Reopening",
    "Restriction",
    "Review",
    "Score",
    "Seat",
    "SecondLook",
    "SelectionHeading",
    "SelectionPoint",
    "Session",
    "Vote",
    "Wish",
]
