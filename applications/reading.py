"""Reads a frozen dossier: the only way in which partners, jurors, staff, checks, PDFs and later stages see one (pure).

A `FrozenDossier` knows nothing that was not deposited; what an industrial partner may read of it is in `opening`.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import ZERO, in_words
from ami_portal.questionnaire.answers import shown
from ami_portal.questionnaire.form import NUMBERS, Question
from ami_portal.questionnaire.languages import ENGLISH, FRENCH, laid_over
from ami_portal.questionnaire.sheet import value_of

from . import figures
from .figures import Drawing, Line
from .models import Dossier, DossierVersion


@dataclass(frozen=True)
class FrozenFile:
    """A deposited file: its name, its fingerprint, its size in bytes, its pages when it is a PDF."""

    uuid: str
    filename: str
    sha256: str
    size: int
    media_type: str
    pages: int | None


@dataclass(frozen=True)
class FrozenColumn:
    """A column of a table. `total` says whether its sum is shown; for copies that do not tell, amounts are summed."""

    code: str
    type: str
    label: str
    total: bool | None = None

    @property
    def has_total(self) -> bool:
        return self.type == "amount" if self.total is None else self.total

    @property
    def is_number(self) -> bool:
        """Whether its cells line up on the right."""
        return self.type in NUMBERS


@dataclass(frozen=True)
class FrozenItem:
    """One question with its answer: `value` raw (by part for a composed one) and `shown` as read; or `columns` and
    rows; or `files`. `people` are the columns that name the team. `confidential` says that its team keeps it from the
    partners, and `is_withheld` that it has been taken out of what one of them reads."""

    code: str
    type: str
    label: str
    partners: bool
    value: Any = None
    shown: str = ""
    columns: tuple[FrozenColumn, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    files: tuple[FrozenFile, ...] = ()
    figure: Mapping[str, Any] | None = None
    people: Mapping[str, Any] | None = None
    confidential: bool = False
    is_withheld: bool = False

    @property
    def drawing(self) -> Drawing | None:
        """The figure of a table, drawn from what was frozen with it."""
        if not self.figure:
            return None
        asked = [Question(column.code, column.type, column.label) for column in self.columns]
        lines = [
            Line(
                {column.code: value_of(column, row.get(column.code)) for column in asked},
                {column.code: text for column, text in zip(asked, cells, strict=True)},
            )
            for row, cells in zip(self.rows, self.cells, strict=True)
        ]
        return figures.draw(self.figure, lines)

    @property
    def lines(self) -> list[list[tuple[FrozenColumn, str]]]:
        """The rows of a table as pairs of column and shown text."""
        return [list(zip(self.columns, row, strict=True)) for row in self.cells]

    @property
    def totals(self) -> list[str]:
        """The sum of each column that has one, empty for the others; empty as a whole when no column has one."""
        sums = [_sum(column, self.rows) if column.has_total else "" for column in self.columns]
        return sums if any(sums) and self.rows else []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return not (self.shown or self.rows or self.files)


@dataclass(frozen=True)
class FrozenSection:
    """A section of the form; `partners` says whether the partners whose datasets are asked for read it."""

    code: str
    title: str
    partners: bool
    items: tuple[FrozenItem, ...]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(not item.is_empty for item in self.items)

    @property
    def lines_count(self) -> int:
        """How many lines its tables have."""
        return sum(len(item.rows) for item in self.items)

    @property
    def files_count(self) -> int:
        """How many files are deposited."""
        return sum(len(item.files) for item in self.items)

    @property
    def kept_from_partners(self) -> int:
        """How many answers of a section that partners read are not shown to them."""
        return sum((not item.partners or item.confidential) and not item.is_empty for item in self.items)


@dataclass(frozen=True)
class FrozenDossier:
    """A deposit. Facts and answers are raw: amounts as « 98500.00 », days as « 2026-12-31 » (questionnaire.answers)."""

    ref: str
    call_code: str
    call_title: str
    form_sha256: str
    number: int
    submitted_at: dt.datetime | None
    submitted_by: Mapping[str, str]
    facts: Mapping[str, Any]
    datasets: tuple[Mapping[str, str], ...]
    sections: tuple[FrozenSection, ...]
    regulation_version: str = ""
    completes: Mapping[str, Any] | None = None
    language: str = FRENCH
    source: Mapping[str, Any] | None = None

    @property
    def received_at(self) -> dt.datetime | None:
        """When the dossier was received: for the reply to a request, when the deposit that it completes was; for one
        that was imported, and perhaps edited since, when it was deposited there."""
        if self.source:
            return dt.datetime.fromisoformat(self.source["deposited_at"])
        return dt.datetime.fromisoformat(self.completes["received_at"]) if self.completes else self.submitted_at

    @property
    def title(self) -> str:
        return _plain(self.facts.get("title"))

    @property
    def acronym(self) -> str:
        return _plain(self.facts.get("acronym"))

    @property
    def lead_name(self) -> str:
        return _plain(self.facts.get("lead_name"))

    @property
    def name(self) -> str:
        """How documents call the dossier: by its title, or by its reference in a call that asks for none."""
        return self.title or self.ref

    @property
    def holder(self) -> str:
        """Who holds it: the lead organisation, or who deposited it in a call that asks for none."""
        return self.lead_name or _plain(self.submitted_by.get("name"))

    @property
    def public_summary(self) -> str:
        """What is published of a laureate, in the words that the applicant wrote for everybody."""
        return _plain(self.facts.get("public_summary"))

    @property
    def amount_requested(self) -> Decimal | None:
        """In euros; None when it is not answered."""
        value = _plain(self.facts.get("amount_requested"))
        return Decimal(value) if value else None

    @property
    def dataset_codes(self) -> list[str]:
        return [dataset["code"] for dataset in self.datasets]

    def items(self) -> Iterator[FrozenItem]:
        """Every question that was asked, in the order of the form."""
        for section in self.sections:
            yield from section.items

    def item(self, code: str) -> FrozenItem | None:
        """The question called `code`; None when it was hidden, or is not to be read."""
        return next((item for item in self.items() if item.code == code), None)

    def answer(self, code: str) -> Any:
        """The raw answer to a question; None when there is none."""
        item = self.item(code)
        return item.value if item else None

    def table(self, code: str) -> list[dict[str, Any]]:
        """The rows of a table, as column → raw value."""
        item = self.item(code)
        return [dict(row) for row in item.rows] if item else []

    def files(self, code: str) -> list[FrozenFile]:
        """The files deposited for a question."""
        item = self.item(code)
        return list(item.files) if item else []

    def all_files(self) -> list[FrozenFile]:
        """Every file, in the order of the form."""
        return [file for item in self.items() for file in item.files]


def frozen(version: DossierVersion) -> FrozenDossier:
    """The content of one submission, in French."""
    return parse(json.loads(version.content))


def as_deposited(version: DossierVersion) -> FrozenDossier:
    """The same, in the language in which its author read the questions: what the PDF of the deposit shows."""
    content = json.loads(version.content)
    if "english" not in content:
        return parse(content)
    return replace(parse(laid_over(content, content["english"])), language=ENGLISH)


def restricted(version: DossierVersion) -> FrozenDossier:
    """The same, its datasets less those that its team agreed since to do without: what decisions are made on."""
    content = frozen(version)
    kept = set(version.dossier.dossier_datasets.values_list("version__dataset__code", flat=True))
    return replace(content, datasets=tuple(one for one in content.datasets if one["code"] in kept))


def standing_version(dossier: Dossier) -> DossierVersion | None:
    """The submission that stands: the last one that was not taken back; None for a draft."""
    return dossier.versions.filter(withdrawn_at=None).first()


def parse(content: Mapping[str, Any]) -> FrozenDossier:
    """A frozen content as objects (see `applications.freezing.content_of`)."""
    instant = content["submitted_at"]
    return FrozenDossier(
        ref=content["ref"],
        call_code=content["call"]["code"],
        call_title=content["call"]["title"],
        form_sha256=content["form"]["sha256"],
        number=content["number"],
        submitted_at=dt.datetime.fromisoformat(instant) if instant else None,
        submitted_by=content["submitted_by"] or {},
        facts=content["facts"],
        datasets=tuple(content["datasets"]),
        sections=tuple(_section(raw) for raw in content["sections"]),
        regulation_version=content.get("regulation", ""),
        completes=content.get("completes"),
        source=content.get("source"),
    )


def _section(raw: Mapping[str, Any]) -> FrozenSection:
    return FrozenSection(raw["code"], raw["title"], raw["partners"], tuple(_item(item) for item in raw["items"]))


def _item(raw: Mapping[str, Any]) -> FrozenItem:
    rows = raw.get("rows", ())
    return FrozenItem(
        code=raw["code"],
        type=raw["type"],
        label=raw["label"],
        partners=raw["partners"],
        value=raw.get("value"),
        shown=raw.get("shown", ""),
        columns=tuple(FrozenColumn(**column) for column in raw.get("columns", ())),
        rows=tuple(row["values"] for row in rows),
        cells=tuple(tuple(row["shown"]) for row in rows),
        files=tuple(FrozenFile(**file) for file in raw.get("files", ())),
        figure=raw.get("figure"),
        people=raw.get("people"),
        confidential=raw.get("confidential", False),
    )


def _sum(column: FrozenColumn, rows: Sequence[Mapping[str, Any]]) -> str:
    asked = Question(column.code, column.type, column.label)
    held = (value_of(asked, row[column.code]) for row in rows)
    total = sum((value for value in held if isinstance(value, Decimal)), ZERO)
    return in_words(total) if column.type == "amount" else shown(asked, f"{total.normalize() + 0:f}")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""
