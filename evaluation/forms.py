"""Forms of partners and jurors: the shape of what is typed. What the moment allows is decided by the actions."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ami_portal.kernel.money import ZERO, in_words
from ami_portal.ui.forms import EurosField, PortalForm, TextField
from applications.forms import MessageForm
from applications.opening import OpenedDossier

from .actions.appeals import MAX_BODY
from .actions.consultation import MAX_REASON as MAX_ANSWER
from .actions.contradiction import MAX_ANSWER as MAX_REPLY
from .actions.inviting import MAX_ANSWER as MAX_WORD
from .actions.jury import MAX_CONFLICT
from .actions.reopening import MAX_REASON as MAX_REOPENING
from .actions.reviews import MAX_COMMENT
from .consultation import answer_delay
from .enums import Confidence, InvitationState, Stance, TieKind
from .grids import Grid
from .grounds import ASPECTS, MAX_REASON, TITLES, asked, faults, quotable
from .models import Charter, Opinion, OpinionDraft, Review
from .models.opinions import SAID


def _text(label: str, *, rows: int = 4, most: int = MAX_REASON, hint: str = "", **attrs: Any) -> TextField:
    widget = forms.Textarea(attrs={"rows": rows, **attrs})
    return TextField(label=label, required=False, max_length=most, help_text=hint, widget=widget)


class OpinionForm(PortalForm):
    """Two stances with their reasons, what founds a refusal, and what the applicant may be told. `first` is what was
    said the first time, for who is asked to look again."""

    def __init__(
        self,
        data: Any = None,
        *,
        opinion: Opinion,
        operator: str,
        frozen: OpenedDossier | None,
        draft: OpinionDraft | None = None,
        first: Mapping[str, str] | None = None,
    ) -> None:
        given = {name: getattr(opinion, name) for name in SAID} | dict(first or {})
        super().__init__(data, initial=draft.said if draft else given)
        self.call, self.frozen, self.draft = opinion.dossier.call, frozen, draft
        answers = [(item.code, item.label) for item in quotable(frozen)] if frozen else []
        for aspect, hint in _HINTS.items():
            self._add(aspect, f"{hint} Lu par {operator} et non par le porteur.", answers)
        self.fields["disclosed_reason"] = _text(
            "Ce qui peut être dit au porteur", hint=_ANSWERED if answer_delay(self.call) else _DISCLOSED
        )

    def _add(self, aspect: str, hint: str, answers: list[tuple[str, str]]) -> None:
        """The fields of one aspect."""
        refused = {"data-reason-for": aspect, "data-reason-when": Stance.UNFAVOURABLE.value, "data-reason-hide": ""}
        founded = {"data-reason-for": aspect, "data-reason-unless": Stance.FAVOURABLE.value}
        name, title = ASPECTS[aspect], TITLES[aspect].lower()
        self.fields[aspect] = forms.ChoiceField(
            label=f"Votre avis sur {name}", choices=Stance, widget=forms.RadioSelect
        )
        if listed := asked(self.call, aspect).grounds:
            self._choose(f"{aspect}_ground", f"Motif de l’appel ({title})", list(listed.items()), refused)
        self.fields[f"{aspect}_reason"] = _text(f"Motif, dans vos mots ({title})", hint=hint, **founded)
        if answers:
            self._choose(f"{aspect}_question", f"Réponse du dossier en cause ({title})", answers, refused)
            self.fields[f"{aspect}_quote"] = _text(f"Passage cité ({title})", rows=3, hint=_QUOTE, **refused)

    def _choose(self, name: str, label: str, choices: list[tuple[str, str]], attrs: dict[str, str]) -> None:
        widget = forms.Select(attrs=attrs)
        listed = [("", "Choisir"), *choices]
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=listed, widget=widget)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The two questions: the call's words, its points to examine, their fields."""
        return [
            {
                "text": self.call.texts.get(f"opinion_{aspect}", ""),
                "points": asked(self.call, aspect).points,
                "fields": [self[name] for name in SAID if name.startswith(aspect) and name in self.fields],
            }
            for aspect in ASPECTS
        ]

    def clean(self) -> dict[str, Any]:
        """A stance that is not plainly favourable has its reason; a refusal is founded."""
        said: dict[str, Any] = super().clean() or {}
        for column, sentence in faults({name: said.get(name, "") for name in SAID}, self.call, self.frozen):
            if column in self.fields and column not in self.errors:
                self.add_error(column, sentence)
        return said


_HINTS = {
    "neutrality": "Ce que le dossier dit, et en quoi il n’est pas neutre.",
    "feasibility": "Appuyez-vous sur des faits vérifiables.",
}
_QUOTE = "Copiez-le du dossier, tel quel ; « […] » remplace ce que vous sautez."
_DISCLOSED = "Le porteur le lira avec son résultat. Laissez vide pour ne rien lui dire."
_ANSWERED = "Le porteur le lira avec son résultat, ou avant si votre avis est défavorable, pour y répondre."


ACCEPT, DECLINE = "accept", "decline"


class ConsentForm(PortalForm):
    """Whether the project stands without the datasets refused."""

    choice = forms.ChoiceField(
        label="Votre projet peut-il se faire sans ce qui est refusé ?",
        choices=[
            (ACCEPT, "Oui, nous acceptons de nous en passer"),
            (DECLINE, "Non, le projet ne peut pas s’en passer"),
        ],
        widget=forms.RadioSelect,
    )
    answer = _text("Votre mot", rows=3, most=MAX_ANSWER, hint="Lu par le service qui examine le dossier.")

    def said(self) -> dict[str, Any]:
        """What `answer_restriction` takes, of a valid form."""
        return {"accepts": self.cleaned_data["choice"] == ACCEPT, "answer": self.cleaned_data["answer"]}


class ContradictionForm(PortalForm):
    """What a team answers to an unfavourable opinion."""

    answer = TextField(
        label="Votre réponse",
        max_length=MAX_REPLY,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Lue par le service qui examine le dossier et par le partenaire. Elle s’envoie une fois.",
    )


NO_CONFLICT, CONFLICT = "no", "yes"
_TIED = {"data-reason-for": "choice", "data-reason-unless": "no", "data-reason-hide": ""}


class DeclarationForm(PortalForm):
    """Whether a juror has an interest in a dossier: of which kinds, and in words."""

    choice = forms.ChoiceField(
        label="Avez-vous un lien d’intérêts avec ce dossier ?",
        choices=[
            (NO_CONFLICT, "Non, je n’ai aucun lien d’intérêts avec ce dossier"),
            (CONFLICT, "Oui, j’ai un lien d’intérêts, ou un doute"),
        ],
        widget=forms.RadioSelect,
    )
    ties = forms.MultipleChoiceField(
        label="De quelle nature ?",
        choices=TieKind,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_TIED),
        help_text="Une ou plusieurs.",
    )
    conflict = TextField(
        label="Quel est ce lien ?",
        required=False,
        max_length=MAX_CONFLICT,
        help_text="Une phrase suffit. Seul le secrétariat du jury la lit.",
        widget=forms.Textarea(attrs={"rows": 3, **_TIED}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("ties", "conflict"):
            self.fields[name].widget.attrs["data-reason-for"] = self.add_prefix("choice")

    def clean(self) -> dict[str, Any]:
        """An interest has its kind, and is described."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("choice") == CONFLICT and not said.get("ties"):
            self.add_error("ties", "Dites de quelle nature est ce lien.")
        if said.get("choice") == CONFLICT and not said.get("conflict"):
            self.add_error("conflict", "Dites en une phrase quel est ce lien.")
        return said


_WHOLE = ("comment_jury", "comment_applicant", "recommended_amount", "confidence")
"""What is said of the dossier as a whole."""


class ReviewForm(PortalForm):
    """The grid of a call as fields: a mark a point, a comment a heading; then what is said of the dossier whole."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    comment_jury = _text(
        "Commentaire pour le jury",
        rows=5,
        most=MAX_COMMENT,
        hint="Lu par les autres membres du jury et le secrétariat.",
    )
    comment_applicant = _text(
        "Commentaire pour le porteur",
        rows=5,
        most=MAX_COMMENT,
        hint="Remis au porteur avec le résultat, sans votre nom. Restez précis et courtois.",
    )
    recommended_amount = EurosField(
        label="Aide que vous recommandez (€)",
        required=False,
        min_value=ZERO,
        error_messages={"min_value": "Le montant est d’au moins 0 €."},
    )
    confidence = forms.ChoiceField(
        label="Votre assurance dans cette évaluation",
        required=False,
        choices=Confidence,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, review: Review, grid: Grid, marks: dict[int, int]) -> None:
        super().__init__(data)
        self.grid = grid
        self.initial |= {
            "version": review.version,
            "comment_jury": review.comment_jury,
            "comment_applicant": review.comment_applicant,
            "recommended_amount": review.recommended_amount,
            "confidence": review.confidence,
        }
        dossier = review.dossier
        asked = f"Demandé : {in_words(dossier.amount_requested)}. " if dossier.amount_requested else ""
        hint = f"{asked}Au plus {in_words(dossier.grant_limit)}. 0 pour ne pas le financer ; vide pour ne rien dire."
        self.fields["recommended_amount"].help_text = hint
        for heading in grid.rows:
            name = comment_name(heading.code)
            self.fields[name] = _text("Commentaire sur ce critère", rows=3, most=MAX_COMMENT)
            self.initial[name] = review.comments.get(heading.code, "")
            for point in heading.points.all():
                name = mark_name(heading.code, point.code)
                self.fields[name] = forms.TypedChoiceField(
                    label=point.label,
                    required=False,
                    coerce=int,
                    empty_value=None,
                    choices=[(str(mark), label) for mark, label in grid.scale.marks],
                    widget=forms.RadioSelect,
                )
                self.initial[name] = str(marks[point.pk]) if point.pk in marks else ""

    def content(self) -> dict[str, Any]:
        """What `save_review` takes, of a valid form. What was not sent is left as it is stored."""
        sent = self.cleaned_data
        scores = {
            point.pk: sent[name]
            for heading in self.grid.rows
            for point in heading.points.all()
            for name in [mark_name(heading.code, point.code)]
            if sent.get(name) is not None
        }
        names = {heading.code: comment_name(heading.code) for heading in self.grid.rows}
        kept = {name: sent[name] if name in self.data else self.initial[name] for name in _WHOLE}
        return {
            "scores": scores,
            "comments": {code: sent[name] for code, name in names.items() if name in self.data},
            **kept,
        }


def mark_name(heading: str, point: str) -> str:
    """The name of the field of a mark."""
    return f"note-{heading}-{point}"


def comment_name(heading: str) -> str:
    """The name of the field of a heading's comment."""
    return f"commentaire-{heading}"


class ReopeningForm(PortalForm):
    """Why a submitted review is taken up again, or left as it is."""

    reason = TextField(
        label="Ce que vous voulez corriger, et pourquoi",
        max_length=MAX_REOPENING,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, label: str = "") -> None:
        super().__init__(data)
        self.fields["reason"].label = label or self.fields["reason"].label


class AppealForm(MessageForm):
    """A gracious appeal, with files: a message by its fields, so that a page that ends a session gives it back."""

    message = TextField(
        label="Pourquoi vous contestez cette décision",
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Dites quels critères vous contestez, et pourquoi. Joignez ce qui l’établit.",
    )


class CharterForm(PortalForm):
    """A charter, read and accepted in this very version."""

    sha256 = forms.CharField(required=False, widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label="J’ai lu la charte du jury et je la respecterai",
        error_messages={"required": "Lisez la charte, puis cochez cette case."},
    )

    def __init__(self, charter: Charter | None, data: Any = None) -> None:
        super().__init__(data, initial={"sha256": charter.sha256 if charter else ""})
        if charter is None:
            del self.fields["accepted"]


class InvitationAnswerForm(CharterForm):
    """Whether one sits in a jury; the charter goes with a yes."""

    choice = forms.ChoiceField(
        label="Acceptez-vous de siéger ?",
        choices=[
            (InvitationState.ACCEPTED, "Oui, j’accepte de siéger et j’accepte la charte"),
            (InvitationState.DECLINED, "Non, je décline"),
        ],
        widget=forms.RadioSelect,
    )
    answer = _text("Un mot pour le secrétariat du jury", rows=2, most=MAX_WORD, hint="Facultatif.")
    field_order = ("choice", "accepted", "answer")

    def clean(self) -> dict[str, Any]:
        """The charter is not asked of who declines."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("choice") == InvitationState.DECLINED and "accepted" in self.errors:
            del self.errors["accepted"]
        return said
