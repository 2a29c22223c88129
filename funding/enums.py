"""States of conventions and instalments, accounts of the ledger."""

from django.db.models import TextChoices


class ConventionState(TextChoices):
    PREPARED = "prepared", "À signer"
    SIGNED = "signed", "Signée"
    CLOSED = "closed", "Sans suite"


class InstalmentState(TextChoices):
    PLANNED = "planned", "Prévu"
    CERTIFIED = "certified", "Service fait constaté"
    PAID = "paid", "Payé"


class Account(TextChoices):
    GRANT = "grant", "Subvention accordée"
    COMMITTED = "committed", "Engagé, à verser"
    RETAINED = "retained", "Retenue de garantie"
    PAID = "paid", "Versé au bénéficiaire"
    OWED = "owed", "À reverser par le bénéficiaire"


class EntryKind(TextChoices):
    COMMITMENT = "commitment", "Engagement"
    INCREASE = "increase", "Engagement complémentaire"
    PAYMENT = "payment", "Versement"
    RETENTION = "retention", "Retenue"
    FREEING = "freeing", "Libération de la retenue"
    FORFEIT = "forfeit", "Retenue non due"
    RECOVERY = "recovery", "Ordre de reversement"
    REPAYMENT = "repayment", "Reversement encaissé"
    RELEASE = "release", "Désengagement"
    CORRECTION = "correction", "Contre-écriture"
