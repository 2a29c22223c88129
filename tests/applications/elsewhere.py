"""The small call, its démarche, and dossiers there: what the tests of Démarches Simplifiées stand on."""

import base64
from decimal import Decimal
from typing import Any

from ami_portal.kernel.text import sha256_of
from applications.models import Answer, AnswerRow, Call, Dossier, DossierVersion, RemoteDossier
from tests.documents import files
from tests.gateways.procedure import NUMBER, Procedure, champ, table

from . import small

PDF = files.a_pdf()


def name(number: int) -> str:
    """The identifier of a champ."""
    return base64.b64encode(f"Champ-{number}".encode()).decode()


DEMARCHE: dict[str, Any] = {
    "demarche": NUMBER,
    "questions": [
        {"question": "title", "champ": name(1)},
        {"question": "lead_name", "applicant": "name"},
        {"question": "lead_siret", "champ": name(2)},
        {"question": "summary", "champ": name(3)},
        {"question": "datasets", "champ": name(4), "values": [{"label": "La base A", "code": "base-a"}]},
        {"question": "amount", "champ": name(5)},
        {"question": "starts", "champ": name(6)},
        {"question": "public", "champ": name(7)},
        {"question": "protocol", "champ": name(8)},
        {
            "question": "costs",
            "champ": name(10),
            "columns": [
                {"column": "kind", "champ": name(11), "values": [{"label": "Salaires", "code": "staff"}]},
                {"column": "what", "champ": name(12)},
                {"column": "price", "champ": name(13)},
            ],
        },
        {"question": "contact", "column": "family_name", "champ": name(14)},
    ],
    "ignored": [name(20)],
}


def joined(call: Call, **changes: Any) -> Call:
    """Give the small call its démarche, as its file would."""
    from ami_portal.desk.calls.normal import normal

    call.demarches = normal({"demarches_simplifiees": {**DEMARCHE, **changes}})["demarches_simplifiees"]
    call.save(update_fields=["demarches"])
    return call


def a_call(**changes: Any) -> Call:
    """The small call with its démarche."""
    return joined(small.a_small_call(), **changes)


def champs(procedure: Procedure, **words: Any) -> list[dict[str, Any]]:
    """A dossier answered there; `words` overrides."""
    said = {"title": "Repérer les rechutes", "amount": "98500.1", "chosen": "La base A", "price": "98500.10"} | words
    pdf = said.get("pdf") or procedure.file("protocole.pdf", PDF)
    row = [
        champ("DropDownListChamp", 11, "Salaires", value="Salaires"),
        champ("TextChamp", 12, "Data scientist"),
        champ("DecimalNumberChamp", 13, said["price"], value=98500.1),
    ]
    return [
        champ("HeaderSectionChamp", 30, "Le projet", level=1),
        champ("TextChamp", 1, said["title"]),
        champ("SiretChamp", 2, "13002526500013", etablissement=None),
        champ("TextChamp", 3, said.get("summary", "Un premier paragraphe.\r\n\r\nUn second.")),
        champ("MultipleDropDownListChamp", 4, said["chosen"], values=[said["chosen"]]),
        champ("DecimalNumberChamp", 5, said["amount"], value=98500.1),
        champ("DateChamp", 6, "1 mars 2027", date="2027-03-01"),
        champ("YesNoChamp", 7, "", value=said.get("public")),
        champ("PieceJustificativeChamp", 8, "", files=[pdf] if pdf != "none" else []),
        table(10, [row] * said.get("rows", 1)),
        champ("TextChamp", 14, "Martin"),
        champ("TextChamp", 20, "Vu ailleurs"),
    ]


def deposit(procedure: Procedure, number: int, *, also: Any = (), **words: Any) -> dict[str, Any]:
    """A dossier deposited there."""
    return procedure.put(number, *champs(procedure, **words), *also)


def rows() -> dict[str, Any]:
    """All that a pass wrote of dossiers, without instants nor identifiers of ours: two ways to one end are compared."""
    told = {}
    for remote in RemoteDossier.objects.order_by("number").prefetch_related("faults"):
        faults = sorted((fault.field, fault.said) for fault in remote.faults.all())
        told[remote.number] = (remote.state, bool(remote.gone_at), remote.sha256, faults, _told(remote.dossier))
    return told


def _told(dossier: Dossier | None) -> Any:
    if dossier is None:
        return None
    answers = Answer.objects.filter(dossier=dossier).values_list("question", "row", "column", "value")
    versions = DossierVersion.objects.filter(dossier=dossier).order_by("number")
    held = [one.document.sha256 for one in dossier.attachments.filter(removed_at=None).select_related("document")]
    lines = AnswerRow.objects.filter(dossier=dossier, deleted_at=None)
    return (
        dossier.state,
        dossier.title,
        dossier.amount_requested,
        sorted((*place, str(value)) for *place, value in answers),
        sorted(str(row.row) for row in lines),
        held,
        [(one.number, one.withdrawn_at is None) for one in versions],
    )


AMOUNT = Decimal("98500.10")
FILE_SHA256 = sha256_of(PDF)
