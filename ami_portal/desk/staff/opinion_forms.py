"""Forms of what follows the partners' opinions: when one is awaited, a silence, a second look, a ruling."""

from collections.abc import Sequence
from typing import Any

from django import forms

from ami_portal.ui.forms import DayField, PortalForm, TextField
from evaluation.actions.consultation import MAX_REASON as CONSULTATION_REASON
from evaluation.actions.ruling import NO_REASON
from evaluation.enums import LookKind


class OpinionForm(PortalForm):
    """By when a partner's opinion is awaited."""

    due_on = DayField(
        label="Attendu le",
        required=False,
        help_text="Sans date, l’avis est attendu à la fin de l’étape en cours de l’appel.",
    )


class ConsultationForm(PortalForm):
    """The reason of an act that follows the partners' opinions."""

    reason = TextField(label="Motif", max_length=CONSULTATION_REASON, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


EXTEND, KEEP, WITHOUT, REFUSE = "extend", "keep", "without", "refuse"
SILENCES = {
    EXTEND: "Prolonger le délai une fois",
    KEEP: "Garder le premier avis",
    WITHOUT: "Continuer sans cet avis",
    REFUSE: "Tenir la base pour refusée",
}


class SilenceForm(ConsultationForm):
    """What is decided of an opinion that does not come; `choices` are those that its state and its call allow."""

    choice = forms.ChoiceField(label="Ce que vous décidez", widget=forms.RadioSelect)
    field_order = ("choice", "reason")

    def __init__(self, *args: Any, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [(name, SILENCES[name]) for name in choices]


class SecondLookForm(ConsultationForm):
    """Why a partner is asked to look again; only an unfavourable opinion may be outside of what is asked."""

    kind = forms.ChoiceField(label="Pourquoi", widget=forms.RadioSelect)
    field_order = ("kind", "reason")

    def __init__(self, *args: Any, is_unfavourable: bool, **kwargs: Any) -> None:
        super().__init__(*args, hint="Le partenaire le lit.", **kwargs)
        kinds = LookKind if is_unfavourable else [LookKind.AGAIN]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]


class RulingForm(ConsultationForm):
    """What the staff decides of an advisory opinion; why, where it departs from it."""

    choice = forms.ChoiceField(
        label="Ce que vous décidez",
        choices=[(KEEP, "Garder la base dans le dossier"), (REFUSE, "Refuser la base au dossier")],
        widget=forms.RadioSelect,
    )
    field_order = ("choice", "reason")

    def __init__(self, *args: Any, is_unfavourable: bool, **kwargs: Any) -> None:
        super().__init__(*args, hint=RULING_HINT, **kwargs)
        self.is_unfavourable = is_unfavourable
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        """Departing from the opinion takes a reason."""
        said: dict[str, Any] = super().clean() or {}
        departs = "choice" in said and (said["choice"] == REFUSE) != self.is_unfavourable
        if departs and not said.get("reason"):
            self.add_error("reason", NO_REASON)
        return said


RULING_HINT = "Nécessaire si vous vous écartez de l’avis. Gardé avec lui et au journal ; le partenaire ne le lit pas."
