"""What is typed of an amendment, of a transfer, of an interruption."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO
from ami_portal.ui.forms import DayField, EurosField, PortalForm, TextField
from funding.actions.amendments import MAX_LEAD, MAX_REASON, MAX_SIGNATORY, Wanted
from funding.terms import Terms, Transfer


def reason_field(label: str, hint: str = "") -> TextField:
    """Why, in a few lines."""
    return TextField(label=label, help_text=hint, max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 4}))


class AmendmentForm(PortalForm):
    """What an amendment changes: what is left blank, or as it is, does not change."""

    reason = reason_field("Motif", "Écrit dans l’avenant.")
    ends_on = DayField(label="Nouvelle fin du projet", required=False)
    amount = EurosField(label="Nouveau montant de l’aide (€)", required=False)
    new_lead = TextField(
        label="Nouveau responsable scientifique",
        help_text="Prénom, nom et organisme.",
        required=False,
        max_length=MAX_LEAD,
    )

    def __init__(self, *args: Any, categories: Mapping[str, str], terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms, self.categories = terms, categories
        for code, label in categories.items() if terms.budget else ():
            self.fields[f"cost_{code}"] = EurosField(
                label=label, min_value=ZERO, required=False, initial=terms.budget.get(code, ZERO)
            )

    @property
    def cost_fields(self) -> list[forms.BoundField]:
        """The costs, one field a category."""
        return [self[name] for name in self.fields if name.startswith("cost_")]

    @property
    def wanted(self) -> Wanted:
        """What a valid form changes."""
        said = self.cleaned_data
        typed = {code: said.get(f"cost_{code}") or ZERO for code in self.categories}
        budget = {code: amount for code, amount in typed.items() if amount or code in self.terms.budget}
        is_moved = self.terms.budget and any(
            budget.get(code, ZERO) != self.terms.budget.get(code, ZERO) for code in {*budget, *self.terms.budget}
        )
        return Wanted(said["ends_on"], said["amount"], said["new_lead"], budget if is_moved else {})


class RecordAmendmentForm(PortalForm):
    """The signature of both parties."""

    signed_on = DayField(label="Date de la dernière signature", initial=clock.today)
    signatory = TextField(label="Signataire pour le bénéficiaire", max_length=MAX_SIGNATORY)


class TransferForm(PortalForm):
    """Costs that go from a category to another."""

    source = forms.ChoiceField(label="De la catégorie")
    target = forms.ChoiceField(label="Vers la catégorie")
    amount = EurosField(label="Montant (€)")
    reason = reason_field("Motif", "Lu par le gestionnaire de la convention.")

    def __init__(self, *args: Any, categories: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the reader of types)
            field.choices = list(categories.items())

    @property
    def wanted(self) -> Transfer:
        """What a valid form moves."""
        said = self.cleaned_data
        return Transfer(said["source"], said["target"], said["amount"])


class TermsForm(PortalForm):
    """The day on which the terms are read."""

    au = DayField(label="État consolidé au", initial=clock.today)


class InterruptionForm(PortalForm):
    """A suspension, or its end."""

    on = DayField(label="À compter du", initial=clock.today)
    reason = reason_field("Motif", "Lu par l’équipe du projet.")


class TerminationForm(InterruptionForm):
    """The end of a convention before its time."""

    recovered = EurosField(
        label="Somme à reverser par le bénéficiaire (€)",
        help_text="Ce qui a été versé et n’est pas dû. Zéro si rien n’est à reverser.",
        min_value=ZERO,
        initial=ZERO,
    )
    forfeits_retention = forms.BooleanField(
        label="La retenue n’est pas due au bénéficiaire",
        help_text="Sinon, elle reste à libérer.",
        required=False,
    )

    def amount(self) -> Decimal:
        """What is to be recovered, in euros."""
        found: Decimal = self.cleaned_data["recovered"]
        return found
