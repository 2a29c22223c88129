"""The answers of a project to the questions of the form, in the words of `data/demo.yaml`."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO
from ami_portal.questionnaire.form import Form
from applications.models import Call

from . import essays
from .words import PUBLIC_LAW, Organisation, Project

DECLARATIONS = (
    "up_to_date_declaration",
    "neutrality_declaration",
    "not_started_declaration",
    "no_double_funding_declaration",
    "open_source_declaration",
    "rules_declaration",
    "accuracy_declaration",
)


def answers(project: Project, call: Call, organisations: Mapping[str, Organisation]) -> dict[str, Any]:
    """Every answer that the file has words for, by question code; parts of a composed answer as part → text, tables as
    rows of column → text, files as names.

    A question that the project leaves empty has None, or no row.
    """
    closes_on = clock.paris(call.closes_at).date()
    result: dict[str, Any] = {**_lead(project, closes_on), **_identity(project)}
    rows: dict[str, list[list[str]]] = {}
    if "summary" in project.words:
        result |= essays.project_texts(project) | essays.team_texts(project)
        result["open_science_plan"] = essays.opening_text(project)
        rows |= _science_rows(project, organisations, closes_on.year)
    if project.is_whole:
        result |= essays.means_texts(project) | _means(project, call) | dict.fromkeys(DECLARATIONS, "true")
        rows |= _means_rows(project)
        result |= _files(project)
    return result | {code: _named(call.form_revision.form, code, lines) for code, lines in rows.items()}


def _named(form: Form, code: str, lines: list[list[str]]) -> list[dict[str, str]]:
    """The cells of each line under the codes of their columns; the last columns may be left out."""
    columns = [column.code for column in form.by_code[code].columns]
    return [dict(zip(columns[: len(line)], line, strict=True)) for line in lines]


def _lead(project: Project, closes_on: dt.date) -> dict[str, Any]:
    body = project.organisation
    public = body.legal_category in PUBLIC_LAW
    drawn = project.number("papers", 25)
    ages = (66 + drawn, project.get("social_certificate_age", 80 + drawn))
    tax_on, social_on = (closes_on - dt.timedelta(days=age) for age in ages)
    return {
        "lead_name": body.name,
        "lead_siret": body.siret,
        "lead_legal_category": body.legal_category,
        "representative_name": body.representative[0],
        "representative_role": body.representative[1],
        "contact": {
            "given_name": project.owner.first_name,
            "family_name": project.owner.last_name,
            "email": project.owner.email,
        },
        "tax_certificate_status": "not_applicable" if public else "certificate",
        "tax_certificate_on": tax_on.isoformat(),
        "tax_absence_reason": project.phrases["tax_absence"],
        "social_certificate_status": "certificate" if body.employees else "not_applicable",
        "social_certificate_on": social_on.isoformat(),
        "social_absence_reason": project.phrases["social_absence"],
        "up_to_date_declaration": "true",
        "economic_activity": "true" if body.de_minimis else "false",
        "de_minimis_amount": body.de_minimis,
    }


def _identity(project: Project) -> dict[str, Any]:
    return {code: project[code] for code in ("title", "acronym", "category", "pathology", "datasets", "linkage")} | {
        "linkage_other": project.get("linkage_other"),
    }


def _science_rows(project: Project, organisations: Mapping[str, Organisation], year: int) -> dict[str, list[list[str]]]:
    participants = [
        [organisations[key].name, organisations[key].siret, "", kind] for key, kind in project["consortium"]
    ]
    report = f"{project.owner.last_name} et coll. Étude préparatoire au projet {project['acronym']}."
    published = [[f"{report} Rapport de {project.organisation.name}, {year}."]]
    return {
        "team": project["team"],
        "consortium": participants,
        "publications": published,
        "variables": project["variables"],
        "risks": project["risks"],
        "outputs": project["outputs"],
    }


def _means(project: Project, call: Call) -> dict[str, Any]:
    starts_on = call.works_start_after + dt.timedelta(days=project["starts_after"])
    return {
        "starts_on": starts_on.isoformat(),
        "duration_months": str(project["months"]),
        "amount_requested": project["requested"],
        "controller": project.organisation.name,
        "regulatory_route": project["route"],
        "regulatory_steps": project["steps"],
        "supports_requested": project["supports"],
        "workspace": project["workspace"],
    }


def _means_rows(project: Project) -> dict[str, list[list[str]]]:
    last_year = "2" if project["months"] > 12 else "1"
    asked = ["Health Data Hub", "hdh", project["requested"], "requested", "true"]
    overheads = ["overheads", "Frais de gestion du porteur", last_year, str(overheads_of(project))]
    return {
        "milestones": [[str(cell) for cell in line] for line in project["milestones"]],
        "budget": [*project["budget"], overheads],
        "financing_plan": [asked, *project.get("cofunding", [])],
    }


def overheads_of(project: Project) -> Decimal:
    """What is left of the total once the written expenses are counted, in euros."""
    return project.total - sum((Decimal(line[3]) for line in project["budget"]), ZERO)


def _files(project: Project) -> dict[str, list[str]]:
    """The names of the files to deposit. The certificates are asked only of those who have them."""
    first = project.owner
    in_word = project.number("docx", 5) == 0 and "cramped" not in project.words
    return {
        "tax_certificate": ["attestation-fiscale.pdf"],
        "social_certificate": ["attestation-vigilance.pdf"],
        "protocol_file": [f"protocole-{project.code}.{'docx' if in_word else 'pdf'}"],
        "budget_file": [f"budget-{project.code}.xlsx"],
        "cv_files": [f"cv-{first.key.replace('.', '-')}.pdf"],
    }
