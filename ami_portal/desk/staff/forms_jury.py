"""The forms of the jury: a juror's seat, the envelope, the instant of a publication, why it is taken back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.ui.forms import DayField, EurosField, PortalForm, TextField
from evaluation.actions.assignment import MOST
from evaluation.actions.publication import MAX_REASON
from evaluation.actions.ranking import MAX_REASON as MAX_ENVELOPE
from evaluation.actions.replacing import MAX_REASON as MAX_REPLACEMENT
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
        self.seat = seat
        self.fields["fields_known"].choices = list(rules.labels.items())
        self.fields["profiles"].choices = list(rules.profiles.items())
        self.fields["least"].help_text = f"Vide : {rules.least}, comme l’appel."
        self.fields["most"].help_text = f"Vide : {rules.most}, comme l’appel. 0 : ne siège pas."

    def clean(self) -> dict[str, Any]:
        """The words of the action."""
        cleaned = super().clean() or self.cleaned_data
        return {**{name: value for name, value in cleaned.items() if name != "fields_known"},
                "fields": cleaned.get("fields_known", [])}  # fmt: skip


class ScheduleForm(PortalForm):
    """The instant of a publication, on the clock of Paris."""

    day = DayField(label="Jour de la publication")
    time = forms.TimeField(
        label="Heure (heure de Paris)",
        input_formats=["%H:%M"],
        help_text="Les résultats paraissent dans la minute qui suit.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        """The instant `publish_at`."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("day") and cleaned.get("time"):
            try:
                cleaned["publish_at"] = clock.from_paris(cleaned["day"], cleaned["time"])
            except ValueError as error:
                self.add_error("time", str(error))
        return cleaned


class CancelForm(PortalForm):
    """Why a publication that was set beforehand is taken back."""

    reason = TextField(
        label="Motif de l’annulation",
        max_length=MAX_REASON,
        help_text="Gardé au journal ; il n’est pas publié.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReplaceForm(PortalForm):
    """Who takes a review that does not come, and why."""

    juror = forms.ChoiceField(label="À qui confier ce dossier", choices=[], widget=forms.RadioSelect)
    reason = TextField(
        label="Motif du remplacement",
        max_length=MAX_REPLACEMENT,
        help_text="Gardé au journal ; ni l’un ni l’autre ne le lit.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, free: Sequence[Any], data: Any = None) -> None:
        super().__init__(data)
        self.fields["juror"].choices = [
            (one.juror.email, f"{one.juror.get_full_name()} – {one.load} dossier{'s' if one.load > 1 else ''}")
            for one in sorted(free, key=lambda one: (one.load, one.juror.last_name))
        ]


class EnvelopeForm(PortalForm):
    """Another envelope for a session, and why."""

    envelope = EurosField(label="Nouvelle enveloppe (€)", min_value=0)
    reason = TextField(label="Motif", max_length=MAX_ENVELOPE, widget=forms.Textarea(attrs={"rows": 2}))
