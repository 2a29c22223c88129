"""The articles of a convention (pure): those of the template that a dossier calls for, and two versions compared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire import conditions, merging
from ami_portal.questionnaire.merging import Span
from applications import texts

KEPT, CHANGED, REMOVED, ADDED = "kept", "changed", "removed", "added"


@dataclass(frozen=True)
class Article:
    """One article. `code` is its own within one convention, whatever becomes of its title, its text or its place."""

    code: str
    title: str
    text: str

    @property
    def as_row(self) -> dict[str, str]:
        """What is kept of it."""
        return {"code": self.code, "title": self.title, "text": self.text}


def compose(
    template: Iterable[Mapping[str, Any]], held: Callable[[str], Any], values: Mapping[str, str]
) -> tuple[Article, ...]:
    """The articles that the answers call for, with their places filled. `held` gives the answer to a question."""
    return tuple(
        Article(f"a{rank}", texts.fill(raw["title"], values), texts.fill(raw["text"], values))
        for rank, raw in enumerate(template, start=1)
        if not raw.get("shown_if") or conditions.parse(raw["shown_if"]).holds(held)
    )


def read(rows: Iterable[Mapping[str, str]]) -> tuple[Article, ...]:
    """Articles as they are kept."""
    return tuple(Article(row["code"], row["title"], row["text"]) for row in rows)


def fingerprint(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of articles as they are kept."""
    return sha256_of(canonical_json(list(rows)))


@dataclass(frozen=True)
class Compared:
    """An article in two versions. `number` is its place in the later one, or 0 when it is no longer there."""

    kind: str
    number: int
    article: Article
    title: tuple[Span, ...]
    text: tuple[Span, ...]


def compare(before: Sequence[Article], after: Sequence[Article]) -> list[Compared]:
    """Every article of both versions, known by its code, in the order of the later one; those removed where they were.
    One that moved without a change is removed, then added."""
    found: list[Compared] = []
    places = {article.code: rank for rank, article in enumerate(after, start=1)}
    codes = [article.code for article in before], [article.code for article in after]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, *codes, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [_pair(old, new, places[new.code]) for old, new in zip(before[i1:i2], after[j1:j2], strict=True)]
            continue
        found += [_alone(REMOVED, article, 0) for article in before[i1:i2]]
        found += [_alone(ADDED, article, places[article.code]) for article in after[j1:j2]]
    return found


def _pair(old: Article, new: Article, number: int) -> Compared:
    title, text = (tuple(merging.differences(a, b)) for a, b in ((old.title, new.title), (old.text, new.text)))
    return Compared(KEPT if old == new else CHANGED, number, new, title, text)


def _alone(kind: str, article: Article, number: int) -> Compared:
    return Compared(kind, number, article, (Span(kind, article.title),), (Span(kind, article.text),))


FIGURES = {"montant": "le montant de l’aide", "duree": "la durée du projet", "retenue": "le taux de retenue"}
"""The places whose value a text may not lose: a convention that says another figure than its ledger binds nobody."""


def lost_figures(first: Iterable[Article], last: Iterable[Article], values: Mapping[str, str]) -> list[str]:
    """The figures that the last version says less often than the first, in words."""
    said, says = ("\n".join(article.text for article in version) for version in (first, last))
    return [words for name, words in FIGURES.items() if says.count(values[name]) < said.count(values[name])]
