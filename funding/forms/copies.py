"""What is typed of a signed copy: the file of a party, and what a person decides of it."""

from django import forms

from ami_portal.ui.forms import PortalForm, TextField
from funding.actions.copies import MAX_REASON
from funding.enums import Party

PDF_ONLY = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})


class CopyForm(PortalForm):
    """What one signed."""

    document = forms.FileField(
        label="Document signé",
        help_text="Le PDF téléchargé ici, signé électroniquement ; ou, signé à la main, sa numérisation en PDF.",
        allow_empty_file=True,
        widget=PDF_ONLY,
    )
    is_paper = forms.BooleanField(
        label="C’est la numérisation d’une signature manuscrite",
        help_text="Elle est marquée comme telle, et comparée au document à signer par une personne.",
        required=False,
    )


class ReceivedCopyForm(CopyForm):
    """What came by another way, or what the operator signed."""

    party = forms.ChoiceField(label="Qui a signé ?", choices=Party, widget=forms.RadioSelect)


class AcceptForm(PortalForm):
    """A copy is good."""

    confirmed = forms.BooleanField(
        label="J’ai vérifié cette copie : elle porte le texte à signer, et son signataire est celui que j’attends.",
        required=False,
    )


class RefuseForm(PortalForm):
    """A copy is not good."""

    reason = TextField(
        label="Motif du refus",
        help_text="Lu par l’équipe du projet.",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
