"""The files that applicants deposit: small, true and readable PDF, Word and Excel files, made of a project's words."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

from ami_portal.documents.office import Part, word, workbook
from ami_portal.kernel.money import in_words

from .tables import overheads_of
from .words import Project

_STYLE = "@page {{ size: A4; margin: {margin} }} body {{ font: {size}/1.45 'Liberation Sans', sans-serif }}"
_STYLE += " h1 {{ font-size: 1.6em; line-height: 1.2 }} h2 {{ font-size: 1.2em }} th, td {{ text-align: left }}"
_STYLE += " td, th {{ padding: 0.2em 1em 0.2em 0; vertical-align: top }} p {{ white-space: pre-line }}"


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
        ("Code de sécurité", [f"DEMO{project.number(question, 10**11):011d}"]),
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
