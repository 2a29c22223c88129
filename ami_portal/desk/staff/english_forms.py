"""The English of a call: one field for each French text, in the order of the document."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from ami_portal.desk.calls.writing import texts_of
from ami_portal.kernel.text import sha256_of
from ami_portal.ui.forms import TextField
from applications.models import Call

from .call_forms import LONG
from .parts import Part, PartForm

SHORT = 160
LEGENDS = {
    "call": "Textes de l’appel",
    "regulation": "Règlement financier",
    "supports": "Soutiens",
    "supporting_documents": "Pièces justificatives",
    "datasets": "Bases et partenaires",
    "eligibility": "Critères d’éligibilité",
    "selection": "Grille du jury",
    "form": "Formulaire",
}


class EnglishForm(PartForm):
    """The translations of some texts. One that is emptied goes: the text is then read in French."""

    def __init__(self, *args: Any, texts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = {sha256_of(text)[:16]: text for text in texts}
        for name, text in self.texts.items():
            rows = 1 if len(text) < SHORT / 2 else min(8, 2 + len(text) // SHORT)
            self.fields[name] = TextField(
                label=text if len(text) <= SHORT else f"{text[:SHORT]}…",
                help_text=text if len(text) > SHORT else "",
                required=False,
                widget=forms.Textarea(attrs={"rows": rows, "lang": "en"}),
                **LONG,
            )
            self.initial[name] = self.node.get(text, "")

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        node = dict(base)
        for name in self.changed_data:
            node[self.texts[name]] = self.cleaned_data[name]
        return {french: english for french, english in node.items() if english}


def parts(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """A part for each part of the document that holds texts."""
    return [
        Part(("translations",), LEGENDS[part], EnglishForm, name=f"en-{part}", options={"texts": texts})
        for part, texts in texts_of(config).items()
        if texts
    ]
