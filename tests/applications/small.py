"""A small call whose form holds every type of question once: quick to fill, so that tests can fill it often."""

import datetime as dt
from typing import Any

from ami_portal.accounts.enums import OrganisationKind
from ami_portal.accounts.models import Organisation, User
from ami_portal.documents import measure
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.models import FormRevision
from applications import actions, call_config
from applications.models import Answer, Call, CallDataset, Dossier
from datasets.models import Dataset, DatasetVersion
from tests import scenes
from tests.documents import files

FORM: dict[str, Any] = {
    "sections": [
        {
            "code": "project",
            "title": "Projet",
            "help": "L’essentiel du projet.",
            "partners": True,
            "questions": [
                {"code": "title", "type": "text", "label": "Titre", "characters": 120, "fact": "title"},
                {"code": "lead_name", "type": "text", "label": "Organisme", "fact": "lead_name", "partners": False},
                {"code": "lead_siret", "type": "siret", "label": "SIRET", "fact": "lead_siret", "partners": False},
                {"code": "summary", "type": "long_text", "label": "Résumé", "words": 50, "help": "En clair."},
                {"code": "datasets", "type": "dataset", "label": "Bases demandées"},
                {
                    "code": "linkage",
                    "type": "linkage",
                    "label": "Chaînage",
                    "required": False,
                    "options": [{"code": "snds", "label": "SNDS"}, {"code": "other", "label": "Autre base"}],
                },
                {
                    "code": "linkage_other",
                    "type": "text",
                    "label": "Quelle autre base ?",
                    "shown_if": {"question": "linkage", "values": ["other"]},
                },
            ],
        },
        {
            "code": "budget",
            "title": "Budget",
            "questions": [
                {"code": "amount", "type": "amount", "label": "Montant demandé (€)", "fact": "amount_requested"},
                {"code": "months", "type": "integer", "label": "Durée (mois)", "fact": "duration_months"},
                {"code": "starts", "type": "date", "label": "Début", "fact": "starts_on"},
                {
                    "code": "costs",
                    "type": "table",
                    "label": "Dépenses",
                    "rows": [1, 4],
                    "columns": [
                        {
                            "code": "kind",
                            "type": "choice",
                            "label": "Nature",
                            "options": [{"code": "staff", "label": "Personnel"}, {"code": "other", "label": "Autre"}],
                        },
                        {"code": "what", "type": "text", "label": "Description"},
                        {"code": "price", "type": "amount", "label": "Montant (€)"},
                    ],
                },
            ],
        },
        {
            "code": "annexes",
            "title": "Annexes",
            "questions": [
                {"code": "share", "type": "percentage", "label": "Part d’autofinancement (%)", "required": False},
                {"code": "email", "type": "email", "label": "Contact", "required": False},
                {"code": "site", "type": "url", "label": "Site", "required": False},
                {"code": "licence", "type": "spdx", "label": "Licence", "required": False},
                {
                    "code": "themes",
                    "type": "choices",
                    "label": "Thèmes",
                    "required": False,
                    "options": [{"code": "a", "label": "Cancer"}, {"code": "b", "label": "Cœur"}],
                },
                {"code": "public", "type": "yes_no", "label": "Organisme public ?"},
                {"code": "protocol", "type": "file", "label": "Protocole", "formats": ["pdf", "docx"]},
                {"code": "cv", "type": "file", "label": "CV", "files": 3, "required": False},
                {"code": "promise", "type": "declaration", "label": "Je certifie l’exactitude de ce dossier."},
                {"code": "contact", "type": "person", "label": "Responsable scientifique", "required": False},
                {"code": "partner", "type": "organisation", "label": "Organisme associé", "required": False},
                {"code": "step", "type": "milestone", "label": "Jalon principal", "required": False},
                {"code": "first", "type": "month", "label": "Premier mois", "required": False},
                {"code": "dose", "type": "number", "label": "Effectif en milliers", "min": 0, "required": False},
                {"code": "siren", "type": "siren", "label": "SIREN", "required": False},
                {"code": "any_number", "type": "siren_siret", "label": "SIREN ou SIRET", "required": False},
                {"code": "doi", "type": "doi", "label": "DOI", "required": False},
                {"code": "hal", "type": "hal", "label": "HAL", "required": False},
                {"code": "orcid", "type": "orcid", "label": "ORCID", "required": False},
            ],
        },
    ]
}

ANSWERS: dict[str, Any] = {
    "title": "Repérer les rechutes",
    "lead_name": "Université de Nulle-Part",
    "lead_siret": "13002526500013",
    "summary": "Un premier paragraphe.\n\nUn second.",
    "datasets": ["base-a"],
    "amount": "98 500,00",
    "months": "24",
    "starts": "2027-03-01",
    "public": "true",
    "promise": "true",
}
COSTS = {"kind": "staff", "what": "Data scientist, 9 mois", "price": "98 500"}
RECEIPT = "Nous accusons réception du dossier {reference}, « {titre} », de {organisme}, le {date_depot} : {empreinte}."


def a_small_call(code: str = "PETIT-2026", *, closes_in: dt.timedelta = dt.timedelta(days=20)) -> Call:
    """An open call of two datasets (« base-a », « base-b ») whose form is FORM."""
    at = clock.now()
    sha256 = sha256_of(canonical_json(FORM))
    revision, _ = FormRevision.objects.get_or_create(
        code="PETIT", number=1, defaults={"definition": FORM, "sha256": sha256, "published_at": at}
    )
    call = Call.objects.create(
        code=code,
        title="Petit appel",
        operator="Opérateur",
        contact="appel@operateur.example",
        summary="Résumé de l’appel.",
        purpose="Objet de l’appel.",
        opens_at=at - dt.timedelta(days=30),
        closes_at=at + closes_in,
        regulation={
            "max_grant": "100000.00",
            "cost_categories": [],
            "duration_counts_from": "signature",
            "signatory": [],
        },
        texts={"receipt": RECEIPT},
        form_revision=revision,
    )
    for letter in "ab":
        CallDataset.objects.create(call=call, version=_a_version(letter), opened_at=at)
    return call


def _a_version(letter: str) -> DatasetVersion:
    partner, _ = Organisation.objects.get_or_create(
        code=f"partenaire-{letter}", defaults={"name": f"Partenaire {letter}", "kind": OrganisationKind.PARTNER}
    )
    dataset, _ = Dataset.objects.get_or_create(
        code=f"base-{letter}", defaults={"title": f"Base {letter.upper()}", "partner": partner}
    )
    return DatasetVersion.objects.get_or_create(dataset=dataset, version="1", defaults={"summary": "Une base."})[0]


def type_in(dossier: Dossier, code: str, raw: Any, *, actor: User, row: str = "", column: str = "") -> actions.Saved:
    """Save one answer from a page that shows the present one."""
    stored = Answer.objects.filter(dossier=dossier, question=code, row=row, column=column).first()
    address = Address(code, row, column)
    return actions.save_answer(dossier, address, raw, seen_version=stored.version if stored else 0, actor=actor)


def fill(dossier: Dossier, *, actor: User, **words: Any) -> Dossier:
    """Answer everything that FORM requires; `words` overrides by question code."""
    for code, raw in (ANSWERS | words).items():
        type_in(dossier, code, raw, actor=actor)
    row = str(actions.add_row(dossier, "costs", actor=actor).row)
    for column, raw in COSTS.items():
        type_in(dossier, "costs", raw, actor=actor, row=row, column=column)
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded(), actor=actor)
    measure.inspect(attachment.document_id)
    dossier.refresh_from_db()
    return dossier


def a_full_draft(call: Call, owner: User, **words: Any) -> Dossier:
    """A draft that can be deposited."""
    return fill(actions.start_dossier(call, actor=owner), actor=owner, **words)


def publish(call: Call, definition: dict[str, Any]) -> FormRevision:
    """Publish a revision of a call's form; its drafts are asked to follow, and have not yet."""
    at = clock.now()
    content = {"sections": definition["sections"]}
    number = FormRevision.objects.filter(code="PETIT").count() + 1
    revision = FormRevision.objects.create(
        code="PETIT", number=number, definition=content, sha256=sha256_of(canonical_json(content)), published_at=at
    )
    call.form_revision = revision
    call.save(update_fields=["form_revision"])
    call_config.queue_drafts(call)
    return revision


def revise(call: Call, definition: dict[str, Any]) -> FormRevision:
    """Publish a revision of a call's form, and let its drafts follow."""
    revision = publish(call, definition)
    scenes.run_jobs()
    return revision
