"""Eligibility, opinions, jury, decisions."""

from .decisions import Decision, Letter, Session
from .eligibility import DecisionProposal, Declaration, EligibilityItem
from .jury import Review, Score, SelectionHeading, SelectionPoint
from .opinions import Opinion

__all__ = [
    "Decision",
    "DecisionProposal",
    "Declaration",
    "EligibilityItem",
    "Letter",
    "Opinion",
    "Review",
    "Score",
    "SelectionHeading",
    "SelectionPoint",
    "Session",
]
