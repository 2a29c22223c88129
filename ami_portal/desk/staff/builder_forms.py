"""Forms of the form builder: a section, a question, a column, from the node of a definition and back to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from ami_portal.documents import sniff
from ami_portal.questionnaire import editing, naming, offers
from ami_portal.questionnaire.editing import Node
from ami_portal.ui.forms import PortalForm, TextField
from applications import facts
from applications.call_config import as_json

from .logic_forms import LogicForm, lined
from .settings_field import SettingsField

LINES = forms.Textarea(attrs={"rows": 4})


def _number(label: str, **kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=50_000, widget=widget, **kwargs)


class NodeForm(PortalForm):
    """What every node has. `others` are the labels heard on the same page; `node` is what is stored, if anything."""

    name_key = "label"
    label = TextField(label="Intitulé", max_length=500, error_messages={"required": naming.unnamed("")})
    help = TextField(label="Aide", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    extra = SettingsField(
        label="Autres réglages",
        help_text="Les réglages rares, écrits comme dans le fichier de l’appel (YAML). Vide, le plus souvent.",
    )

    def __init__(self, *args: Any, node: Node | None = None, others: Iterable[str] = (), **kwargs: Any) -> None:
        self.node, self.others = node, list(others)
        super().__init__(*args, initial=self.initial_of(node or {}), **kwargs)

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields show of a node."""
        rest = {key: value for key, value in editing.own(node).items() if key not in {"code", *self.keys()}}
        return {"label": node.get(self.name_key, ""), "help": node.get("help", ""), "extra": rest}

    def keys(self) -> set[str]:
        """The keys of a node that have a field of their own."""
        return {self.name_key, "help"}

    def clean_label(self) -> str:
        label = str(self.cleaned_data["label"]).strip()
        if problem := naming.unnamed(label, self.others):
            raise forms.ValidationError(problem)
        return label

    def clean_extra(self) -> dict[str, Any]:
        rest: dict[str, Any] = as_json(self.cleaned_data["extra"])
        if {"code", "questions", "columns", *self.keys()} & set(rest):
            raise forms.ValidationError("Écrivez ici les seuls réglages qui n’ont pas leur champ sur cette page.")
        return rest

    def to_node(self, code: str) -> Node:
        """The node that a valid form says."""
        words = {self.name_key: self.cleaned_data["label"], "help": self.cleaned_data["help"]}
        return {"code": code, **self.cleaned_data["extra"], **{key: value for key, value in words.items() if value}}


class SectionForm(NodeForm):
    """A section of the form: one page."""

    name_key = "title"
    partners = forms.BooleanField(
        label="Lue par les partenaires",
        required=False,
        help_text="Les partenaires dont une base est demandée lisent cette rubrique après le dépôt.",
    )
    field_order = ["label", "help", "partners", "extra"]

    def keys(self) -> set[str]:
        return super().keys() | {"partners"}

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        return super().initial_of(node) | {"partners": node.get("partners", False)}

    def to_node(self, code: str) -> Node:
        return super().to_node(code) | ({"partners": True} if self.cleaned_data["partners"] else {})


class ColumnForm(NodeForm):
    """A column of a table: the properties that its type offers."""

    in_table = True
    type = forms.ChoiceField(label="Type de réponse")
    required = forms.BooleanField(label="Réponse obligatoire", required=False)
    options = TextField(
        label="Choix proposés",
        required=False,
        max_length=20_000,
        widget=LINES,
        help_text="Un par ligne, dans l’ordre. « code = libellé » : le code relie les réponses déjà données, "
        "gardez-le ; un choix nouveau n’a besoin que de son libellé.",
    )
    words = _number("Mots au plus")
    characters = _number("Caractères au plus")
    min = TextField(label="Au moins", required=False, max_length=20, help_text="Exemples : 1, 2026-12-31, 2026-12.")
    max = TextField(label="Au plus", required=False, max_length=20)
    decimals = _number("Décimales")
    fact = forms.ChoiceField(
        label="Fait retenu",
        required=False,
        choices=[("", "Aucun"), *facts.WORDS.items()],
        help_text="Ce que le portail affiche et contrôle à partir de cette réponse.",
    )
    formula = TextField(
        label="Formule",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "portal-settings", "autocomplete": "off"}),
        help_text="La colonne est alors calculée. Exemple : quantity * unit_cost. Vide : elle se remplit.",
    )
    files = _number("Fichiers au plus")
    formats = forms.MultipleChoiceField(
        label="Formats admis",
        required=False,
        choices=list(sniff.LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    rows_least = _number("Lignes au moins")
    rows_most = _number("Lignes au plus")
    field_order = ["label", "type", "required", "help", "options"]

    PROPERTIES = {"rows": ("rows_least", "rows_most")}
    """The fields of a property, where it has not one of its own name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.choices = offers.choices(in_table=self.in_table)

    def keys(self) -> set[str]:
        kinds = {name for offer in offers.OFFERS.values() for name in offer.properties}
        return super().keys() | {"type", "required"} | kinds

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        rows = list(node.get("rows", (0, 50)))
        kept = ("words", "characters", "min", "max", "decimals", "fact", "formula", "files")
        return super().initial_of(node) | {
            **{name: node.get(name) for name in kept},
            "type": node.get("type", "text"),
            "required": node.get("required", True),
            "options": "\n".join(f"{one['code']} = {one['label']}" for one in node.get("options", ())),
            "formats": list(node.get("formats", ("pdf",))),
            "rows_least": rows[0],
            "rows_most": rows[1],
        }

    @property
    def kind(self) -> str:
        """The type that the page shows now: the one typed, or the one stored."""
        return str(self["type"].value() or "text")

    def fields_of(self, name: str) -> tuple[str, ...]:
        """The names of the fields of one property."""
        return self.PROPERTIES.get(name, (name,))

    @property
    def properties(self) -> list[tuple[forms.BoundField, str, bool]]:
        """Each field of a property: itself, the types that offer it, whether the present one does."""
        shown = {}
        for kind, offer in offers.OFFERS.items():
            for name in (field for one in offer.properties for field in self.fields_of(one)):
                shown.setdefault(name, []).append(kind)
        order = [name for name in self.fields if name in shown]
        return [(self[name], " ".join(shown[name]), self.kind in shown[name]) for name in order]

    def clean_options(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in str(self.cleaned_data["options"]).split("\n") if line.strip()]
        known = {str(one["code"]) for one in (self.node or {}).get("options", ())}
        found: list[dict[str, str]] = []
        for line in lines:
            code, mark, label = (part.strip() for part in line.partition("="))
            if not mark or not (code in known or editing.fresh_code(code, set()) == code):
                code, label = editing.fresh_code(line, known | {one["code"] for one in found}), line
            if code in {one["code"] for one in found}:
                raise forms.ValidationError(f"Deux choix portent le code « {code} » : chaque code est unique.")
            found.append({"code": code, "label": label})
        return found

    def clean(self) -> dict[str, Any]:
        """The properties of the type that was chosen; those of the others are left out."""
        cleaned = super().clean() or self.cleaned_data
        offered = offers.offer(str(cleaned.get("type"))).properties
        if "options" in offered and "options" not in self.errors:
            labels = [one["label"] for one in cleaned["options"]]
            problem = naming.unnamed_option(labels)
            if not labels and cleaned.get("type") in offers.CHOOSE_AMONG_OPTIONS:
                problem = "Donnez au moins un choix : un par ligne."
            if problem:
                self.add_error("options", problem)
        if "rows" in offered and (cleaned.get("rows_most") or 0) < (cleaned.get("rows_least") or 0):
            self.add_error("rows_most", "Le nombre de lignes au plus ne peut pas être plus petit que celui au moins.")
        if cleaned.get("fact") and cleaned.get("type") not in facts.FACTS[cleaned["fact"]] and "fact" in offered:
            self.add_error("fact", "Ce fait se donne par un autre type de réponse.")
        if "formats" in offered and not cleaned.get("formats"):
            self.add_error("formats", "Choisissez au moins un format de fichier.")
        return cleaned

    def to_node(self, code: str) -> Node:
        cleaned, node = self.cleaned_data, super().to_node(code) | {"type": self.cleaned_data["type"]}
        if not cleaned["required"]:
            node["required"] = False
        for name in offers.offer(cleaned["type"]).properties:
            value = [cleaned["rows_least"] or 0, cleaned["rows_most"] or 50] if name == "rows" else cleaned.get(name)
            if value not in (None, "", []):
                node[name] = value
        return node


class QuestionForm(ColumnForm, LogicForm):
    """A question of a section: a column's properties, who reads it, when it appears, what must be true of it."""

    in_table = False
    partners = forms.BooleanField(
        label="Lue par les partenaires", required=False, help_text="Si la rubrique l’est aussi."
    )

    confidential = forms.BooleanField(
        label="Peut être gardée confidentielle à l’égard des partenaires",
        required=False,
        help_text="Le porteur choisit. Les partenaires lisent alors qu’elle l’est, à la place de la réponse.",
    )

    def __init__(self, *args: Any, before: Iterable[Node] = (), **kwargs: Any) -> None:
        self.before = {str(node["code"]): node for node in before}
        super().__init__(*args, **kwargs)
        del self.fields["formula"]
        self.set_logic()

    def keys(self) -> set[str]:
        """Conditions nested deeper than groups have no field: they are written among the other settings."""
        has_lines = lined((self.node or {}).get("shown_if") or {}) is not None
        return super().keys() | {"partners", "confidential", "rules"} | ({"shown_if"} if has_lines else set())

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        read = {"partners": node.get("partners", True), "confidential": node.get("confidential", False)}
        return super().initial_of(node) | read

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.clean_logic(cleaned)
        return cleaned

    def to_node(self, code: str) -> Node:
        node = super().to_node(code)
        if not self.cleaned_data["partners"]:
            node["partners"] = False
        if self.cleaned_data["confidential"]:
            node["confidential"] = True
        for name in ("shown_if", "rules"):
            if self.cleaned_data[name]:
                node[name] = self.cleaned_data[name]
        return node
