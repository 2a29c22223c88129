"""Eligibility, opinions, jury, decisions."""

from .decisions import Decision, Letter, Session
from .eligibility import DecisionProposal, Declaration, EligibilityItem
from .jury import Review, Score, SelectionHeading, SelectionPoint
from .opinions import Opinion
from .queue import QueueEntry

__all__ = [
    "Decision",
    "DecisionProposal",
    "Declaration",
    "EligibilityItem",
    "Letter",
    "Opinion",
    "QueueEntry",
    "Review",
    "Score",
    "SelectionHeading",
    "SelectionPoint",
    "Session",
]
