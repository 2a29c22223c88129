"""What is typed of the parties around a grant."""

from django import forms

from ami_portal.ui.forms import DayField, PortalForm, TextField
from funding.actions.parties import MAX_NAME, Named
from funding.enums import PartyRole

PDF_ONLY = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})


class PartyForm(PortalForm):
    """A party, with the delegation of who signs for another."""

    role = forms.ChoiceField(label="Rôle", choices=PartyRole, widget=forms.RadioSelect)
    name = TextField(label="Nom", help_text="D’un organisme ; ou prénom, nom et fonction.", max_length=MAX_NAME)
    organisation = TextField(label="Organisme de cette personne", required=False, max_length=MAX_NAME)
    siret = TextField(label="SIRET", required=False, max_length=20)
    delegation = forms.FileField(
        label="Délégation de signature",
        help_text="Un PDF. Seulement pour un signataire qui n’est pas le représentant légal.",
        required=False,
        allow_empty_file=True,
        widget=PDF_ONLY,
    )
    delegation_until = DayField(label="Délégation valable jusqu’au", required=False)

    @property
    def named(self) -> Named:
        """Who a valid form names."""
        said = self.cleaned_data
        return Named(said["name"], said["organisation"], said["siret"], said["delegation"], said["delegation_until"])


class ConsortiumForm(PortalForm):
    """The agreement of the consortium."""

    document = forms.FileField(
        label="Accord de consortium", help_text="Un fichier PDF.", allow_empty_file=True, widget=PDF_ONLY
    )
