"""An Excel file: what each of its tabs holds."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl

from .headings import mark

MAX_ROWS, MAX_COLUMNS, MAX_TABS = 20_000, 200, 100
MAX_WANTED, MAX_TEXT = 30, 1_000


def measure(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """`tabs`: for each, its name, how many of its rows and cells are filled within the limits, and a mark of them.

    When `wanted` asks for so many `rows`, also those of the first tab: for each cell its nature and its value.
    """
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    facts: dict[str, Any] = {"tabs": [_tab(sheet) for sheet in book.worksheets[:MAX_TABS]]}
    if most := int(wanted.get("rows", 0)):
        facts["rows"] = _rows(book.worksheets[0], most)
    return facts


def _rows(sheet: Any, most: int) -> list[list[list[str]]]:
    sheet.reset_dimensions()
    return [[_cell(cell) for cell in row] for row in sheet.iter_rows(max_row=most, max_col=MAX_WANTED)]


def _cell(cell: Any) -> list[str]:
    value = cell.value
    if value is None:
        return ["text", ""]
    if cell.data_type == "f":
        return ["formula", ""]
    if isinstance(value, dt.date):
        return ["day", value.isoformat()[:10]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ["number", format(Decimal(repr(value)), "f")]
    return ["text", value[:MAX_TEXT]] if isinstance(value, str) else ["other", ""]


def _tab(sheet: Any) -> dict[str, Any]:
    sheet.reset_dimensions()  # what a file claims of its own size is not believed
    rows = cells = 0
    said: list[str] = []
    for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
        filled = [text for value in row if value is not None and (text := str(value).strip())]
        cells += len(filled)
        rows += bool(filled)
        said += filled
    return {"name": sheet.title, "rows": rows, "cells": cells, "text": mark(said)}
