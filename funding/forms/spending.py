"""What is typed about expenses: one of them, a spreadsheet, a decision, what frees or gives back a sum."""

from typing import Any

from django import forms

from ami_portal.kernel import clock
from ami_portal.ui.forms import DayField, EurosField, PortalForm, TextField
from funding.actions.examining import MAX_REASON
from funding.actions.payments import MAX_REFERENCE
from funding.enums import ExpenseVerdict
from funding.expenses import MAX_TEXT
from funding.regulation import Regulation


class ExpenseForm(PortalForm):
    """One expense, as the regulation counts it."""

    category = forms.ChoiceField(label="Catégorie")
    label = TextField(
        label="Intitulé", help_text="Exemple : « Salaire de septembre, ingénieure ».", max_length=MAX_TEXT
    )
    supplier = TextField(label="Fournisseur", help_text="Ou l’employeur, pour un salaire.", max_length=MAX_TEXT)
    invoiced_on = DayField(label="Date de la facture")
    paid_on = DayField(label="Date du paiement", help_text="Une dépense se demande une fois payée.")
    amount = EurosField(help_text="Exemple : 1 234,50")
    document = forms.FileField(
        label="Justificatif",
        help_text="Un PDF ou une image : la facture acquittée, le bulletin de paie…",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, rules: Regulation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "Choisir une catégorie"), *rules.categories.items()]
        self.fields["amount"].label = f"Montant {rules.tax_words} (€)"


class ExpenseFileForm(PortalForm):
    """A spreadsheet of expenses."""

    document = forms.FileField(
        label="Tableau de dépenses",
        help_text="Le modèle rempli, en Excel (.xlsx) ou en CSV. Ses lignes sont toutes ajoutées, ou aucune.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class ExpenseVerdictForm(PortalForm):
    """What is decided of one expense."""

    verdict = forms.ChoiceField(
        label="Décision",
        choices=[
            (ExpenseVerdict.ACCEPTED, "Accepter en entier"),
            (ExpenseVerdict.REDUCED, "Réduire"),
            (ExpenseVerdict.REFUSED, "Refuser"),
        ],
        widget=forms.RadioSelect,
    )
    accepted_amount = EurosField(label="Montant accepté (€)", help_text="Pour une dépense réduite.", required=False)
    reason = TextField(
        label="Motif",
        help_text="Pour une dépense réduite ou refusée. Le bénéficiaire le lit.",
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClaimReturnForm(PortalForm):
    """A claim to be corrected."""

    reason = TextField(
        label="Ce qui est à corriger",
        help_text="Le bénéficiaire le lit.",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FreeRetentionForm(PortalForm):
    """The retention is freed."""

    reason = TextField(
        label="Par quoi le rapport final est accepté",
        help_text="Exemple : « Rapport final accepté par courrier du 12 mars 2027 ». Conservé au journal.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RepaymentForm(PortalForm):
    """A sum asked back has come."""

    repaid_on = DayField(label="Date du reversement", initial=clock.today)
    reference = TextField(
        label="Référence", help_text="Le numéro du titre ou du virement reçu.", max_length=MAX_REFERENCE
    )
