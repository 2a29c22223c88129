"""The forms of the texts of a call's documents, each with the words that are replaced and a preview."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from ami_portal.ui.forms import TextField
from applications import receipts, texts
from applications.models import Call
from evaluation import letters
from funding import agreement

from .call_forms import LONG, area
from .examples import example
from .parts import Part, PartForm, RowForm

LETTERS = {
    "letter_laureate": "Lettre aux lauréats",
    "letter_reserve": "Lettre de la liste complémentaire",
    "letter_called": "Lettre d’appel de la liste complémentaire",
    "letter_rejected": "Lettre de refus",
    "letter_inadmissible": "Lettre d’irrecevabilité",
    "letter_ineligible": "Lettre de non-éligibilité",
    "letter_appeal_accepted": "Lettre qui accepte un recours",
    "letter_appeal_rejected": "Lettre qui rejette un recours",
    "letter_jury_appeal_accepted": "Lettre qui accepte un recours contre le jury",
}
NAMES = (
    *("receipt", "receipt_office", "receipt_silence", *LETTERS, "convention"),
    *("charter", "conflict_help", "opinion_neutrality", "opinion_feasibility"),
)
PARAGRAPHS = "Un paragraphe par ligne, une ligne vide entre deux."
Fill = Callable[[str, dict[str, str]], str]


def known(places: frozenset[str]) -> str:
    """The words that are replaced in a text, as its help says them."""
    return f"{PARAGRAPHS} Mots remplacés : {', '.join('{' + place + '}' for place in sorted(places))}."


def text_field(label: str, places: frozenset[str], rows: int = 12, *, required: bool = True) -> TextField:
    """A text of a document."""
    return TextField(label=label, help_text=known(places), widget=area(rows), max_length=20_000, required=required)


class FilledForm(PartForm):
    """Texts whose places are filled for each dossier; `values` are those of the example."""

    fill: Fill = staticmethod(texts.fill)

    def __init__(self, *args: Any, values: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.values = values or {}
        super().__init__(*args, **kwargs)

    def preview(self, bound: forms.BoundField) -> str:
        text = str(bound.value() or "").replace("\r\n", "\n")
        return type(self).fill(text, self.values) if "{" in text else ""


class ReceiptForm(FilledForm):
    """The receipt."""

    receipt = text_field("Accusé de réception", receipts.PLACES)


class OfficeForm(PartForm):
    """The service in charge, which the law asks the receipt to name."""

    name = TextField(label="Service", max_length=300)
    address = TextField(label="Adresse postale", max_length=300)
    phone = TextField(label="Téléphone", max_length=40, required=False)
    email = forms.EmailField(label="Adresse électronique", max_length=254)

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        return super().to_node({"phone": "", **base})


class SilenceForm(PartForm):
    """What silence decides, and when."""

    months = forms.IntegerField(
        label="Le silence vaut décision après (mois)",
        min_value=1,
        max_value=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    outcome = forms.ChoiceField(
        label="La demande est alors", choices=[("", ""), ("acceptée", "acceptée"), ("rejetée", "rejetée")]
    )


class LettersForm(FilledForm):
    """The letters of decision."""

    fill = staticmethod(letters.fill)
    letter_laureate = text_field(LETTERS["letter_laureate"], letters.PLACES)
    letter_reserve = text_field(LETTERS["letter_reserve"], letters.PLACES)
    letter_called = text_field(LETTERS["letter_called"], letters.PLACES, required=False)
    letter_rejected = text_field(LETTERS["letter_rejected"], letters.PLACES)
    letter_inadmissible = text_field(LETTERS["letter_inadmissible"], letters.PLACES, required=False)
    letter_ineligible = text_field(LETTERS["letter_ineligible"], letters.PLACES)
    letter_appeal_accepted = text_field(LETTERS["letter_appeal_accepted"], letters.PLACES, required=False)
    letter_appeal_rejected = text_field(LETTERS["letter_appeal_rejected"], letters.PLACES, required=False)
    letter_jury_appeal_accepted = text_field(LETTERS["letter_jury_appeal_accepted"], letters.PLACES, required=False)

    def preview(self, bound: forms.BoundField) -> str:
        kind = "ineligible" if bound.name.removeprefix("letter_") in letters.REFUSALS else "jury"
        self.values["motif"] = self.values[f"motif_{kind}"]
        return super().preview(bound)

    def value_of(self, name: str, value: Any) -> Any:
        return value or None


class ArticleForm(RowForm, FilledForm):
    """An article of the convention; the model numbers it."""

    name_key = "title"
    title = TextField(label="Titre de l’article", max_length=300)
    text = TextField(label="Texte de l’article", widget=area(6), max_length=20_000)


class ReadersForm(PartForm):
    """What jurors and partners read before they judge."""

    charter = TextField(label="Charte du jury", widget=area(8), help_text=PARAGRAPHS, **LONG)
    conflict_help = TextField(label="Aide à la déclaration des liens d’intérêts", widget=area(5), **LONG)
    opinion_neutrality = TextField(
        label="Question de neutralité, posée au partenaire", required=False, widget=area(3), **LONG
    )
    opinion_feasibility = TextField(
        label="Question de faisabilité, posée au partenaire", required=False, widget=area(3), **LONG
    )

    def value_of(self, name: str, value: Any) -> Any:
        return value or None


def parts(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page."""
    base, values = ("call", "texts"), {"values": example(call, config, at)}
    return [
        Part(base, "Accusé de réception", ReceiptForm, name="recepisse", options=values),
        Part((*base, "receipt_office"), "Service en charge", OfficeForm, help="La loi veut son téléphone."),
        Part((*base, "receipt_silence"), "Silence de l’administration", SilenceForm),
        Part(base, "Lettres", LettersForm, name="lettres", options=values),
        Part(
            (*base, "convention"),
            "Convention",
            ArticleForm,
            many=True,
            item="article",
            help=known(agreement.PLACES),
            options=values,
        ),
        Part(base, "Jury et partenaires", ReadersForm, name="lecteurs"),
    ]
