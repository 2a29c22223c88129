"""The titles of a Word file: paragraphs of a heading style, or short bold ones in a file that has no such style."""

import re
from typing import Any

from docx.oxml.ns import qn

MAX_TITLES, MAX_LENGTH = 60, 160
NAMED = re.compile(r"^(heading|titre)\s*\d", re.IGNORECASE)
BODY_LEVEL = "9"


def of(body: Any, styles: Any) -> list[str]:
    """The titles in order, each once."""
    known = _heading_styles(styles)
    outside = [one for one in body.iter(qn("w:p")) if next(one.iterancestors(qn("w:tbl")), None) is None]
    styled = [_text(one) for one in outside if _style(one) in known or _has_level(one.find(qn("w:pPr")))]
    found = styled or [_text(one) for one in outside if _is_bold(one)]
    return list(dict.fromkeys(text for text in found if 0 < len(text) <= MAX_LENGTH))[:MAX_TITLES]


def _heading_styles(styles: Any) -> set[str]:
    """The identifiers of the styles that are headings, or are based on one."""
    based: dict[str, str] = {}
    found: set[str] = set()
    for style in styles.iter(qn("w:style")):
        code = style.get(qn("w:styleId"), "")
        name, parent = style.find(qn("w:name")), style.find(qn("w:basedOn"))
        if _has_level(style.find(qn("w:pPr"))) or (name is not None and NAMED.match(name.get(qn("w:val"), ""))):
            found.add(code)
        if parent is not None:
            based[code] = parent.get(qn("w:val"), "")
    while more := {code for code, parent in based.items() if parent in found and code not in found}:
        found |= more
    return found


def _has_level(properties: Any) -> bool:
    level = properties.find(qn("w:outlineLvl")) if properties is not None else None
    return level is not None and level.get(qn("w:val")) != BODY_LEVEL


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style.get(qn("w:val"), "") if style is not None else ""


def _is_bold(paragraph: Any) -> bool:
    runs = [one for one in paragraph.iter(qn("w:r")) if any((text.text or "").strip() for text in one.iter(qn("w:t")))]
    return bool(runs) and all(one.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None for one in runs)


def _text(paragraph: Any) -> str:
    return " ".join("".join(text.text or "" for text in paragraph.iter(qn("w:t"))).split())
