"""The form of a juror's seat in a call: fields, profiles, bounds of their own."""

from typing import Any

from django import forms

from ami_portal.accounts.models import User
from ami_portal.ui.forms import PortalForm
from evaluation.actions.assignment import MOST
from evaluation.models import Seat
from evaluation.seating import JuryRules


class SeatForm(PortalForm):
    """What a juror brings; empty bounds are those of the call."""

    fields_known = forms.MultipleChoiceField(label="Domaines", required=False, widget=forms.CheckboxSelectMultiple)
    profiles = forms.MultipleChoiceField(label="Profils", required=False, widget=forms.CheckboxSelectMultiple)
    least = forms.IntegerField(label="Dossiers au moins", required=False, min_value=0, max_value=MOST)
    most = forms.IntegerField(label="Dossiers au plus", required=False, min_value=0, max_value=MOST)

    def __init__(self, rules: JuryRules, seat: Seat | None, person: User, data: Any = None) -> None:
        initial = (
            {"fields_known": seat.fields, "profiles": seat.profiles, "least": seat.least, "most": seat.most}
            if seat
            else {}
        )
        super().__init__(data, prefix=person.ref, initial=initial)
        self.fields["fields_known"].choices = list(rules.labels.items())
        self.fields["profiles"].choices = list(rules.profiles.items())
        self.fields["least"].help_text = f"Vide : {rules.least}, comme l’appel."
        self.fields["most"].help_text = f"Vide : {rules.most}, comme l’appel. 0 : ne siège pas."

    def clean(self) -> dict[str, Any]:
        """The words of the action."""
        cleaned = super().clean() or self.cleaned_data
        return {**{name: value for name, value in cleaned.items() if name != "fields_known"},
                "fields": cleaned.get("fields_known", [])}  # fmt: skip
