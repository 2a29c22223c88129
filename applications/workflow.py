"""The table of a dossier's states as far as its applicants move it."""

from ami_portal.workflow import Transition

from .enums import DossierState as S

SUBMIT = Transition(
    "dossier.submit", frozenset({S.DRAFT}), S.SUBMITTED, "applications.submit_dossier", stamp="submitted_at"
)
REOPEN = Transition(
    "dossier.reopen", frozenset({S.SUBMITTED}), S.DRAFT, "applications.reopen_dossier", clears=("submitted_at",)
)
WITHDRAW = Transition(
    "dossier.withdraw", frozenset({S.DRAFT, S.SUBMITTED}), S.WITHDRAWN, "applications.withdraw_dossier"
)
