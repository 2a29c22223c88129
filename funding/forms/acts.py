"""What is typed of each act on a grant."""

from typing import Any

from django import forms

from ami_portal.kernel import clock
from ami_portal.ui.forms import DayField, PortalForm, TextField
from funding.actions.payments import MAX_REFERENCE
from funding.actions.renouncing import MAX_REASON
from funding.actions.signature import MAX_SIGNATORY
from funding.pieces import MAX_DESPITE

PDF_ONLY = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})


class DespiteForm(PortalForm):
    """An act for which supporting documents must be valid. `asks_reason`: whether the call asks for any then."""

    despite = TextField(
        label="Pourquoi passer outre une pièce non remplie ?",
        required=False,
        help_text="Le journal le garde. Laissez vide si toutes les pièces sont valables ce jour-là.",
        max_length=MAX_DESPITE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, asks_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["despite"]


class SignatureForm(DespiteForm):
    """The signature of both parties."""

    signed_on = DayField(
        label="Date de la dernière signature",
        help_text="Les échéances des versements se comptent à partir de ce jour.",
    )
    signatory = TextField(
        label="Signataire pour le bénéficiaire",
        help_text="Prénom, nom et fonction. Exemple : « Anne Morel, directrice générale ».",
        max_length=MAX_SIGNATORY,
    )
    document = forms.FileField(
        label="Copie signée",
        help_text="Un fichier PDF. Vous pourrez aussi l’ajouter plus tard.",
        required=False,
        allow_empty_file=True,
        widget=PDF_ONLY,
    )


class SignedCopyForm(PortalForm):
    """The signed copy alone."""

    document = forms.FileField(
        label="Copie signée", help_text="Un fichier PDF.", allow_empty_file=True, widget=PDF_ONLY
    )


class PaymentForm(DespiteForm):
    """The transfer that was made."""

    paid_on = DayField(label="Date du paiement", help_text="Le jour du virement.", initial=clock.today)
    payment_reference = TextField(
        label="Référence du paiement",
        help_text="Le numéro du mandat ou du virement. Exemple : « MDT-2027-00412 ».",
        max_length=MAX_REFERENCE,
    )


class RenouncementForm(PortalForm):
    """A laureate gives its grant up."""

    reason = TextField(
        label="Pourquoi renoncez-vous ?",
        required=False,
        help_text="Seul l’opérateur de l’appel le lit.",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RenouncementLetterForm(PortalForm):
    """A renouncement that came by letter."""

    received_on = DayField(label="Courrier reçu le")
    reason = TextField(
        label="Motif donné par le courrier",
        help_text="Conservé au journal. Si le courrier n’en donne pas, écrivez-le.",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PieceForm(PortalForm):
    """A supporting document sent again."""

    document = forms.FileField(label="Pièce", help_text="Un fichier PDF.", allow_empty_file=True, widget=PDF_ONLY)
    issued_on = DayField(label="Date de la pièce", help_text="Celle qui est inscrite dessus.")
