"""What is typed about the text of a convention: a remark of the laureate, a version of the operator."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from ami_portal.ui.forms import PortalForm, TextField
from funding.actions.negotiation import MAX_TEXT, MAX_TITLE, MAX_WORDS, Answer
from funding.articles import Article
from funding.enums import RemarkKind, RemarkOutcome
from funding.models import Remark


def area(rows: int) -> forms.Textarea:
    """A text of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class RemarkForm(PortalForm):
    """A question on an article, or the text that one would rather sign."""

    kind = forms.ChoiceField(label="Que souhaitez-vous ?", choices=RemarkKind, widget=forms.RadioSelect)
    proposed = TextField(
        label="Texte que vous proposez",
        required=False,
        help_text="Modifiez le texte de l’article. Les mots changés seront montrés au gestionnaire.",
        max_length=MAX_TEXT,
        widget=area(10),
        strip=False,
    )
    words = TextField(label="Votre question, ou le motif de la modification", max_length=MAX_WORDS, widget=area(4))
    base = forms.IntegerField(widget=forms.HiddenInput)


class FreezeForm(PortalForm):
    """The version that was read before it is frozen."""

    base = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(PortalForm):
    """Every article of the last version, the remarks that wait for an answer, an article to add, and a note."""

    note = TextField(
        label="Ce que change cette version",
        required=False,
        help_text="Lu par le lauréat. Inutile si le texte ne change pas.",
        max_length=MAX_WORDS,
        widget=area(3),
    )
    new_title = TextField(label="Titre d’un article à ajouter", required=False, max_length=MAX_TITLE)
    new_text = TextField(label="Texte de cet article", required=False, max_length=MAX_TEXT, widget=area(5))
    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, articles: Sequence[Article], remarks: Iterable[Remark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.articles, self.remarks = list(articles), list(remarks)
        for article in self.articles:
            code = article.code
            self.fields[f"title_{code}"] = TextField(
                label="Titre", required=False, initial=article.title, max_length=MAX_TITLE
            )
            self.fields[f"text_{code}"] = TextField(
                label="Texte", required=False, initial=article.text, max_length=MAX_TEXT, widget=area(6), strip=False
            )
            self.fields[f"removed_{code}"] = forms.BooleanField(label="Retirer cet article", required=False)
        for remark in self.remarks:
            choices = [("", "Pas encore de réponse"), *RemarkOutcome.of(remark.kind)]
            self.fields[f"outcome_{remark.number}"] = forms.ChoiceField(
                label=f"Suite donnée à la remarque {remark.number}", choices=choices, required=False
            )
            self.fields[f"answer_{remark.number}"] = TextField(
                label=f"Réponse à la remarque {remark.number}",
                required=False,
                max_length=MAX_WORDS,
                widget=area(2),
            )

    def fields_of(self, article: Article) -> list[forms.BoundField]:
        """The fields of an article."""
        return [self[f"{name}_{article.code}"] for name in ("title", "text", "removed")]

    def answer_fields(self, remark: Remark) -> list[forms.BoundField]:
        """The fields of the answer to a remark."""
        return [self[f"outcome_{remark.number}"], self[f"answer_{remark.number}"]]

    @property
    def wanted(self) -> list[Article]:
        """The articles that a valid form makes. Line breaks come back as they are kept, not as a browser sends them."""
        said = self.cleaned_data
        kept = [one for one in self.articles if not said[f"removed_{one.code}"]]
        found = [
            Article(one.code, said[f"title_{one.code}"], _as_kept(said[f"text_{one.code}"], one.text)) for one in kept
        ]
        if said["new_title"] or said["new_text"]:
            found.append(Article(f"v{said['base'] + 1}", said["new_title"], said["new_text"]))
        return found

    @property
    def answers(self) -> dict[int, Answer]:
        """The answers that a valid form gives, by the number of the remark."""
        said = self.cleaned_data
        return {
            one.number: Answer(said[f"outcome_{one.number}"], said[f"answer_{one.number}"])
            for one in self.remarks
            if said[f"outcome_{one.number}"]
        }


def _as_kept(typed: str, kept: str) -> str:
    """The kept text when the typed one differs only by its line ends: a browser changes them, nobody did."""
    typed = typed.replace("\r\n", "\n")
    return kept if typed.rstrip() == kept.rstrip() else typed
