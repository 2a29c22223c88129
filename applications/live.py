"""What changes on the page of a section while one types: computed cells, totals, what the rules of the call say."""

from typing import Any

from django.template.loader import render_to_string

from ami_portal.questionnaire.form import Section

from . import fields
from .drafts import Draft


def of(section: Section, draft: Draft) -> dict[str, Any]:
    """`computed` texts by address, the `totals` of each table in order, what is `said` by address, `figures` as HTML by
    table."""
    blocks = fields.blocks_of(section, draft)
    tables = [block for block in blocks if block.question.type == "table"]
    said: dict[str, list[dict[str, Any]]] = {}
    for finding in draft.completeness.findings:
        line = {"message": finding.message, "blocks": finding.blocks}
        said.setdefault(str(finding.address), []).append(line)
    return {
        "computed": {
            str(field.address): field.typed
            for block in tables
            for row in block.rows
            for field in row.fields
            if field.question.formula
        },
        "totals": {block.question.code: [total.shown for total in block.totals if total.shown] for block in tables},
        "said": said,
        "figures": {block.question.code: _figure(block) for block in tables if block.question.figure},
    }


def _figure(block: fields.Block) -> str:
    if block.drawing is None:
        return ""
    context = {"id": block.question.code, "drawing": block.drawing}
    return render_to_string("applications/_figure.html", context)
