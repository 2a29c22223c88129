"""States of conventions, remarks and instalments, accounts of the ledger."""

from django.db.models import TextChoices


class ConventionState(TextChoices):
    PREPARED = "prepared", "En négociation"
    FROZEN = "frozen", "À signer"
    SIGNED = "signed", "Signée"
    SUSPENDED = "suspended", "Suspendue"
    TERMINATED = "terminated", "Résiliée"
    CLOSED = "closed", "Sans suite"


class AmendmentState(TextChoices):
    PREPARED = "prepared", "À signer"
    SIGNED = "signed", "En vigueur"
    ABANDONED = "abandoned", "Abandonné"


class PartyRole(TextChoices):
    LEAD = "science_lead", "Responsable scientifique"
    MANAGER = "manager", "Organisme gestionnaire"
    SIGNATORY = "signatory", "Signataire"
    FUNDED = "funded_partner", "Partenaire financé"
    ASSOCIATED = "associated_partner", "Partenaire associé"


class Party(TextChoices):
    BENEFICIARY = "beneficiary", "Bénéficiaire"
    OPERATOR = "operator", "Opérateur"

    @property
    def of(self) -> str:
        """« du bénéficiaire »."""
        return "du bénéficiaire" if self == Party.BENEFICIARY else "de l’opérateur"


class CopyState(TextChoices):
    RECEIVED = "received", "À vérifier"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    VOID = "void", "Ne compte plus"


class RemarkKind(TextChoices):
    CHANGE = "change", "Proposer une modification"
    QUESTION = "question", "Poser une question"


class RemarkState(TextChoices):
    OPEN = "open", "Sans réponse"
    ANSWERED = "answered", "Répondue"


class RemarkOutcome(TextChoices):
    ACCEPTED = "accepted", "Proposition reprise"
    OTHERWISE = "otherwise", "Reprise autrement"
    DECLINED = "declined", "Non retenue"
    REPLIED = "replied", "Réponse donnée"

    @classmethod
    def of(cls, kind: str) -> list[tuple[str, str]]:
        """What may become of a remark of a kind."""
        if kind == RemarkKind.QUESTION:
            return [(cls.REPLIED.value, str(cls.REPLIED.label))]
        return [(one.value, str(one.label)) for one in (cls.ACCEPTED, cls.OTHERWISE, cls.DECLINED)]


class InstalmentState(TextChoices):
    PLANNED = "planned", "Prévu"
    CERTIFIED = "certified", "Service fait constaté"
    PAID = "paid", "Payé"
    SETTLED = "settled", "Soldé sans paiement"


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


class Basis(TextChoices):
    """What the amount of an instalment is counted from."""

    SHARE = "share", "Part de l’aide"
    CLAIM = "claim", "Dépenses de son état"
    BALANCE = "balance", "Solde des dépenses acceptées"
    RETENTION = "retention", "Libération de la retenue"


class ClaimState(TextChoices):
    """Of a claim."""

    DRAFT = "draft", "En préparation"
    SUBMITTED = "submitted", "À examiner"
    RETURNED = "returned", "À corriger"
    ACCEPTED = "accepted", "Accepté"


class ExpenseVerdict(TextChoices):
    """What was decided of one expense."""

    PENDING = "pending", "À examiner"
    ACCEPTED = "accepted", "Acceptée"
    REDUCED = "reduced", "Réduite"
    REFUSED = "refused", "Refusée"


class OrderState(TextChoices):
    ISSUED = "issued", "À reverser"
    REPAID = "repaid", "Reversé"
