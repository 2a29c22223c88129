"""Forms of this room: the shape of what is typed. A section of the questionnaire is read by `posted`."""

from typing import Any

from django import forms
from django.conf import settings

from ami_portal.ui.forms import FilesField, PortalForm, TextField

from .actions.messages import MAX_BODY, MAX_FILES
from .actions.questions import MAX_QUESTION
from .enums import MemberRole

_MOST = settings.UPLOAD_MAX_BYTES // 1024**2


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


class MessageForm(PortalForm):
    """A message about a dossier, with files. `token` is drawn with the page: sent twice, it is one message.

    The text is named as the fields of a section are: a page that meets an ended session gives it back.
    """

    message = TextField(label="Message", max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 6}))
    files = FilesField(
        label="Fichiers",
        required=False,
        help_text=f"{MAX_FILES} au plus : PDF, Word (.docx), Excel (.xlsx), image PNG ou JPEG, {_MOST} Mo chacun.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def add_prefix(self, field_name: str) -> str:
        return f"q.{field_name}" if field_name == "message" else field_name

    def message_parts(self) -> dict[str, Any]:
        """What is sent: the text, the files, the token of the page."""
        sent = self.cleaned_data
        return {"body": sent["message"], "uploaded": sent["files"], "token": sent["token"]}


class AskForm(PortalForm):
    """A question about a call, from anyone. `website` is hidden from people: what fills it is a machine."""

    question = TextField(
        label="Votre question",
        max_length=MAX_QUESTION,
        help_text="La réponse est publiée pour tous : ne donnez rien de confidentiel, ni votre nom.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    email = forms.EmailField(
        label="Adresse électronique",
        required=False,
        max_length=254,
        help_text="Pour être prévenu de la réponse, une fois ; l’adresse est oubliée ensuite. Exemple : nom@exemple.fr",
    )
    website = forms.CharField(
        label="Ne remplissez pas ce champ",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def is_from_a_machine(self) -> bool:
        """Whether the hidden field was filled."""
        return bool(self.cleaned_data["website"])
