"""The words of the demonstration: organisations, people and projects, read from `data/demo.yaml` (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

PUBLIC_LAW = ("73", "74")
"""Legal categories whose bodies have no certificate of the tax office."""


@dataclass(frozen=True)
class Organisation:
    """An invented body. `de_minimis` is the aid received, in euros, of one that has an economic activity."""

    key: str
    name: str
    siret: str
    legal_category: str
    domain: str
    representative: tuple[str, str]
    employees: bool = True
    de_minimis: str | None = None


@dataclass(frozen=True)
class Person:
    """Someone who writes dossiers."""

    key: str
    first_name: str
    last_name: str
    organisation: Organisation

    @property
    def email(self) -> str:
        return f"{self.key}@{self.organisation.domain}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Project:
    """One dossier to come. `words` is its mapping in the file; `pace` counts days before the closing of its call."""

    code: str
    edition: str
    organisation: Organisation
    owner: Person
    colleague: tuple[Person, str] | None
    pace: Mapping[str, int]
    words: Mapping[str, Any]
    phrases: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.words[key]

    def get(self, key: str, default: Any = None) -> Any:
        """A word that not every project has."""
        return self.words.get(key, default)

    def number(self, key: str, below: int) -> int:
        """A number that looks random and never changes."""
        return crc32(f"{self.code}/{key}".encode()) % below

    def pick(self, name: str, choices: Sequence[str] = ()) -> str:
        """One of `choices`, or of the common phrases called `name`: always the same for a project."""
        choices = choices or self.phrases[name]
        return choices[self.number(name, len(choices))]

    @property
    def is_whole(self) -> bool:
        """Whether the file has every word of the form, so that the dossier can be deposited."""
        return "total" in self.words

    @property
    def total(self) -> Decimal:
        """All the expenses, in euros."""
        return Decimal(self["total"])

    @property
    def requested(self) -> Decimal:
        """What is asked of the call, in euros."""
        return Decimal(self["requested"])


@dataclass(frozen=True)
class Cast:
    """Everybody and everything of the file. `members` work for the operator, the partners and the jury."""

    password: str
    members: tuple[Mapping[str, Any], ...]
    shown: tuple[tuple[str, str], ...]
    staff_reasons: Mapping[str, str]
    remarks: Mapping[str, Mapping[str, list[str]]]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    projects: tuple[Project, ...]
    questions: tuple[Mapping[str, Any], ...]
    messages: tuple[Mapping[str, Any], ...]
    extensions: tuple[Mapping[str, Any], ...]

    def of(self, edition: str) -> list[Project]:
        """The projects of one edition."""
        return [project for project in self.projects if project.edition == edition]


def read(path: Path) -> Cast:
    """Read the file. Raises KeyError or TypeError where a word is missing or unknown."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    organisations = {
        key: Organisation(key, **{**item, "representative": tuple(item["representative"])})
        for key, item in raw["organisations"].items()
    }
    people = {
        key: Person(key, first, last, organisations[organisation])
        for key, (first, last, organisation) in raw["people"].items()
    }
    projects = tuple(_project(item, organisations, people, raw["phrases"]) for item in raw["projects"])
    return Cast(
        password=raw["password"],
        members=tuple(raw["staff"]),
        shown=tuple((label, email) for label, email in raw["shown"]),
        staff_reasons=raw["staff_reasons"],
        remarks=raw["remarks"],
        organisations=organisations,
        people=people,
        projects=projects,
        questions=tuple(raw["questions"]),
        messages=tuple(raw["messages"]),
        extensions=tuple(raw["extensions"]),
    )


def _project(
    raw: Mapping[str, Any],
    organisations: Mapping[str, Organisation],
    people: Mapping[str, Person],
    phrases: Mapping[str, Any],
) -> Project:
    colleague = (people[raw["colleague"][0]], raw["colleague"][1]) if "colleague" in raw else None
    return Project(
        code=raw["code"],
        edition=str(raw["edition"]),
        organisation=organisations[raw["organisation"]],
        owner=people[raw["owner"]],
        colleague=colleague,
        pace=raw["pace"],
        words=raw,
        phrases=phrases,
    )
