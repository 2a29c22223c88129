"""Writes small Word and Excel files (pure): the blank file of a template, the papers of the demonstration.

The least that the formats ask, and the same bytes for the same content.
"""

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

Part = tuple[str, Sequence[str]]
"""A heading and its paragraphs."""

_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "application/vnd.openxmlformats-package.relationships+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TWIPS = Decimal(1440) / Decimal("25.4")


def workbook(sheets: dict[str, list[list[str | Decimal]]]) -> bytes:
    """An Excel file with one tab a table, made of the least that the format asks."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, sheets, strict=True)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
        ),
    }
    types = {"xl/workbook.xml": f"{_SHEETS}.sheet.main+xml"}
    for number, rows in zip(numbers, sheets.values(), strict=True):
        lines = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
        types[f"xl/worksheets/sheet{number}.xml"] = f"{_SHEETS}.worksheet+xml"
    return _package("xl/workbook.xml", parts, types)


def _cell(value: str | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape_xml(value)}</t></is></c>'


def word(
    title: str, parts: Sequence[Part], *, margins_mm: Decimal = Decimal(25), points: Decimal = Decimal(11)
) -> bytes:
    """A Word file of headings and paragraphs, on A4."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    size = int(points * 2)  # Word counts in half points
    body = _paragraph(title, size + 10, bold=True)
    for heading, texts in parts:
        body += _paragraph(heading, size + 4, bold=True) + "".join(_paragraph(text, size) for text in texts)
    margins = " ".join(f'w:{side}="{ceil(margins_mm * _TWIPS)}"' for side in ("top", "right", "bottom", "left"))
    section = f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar {margins}/></w:sectPr>'
    document = f'<w:document xmlns:w="{main}"><w:body>{body}{section}</w:body></w:document>'
    return _package(
        "word/document.xml", {"word/document.xml": document}, {"word/document.xml": f"{_WORDS}.document.main+xml"}
    )


def _paragraph(text: str, half_points: int, *, bold: bool = False) -> str:
    style = f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{half_points}"/></w:rPr>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape_xml(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:r>{style}{lines}</w:r></w:p>"


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )


def _package(main: str, parts: dict[str, str], types: dict[str, str]) -> bytes:
    """The zip archive that office files are, with the same bytes for the same parts."""
    overrides = "".join(f'<Override PartName="/{path}" ContentType="{kind}"/>' for path, kind in types.items())
    every = {
        "[Content_Types].xml": f'<Types xmlns="{_CONTENT_TYPES}"><Default Extension="rels" ContentType="{_PACKAGE}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", main)}),
        **parts,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, xml in every.items():
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}')
    return out.getvalue()
