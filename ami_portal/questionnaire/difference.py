"""The difference of two forms (pure): questions added, removed, changed or moved, known by their stable codes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .form import Form, Question, Section

# What each property of a question is called on the screen. A property without a name here is called by its own.
NAMES = {
    "type": "le type",
    "label": "l’intitulé",
    "help": "l’aide",
    "required": "le caractère obligatoire",
    "words": "la limite en mots",
    "characters": "la limite en caractères",
    "options": "les choix",
    "columns": "les colonnes",
    "rows": "le nombre de lignes",
    "files": "le nombre de fichiers",
    "formats": "les formats admis",
    "file_rules": "le format demandé du fichier",
    "fact": "le fait retenu",
    "partners": "l’ouverture aux partenaires",
    "confidential": "la confidentialité à l’égard des partenaires",
    "shown_if": "la condition d’affichage",
    "min": "la plus petite valeur",
    "max": "la plus grande valeur",
    "decimals": "le nombre de décimales",
    "of": "ce qu’est une ligne",
    "formula": "le calcul",
    "total": "le total",
    "rules": "les règles",
    "figure": "la figure",
    "people": "les personnes nommées",
    "section": "la rubrique",
    "title": "le titre",
}
_ONLY_WORDS = frozenset({"label", "help", "section", "partners", "confidential", "fact", "total", "figure", "people"})


@dataclass(frozen=True)
class Asked:
    """A question where a form asks it: the code and the title of its section."""

    section: str
    section_title: str
    question: Question


@dataclass(frozen=True)
class Change:
    """A question of both forms that is not the same in both. `properties` are the names of what differs, in the order
    of `Question`, « section » first when it moved to another one. `columns` is the difference of a table's columns."""

    before: Asked
    after: Asked
    properties: tuple[str, ...]
    columns: "Columns | None" = None

    @property
    def code(self) -> str:
        return self.after.question.code

    @property
    def touches_answers(self) -> bool:
        """Whether an answer given before may have to be looked at again: more than words changed."""
        return not _ONLY_WORDS.issuperset(self.properties)

    @property
    def sentence(self) -> str:
        """« l’intitulé, les choix »."""
        return ", ".join(NAMES.get(name, name) for name in self.properties)


@dataclass(frozen=True)
class Columns:
    """The difference of two tables, by the codes of their columns."""

    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    changed: tuple[tuple[Question, Question], ...]


@dataclass(frozen=True)
class SectionChange:
    """A section of both forms whose own words or conditions differ."""

    before: Section
    after: Section
    properties: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return ", ".join(NAMES.get(name, name) for name in self.properties)


@dataclass(frozen=True)
class Difference:
    """What an edit of a form does. Empty (falsy) when both forms are the same, words, order and all."""

    added: tuple[Asked, ...] = ()
    removed: tuple[Asked, ...] = ()
    changed: tuple[Change, ...] = ()
    sections_added: tuple[Section, ...] = ()
    sections_removed: tuple[Section, ...] = ()
    sections_changed: tuple[SectionChange, ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        sections = self.sections_added or self.sections_removed or self.sections_changed
        return bool(self.added or self.removed or self.changed or sections or self.reordered)

    @property
    def touched(self) -> frozenset[str]:
        """Codes of the questions whose answers an owner should look at: new, removed, or changed in more than words."""
        codes = [asked.question.code for asked in self.added + self.removed]
        return frozenset(codes + [change.code for change in self.changed if change.touches_answers])


def difference(before: Form, after: Form) -> Difference:
    """What separates two forms. A code that stays is the same question, wherever it stands and whatever it says."""
    old, new = ({item.question.code: item for item in _asked(form)} for form in (before, after))
    kept = [code for code in new if code in old]
    old_sections, new_sections = ({section.code: section for section in form.sections} for form in (before, after))
    kept_sections = [code for code in new_sections if code in old_sections]
    return Difference(
        added=tuple(item for code, item in new.items() if code not in old),
        removed=tuple(item for code, item in old.items() if code not in new),
        changed=tuple(change for code in kept if (change := _change(old[code], new[code]))),
        sections_added=tuple(section for code, section in new_sections.items() if code not in old_sections),
        sections_removed=tuple(section for code, section in old_sections.items() if code not in new_sections),
        sections_changed=tuple(
            edit for code in kept_sections if (edit := _section_change(old_sections[code], new_sections[code]))
        ),
        reordered=_reordered(old, new) or _reordered(old_sections, new_sections),
    )


def _asked(form: Form) -> Iterator[Asked]:
    for section in form.sections:
        for question in section.questions:
            yield Asked(section.code, section.title, question)


def _reordered(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether what both hold is in another order: an insertion or a removal alone moves nothing."""
    return [code for code in old if code in new] != [code for code in new if code in old]


def _change(before: Asked, after: Asked) -> Change | None:
    properties = unlike(before.question, after.question)
    if before.section != after.section:
        properties = ("section", *properties)
    if not properties:
        return None
    columns = _columns(before.question.columns, after.question.columns) if "columns" in properties else None
    return Change(before, after, properties, columns)


def _columns(before: Sequence[Question], after: Sequence[Question]) -> Columns:
    old, new = ({column.code: column for column in columns} for columns in (before, after))
    return Columns(
        added=tuple(column for code, column in new.items() if code not in old),
        removed=tuple(column for code, column in old.items() if code not in new),
        changed=tuple((old[code], column) for code, column in new.items() if code in old and old[code] != column),
    )


def _section_change(before: Section, after: Section) -> SectionChange | None:
    properties = tuple(name for name in unlike(before, after) if name != "questions")
    return SectionChange(before, after, properties) if properties else None


def unlike(before: Question | Section, after: Question | Section) -> tuple[str, ...]:
    """The names of the properties that differ, in the order of their declaration."""
    return tuple(field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name))
