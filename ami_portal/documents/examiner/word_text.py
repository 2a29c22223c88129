"""A Word file: margins of its sections, sizes of its characters as styles give them, headings, cells left empty.

Sizes are those that Word applies: of the run, else of its styles and of those they are based on, else of the
document's defaults, else ten points. Deleted or hidden text, heads and feet of pages do not count.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from . import headings, titles
from .refusal import Refused
from .sizes import Sizes
from .word_styles import WordStyles

MAX_PARAGRAPHS, SHOWN_CELLS, SHOWN_LINES = 100_000, 30, 3_000
TWIP = 25.4 / 1440
TOO_LONG = "Ce document compte plus de 100 000 paragraphes : il ne peut pas être contrôlé."
CORE = "{http://purl.org/dc/elements/1.1/}creator {http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy"
APP = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
TEXT = {qn("w:t"), qn("w:tab"), qn("w:br")}
HIDDEN = f"{qn('w:rPr')}/{qn('w:vanish')}"
SKIPPED = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def measure(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """`layout` of each section, `headings` found, `tables` and their `empty_cells`; the outline of a template."""
    document = docx.Document(io.BytesIO(content))
    body = document.element.body
    if sum(1 for _ in body.iter(qn("w:p"))) > MAX_PARAGRAPHS:
        raise Refused(TOO_LONG)
    parts = {relation.reltype.rpartition("/")[2]: relation for relation in document.part.rels.values()}
    styles = WordStyles(_root(parts.get("styles")))
    layout, lines = _sections(body, styles)
    notes = _notes(parts, styles)
    empty = list(_empty_cells(body))
    outline = {}
    if wanted.get("outline"):
        outline = {"titles": titles.of(body, _root(parts.get("styles"))), "lines": lines[:SHOWN_LINES]}
    return {
        **outline,
        "layout": layout + notes,
        "headings": headings.find(wanted.get("headings", []), lines),
        "tables": sum(1 for _ in body.iter(qn("w:tbl"))),
        "empty_cells": empty[:SHOWN_CELLS],
        "empty_count": len(empty),
    }


def _sections(body: Any, styles: WordStyles) -> tuple[list[dict[str, Any]], list[headings.Line]]:
    """What each section measures, and the lines of the document. The properties of a section end it."""
    layout: list[dict[str, Any]] = []
    lines: list[headings.Line] = []
    sizes, outdents = Sizes(), [0, 0]
    for paragraph in _elements(body, qn("w:p")):
        style = _style_of(paragraph)
        text = _paragraph(paragraph, styles, style, sizes)
        place = f"section {len(layout) + 1}"
        if text.strip():
            lines.append((place, text))
            sides = styles.sides(paragraph, style)
            outdents = [min(pair) for pair in zip(outdents, sides, strict=True)]
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if properties is not None:
            layout.append(_section(place, properties, sizes, outdents))
            sizes, outdents = Sizes(), [0, 0]
    last = body.find(qn("w:sectPr"))
    layout.append(_section(f"section {len(layout) + 1}", last, sizes, outdents))
    return layout, lines


def _section(place: str, properties: Any, sizes: Sizes, outdents: list[int]) -> dict[str, Any]:
    margins = properties.find(qn("w:pgMar")) if properties is not None else None
    sides = None
    if margins is not None and sizes.counts:
        left, top, right, bottom, gutter = (
            _twips(margins.get(qn(f"w:{name}"))) for name in ("left", "top", "right", "bottom", "gutter")
        )
        sides = [left + gutter + outdents[0], abs(top), right + outdents[1], abs(bottom)]  # negative: exact, Word says
        sides = [round(side * TWIP, 1) for side in sides]
    return {"place": place, "margins": sides, "sizes": sizes.listed(), "is_picture": False}


def _twips(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _notes(parts: dict[str, Any], styles: WordStyles) -> list[dict[str, Any]]:
    """The sizes of footnotes and endnotes."""
    found = []
    for kind in ("footnotes", "endnotes"):
        sizes = Sizes()
        for paragraph in _elements(_root(parts.get(kind)), qn("w:p")):
            _paragraph(paragraph, styles, _style_of(paragraph), sizes)
        if sizes.counts:
            found.append({"place": "notes", "margins": None, "sizes": sizes.listed(), "is_picture": False})
    return found


def _root(relation: Any) -> Any:
    """The content of a part of the document, empty when it has none: Word does without, with its own defaults."""
    if relation is None or relation.is_external:
        return etree.Element("none")
    return etree.fromstring(relation.target_part.blob, _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _elements(root: Any, tag: str) -> Iterator[Any]:
    """The elements of this tag, in order, but for what was deleted or is said twice."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag in SKIPPED:
            continue
        if element.tag == tag:
            yield element
        waiting.extend(reversed(element))


def _style_of(paragraph: Any) -> str | None:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style.get(qn("w:val")) if style is not None else None


def _paragraph(paragraph: Any, styles: WordStyles, style: str | None, sizes: Sizes) -> str:
    """The text of a paragraph, its visible characters counted. Text boxes inside it have paragraphs of their own."""
    text = ""
    table_style = None
    for run in _elements(paragraph, qn("w:r")):
        if next(run.iterancestors(qn("w:p")), None) is not paragraph or run.find(HIDDEN) is not None:
            continue
        said = "".join((node.text or "") if node.tag == qn("w:t") else " " for node in run if node.tag in TEXT)
        text += said
        if count := sum(not char.isspace() for char in said):
            table_style = table_style or _table_style(paragraph)
            sizes.add(styles.size(run, style, table_style), count, said)
    return text


def _table_style(paragraph: Any) -> str | None:
    table = next(paragraph.iterancestors(qn("w:tbl")), None)
    style = table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}") if table is not None else None
    return style.get(qn("w:val")) if style is not None else None


def _empty_cells(body: Any) -> Iterator[str]:
    """Cells without text nor picture. The first of a table may be: it stands between two rows of titles."""
    for number, table in enumerate(_elements(body, qn("w:tbl")), start=1):
        for line, row in enumerate(table.findall(qn("w:tr")), start=1):
            for column, cell in enumerate(row.iter(qn("w:tc")), start=1):
                if (line, column) == (1, 1) or cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") is not None:
                    continue
                filled = any((text.text or "").strip() for text in cell.iter(qn("w:t")))
                if not filled and next(cell.iter(qn("w:drawing"), qn("w:sdt"), qn("w:tbl")), None) is None:
                    yield f"tableau {number}, ligne {line}, colonne {column}"


def identity(archive: zipfile.ZipFile, names: set[str]) -> list[list[str]]:
    """Who the file says its author is, who changed it last, their organisation, who commented or revised it."""
    found: list[list[str]] = []

    def root_of(name: str) -> Any:
        return etree.fromstring(archive.read(name), _parser()) if name in names else None

    core, app = root_of("docProps/core.xml"), root_of("docProps/app.xml")
    for kind, tag in zip(("author", "modified"), CORE.split(), strict=True):
        found += _texts(core, kind, tag)
    found += _texts(app, "company", f"{APP}Company") + _texts(app, "manager", f"{APP}Manager")
    for name in sorted(names):
        if name.startswith(("word/comments", "word/people", "xl/comments", "xl/persons/")) and name.endswith(".xml"):
            found += _authors(root_of(name), "comment")
    return found + (_revisers(root_of("word/document.xml")) if "word/document.xml" in names else [])


def _texts(root: Any, kind: str, tag: str) -> list[list[str]]:
    value = (root.findtext(tag) or "").strip() if root is not None else ""
    return [[kind, value]] if value else []


def _authors(root: Any, kind: str) -> list[list[str]]:
    names = {(element.text or "").strip() for element in root.iter("{*}author")}
    names |= {element.get("displayName", "").strip() for element in root.iter("{*}person")}
    names |= {element.get(qn("w:author"), "").strip() for element in root.iter(qn("w:comment"))}
    return [[kind, name] for name in sorted(names - {""})]


def _revisers(root: Any) -> list[list[str]]:
    marks = root.iter(qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))
    names = {element.get(qn("w:author"), "").strip() for element in marks}
    return [["revision", name] for name in sorted(names - {""})]
