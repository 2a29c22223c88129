"""States of a dossier and of a question, roles on a dossier, acts of the staff, results of a check."""

from django.db.models import TextChoices


class DossierState(TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Déposé"
    RETURNED = "returned", "Complément demandé"
    ELIGIBLE = "eligible", "Éligible"
    INELIGIBLE = "ineligible", "Non éligible"
    LAUREATE = "laureate", "Lauréat"
    RESERVE = "reserve", "Liste complémentaire"
    REJECTED = "rejected", "Non retenu"
    WITHDRAWN = "withdrawn", "Retiré"
    RENOUNCED = "renounced", "Renoncement"


UNDER_EXAMINATION = (DossierState.SUBMITTED, DossierState.RETURNED)
"""Deposited, its eligibility not decided: a completion may be asked for meanwhile."""


class MemberRole(TextChoices):
    OWNER = "owner", "Porteur"
    EDITOR = "editor", "Rédacteur"
    READER = "reader", "Lecteur"


WRITERS = (MemberRole.OWNER, MemberRole.EDITOR)
"""The roles that write in a draft, and that are told of what changes under it."""


class PastKind(TextChoices):
    REPLACED = "replaced", "Remplacé"
    MERGED = "merged", "Réuni"
    SET_ASIDE = "set_aside", "Écarté"
    UNSENT = "unsent", "Non envoyé"


class CompletionOutcome(TextChoices):
    ANSWERED = "answered", "Réponse reçue"
    UNANSWERED = "unanswered", "Sans réponse"
    WITHDRAWN = "withdrawn", "Retirée"


class SealingOutcome(TextChoices):
    DEPOSITED = "deposited", "Déposé"
    INCOMPLETE = "incomplete", "Incomplet : non déposé"
    MOOT = "moot", "Sans objet"


class OpinionMode(TextChoices):
    VETO = "veto", "Un avis défavorable arrête le dossier"
    ADVISORY = "advisory", "Un avis est consultatif : le jury le lit"


class QuestionState(TextChoices):
    WAITING = "waiting", "À traiter"
    ANSWERED = "answered", "Publiée"
    IGNORED = "ignored", "Écartée"
    MERGED = "merged", "Rattachée à une autre"


class Act(TextChoices):
    """The two acts that staff decide by criteria: whether a deposit is receivable, then whether it is eligible."""

    ADMISSIBILITY = "admissibility", "Recevabilité"
    ELIGIBILITY = "eligibility", "Éligibilité"


class CheckResult(TextChoices):
    MET = "met", "Satisfait"
    NOT_MET = "not_met", "Non satisfait"
    UNKNOWN = "unknown", "À apprécier"


class SyncStage(TextChoices):
    DOSSIERS = "dossiers", "Dossiers"
    DELETED = "deleted", "Dossiers supprimés"
    PENDING = "pending", "Dossiers en attente de suppression"
    AGAIN = "again", "Dossiers en erreur, redemandés"
    ACTS = "acts", "Ce qui s’écrit là-bas"


class RemoteActKind(TextChoices):
    START = "start", "Passer en instruction"
    ASK_CORRECTION = "ask_correction", "Demander une correction"
    ACCEPT = "accept", "Accepter"
    REFUSE = "refuse", "Refuser"
    CLOSE = "close", "Classer sans suite"
    ANNOTATE = "annotate", "Annoter"
