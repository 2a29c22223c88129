"""Templates that the operator gives: kept once by their fingerprint, examined as any deposited file, held against."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from .enums import Verdict
from .examiner import headings
from .format_rules import NO_BLANK, Blank, FormatRules, Template
from .models import Document, Examination

KIND = "template"
WANTED = {"outline": True}
"""What the examination of a template looks for, besides what it measures of any file."""

READ = ("headings", "tabs", "filled_tables", "filled_tabs", "blocking", "template")
"""The rules that are read from a template, or said with it."""


def subject(call: str, question: str) -> str:
    """What the templates deposited for a question are about."""
    return f"{call} {question}"[:80]


def last_for(call: str, question: str) -> Document | None:
    """The last template deposited for a question, whatever its verdict."""
    return Document.objects.filter(kind=KIND, subject=subject(call, question)).order_by("pk").last()


def find(template: Template) -> Document | None:
    """The accepted file of a template; None when the portal has not got it."""
    found = Document.objects.filter(kind=KIND, sha256=template.sha256, verdict=Verdict.ACCEPTED)
    return found.order_by("pk").first()


def missing(rules: Iterable[FormatRules | None]) -> list[Template]:
    """The templates that these rules name and the portal has not got; no query when they name none."""
    named = [one.given for one in rules if one and one.given]
    return [template for template in named if find(template) is None]


def rules_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The rules that a template suggests: its titles or its tabs, and whether it has cells to fill."""
    if facts.get("kind") == "excel":
        return {"tabs": [tab["name"] for tab in facts["tabs"]], "filled_tabs": True}
    read = {"headings": list(facts.get("titles", ())), "filled_tables": bool(facts.get("empty_count"))}
    return {name: value for name, value in read.items() if value}


def blank_of(rules: FormatRules) -> Blank:
    """What the template of these rules holds before anybody writes in it; nothing when there is none to compare."""
    if rules.given is None:
        return NO_BLANK
    try:
        return _blank(rules.given.sha256, rules.headings)
    except Examination.DoesNotExist:
        return NO_BLANK


@lru_cache(maxsize=64)
def _blank(sha256: str, wanted: tuple[str, ...]) -> Blank:
    """Raises Examination.DoesNotExist, which is not remembered: the same bytes always hold the same."""
    documents = Examination.objects.filter(document__kind=KIND, document__sha256=sha256, document__verdict="accepted")
    examined = documents.order_by("pk").first()
    if examined is None:
        raise Examination.DoesNotExist
    lines = [(place, text) for place, text in examined.facts.get("lines", ())]
    found = headings.find(list(wanted), lines)
    return Blank(
        {one["heading"]: one["text"] for one in found if one["words"]},
        examined.facts.get("tables", 0),
        {tab["name"].strip().casefold(): tab["text"] for tab in examined.facts.get("tabs", ())},
    )
