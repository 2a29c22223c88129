"""What the pages of a convention's text show: a version, what it says otherwise than another, the remarks on each."""

from dataclasses import dataclass
from typing import Any

from ami_portal.questionnaire import merging
from ami_portal.questionnaire.merging import Span

from . import articles
from .articles import Article, Compared
from .enums import RemarkState
from .models import AgreementText, Convention, Remark


@dataclass(frozen=True)
class Said:
    """A remark, and the text that it proposes compared with the article that was read."""

    remark: Remark
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Shown:
    """An article of the page, with the remarks on it."""

    compared: Compared
    remarks: tuple[Said, ...]


@dataclass(frozen=True)
class TextPage:
    """A version of the text beside an earlier one (`since`, or None). `is_last`: whether remarks can be made on it."""

    version: AgreementText
    since: AgreementText | None
    versions: list[AgreementText]
    shown: list[Shown]

    @property
    def is_last(self) -> bool:
        return self.version == self.versions[-1]

    @property
    def changed(self) -> int:
        """How many articles differ from the earlier version."""
        return sum(one.compared.kind != articles.KEPT for one in self.shown) if self.since else 0

    @property
    def open_count(self) -> int:
        """How many of the remarks shown wait for an answer."""
        return sum(said.remark.state == RemarkState.OPEN for one in self.shown for said in one.remarks)


def page_of(convention: Convention, query: Any) -> TextPage | None:
    """The version that `version` names in a query, beside the one that `depuis` names; by default the last version
    beside the one before it. None before there is a text. Three queries."""
    versions = list(convention.texts.select_related("written_by").order_by("number"))
    if not versions:
        return None
    version = _named(versions, query.get("version")) or versions[-1]
    earlier = [one for one in versions if one.number < version.number]
    since = _named(earlier, query.get("depuis")) or (earlier[-1] if earlier and "depuis" not in query else None)
    after = articles.read(version.articles)
    found = articles.compare(articles.read(since.articles) if since else after, after)
    by_article = remarks_of(convention)
    return TextPage(
        version, since, versions, [Shown(one, tuple(by_article.get(one.article.code, ()))) for one in found]
    )


def _named(versions: list[AgreementText], number: Any) -> AgreementText | None:
    return next((one for one in versions if str(one.number) == str(number)), None)


def remarks_of(convention: Convention) -> dict[str, list[Said]]:
    """Every remark, by the code of its article, in order: one query."""
    found: dict[str, list[Said]] = {}
    for remark in convention.remarks.select_related("text", "made_by", "answered_by").order_by("number"):
        found.setdefault(remark.article, []).append(Said(remark, _spans(remark)))
    return found


def _spans(remark: Remark) -> tuple[Span, ...]:
    if not remark.proposed:
        return ()
    read: Article | None = next(
        (one for one in articles.read(remark.text.articles) if one.code == remark.article), None
    )
    return tuple(merging.differences(read.text if read else "", remark.proposed))
