"""The form of the supporting documents that a call asks for."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ami_portal.ui.forms import TextField
from applications.models import Call

from .parts import LinesField, Part, RowForm
from .rule_forms import number
from .settings_field import SettingsField


class PieceForm(RowForm):
    """A supporting document: the questions that hold it, how long it is valid, when it must be."""

    coded = True
    label = TextField(label="Pièce", max_length=250)
    valid_at = LinesField(
        label="Doit être valable",
        help_text="Un par ligne : deposit (au dépôt), signature (à la signature), payment (à chaque versement).",
        max_length=100,
    )
    validity = SettingsField(
        label="Durée de validité",
        help_text="« months: 6 » ; « to_month_end: true » la prolonge jusqu’à la fin du mois. Vide : sans limite.",
    )
    file = TextField(label="Question du fichier", required=False, max_length=60)
    issued_on = TextField(label="Question de la date de la pièce", required=False, max_length=60)
    status = TextField(label="Question « jointe ou sans objet »", required=False, max_length=60)
    announcing = LinesField(
        label="Choix qui annoncent une pièce", required=False, help_text="Les codes, un par ligne.", max_length=1000
    )
    absence_reason = TextField(
        label="Question de la raison d’une absence",
        required=False,
        max_length=60,
        help_text="Vide : « sans objet » n’est pas admis.",
    )
    security_code = number(
        "Caractères du code de sécurité", low=4, high=40, required=False, help_text="Vide : la pièce n’en porte pas."
    )
    not_asked_with = TextField(
        label="Non demandée à qui répond à",
        required=False,
        max_length=60,
        help_text="La question dont la réponse dispense de la pièce : le SIRET dispense du Kbis.",
    )


def pieces(call: Call, config: Mapping[str, Any], at: dt.datetime) -> list[Part]:
    """The parts of the page of supporting documents."""
    return [Part(("supporting_documents",), "Pièces justificatives", PieceForm, many=True, item="pièce")]
