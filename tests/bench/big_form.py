"""A dossier as large as a call may ask: 115 questions and 5 tables of 40 rows on one page, every field answered."""

from typing import Any

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.models import FormRevision
from applications import actions
from applications.models import Answer, AnswerRow, Call, Dossier

QUESTIONS, TABLES, ROWS = 120, 5, 40
CHOICES = [{"code": code, "label": f"Choix {code}"} for code in "abcd"]
KINDS: list[dict[str, Any]] = [
    {"type": "text", "characters": 200},
    {"type": "long_text", "words": 300},
    {"type": "choice", "options": CHOICES},
    {"type": "amount"},
    {"type": "date"},
]
VALUES = ["Une réponse", "Une phrase de plusieurs mots. " * 10, "b", "1250.50", "2027-03-01"]


def _form(tables: int, questions: int) -> dict[str, Any]:
    columns = [
        {"code": f"c{rank}", "label": f"Colonne {rank}", **kind}
        for rank, kind in enumerate([KINDS[0], KINDS[2], KINDS[3], KINDS[4]])
    ]
    asked = [
        {"code": f"q{rank}", "label": f"Question {rank}", "help": "Ce qu’on attend.", **KINDS[rank % len(KINDS)]}
        for rank in range(questions - tables)
    ]
    grids = [
        {"code": f"t{rank}", "type": "table", "label": f"Tableau {rank}", "rows": [1, 50], "columns": columns}
        for rank in range(tables)
    ]
    return {"sections": [{"code": "all", "title": "Tout", "questions": asked + grids}]}


def a_draft(call: Call, owner: User, *, tables: int = TABLES, questions: int = QUESTIONS, rows: int = ROWS) -> Dossier:
    """A draft of `call`, under a form of its own, all answered."""
    definition = _form(tables, questions)
    revision = FormRevision.objects.create(
        code=f"{call.code}-{questions}",
        definition=definition,
        sha256=sha256_of(canonical_json(definition)),
        published_at=clock.now(),
    )
    dossier = actions.start_dossier(call, actor=owner)
    Dossier.objects.filter(pk=dossier.pk).update(form_revision=revision)
    at = clock.now()
    told = {"dossier": dossier, "saved_at": at, "saved_by": owner}
    lines = [
        AnswerRow(dossier=dossier, question=f"t{table}", position=position)
        for table in range(tables)
        for position in range(rows)
    ]
    AnswerRow.objects.bulk_create(lines)
    values = [VALUES[0], VALUES[2], VALUES[3], VALUES[4]]
    Answer.objects.bulk_create(
        [
            *(
                Answer(question=f"q{rank}", value=VALUES[rank % len(VALUES)], **told)
                for rank in range(questions - tables)
            ),
            *(
                Answer(question=line.question, row=str(line.row), column=f"c{rank}", value=value, **told)
                for line in lines
                for rank, value in enumerate(values)
            ),
        ]
    )
    return Dossier.objects.get(pk=dossier.pk)
