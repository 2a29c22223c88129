"""A small call whose tables compute, sum and obey rules, and whose last section hangs on an answer."""

from typing import Any

from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.models import FormRevision
from applications.models import Call

from . import small

KINDS = [{"code": "staff", "label": "Personnel"}, {"code": "fees", "label": "Frais de gestion"}]
FORM: dict[str, Any] = {
    "sections": [
        {
            "code": "money",
            "title": "Argent",
            "questions": [
                {"code": "amount", "type": "amount", "label": "Aide demandée", "fact": "amount_requested"},
                {"code": "abroad", "type": "yes_no", "label": "À l’étranger ?"},
                {
                    "code": "costs",
                    "type": "table",
                    "label": "Dépenses",
                    "rows": [1, 5],
                    "columns": [
                        {"code": "what", "type": "text", "label": "Objet"},
                        {"code": "kind", "type": "choice", "label": "Nature", "options": KINDS},
                        {"code": "count", "type": "number", "label": "Nombre", "min": 1},
                        {"code": "unit", "type": "amount", "label": "Prix (€)", "total": False},
                        {"code": "price", "type": "amount", "label": "Total (€)", "formula": "count * unit"},
                    ],
                    "rules": [
                        {"test": "unit <= 5000", "message": "5 000 € au plus : {gap} de trop."},
                        {"test": "sum(price, kind='fees') <= sum(price) * 8 / 100", "message": "Frais de plus de 8 %."},
                        {"test": "sum(price) == amount", "message": "Écart de {gap}.", "blocks": False},
                    ],
                },
                {"code": "steps", "type": "table", "label": "Jalons", "of": "milestone", "required": False},
            ],
        },
        {
            "code": "abroad",
            "title": "À l’étranger",
            "shown_if": {"question": "abroad", "values": [True]},
            "questions": [{"code": "where", "type": "organisation", "label": "Où ?"}],
        },
        {
            "code": "end",
            "title": "Fin",
            "questions": [{"code": "promise", "type": "declaration", "label": "Je certifie."}],
        },
    ]
}


def a_ruled_call(code: str = "REGLE-2026", form: dict[str, Any] | None = None, **fields: Any) -> Call:
    """An open call whose form is FORM, or `form`."""
    call = small.a_small_call(code)
    content = form or FORM
    call.form_revision = FormRevision.objects.create(
        code=code, definition=content, sha256=sha256_of(canonical_json(content)), published_at=clock.now()
    )
    for name, value in fields.items():
        setattr(call, name, value)
    call.save()
    return call
