"""A believable dossier of a call, to read its documents before any is deposited: nothing in it is anybody's."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import cents, in_words, split
from ami_portal.kernel.text import sha256_of
from ami_portal.ui import wording
from applications.models import Call
from funding import agreement
from funding.models import Instalment

TITLE = "Prédire la réponse aux traitements à partir de données en vie réelle"
LEAD, SIGNATORY = "Université de Valmont", "Claire Martin, présidente"
REASON = "Le projet décrit bien son objectif ; la méthode statistique ne permet pas d’y répondre avec ces données."


def example(call: Call, config: Mapping[str, Any], at: dt.datetime) -> dict[str, str]:
    """Every word that a document may hold between braces, filled. `motif_…` are the two kinds of reasons."""
    regulation, datasets = config["regulation"], config["datasets"]["items"]
    granted = cents(min(Decimal(regulation["max_grant"]), Decimal(regulation["expected_budget"])))
    criterion = next((row["label"] for row in config["eligibility"] if row["decided_by"] == "staff"), "")
    return {
        "reference": f"{call.code}-0042",
        "titre": TITLE,
        "acronyme": "PREDIRE",
        "organisme": LEAD,
        "porteur": SIGNATORY,
        "montant": in_words(granted),
        "date_depot": wording.instant(call.closes_at - dt.timedelta(days=1, hours=1, minutes=56)),
        "empreinte": sha256_of(TITLE),
        "numero": "1",
        "appel": str(config["call"]["title"]),
        "rang": "2",
        "date": wording.day(at),
        "bases": ", ".join(row["title"] for row in datasets[:2]),
        "duree": f"{regulation['duration_months_max']}\u00a0mois",
        "signature": agreement.TO_FILL,
        "fin": agreement.TO_FILL,
        "retenue": agreement.percent(Decimal(regulation["retention_percent"])),
        "echeancier": _schedule(regulation["instalments"], granted),
        "motif_jury": REASON,
        "motif_ineligible": f"\n– {criterion} : la pièce demandée n’a pas été jointe.",
    }


def _schedule(rows: list[Mapping[str, Any]], granted: Decimal) -> str:
    """The schedule of the regulation for this grant."""
    percents = [Decimal(row["percent"]) for row in rows]
    lines = [
        Instalment(
            label=row["label"],
            percent=percent,
            gross=gross,
            condition=row["condition"],
            months_after_signature=row["months_after_signature"],
        )
        for row, percent, gross in zip(rows, percents, split(granted, percents), strict=True)
    ]
    return agreement.schedule_in_words(lines)
