"""The forms of what judges dossiers: criteria of eligibility, the jury's grid, the financial regulation."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from ami_portal.accounts.enums import CONTENT_ROLES, Role
from ami_portal.questionnaire.editing import fresh_code
from ami_portal.ui.forms import DayField, EurosField, PercentField, TextField
from applications.checks.params import PARAMS
from applications.enums import Act
from applications.models import Call

from .call_forms import LONG, DaysField, area
from .parts import LinesField, Part, PartForm, RowForm
from .settings_field import SettingsField

CHECKS = {
    "legal_person": "Personne morale : SIRET et catégorie juridique",
    "documents": "Pièces jointes, datées, ou raison de leur absence",
    "complete": "Dossier complet",
    "on_time": "Dépôt avant la clôture",
    "format_respected": "Format des fichiers : marges et caractères",
    "manual": "Aucun : à apprécier",
    "partner_dataset": "Une base d’un partenaire est demandée",
    "budget": "Budget : plafond, tolérance, catégories",
    "not_started": "Travaux non commencés",
    "no_double_funding": "Pas de double financement public",
    "duration": "Durée maximale",
    "coherent_support": "Soutiens demandés cohérents",
    "open_source": "Licences permissives",
    "partner_opinion": "Avis du partenaire",
    "de_minimis": "Plafond des aides de minimis",
    "expression": "Formule ou condition sur les réponses",
    "all": "Plusieurs contrôles, tous nécessaires",
    "any": "Plusieurs contrôles, dont un suffit",
}
GROUPS = ("porteur", "dossier", "projet")
DUTIES = [(role.value, role.label) for role in Role if role in CONTENT_ROLES]


def number(label: str, *, low: int = 0, high: int = 240, **kwargs: Any) -> forms.IntegerField:
    """A whole number, by the numeric keyboard of a phone."""
    attrs = {"inputmode": "numeric", **kwargs.pop("attrs", {})}
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=forms.TextInput(attrs=attrs), **kwargs)


class CriterionForm(RowForm):
    """A criterion: its words, the check that throws light on it, who decides."""

    coded = True
    label = TextField(label="Nom court", max_length=250)
    text = TextField(label="Texte de l’appel", required=False, widget=area(2), **LONG)
    group = forms.ChoiceField(label="Groupe", choices=[])
    act = forms.ChoiceField(label="Acte", choices=Act)
    decided_by = forms.ChoiceField(
        label="Décidé par",
        choices=[("staff", "L’instruction"), ("partner", "Le partenaire de chaque base"), *DUTIES],
    )
    overruled_by = forms.ChoiceField(
        label="Contrôle écarté par",
        choices=[("", "Qui décide le critère"), *DUTIES],
        required=False,
        help_text="Qui peut décider contre le résultat du contrôle automatique.",
    )
    two_people = forms.BooleanField(
        label="Décidé à deux : une personne propose, une autre confirme ou renvoie", required=False
    )
    reasons = LinesField(
        label="Motifs proposés à qui décide", help_text="Un par ligne. Chacun s’adapte.", required=False, **LONG
    )
    check = forms.ChoiceField(label="Contrôle automatique", choices=[])
    params = SettingsField(
        label="Réglages du contrôle",
        help_text="Une ligne par réglage, « nom: valeur » ; les valeurs sont les codes des questions qu’il lit.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group, check = self.fields["group"], self.fields["check"]
        groups = dict.fromkeys([*GROUPS, self.node.get("group") or GROUPS[0]])
        group.choices = [(name, name.capitalize()) for name in groups]  # type: ignore[attr-defined]
        check.choices = [(name, CHECKS.get(name, name)) for name in PARAMS]  # type: ignore[attr-defined]
        if read := PARAMS.get(str(self["check"].value())):
            self.fields["params"].help_text += f" Ce contrôle lit : {', '.join(read)}."

    def value_of(self, name: str, value: Any) -> Any:
        return (value or None) if name == "two_people" else super().value_of(name, value)

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        fresh = {"group": GROUPS[0], "act": "eligibility", "decided_by": "staff", "check": "manual", "params": {}}
        return super().initial_of(node) | ({} if node else fresh)


class DecisionsForm(PartForm):
    """What the call asks of every decision."""

    two_people_refusals = forms.BooleanField(
        label="Tout critère non satisfait est proposé par une personne et confirmé par une autre", required=False
    )

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        node = super().to_node(base)
        return node if any(node.values()) or base else {}


class AppealRulesForm(PartForm):
    """The gracious appeal against a refusal; left empty, the portal receives none."""

    months = number("Délai pour former un recours gracieux (mois)", low=1, high=12, required=False)
    silence_months = number("Le silence le rejette après (mois)", low=1, high=12, required=False)
    other_person = forms.BooleanField(
        label="Une autre personne que celles qui ont refusé répond au recours", required=False
    )
    jury = forms.BooleanField(label="Les décisions du jury se contestent aussi", required=False)

    def clean(self) -> dict[str, Any]:
        """Both delays, or none."""
        cleaned = super().clean() or self.cleaned_data
        for name, other in (("months", "silence_months"), ("silence_months", "months")):
            if cleaned.get(name) is None and cleaned.get(other) is not None and name not in self.errors:
                self.add_error(name, "Donnez les deux délais, ou aucun.")
        return cleaned

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        return super().to_node(base) if self.cleaned_data.get("months") else {}


class ScaleForm(PartForm):
    """The scale of the marks."""

    min = number("Note la plus basse", high=99)
    max = number("Note la plus haute", low=1, high=100)
    labels = LinesField(label="Nom de chaque note", help_text="Un par ligne, de la plus basse à la plus haute.", **LONG)
    guides = LinesField(
        label="Repère de chaque note",
        help_text="Un par ligne, dans le même ordre, pour tous les points qui n’ont pas les leurs ; ou rien.",
        required=False,
        **LONG,
    )


class JudgingForm(PartForm):
    """How the reviews are chased, and what the letters say of the marks."""

    reminder_days = DaysField(
        label="Rappels, en jours avant la fin du jury",
        required=False,
        is_signed=True,
        help_text="Envoyés à 9 h à qui n’a pas tout remis. Exemple : 10, 3, 0, -2 (deux jours après). Vide : aucun.",
    )
    letter_scores = forms.BooleanField(label="Les lettres donnent la note moyenne de chaque rubrique", required=False)


class HeadingForm(RowForm):
    """A heading of the grid. A new one is given its points at once; those of the others have their own part."""

    coded = True
    label = TextField(label="Rubrique", max_length=250)
    weight = number("Poids (%)", high=100, attrs={"data-sum": "weight"})
    special_attention = forms.BooleanField(label="Attention particulière du jury", required=False)
    points = LinesField(label="Points", help_text="Un par ligne.", required=False, **LONG)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.rank is not None:
            del self.fields["points"]

    def value_of(self, name: str, value: Any) -> Any:
        if name != "points":
            return super().value_of(name, value)
        taken: set[str] = set()
        points = []
        for label in value:
            code = fresh_code(label, taken)[:40]
            taken.add(code)
            points.append({"code": code, "label": label, "help": "", "guides": []})
        return points


class PointForm(RowForm):
    """A point of a heading."""

    coded = True
    label = TextField(label="Point", max_length=400)
    help = TextField(label="Aide lue par le jury", required=False, widget=area(2), **LONG)
    guides = LinesField(
        label="Repère de chaque note",
        help_text="Un par ligne, de la plus basse à la plus haute ; ou rien, et ceux de l’échelle valent.",
        required=False,
        **LONG,
    )


class RegulationForm(PartForm):
    """The limits of the grant."""

    version = TextField(
        label="Version", max_length=40, help_text="Une nouvelle version dès qu’un dossier déposé se réfère à celle-ci."
    )
    max_grant = EurosField(label="Aide maximale (€)")
    expected_budget = EurosField(label="Budget attendu (€)")
    budget_tolerance_percent = PercentField(label="Tolérance autour du budget attendu (%)")
    duration_months_max = number("Durée maximale (mois)", low=1)
    duration_counts_from = forms.ChoiceField(
        label="Durée comptée à partir",
        choices=[("signature", "de la signature de la convention"), ("start", "du début déclaré des travaux")],
    )
    works_start_after = DayField(label="Travaux à commencer après le")
    retention_percent = PercentField(label="Retenue sur chaque versement (%)")
    signatory = LinesField(
        label="Signataire de la convention",
        required=False,
        help_text="Les codes des questions dont les réponses le nomment, un par ligne.",
        max_length=1000,
    )


class CategoryForm(RowForm):
    """A category of costs."""

    coded = True
    label = TextField(label="Catégorie", max_length=300)
    cap_percent = PercentField(label="Plafond (% du budget)", required=False, help_text="Vide : sans plafond.")
    help = TextField(label="Aide", required=False, widget=area(2), **LONG)


class InstalmentForm(RowForm):
    """An instalment of the grant."""

    coded = True
    label = TextField(label="Versement", max_length=200)
    percent = PercentField(
        label="Part de l’aide (%)",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "portal-euros", "data-sum": "percent"}),
    )
    months_after_signature = number("Mois après la signature")
    condition = TextField(label="Condition", required=False, max_length=1000)


def eligibility(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page of criteria."""
    return [
        Part(("call", "decisions"), "Décisions", DecisionsForm),
        Part(("call", "decisions", "appeal"), "Recours gracieux", AppealRulesForm),
        Part(("eligibility",), "Critères", CriterionForm, many=True, item="critère"),
    ]


def grid(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page of the grid: the points of each heading are a part of their own."""
    base = ("selection", "headings")
    headings = config["selection"]["headings"]
    return [
        Part(("selection",), "Rappels et lettres", JudgingForm),
        Part(("selection", "scale"), "Échelle des notes", ScaleForm),
        Part(base, "Rubriques", HeadingForm, many=True, item="rubrique", total="weight"),
        *(
            Part(
                (*base, rank, "points"),
                f"Points : {row['label']}",
                PointForm,
                many=True,
                item="point",
                name=f"points-{row['code']}",
            )
            for rank, row in enumerate(headings)
        ),
    ]


def regulation(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page of the financial regulation."""
    base = "regulation"
    return [
        Part((base,), "Limites", RegulationForm),
        Part((base, "cost_categories"), "Catégories de dépenses", CategoryForm, many=True, item="catégorie"),
        Part((base, "instalments"), "Versements", InstalmentForm, many=True, item="versement", total="percent"),
    ]
