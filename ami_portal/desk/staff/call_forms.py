"""The forms of « Textes et calendrier »: what the public reads of a call, its dates, reminders and retention."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from ami_portal.ui.forms import DayField, InstantField, PortalForm, TextField
from applications.enums import OpinionMode
from applications.models import Call
from evaluation.actions.closing import MAX_REASON
from evaluation.grounds import ASPECTS

from .parts import LinesField, Part, PartForm, RowForm

LONG = {"max_length": 20_000}
OPEN = "L’appel est ouvert : son ouverture ne bouge plus."
ROUNDS = (
    "Sans tour, on dépose de l’ouverture à la clôture. Avec des tours, l’ouverture est celle du premier, "
    "la clôture celle du dernier ; les retirer tous rend une seule période. L’appel ouvert, c’est fixé."
)
EXTENDED = "L’appel est ouvert : sa clôture se prolonge par « Prolonger la clôture », avec son motif."

COMPLETION = {
    "label": "Délai pour compléter un dossier",
    "without": "rien ne se complète, un dossier est jugé tel qu’il est déposé.",
}
DUE = {
    "label": "Délai d’un partenaire pour rendre son avis",
    "without": "l’avis est attendu à la fin de l’étape en cours, ou à la date que l’instruction choisit.",
}
ANSWER = {
    "label": "Délai du porteur pour répondre à un avis défavorable, avant qu’il prenne effet",
    "without": "l’avis prend effet dès qu’il est rendu.",
}
CONSENT = {
    "label": "Délai du porteur pour accepter de se passer d’une base refusée",
    "without": "cela ne lui est pas proposé.",
}


def area(rows: int = 4) -> forms.Textarea:
    """A text of several paragraphs."""
    return forms.Textarea(attrs={"rows": rows})


class WordsForm(PartForm):
    """What the public reads first."""

    title = TextField(label="Intitulé", max_length=250)
    operator = TextField(label="Opérateur", max_length=200)
    operator_named = TextField(
        label="Opérateur, avec son article", required=False, max_length=210, help_text="Exemple : le Health Data Hub."
    )
    contact = forms.EmailField(label="Adresse électronique de contact", max_length=254)
    summary = TextField(label="Résumé", help_text="La phrase de la page d’accueil.", widget=area(2), **LONG)
    purpose = TextField(label="Objet", help_text="Une ligne vide entre deux paragraphes.", widget=area(10), **LONG)
    data_access_path = LinesField(
        label="Parcours d’accès aux données", required=False, help_text="Une étape par ligne.", **LONG
    )
    opinions = forms.ChoiceField(label="Effet d’un avis défavorable", choices=OpinionMode.choices)


class DelayForm(PartForm):
    """A delay that a call sets, or does not: `label` says of what, `without` what its absence means."""

    days = forms.IntegerField(
        required=False, min_value=1, max_value=90, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    working_days = forms.BooleanField(label="En jours ouvrés", required=False)

    def __init__(self, *args: Any, label: str, without: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].label, self.fields["days"].help_text = f"{label} (jours)", f"Vide : {without}"

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        return {"days": node.get("days"), "working_days": node.get("working_days", True)}

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data
        return {"days": said["days"], "working_days": said["working_days"]} if said["days"] else {}


class DaysField(TextField):
    """Numbers of days: « 15, 7, 2 »; signed, a number below zero is of days after."""

    def __init__(self, *, is_signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_signed = is_signed

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = str(super().to_python(value) or "").replace(",", " ").split()
        digits = [word.removeprefix("-") if self.is_signed else word for word in words]
        if not all(word.isdecimal() and len(word) <= 3 for word in digits):
            raise forms.ValidationError("Écrivez des nombres de jours séparés par des virgules, par exemple 15, 7, 2.")
        return sorted({int(word) for word in words}, reverse=True)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return list(initial or []) != self.to_python(data)
        except forms.ValidationError:
            return True

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """Each is checked by the document's own format."""


class DueForm(DelayForm):
    """The delay of an opinion, its reminders, what its silence may be taken for."""

    reminder_days = DaysField(
        label="Rappels, en jours avant la fin du délai",
        required=False,
        is_signed=True,
        help_text="Envoyés à 9 h au partenaire. Exemple : 7, 2, -3 (trois jours après). Vide : aucun rappel.",
    )
    silence_refuses = forms.BooleanField(
        label="L’instruction peut tenir pour refusée une base dont le partenaire n’a pas rendu d’avis", required=False
    )

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        said = {name: node.get(name) for name in ("reminder_days", "silence_refuses")}
        return super().initial_of(node) | said

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        node, said = super().to_node(base), self.cleaned_data
        kept = {"reminder_days": said["reminder_days"], "silence_refuses": said["silence_refuses"]}
        return node | kept if node else {}


class CalendarForm(PartForm):
    """The opening and the closing, and the days of the reminders."""

    opens_at = InstantField(label="Ouverture (heure de Paris)")
    closes_at = InstantField(label="Clôture (heure de Paris)")
    reminder_days = DaysField(
        label="Rappels, en jours avant la clôture",
        required=False,
        help_text="Envoyés à 9 h à ceux dont le dossier n’est pas déposé. Exemple : 15, 7, 2. Vide : aucun rappel.",
    )

    def __init__(self, *args: Any, is_open: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, settled=("opens_at", "closes_at") if is_open else (), **kwargs)
        if self.node["rounds"]:
            del self.fields["opens_at"], self.fields["closes_at"]
        elif is_open:
            self.fields["opens_at"].help_text, self.fields["closes_at"].help_text = OPEN, EXTENDED


class RoundForm(RowForm):
    """A round. Once open, it is settled."""

    coded = True
    label = TextField(label="Nom du tour", max_length=120)
    opens_at = InstantField(label="Ouverture (heure de Paris)")
    closes_at = InstantField(label="Clôture (heure de Paris)")

    def __init__(self, *args: Any, at: dt.datetime, node: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        begun = bool(node) and node["opens_at"] <= at  # type: ignore[index]  # a row without a node is new
        settled = ("opens_at", "closes_at", "position", "removed") if begun else ()
        super().__init__(*args, node=node, settled=settled, **kwargs)
        if begun:
            self.fields["closes_at"].help_text = EXTENDED


class StepForm(RowForm):
    """A step of the public calendar, after the closing."""

    coded = True
    label = TextField(label="Étape", max_length=200)
    starts_on = DayField(label="Début", required=False)
    ends_on = DayField(label="Fin", required=False)
    detail = TextField(label="Ce qui s’y passe", required=False, widget=area(2), **LONG)


class ExaminedForm(PartForm):
    """What a partner examines on one aspect."""

    points = LinesField(
        label="Points à examiner", required=False, help_text="Un par ligne, montrés au partenaire.", **LONG
    )


class GroundForm(RowForm):
    """A ground on which an opinion may be unfavourable."""

    coded = True
    label = TextField(label="Motif", max_length=300)


class RuleForm(RowForm):
    """A rule of the call in plain words."""

    name_key = "title"
    title = TextField(label="Titre", max_length=300)
    text = TextField(label="Texte", widget=area(3), **LONG)


class SupportForm(RowForm):
    """A support that a laureate may ask for."""

    coded = True
    label = TextField(label="Soutien", max_length=300)
    condition = TextField(label="Condition", required=False, max_length=300)


class RetentionForm(RowForm):
    """How long one kind of data is kept."""

    name_key = "data"
    KEYS = {"since": "from"}
    data = TextField(label="Données", max_length=300)
    months = forms.IntegerField(
        label="Mois", min_value=1, max_value=1200, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    since = TextField(label="À compter de", max_length=300, help_text="Exemple : après la clôture de l’appel.")


class MoveForm(PortalForm):
    """Why dates that the public has read move."""

    reason = TextField(
        label="Motif du changement de dates",
        required=False,
        max_length=MAX_REASON,
        widget=area(2),
        help_text="Nécessaire si une date déjà publique change. Il est publié avec l’ancienne et la nouvelle date.",
    )


def parts(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page."""
    calendar = ("call", "calendar")
    is_open, rounds = at >= call.opens_at, []
    if config["call"]["calendar"]["rounds"] or not is_open:
        rounds = [Part((*calendar, "rounds"), "Tours de dépôt", RoundForm, many=True, item="tour", options={"at": at})]
        rounds[0].help = "" if is_open else ROUNDS
    return [
        Part(("call",), "Textes publics", WordsForm),
        Part(("call", "completion"), "Demande de complément", DelayForm, options=COMPLETION),
        Part(("call", "consultation", "due"), "Délai et rappels des avis", DueForm, options=DUE),
        Part(("call", "consultation", "answer"), "Réponse à un avis défavorable", DelayForm, options=ANSWER),
        Part(("call", "consultation", "consent"), "Base refusée par son partenaire", DelayForm, options=CONSENT),
        *_examined(),
        Part(calendar, "Dates et rappels", CalendarForm, options={"is_open": is_open}),
        *rounds,
        Part((*calendar, "steps"), "Étapes après la clôture", StepForm, many=True, item="étape"),
        Part(("call", "rules"), "Règles en clair", RuleForm, many=True, item="règle"),
        Part(("supports",), "Soutiens proposés", SupportForm, many=True, item="soutien"),
        Part(("call", "data_retention"), "Durées de conservation", RetentionForm, many=True, item="durée"),
    ]


def _examined() -> Iterator[Part]:
    """What the partners examine, and the grounds of an unfavourable opinion, aspect by aspect."""
    for aspect, name in ASPECTS.items():
        path = ("call", "consultation", aspect)
        yield Part(path, f"Avis sur {name}", ExaminedForm)
        legend = f"Motifs d’un avis défavorable sur {name}"
        yield Part((*path, "grounds"), legend, GroundForm, many=True, item="motif")
