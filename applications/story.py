"""Where a dossier stands in its story, told to its own team: the step, what is expected, what happens next.

A result is told at its publication, and not before: an eligible dossier is « en cours d’examen » like any other.
"""

import datetime as dt
from dataclasses import dataclass

from ami_portal.ui.wording import end_of_day

from .enums import WRITERS, Act, MemberRole
from .enums import DossierState as S
from .models import Dossier

BEFORE, AFTER, ENDED_EARLY = ("Brouillon", "Dépôt"), ("Avis et jury", "Résultats"), ("Examen", "Décision")
"""The line of steps around the acts that the call has; and what follows the deposit of a dossier refused before its
jury."""
_DECIDED = frozenset({S.INELIGIBLE, S.LAUREATE, S.RESERVE, S.REJECTED, S.RENOUNCED})


@dataclass(frozen=True)
class Step:
    """One step of the line: done, current or coming."""

    label: str
    state: str


@dataclass(frozen=True)
class Standing:
    """How the dossier is shown to its team. `url_name` and `action` are the one thing to do next, empty for nothing."""

    label: str
    tone: str
    icon: str
    sentence: str
    action: str = ""
    url_name: str = ""
    outcome: bool = False


def steps(dossier: Dossier, at: dt.datetime) -> list[Step]:
    """The line of steps, recevabilité and éligibilité apart where the call has both; a withdrawn dossier is at none."""
    acts = [act.label for act in Act if act in dossier.call.acts] or [Act.ADMISSIBILITY.label]
    labels = (*BEFORE, *(ENDED_EARLY if dossier.state == S.INELIGIBLE else (*acts, *AFTER)))
    first, last = _current(dossier, at, acts=len(acts), steps=len(labels))
    return [
        Step(str(label), "done" if index < first else "current" if index <= last else "coming")
        for index, label in enumerate(labels)
    ]


def _current(dossier: Dossier, at: dt.datetime, *, acts: int, steps: int) -> tuple[int, int]:
    """First and last current step: an examination under way is told as one, whatever its inner progress."""
    if dossier.state == S.DRAFT:
        return (0, 0)
    if dossier.state == S.WITHDRAWN:
        return (0, -1)
    if dossier.state in _DECIDED:
        return (steps - 1, steps - 1)
    if dossier.is_returned:
        return (2, 1 + acts)
    return (2, steps - 2) if dossier.is_closed(at) else (1, 1)


def standing(dossier: Dossier, role: str | None, at: dt.datetime) -> Standing:
    """The state in words, and the next action of someone with `role`."""
    open_now = dossier.is_open(at)
    if dossier.state == S.DRAFT:
        return _draft(dossier, role, open_now=open_now)
    if dossier.state == S.WITHDRAWN:
        return Standing(
            "Retiré", "beige-gris-galet", "arrow-go-back-line", "Ce dossier a été retiré : il ne sera pas examiné."
        )
    if dossier.state in _DECIDED:
        sentence = _ENDED.get(S(dossier.state), "La décision est rendue : votre lettre est dans ce dossier.")
        tone, icon = _TONES.get(S(dossier.state), ("beige-gris-galet", "mail-line"))
        return Standing(
            dossier.get_state_display(),
            tone,
            icon,
            sentence,
            "Lire la décision",
            "evaluation:dossier_outcome",
            outcome=True,
        )
    if dossier.completion_due_at is not None:
        return _returned(dossier, role, dossier.completion_due_at, at)
    if open_now:
        sentence = _FROM_ELSEWHERE if hasattr(dossier, "remote") else _MAY_BE_REOPENED
        return Standing(
            "Déposé", "success", "send-plane-line", sentence, "Voir le dossier déposé", "applications:dossier_detail"
        )
    if dossier.reply_due_at is not None and at < dossier.reply_due_at:
        return _asked(role, dossier.reply_due_at)
    sentence = _AS_DEPOSITED if dossier.call.completion_delay is None else _NOTHING_ASKED
    return Standing(
        "En cours d’examen", "blue-cumulus", "search-line", sentence, "Voir le dossier", "applications:dossier_detail"
    )


_NOTHING_ASKED = "Ce dossier est en cours d’examen. Rien ne vous est demandé : vous recevrez un courriel aux résultats."
_AS_DEPOSITED = (
    "Ce dossier est en cours d’examen. Cet appel ne demande aucun complément : il est jugé tel qu’il est déposé. "
    "Vous recevrez un courriel aux résultats."
)
_MAY_BE_REOPENED = "Ce dossier est déposé. Jusqu’à la clôture, son porteur peut reprendre le dépôt pour le corriger."
_FROM_ELSEWHERE = (
    "Ce dossier est déposé sur Démarches Simplifiées. C’est là-bas qu’il se corrige : ce qui y change est repris ici."
)
_ENDED = {S.RENOUNCED: "Votre équipe a renoncé à l’aide : ce projet n’est plus lauréat."}
_TONES = {S.LAUREATE: ("success", "award-line"), S.RESERVE: ("purple-glycine", "list-ordered")}


def _returned(dossier: Dossier, role: str | None, due_at: dt.datetime, at: dt.datetime) -> Standing:
    label, tone, icon = "Complément demandé", "orange-terre-battue", "question-line"
    page = "applications:dossier_completion"
    if at >= due_at:
        sentence = "Ce dossier est déposé. Le délai du complément est passé : il est examiné tel qu’il est déposé."
        return Standing(label, tone, icon, sentence, "Voir la demande", page)
    sentence = f"Ce dossier est déposé. Un complément est attendu au plus tard le {end_of_day(due_at)}."
    action = "Répondre à la demande" if role in WRITERS else "Voir la demande"
    return Standing(label, tone, icon, sentence, action, page)


def _asked(role: str | None, due_at: dt.datetime) -> Standing:
    sentence = f"Ce dossier est en cours d’examen. Une réponse vous est demandée au plus tard le {end_of_day(due_at)}."
    action = "Lire et répondre" if role == MemberRole.OWNER else "Lire ce qui est demandé"
    page = "evaluation:dossier_consultation"
    return Standing("Réponse demandée", "orange-terre-battue", "question-line", sentence, action, page, outcome=True)


def _draft(dossier: Dossier, role: str | None, *, open_now: bool) -> Standing:
    label, tone, icon = "Brouillon", "yellow-tournesol", "edit-line"
    if not open_now:
        return Standing(label, tone, icon, "Ce dossier n’a pas été déposé avant la clôture : il ne sera pas examiné.")
    sentence = "Ce dossier n’est pas déposé."
    if role == MemberRole.READER:
        return Standing(label, tone, icon, sentence, "Lire le dossier", "applications:dossier_detail")
    if dossier.percent_complete == 100:
        if role == MemberRole.OWNER:
            return Standing(
                label, tone, icon, f"{sentence} Il est complet.", "Déposer le dossier", "applications:dossier_submit"
            )
        return Standing(
            label,
            tone,
            icon,
            f"{sentence} Il est complet : son porteur peut le déposer.",
            "Relire",
            "applications:dossier_preview",
        )
    return Standing(label, tone, icon, sentence, "Continuer", "applications:dossier_detail")
