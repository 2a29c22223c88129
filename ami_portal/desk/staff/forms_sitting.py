"""Forms of a sitting: a vote to open, to close, or counted in the room."""

from django import forms

from ami_portal.ui.forms import PortalForm, TextField
from evaluation.actions.voting import MAX_QUESTION
from evaluation.enums import Voice

CASTING = [("", "Sans objet"), (Voice.FOR.value, "Pour"), (Voice.AGAINST.value, "Contre")]


class CastingForm(PortalForm):
    """The voice of the chair, where it decides between equals."""

    casting = forms.ChoiceField(label="La présidence tranche", choices=CASTING, required=False)


class VoteForm(CastingForm):
    """A question, and the voices where they are counted in the room."""

    question = TextField(label="Question mise aux voix", max_length=MAX_QUESTION)
    votes_for = forms.IntegerField(label="Pour", min_value=0, required=False)
    votes_against = forms.IntegerField(label="Contre", min_value=0, required=False)
    abstentions = forms.IntegerField(label="Abstentions", min_value=0, required=False)

    @property
    def counts(self) -> dict[str, int]:
        """The voices of a valid form; what is left empty is none."""
        names = {Voice.FOR: "votes_for", Voice.AGAINST: "votes_against", Voice.ABSTAIN: "abstentions"}
        return {voice.value: self.cleaned_data[name] or 0 for voice, name in names.items()}
