"""A call's document cut into the parts of a page: one mapping is a form, a list is rows; each field bears its key.

What was not retyped stays what the document says, to the byte: only fields that changed are written.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from ami_portal.kernel.config import Path, Problem
from ami_portal.questionnaire.editing import fresh_code
from ami_portal.ui.forms import PortalForm, TextField

MAX_ROWS = 400
ADD = "ajouter"


class LinesField(TextField):
    """A list of texts, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": 4}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(super().to_python(value) or "").split("\n") if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class PartForm(PortalForm):
    """One mapping of the document (`node`). A key that the form does not show stays as it is; `settled` are the fields
    that can change no more."""

    KEYS: ClassVar[Mapping[str, str]] = {}
    """The key of a field that does not bear its name."""

    def __init__(
        self, data: Any = None, *, node: Mapping[str, Any] | None = None, settled: Collection[str] = (), **kwargs: Any
    ) -> None:
        self.node = dict(node or {})
        super().__init__(data, initial=self.initial_of(self.node), **kwargs)
        self.empty_permitted = node is None
        for name in settled:
            self.fields[name].disabled = True

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields show of a mapping."""
        shown = {name: node.get(self.KEYS.get(name, name)) for name in self.base_fields}
        numbers = (name for name, field in self.base_fields.items() if isinstance(field, forms.DecimalField))
        return shown | {name: Decimal(shown[name]) for name in numbers if shown[name]}

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping that a valid form makes of what the document says."""
        node = dict(base)
        for name in self.fields:
            key = self.KEYS.get(name, name)
            if name not in self.changed_data and key in node:
                continue
            value = self.value_of(name, self.cleaned_data.get(name))
            if value is None or (value == "" and key not in node):
                node.pop(key, None)
            else:
                node[key] = value
        return node

    @property
    def is_said(self) -> bool:
        """Whether a valid form stands in the document: what may be missing from it was not left blank."""
        return not self.empty_permitted or self.has_changed()

    @property
    def shown(self) -> list[tuple[forms.BoundField, str]]:
        """Each field of the mapping itself, with what its text gives in a document."""
        return [(bound, self.preview(bound)) for bound in self.visible_fields()]

    def preview(self, bound: forms.BoundField) -> str:
        """What a text gives with an example of a dossier; empty for a field that fills no document."""
        return ""

    def value_of(self, name: str, value: Any) -> Any:
        """A typed value as the document writes it; None for a key that is left out."""
        return f"{value}" if isinstance(value, Decimal) else value


class RowForm(PartForm):
    """One row of a list: its place, and whether it goes. Its code, if rows have one, is made once and never changes."""

    coded = False
    name_key = "label"
    code = forms.CharField(required=False, widget=forms.HiddenInput, max_length=80)
    position = forms.IntegerField(
        label="Place",
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    removed = forms.BooleanField(label="Retirer", required=False)

    def __init__(self, data: Any = None, *, rank: int | None = None, **kwargs: Any) -> None:
        self.rank = rank
        super().__init__(data, **kwargs)
        self.empty_permitted = rank is None
        if rank is None:
            del self.fields["removed"]

    def initial_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        place = None if self.rank is None else self.rank + 1
        return super().initial_of(node) | {"position": place, "removed": False}

    @property
    def is_kept(self) -> bool:
        """Whether a valid row stands in the list: it is not taken out, nor left blank."""
        return bool(self.cleaned_data) and not self.cleaned_data.get("removed")

    @property
    def place(self) -> tuple[int, int]:
        """Where a valid row goes: a row that is moved takes the place it asks for from the one that holds it."""
        wanted, held = self.cleaned_data.get("position") or MAX_ROWS * 10, 0 if self.rank is None else self.rank + 1
        return wanted, 1 if wanted == held else 2 if held and wanted > held else 0

    @property
    def called(self) -> str:
        """What the row is called."""
        return str(self.node.get(self.name_key) or "")

    @property
    def shown(self) -> list[tuple[forms.BoundField, str]]:
        return [one for one in super().shown if one[0].name not in ("position", "removed")]

    def to_node(self, base: Mapping[str, Any]) -> dict[str, Any]:
        node = {name: value for name, value in super().to_node(base).items() if name not in ("position", "removed")}
        if not self.coded:
            node.pop("code", None)
        return node


@dataclass
class Part:
    """One part of a page: where it is in the document, what it is called, its form, or the forms of its rows."""

    path: Path
    legend: str
    maker: type[PartForm]
    many: bool = False
    help: str = ""
    item: str = ""
    name: str = ""
    total: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    forms: list[Any] = field(default_factory=list, init=False)
    kept: list[Any] = field(default_factory=list, init=False)
    blank: int = field(default=1, init=False)

    @property
    def prefix(self) -> str:
        """The beginning of the names of its fields."""
        return self.name or "-".join(map(str, self.path))

    @property
    def filled(self) -> int:
        """How many rows the document has."""
        return sum(form.rank is not None for form in self.forms)

    @property
    def sum(self) -> Decimal:
        """The total of the field that it sums, as its rows are typed; what is no number counts for nothing."""
        kept = [form for form in self.forms if "removed" not in form.fields or not form["removed"].value()]
        texts = [str(form[self.total].value() or "") for form in kept]
        return sum((Decimal(text) for text in map(_plain_number, texts) if text), Decimal(0))

    @property
    def count_name(self) -> str:
        """The name of the field that counts its rows."""
        return f"{self.prefix}-nombre"

    def read(self, config: Mapping[str, Any], data: Any) -> None:
        """Make its forms: from the document, or from what was typed."""
        node = under(config, self.path)
        if not self.many:
            self.forms = [self.maker(data, node=node, prefix=self.prefix, **self.options)]
            return
        codes = {str(row["code"]): rank for rank, row in enumerate(node) if isinstance(row, Mapping) and "code" in row}
        shown = len(node) + self.blank if data is None else min(_whole(data.get(self.count_name)), MAX_ROWS)
        if data is not None and data.get(ADD) == self.prefix:
            shown += 1
        for number in range(shown):
            prefix = f"{self.prefix}-{number}"
            rank: int | None = number if number < len(node) else None
            if data is not None and codes:
                rank = codes.get(str(data.get(f"{prefix}-code") or ""))
            row = node[rank] if rank is not None else {}
            self.forms.append(self.maker(data, node=row, rank=rank, prefix=prefix, **self.options))

    def write(self, config: dict[str, Any]) -> None:
        """Put what valid forms say into the document."""
        holder = under(config, self.path[:-1])
        if not self.many:
            if self.forms[0].is_said:
                holder[self.path[-1]] = self.forms[0].to_node(holder.get(self.path[-1]) or {})
            return
        rows = [one for one in self.forms if one.is_kept]
        self.kept = sorted(rows, key=lambda one: one.place)
        taken = {str(one.node["code"]) for one in self.forms if "code" in one.node}
        there = {str(row["code"]): row for row in holder[self.path[-1]] if isinstance(row, Mapping) and "code" in row}
        holder[self.path[-1]] = [self._row(one, taken, there) for one in self.kept]

    def _row(self, form: Any, taken: set[str], there: Mapping[str, Any]) -> dict[str, Any]:
        node: dict[str, Any] = form.to_node(there.get(str(form.node.get("code")), form.node))
        if form.coded and not node.get("code"):
            upper = any(code.isupper() for code in taken)
            code = fresh_code(str(node.get(form.name_key, "")), {one.lower() for one in taken})[:38]
            taken.add(code.upper() if upper else code)
            node = {"code": code.upper() if upper else code, **{k: v for k, v in node.items() if k != "code"}}
        return node

    def take(self, problem: Problem) -> bool:
        """Say a problem beside its field; answer whether this part holds its place."""
        rest = problem.path[len(self.path) :]
        if problem.path[: len(self.path)] != self.path:
            return False
        form = None if self.many else self.forms[0]
        if self.many and rest and isinstance(rest[0], int) and rest[0] < len(self.kept):
            form, rest = self.kept[rest[0]], rest[1:]
        if form is None:
            return False
        names = {form.KEYS.get(name, name): name for name in form.fields}
        name = names.get(str(rest[0])) if rest else None
        form.add_error(name, sentence(problem))
        return True


def sentence(problem: Problem) -> str:
    """A problem of the document as a page says it."""
    expected = f" ; attendu : {problem.expected}" if problem.expected else ""
    return f"{problem.found[:1].upper()}{problem.found[1:]}{expected}."


def under(value: Any, path: Path) -> Any:
    """What stands at a path of the document."""
    for step in path:
        value = value.get(step) if isinstance(step, str) else value[step]
    return value


def _plain_number(text: str) -> str:
    """The digits of a number as people type it; empty when it is none."""
    plain = text.replace(",", ".").replace("\u202f", "").strip()
    return plain if plain.replace(".", "", 1).isdecimal() else ""


def _whole(text: Any) -> int:
    return int(text) if str(text).isdecimal() else 0


def fields_of(parts: list[Part]) -> Iterator[tuple[Part, Any]]:
    """Every form of a page with its part."""
    for part in parts:
        for form in part.forms:
            yield part, form
