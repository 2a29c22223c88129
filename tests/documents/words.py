"""Word and Excel templates of the tests, as an operator writes them: headings, instructions, tables to fill."""

import io

import docx
import openpyxl


def a_word(headings, *, said=None, cells=(), tables=1):
    """A Word file whose headings have a style; `said` is the text under each, an instruction where nothing is."""
    document = docx.Document()
    document.add_paragraph("Consignes : gardez les titres.")
    for heading in headings:
        document.add_heading(heading, level=1)
        document.add_paragraph((said or {}).get(heading, f"Décrivez ici : {heading.lower()}."))
    for _ in range(tables):
        table = document.add_table(rows=2, cols=2)
        for place, text in zip(((0, 0), (0, 1), (1, 0), (1, 1)), ("Poste", "Montant", *cells), strict=False):
            table.cell(*place).text = text
    return saved(document)


def a_workbook(tabs):
    """An Excel file: rows by the name of their tab."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tabs.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(document):
    """The bytes of a file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
