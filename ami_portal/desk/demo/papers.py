"""The files that applicants deposit: small, true and readable PDF, Word and Excel files, made of a project's words."""

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any
from xml.sax.saxutils import escape as escape_xml

from ami_portal.kernel.money import in_words

from .tables import overheads_of
from .words import Project

_STYLE = "@page {{ size: A4; margin: {margin} }} body {{ font: {size}/1.45 'Liberation Sans', sans-serif }}"
_STYLE += " h1 {{ font-size: 1.6em; line-height: 1.2 }} h2 {{ font-size: 1.2em }} th, td {{ text-align: left }}"
_STYLE += " td, th {{ padding: 0.2em 1em 0.2em 0; vertical-align: top }} p {{ white-space: pre-line }}"
Part = tuple[str, Sequence[str]]
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "application/vnd.openxmlformats-package.relationships+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def content(project: Project, answers: dict[str, Any], question: str, name: str) -> bytes:
    """The bytes of the file called `name`, deposited in answer to `question`."""
    match question:
        case "protocol_file":
            parts = _protocol(project, answers)
            title = f"{project['acronym']} – protocole scientifique"
            if name.endswith(".docx"):
                return word(title, parts)
            return pdf(title, parts, cramped=bool(project.get("cramped")))
        case "budget_file":
            return workbook({"Dépenses": _expenses(project), "Plan de financement": _resources(project)})
        case "cv_files":
            return pdf(f"Curriculum vitæ – {project.owner.name}", _curriculum(project))
        case _:
            return pdf(*_certificate(project, answers, question))


def pdf(title: str, parts: Sequence[Part], *, cramped: bool = False) -> bytes:
    """A report of a page or two. `cramped` breaks the format of the call: margins of 12 mm, letters of 8 points."""
    from weasyprint import CSS, HTML  # slow to import: as in `documents.pdf`, only when a file is made

    style = _STYLE.format(margin="12mm", size="8pt") if cramped else _STYLE.format(margin="25mm", size="11pt")
    body = "".join(
        f"<h2>{escape(heading)}</h2>" + "".join(f"<p>{escape(text)}</p>" for text in texts) for heading, texts in parts
    )
    page = f'<html lang="fr"><title>{escape(title)}</title><h1>{escape(title)}</h1>{body}</html>'
    result: bytes = HTML(string=page).write_pdf(stylesheets=[CSS(string=style)])
    return result


def _protocol(project: Project, answers: dict[str, Any]) -> list[Part]:
    steps = [f"Mois {start} à {end} : {label} – {proof}." for label, start, end, proof in project["milestones"]]
    return [
        ("1. Contexte", str(answers["state_of_art"]).split("\n\n")),
        ("2. Objectifs", str(answers["problem"]).split("\n\n")),
        ("3. Population", [project["population"]]),
        ("4. Données", str(answers["dataset_justification"]).split("\n\n")),
        ("5. Méthode", str(answers["approach"]).split("\n\n") + str(answers["algorithms"]).split("\n\n")),
        ("6. Qualité et limites", str(answers["data_quality"]).split("\n\n")),
        ("7. Calendrier", steps),
        ("8. Confidentialité et information des personnes", str(answers["regulatory_understanding"]).split("\n\n")),
    ]


def _curriculum(project: Project) -> list[Part]:
    role = next((role for name, _, role, _ in project["team"] if project.owner.last_name in name), "Responsable")
    return [
        ("Fonction actuelle", [f"{role} du projet {project['acronym']}.", project.organisation.name]),
        ("Expérience", [project["experience"]]),
        ("Travaux en cours", [project["first_results"]]),
    ]


def _certificate(project: Project, answers: dict[str, Any], question: str) -> tuple[str, list[Part]]:
    tax = question == "tax_certificate"
    year, month, day = str(answers["tax_certificate_on" if tax else "social_certificate_on"]).split("-")
    title = "Attestation de régularité fiscale" if tax else "Attestation de vigilance"
    body = project.organisation
    duties = "fiscales" if tax else "sociales, de déclaration et de paiement"
    return title, [
        ("Spécimen de démonstration", ["Ce document est inventé : il ne provient d’aucune administration."]),
        ("Organisme", [body.name, f"SIRET {body.siret}"]),
        ("Situation", [f"L’organisme est à jour de ses obligations {duties}.", f"Fait le {day}/{month}/{year}."]),
        ("Code de sécurité", [f"DEMO-{project.number(question, 1_000_000):06d}"]),
    ]


def _expenses(project: Project) -> list[list[str | Decimal]]:
    rows: list[list[str | Decimal]] = [["Catégorie", "Description", "Année", "Montant (€)"]]
    rows += [[category, label, year, Decimal(amount)] for category, label, year, amount in project["budget"]]
    rows.append(["overheads", "Frais de gestion du porteur", "", overheads_of(project)])
    rows.append(["", f"Total : {in_words(project.total)}", "", project.total])
    return rows


def _resources(project: Project) -> list[list[str | Decimal]]:
    rows: list[list[str | Decimal]] = [["Financeur", "État", "Montant (€)"]]
    rows.append(["Health Data Hub", "Demandé", project.requested])
    states = {"granted": "Accordé", "planned": "Prévu", "requested": "Demandé"}
    rows += [[source, states[state], Decimal(amount)] for source, _, amount, state, _ in project.get("cofunding", [])]
    return rows


def workbook(sheets: dict[str, list[list[str | Decimal]]]) -> bytes:
    """An Excel file with one tab a table, made of the least that the format asks."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(
        f'<sheet name="{escape_xml(name)}" sheetId="{number}" r:id="rId{number}"/>'
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


def word(title: str, parts: Sequence[Part]) -> bytes:
    """A Word file of headings and paragraphs: A4, margins of 25 mm, letters of 11 points."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = _paragraph(title, 32, bold=True)
    for heading, texts in parts:
        body += _paragraph(heading, 26, bold=True) + "".join(_paragraph(text, 22) for text in texts)
    margins = " ".join(f'w:{side}="1417"' for side in ("top", "right", "bottom", "left"))
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
