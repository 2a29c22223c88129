"""The journal in French: its verbs, the states it names, its details. An unknown word is shown as it is."""

from typing import Any

from ami_portal.audit.models import AuditEvent
from applications.enums import DossierState
from evaluation.enums import OpinionState, ReviewState, SessionState
from funding.enums import ConventionState, InstalmentState

VERBS = {
    "account.add_second_factor": "Second facteur ajouté",
    "account.grant_role": "Rôle donné",
    "account.remove_second_factor": "Second facteur retiré",
    "account.renew_recovery_codes": "Codes de secours renouvelés",
    "account.revoke_role": "Rôle repris",
    "board.export": "Tableau exporté",
    "call.answer_questions": "Questions et réponses modifiées",
    "call.load": "Appel chargé",
    "dossier.declare_eligible": "Dossier déclaré éligible",
    "dossier.declare_ineligible": "Dossier déclaré non éligible",
    "dossier.invite": "Membre invité",
    "dossier.name_laureate": "Dossier lauréat",
    "dossier.put_on_reserve": "Dossier sur liste complémentaire",
    "dossier.read": "Dossier lu",
    "dossier.read_file": "Pièce téléchargée",
    "dossier.reject": "Dossier non retenu",
    "dossier.remove_member": "Membre retiré",
    "dossier.reopen": "Dossier repris pour correction",
    "dossier.start": "Dossier commencé",
    "dossier.submit": "Dossier déposé",
    "dossier.withdraw": "Dossier retiré",
    "file.deposit": "Fichier déposé",
    "message.resend": "Courriel renvoyé",
    "opinion.give": "Avis rendu",
    "review.deny_conflict": "Absence de lien déclarée",
    "review.recuse": "Déport",
    "review.submit": "Évaluation remise",
    "session.close_scoring": "Notation close",
    "session.freeze": "Décisions arrêtées",
    "session.publish": "Résultats publiés",
}

_STATES = (DossierState, OpinionState, ReviewState, SessionState, ConventionState, InstalmentState)


def verb_label(verb: str) -> str:
    """« Dossier déposé » for « dossier.submit »."""
    return VERBS.get(verb, verb)


def states_of(event: AuditEvent) -> str:
    """« Brouillon → Déposé »; one word when there is only one; empty for an act that moves nothing."""
    kind = event.verb.partition(".")[0]
    return " → ".join(_state(kind, state) for state in (event.before, event.after) if state)


def _state(kind: str, state: str) -> str:
    by_kind = dict(zip(("dossier", "opinion", "review", "session", "convention", "instalment"), _STATES, strict=True))
    words: dict[str, str] = dict(by_kind[kind].choices) if kind in by_kind else {}
    return words.get(state, state)


def details_of(event: AuditEvent) -> str:
    """The facts of an event, one after the other."""
    return " ; ".join(f"{name} : {_fact(value)}" for name, value in event.data.items())


def _fact(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(_fact(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_fact(item)}" for name, item in value.items())
    return str(value)
