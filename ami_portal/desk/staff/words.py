"""The journal in French: its verbs, the states it names, its details. An unknown word is shown as it is."""

import re
from collections.abc import Iterable
from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.enums import Delivery
from applications.enums import CheckResult, CompletionOutcome, DossierState, QuestionState
from evaluation.enums import (
    AppealState,
    OpinionState,
    Outcome,
    RestrictionState,
    ReviewState,
    SessionState,
    Stance,
)
from funding.enums import ConventionState, CopyState, InstalmentState, RemarkState

VERBS = {
    "appeal.accept": "Recours accepté",
    "appeal.file": "Recours formé",
    "appeal.reject": "Recours rejeté",
    "account.add_second_factor": "Second facteur ajouté",
    "account.change": "Compte modifié",
    "account.choose_digests": "Courriels des réponses publiées choisis",
    "account.choose_language": "Langue des questions choisie",
    "account.grant_role": "Rôle donné",
    "account.open": "Compte ouvert",
    "account.remove_second_factor": "Second facteur retiré",
    "account.renew_recovery_codes": "Codes de secours renouvelés",
    "account.revoke_role": "Rôle repris",
    "assignment.apply": "Répartition des évaluations appliquée",
    "assignment.ask": "Répartition des évaluations demandée",
    "assignment.wish": "Paire fixée, écartée ou laissée libre",
    "board.export": "Tableau exporté",
    "charter.accept": "Charte du jury acceptée",
    "call.answer_questions": "Questions et réponses modifiées",
    "call.back_elsewhere": "Dossier jamais repris, rétabli sur Démarches Simplifiées",
    "call.gone_elsewhere": "Dossier jamais repris, supprimé sur Démarches Simplifiées",
    "call.extend": "Clôture prolongée pour tous",
    "call.discard_form_draft": "Révision du formulaire abandonnée",
    "call.deposit_template": "Modèle de fichier déposé",
    "call.duplicate": "Appel dupliqué",
    "call.edit": "Appel modifié",
    "call.edit_form_draft": "Révision du formulaire modifiée",
    "call.load": "Appel chargé",
    "call.open_dataset": "Base ouverte à l’appel",
    "call.publish": "Appel rendu public",
    "call.publish_form": "Révision du formulaire publiée",
    "call.start_form_draft": "Révision du formulaire commencée",
    "conflict.confirm": "Lien d’intérêts confirmé",
    "conflict.detect": "Lien d’intérêts constaté",
    "conflict.lift": "Lien d’intérêts levé",
    "convention.attach_signed_copy": "Copie signée jointe",
    "convention.close": "Convention classée sans suite",
    "convention.freeze": "Texte de la convention figé",
    "convention.prepare": "Convention générée",
    "convention.read_file": "Pièce de la convention téléchargée",
    "convention.reopen": "Négociation de la convention reprise",
    "convention.sign": "Signature de la convention enregistrée",
    "convention.write_text": "Nouvelle version du texte de la convention",
    "remark.answer": "Remarque sur la convention répondue",
    "signature.accept": "Copie signée de la convention acceptée",
    "signature.refuse": "Copie signée de la convention refusée",
    "signature.send": "Copie signée de la convention reçue",
    "signature.void": "Copie signée de la convention écartée",
    "remark.make": "Remarque sur la convention",
    "criterion.decide": "Critère décidé",
    "criterion.propose": "Décision proposée sur un critère",
    "criterion.send_back": "Décision proposée renvoyée",
    "dataset.add": "Base ajoutée",
    "dataset.change": "Base modifiée",
    "dataset_version.add": "Version d’une base ajoutée",
    "dataset_version.change": "Version d’une base modifiée",
    "dataset_version.publish": "Version d’une base publiée",
    "path.choose_after": "Suite choisie par le porteur après un avis",
    "path.choose_route": "Voie réglementaire choisie",
    "path.end_step": "Issue d’une étape réglementaire notée",
    "path.extend_step": "Délai réglementaire prolongé",
    "path.hand_kit": "Pièces du kit de démarrage remises",
    "path.pause_step": "Délai réglementaire suspendu",
    "path.resume_step": "Délai réglementaire repris",
    "path.start_step": "Étape réglementaire engagée",
    "ranking.ask": "Classement demandé",
    "decision.record": "Décision du jury enregistrée",
    "dossier.admit_on_appeal": "Recours accepté : dossier inscrit sur la liste complémentaire",
    "dossier.answer_completion": "Réponse à la demande de complément déposée",
    "dossier.call_from_reserve": "Dossier appelé de la liste complémentaire",
    "dossier.check": "Contrôles automatiques",
    "dossier.reopen_decision": "Décision rouverte",
    "dossier.declare_admissible": "Dossier déclaré recevable",
    "dossier.declare_eligible": "Dossier déclaré éligible",
    "dossier.declare_inadmissible": "Dossier déclaré irrecevable",
    "dossier.declare_ineligible": "Dossier déclaré non éligible",
    "dossier.extend": "Clôture prolongée pour ce dossier",
    "dossier.back_elsewhere": "Dossier rétabli sur Démarches Simplifiées",
    "dossier.claim": "Dossier retrouvé par qui l’a déposé sur Démarches Simplifiées",
    "dossier.follow_form": "Dossier passé au formulaire révisé",
    "dossier.give_section": "Rubrique confiée",
    "dossier.gone_elsewhere": "Dossier supprimé sur Démarches Simplifiées, gardé ici",
    "dossier.import": "Dossier repris de Démarches Simplifiées",
    "dossier.hand_over": "Dossier confié à un autre porteur",
    "dossier.invite": "Membre invité",
    "dossier.leave_unanswered": "Demande de complément restée sans réponse",
    "dossier.lift_confidential": "Réponse ouverte de nouveau aux partenaires",
    "dossier.mark_confidential": "Réponse gardée confidentielle à l’égard des partenaires",
    "dossier.mark_ready": "Rubrique marquée prête à relire",
    "dossier.name_laureate": "Dossier lauréat",
    "dossier.prolong_completion": "Demande de complément prolongée",
    "dossier.put_on_reserve": "Dossier sur liste complémentaire",
    "dossier.read": "Dossier lu",
    "dossier.read_file": "Pièce téléchargée",
    "dossier.record_renouncement": "Renoncement reçu par courrier",
    "dossier.reject": "Dossier non retenu",
    "dossier.remove_member": "Membre retiré",
    "dossier.take_out_member": "Membre parti, retiré par le service instructeur",
    "dossier.renounce": "Renoncement du lauréat",
    "dossier.reopen": "Dossier repris pour correction",
    "dossier.ask_sealing": "Dépôt à la clôture demandé",
    "dossier.return": "Complément demandé au porteur",
    "dossier.revoke_sealing": "Dépôt à la clôture annulé",
    "dossier.refused_elsewhere": "Écriture refusée par Démarches Simplifiées",
    "dossier.write_elsewhere": "Écrit sur Démarches Simplifiées",
    "dossier.withdraw_elsewhere": "Dossier retiré, d’après Démarches Simplifiées",
    "dossier.seal": "Dossier déposé à la clôture, comme demandé",
    "dossier.settle_sealing": "Demande de dépôt à la clôture exécutée",
    "dossier.start": "Dossier commencé",
    "dossier.stop": "Dossier arrêté après un avis défavorable",
    "dossier.submit": "Dossier déposé",
    "dossier.take_section": "Rubrique rendue au porteur",
    "dossier.unmark_ready": "Rubrique à reprendre",
    "dossier.withdraw": "Dossier retiré",
    "dossier.withdraw_completion": "Demande de complément retirée",
    "dossier.write_message": "Message écrit",
    "file.deposit": "Fichier déposé",
    "file.read": "Pièce téléchargée",
    "file.remove": "Fichier retiré",
    "file.replace": "Fichier remplacé",
    "file.restore": "Fichier rétabli",
    "grants.load": "Liste de subventions publiques chargée",
    "instalment.certify": "Service fait constaté",
    "instalment.pay": "Versement payé",
    "juror.set_profile": "Profil d’un membre du jury enregistré",
    "jury.accept_invitation": "Invitation au jury acceptée",
    "jury.decline_invitation": "Invitation au jury déclinée",
    "jury.invite": "Invitation au jury envoyée",
    "jury.withdraw_invitation": "Invitation au jury retirée",
    "letter.build": "Lettre préparée",
    "message.resend": "Courriel renvoyé",
    "opinion.give": "Avis rendu",
    "opinion.read": "Dossier lu par le partenaire",
    "opinion.read_file": "Pièce téléchargée par le partenaire",
    "opinion.request": "Avis demandé",
    "organisation.add": "Organisation ajoutée",
    "organisation.change": "Organisation modifiée",
    "passages.examine": "Passages semblables examinés",
    "piece.refuse": "Pièce justificative refusée",
    "piece.send": "Pièce justificative renvoyée",
    "piece.verify": "Pièce justificative vérifiée",
    "question.answer": "Réponse publiée",
    "question.ask": "Question posée par un visiteur",
    "question.ignore": "Question écartée",
    "question.merge": "Question rattachée à une autre",
    "restriction.accept": "Accord du porteur donné : le dossier continue sans les bases refusées",
    "restriction.ask": "Accord du porteur demandé pour se passer de bases refusées",
    "restriction.decline": "Accord du porteur refusé",
    "restriction.lapse": "Accord du porteur resté sans réponse",
    "restriction.withdraw": "Demande d’accord retirée",
    "review.ask_reopening": "Réouverture d’une évaluation demandée",
    "review.assign": "Évaluation confiée",
    "review.decline_reopening": "Réouverture d’une évaluation refusée",
    "review.deny_conflict": "Absence de lien déclarée",
    "review.recuse": "Déport",
    "review.reopen": "Évaluation rouverte",
    "review.replace": "Évaluation reprise et confiée à quelqu’un d’autre",
    "review.submit": "Évaluation remise",
    "review.set_aside": "Déport décidé : lien d’intérêts confirmé",
    "review.unassign": "Évaluation reprise",
    "seat.set": "Charge et domaines d’un évaluateur fixés",
    "session.arrive": "Arrivée d’un membre du jury",
    "session.build_minutes": "Procès-verbal établi",
    "session.close_scoring": "Notation close",
    "session.close_vote": "Vote clos",
    "session.freeze": "Décisions arrêtées",
    "session.hear": "Dossier appelé en séance",
    "session.leave": "Départ d’un membre du jury",
    "session.open": "Séance du jury ouverte",
    "session.open_vote": "Vote ouvert",
    "session.pause": "Dossier quitté en séance",
    "session.publish": "Résultats publiés",
    "session.schedule": "Instant de la publication fixé",
    "session.unschedule": "Publication prévue annulée",
    "session.set_envelope": "Enveloppe de la séance changée",
    "session.read_minutes": "Procès-verbal téléchargé",
}
"""What was done, by the verb of the journal."""

FACTS = {
    "act": "acte",
    "amount": "montant",
    "automatic": "contrôle",
    "changed": "parties",
    "charter_sha256": "charte",
    "closed_at": "clôture remplacée",
    "closes_at": "nouvelle clôture",
    "count": "nombre",
    "criteria": "critères",
    "criterion": "critère",
    "datasets": "bases",
    "disclosed_reason_before": "motif communicable, avant",
    "document": "document",
    "dossier": "dossier",
    "dossiers": "dossiers",
    "due_at": "fin du délai",
    "due_at_before": "fin du délai, avant",
    "due_on": "attendu le",
    "email_sha256": "adresse (empreinte)",
    "ends_on": "fin",
    "feasibility": "faisabilité",
    "feasibility_before": "faisabilité, avant",
    "feasibility_ground": "motif de l’appel (faisabilité)",
    "feasibility_ground_before": "motif de l’appel (faisabilité), avant",
    "feasibility_question_before": "réponse citée (faisabilité), avant",
    "feasibility_quote_before": "passage cité (faisabilité), avant",
    "feasibility_reason_before": "motif (faisabilité), avant",
    "fields": "champs",
    "filename": "fichier",
    "files": "fichiers",
    "filters": "filtres",
    "form": "formulaire",
    "issued_on": "datée du",
    "juror": "membre du jury",
    "kind": "nature",
    "message": "courriel",
    "minutes_sha256": "procès-verbal",
    "move_reason": "motif de l’écart au classement",
    "neutrality": "neutralité",
    "neutrality_before": "neutralité, avant",
    "neutrality_ground": "motif de l’appel (neutralité)",
    "neutrality_ground_before": "motif de l’appel (neutralité), avant",
    "neutrality_question_before": "réponse citée (neutralité), avant",
    "neutrality_quote_before": "passage cité (neutralité), avant",
    "neutrality_reason_before": "motif (neutralité), avant",
    "number": "n°",
    "organisation": "organisation",
    "outcome": "suite",
    "other": "autre question",
    "out": "sortis",
    "passages": "passages",
    "points": "points",
    "proposed_by": "proposé par",
    "question": "question",
    "rank": "rang",
    "reason": "motif",
    "received_on": "courrier reçu le",
    "regulation": "règlement",
    "replaced": "remplacées",
    "replacing": "en remplacement",
    "role": "rôle",
    "rules": "règles",
    "basis": "Éléments lus",
    "evidence": "Constats",
    "sha256": "empreinte",
    "signed_on": "signée le",
    "unmet": "pièces non remplies",
    "despite": "pourquoi passer outre",
    "unsent": "non envoyés",
    "votes": "pour, contre, abstentions",
    "wanted": "reçus",
}
"""The names of the facts of an event."""

_STATES = {
    "appeal": AppealState,
    "dossier": DossierState,
    "question": QuestionState,
    "opinion": OpinionState,
    "restriction": RestrictionState,
    "review": ReviewState,
    "session": SessionState,
    "convention": ConventionState,
    "instalment": InstalmentState,
    "remark": RemarkState,
    "signature": CopyState,
    "criterion": CheckResult,
    "decision": Outcome,
    "message": Delivery,
}
_VALUES: dict[str, str] = {
    **dict(CheckResult.choices),
    **dict(CompletionOutcome.choices),
    **dict(Stance.choices),
    **dict(Role.choices),
}
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MAX_FACT = 300
"""How much of a fact is shown; the journal keeps it whole."""


def verb_label(verb: str) -> str:
    """« Dossier déposé » for « dossier.submit »."""
    return VERBS.get(verb, verb)


def states_of(event: AuditEvent) -> str:
    """« Brouillon → Déposé »; one word when there is only one; empty for an act that moves nothing."""
    kind = event.verb.partition(".")[0]
    words = dict(_STATES[kind].choices) if kind in _STATES else {}
    return " → ".join(str(words.get(state, state)) for state in (event.before, event.after) if state)


def details_of(event: AuditEvent) -> str:
    """The facts of an event, one after the other; fingerprints by their beginning."""
    told = {name: value for name, value in event.data.items() if value not in ("", [])}
    return " ; ".join(f"{FACTS.get(name, name)} : {_fact(value)}" for name, value in told.items())


def _fact(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(_fact(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_fact(item)}" for name, item in value.items())
    text = str(value)
    if _FINGERPRINT.fullmatch(text):
        return f"{text[:12]}…"
    return f"{text[:MAX_FACT]}…" if len(text) > MAX_FACT else _VALUES.get(text, text)


def event_rows(events: Iterable[AuditEvent]) -> list[dict[str, Any]]:
    """Events with the words that the tables of the journal show."""
    return [
        {"event": event, "label": verb_label(event.verb), "states": states_of(event), "details": details_of(event)}
        for event in events
    ]
