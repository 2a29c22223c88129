"""Forms of this room: the shape of what is typed. A section of the questionnaire is read by `posted`."""

from django import forms

from ami_portal.ui.forms import PortalForm

from .enums import MemberRole


class InvitationForm(PortalForm):
    """Someone to let into a dossier."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="La personne ouvrira le dossier avec un compte à cette adresse.",
        max_length=254,
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=[
            (MemberRole.EDITOR, "Rédacteur : lit et modifie le dossier, sans pouvoir le déposer"),
            (MemberRole.READER, "Lecteur : lit le dossier"),
        ],
        initial=MemberRole.EDITOR,
        widget=forms.RadioSelect,
    )
