"""The blank file that a call offers: its headings or its tabs, at the margins and the size that it asks (pure)."""

from collections.abc import Sequence
from decimal import Decimal

from . import office, sniff
from .format_rules import FormatRules

DEFAULT_MARGIN, DEFAULT_POINTS = Decimal(25), Decimal(11)


def blank_file(title: str, code: str, formats: Sequence[str], rules: FormatRules) -> tuple[str, str, bytes]:
    """The name, the type and the bytes: a workbook where only workbooks are admitted, a Word file otherwise."""
    if "xlsx" in formats and "docx" not in formats:
        content = office.workbook({name: [] for name in rules.tabs or (title[:31],)})
        return f"{code}-modele.xlsx", sniff.XLSX, content
    content = office.word(
        title,
        [(heading, [""]) for heading in rules.headings],
        margins_mm=rules.margins_mm or DEFAULT_MARGIN,
        points=max(rules.font_points_min or DEFAULT_POINTS, DEFAULT_POINTS),
    )
    return f"{code}-modele.docx", sniff.DOCX, content
