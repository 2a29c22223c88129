"""States and words of the evaluation."""

from django.db.models import TextChoices


class Stance(TextChoices):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable avec réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"


class ProposalOutcome(TextChoices):
    CONFIRMED = "confirmed", "Confirmée"
    SENT_BACK = "sent_back", "Renvoyée"
    REPLACED = "replaced", "Remplacée"


class QueueAct(TextChoices):
    ADMISSIBILITY = "admissibility", "Recevabilité"
    ELIGIBILITY = "eligibility", "Éligibilité"
    APPEAL = "appeal", "Recours gracieux"


class Awaited(TextChoices):
    CRITERIA = "criteria", "Critères à décider"
    CONFIRMATION = "confirmation", "Décisions à confirmer"
    DECLARATION = "declaration", "À déclarer"
    ANSWER = "answer", "Réponse à donner"


class AppealState(TextChoices):
    FILED = "filed", "Formé"
    ACCEPTED = "accepted", "Accepté"
    REJECTED = "rejected", "Rejeté"


class OpinionState(TextChoices):
    REQUESTED = "requested", "Demandé"
    SILENT = "silent", "Pas rendu à temps"
    GIVEN = "given", "Rendu"
    PASSED_OVER = "passed_over", "Sans avis"
    HELD_REFUSED = "held_refused", "Sans avis, base refusée"


AWAITED = (OpinionState.REQUESTED, OpinionState.SILENT)
"""An opinion that its partner may still give: a silence is noted, and says nothing."""
ENDED_IN_SILENCE = (OpinionState.PASSED_OVER, OpinionState.HELD_REFUSED)
"""What staff decided of a silence."""


class Ruling(TextChoices):
    KEPT = "kept", "Base gardée"
    REFUSED = "refused", "Base refusée"


class LookKind(TextChoices):
    AGAIN = "again", "À revoir"
    OUTSIDE = "outside", "Hors de la neutralité et de la faisabilité scientifique"


class ContradictionState(TextChoices):
    OPENED = "opened", "Réponse attendue"
    ANSWERED = "answered", "Réponse donnée"
    UNANSWERED = "unanswered", "Sans réponse"
    EFFECTIVE = "effective", "Avis suivi d’effet"
    DROPPED = "dropped", "Sans objet"


class RestrictionState(TextChoices):
    ASKED = "asked", "Accord demandé"
    ACCEPTED = "accepted", "Accord donné"
    DECLINED = "declined", "Accord refusé"
    UNANSWERED = "unanswered", "Sans réponse"
    WITHDRAWN = "withdrawn", "Proposition retirée"


class ReviewState(TextChoices):
    TO_DECLARE = "to_declare", "Lien d’intérêts à déclarer"
    RECUSED = "recused", "Déporté"
    DRAFT = "draft", "À évaluer"
    SUBMITTED = "submitted", "Évaluation remise"
    REPLACED = "replaced", "Remplacé"


ASIDE = (ReviewState.RECUSED, ReviewState.REPLACED)
"""A review that no longer counts: neither expected, nor read by its juror."""


class Confidence(TextChoices):
    LOW = "unsure", "Faible : ce domaine m’est peu familier"
    MEDIUM = "fair", "Moyenne : je connais ce domaine"
    HIGH = "sure", "Forte : j’en suis spécialiste"


class ConflictKind(TextChoices):
    MEMBER = "member", "Membre du dossier"
    PERSON = "person", "Même personne"
    ORGANISATION = "organisation", "Même organisme"
    DOMAIN = "domain", "Même domaine de messagerie"
    AUTHOR = "author", "Cosignataire"
    PARTNER = "partner", "Partenaire d’une base demandée"


class ConflictState(TextChoices):
    DETECTED = "detected", "À examiner"
    CONFIRMED = "confirmed", "Confirmé"
    LIFTED = "lifted", "Levé"


class InvitationState(TextChoices):
    WAITING = "invited", "Sans réponse"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Déclinée"
    WITHDRAWN = "withdrawn", "Retirée"


class TieKind(TextChoices):
    WORK = "work", "Travail commun : même employeur, encadrement, projet, publication"
    MONEY = "money", "Argent : rémunération, financement, parts, contrat"
    FAMILY = "family", "Famille, couple ou amitié"
    DISPUTE = "dispute", "Rivalité ou différend"
    PARTNER = "partner", "Lien avec qui détient une base demandée"
    OTHER = "other", "Autre lien, ou un doute"


class WishKind(TextChoices):
    FIXED = "fixed", "Imposée"
    FORBIDDEN = "forbidden", "Écartée"


class ProposalState(TextChoices):
    COMPUTING = "computing", "Calcul en cours"
    READY = "ready", "À relire"
    BLOCKED = "blocked", "Impossible"
    APPLIED = "applied", "Appliquée"


class SessionState(TextChoices):
    SCORING = "scoring", "Évaluation en cours"
    DELIBERATION = "deliberation", "Délibération"
    FROZEN = "frozen", "Décisions arrêtées"
    PUBLISHED = "published", "Résultats publiés"


class Outcome(TextChoices):
    LAUREATE = "laureate", "Lauréat"
    RESERVE = "reserve", "Liste complémentaire"
    REJECTED = "rejected", "Non retenu"


class Voice(TextChoices):
    FOR = "for", "Pour"
    AGAINST = "against", "Contre"
    ABSTAIN = "abstain", "Abstention"
