"""Keep answers from the partners, where the call lets the team do so, or let them read them again."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from applications.models import ConfidentialMark, Dossier

from .drafting import editable_draft, prove_editable

NOT_OFFERED = "L’appel ne permet pas de garder cette réponse confidentielle à l’égard des partenaires."


@transaction.atomic
def mark_confidential(dossier: Dossier, questions: Sequence[str], *, actor: User) -> None:
    """Mark answers as confidential towards the partners: what is deposited from then on carries it. Twice is once.

    Raises KeyError for a question that the form does not ask, TransitionRefused where the call does not offer it,
    and what `editable_draft` raises.
    """
    at = clock.now()
    current = _editable(dossier, questions, actor, at)
    if not all(current.form_revision.form.by_code[code].confidential for code in questions):
        raise TransitionRefused(NOT_OFFERED)
    known = set(current.confidential_marks.values_list("question", flat=True))
    new = [code for code in questions if code not in known]
    ConfidentialMark.objects.bulk_create(
        ConfidentialMark(dossier=current, question=code, marked_at=at, marked_by=actor) for code in new
    )
    if new:
        trail.record("dossier.mark_confidential", subject=current.ref, actor=actor, at=at, questions=new)


@transaction.atomic
def lift_confidential(dossier: Dossier, question: str, *, actor: User) -> None:
    """Let the partners read an answer again: the next deposit, and no other, says so. Twice is once.

    A mark outlives a revision of the form that offers it no more, and may then only be lifted. Raises like
    `mark_confidential`.
    """
    at = clock.now()
    current = _editable(dossier, [question], actor, at)
    if current.confidential_marks.filter(question=question).delete()[0]:
        trail.record("dossier.lift_confidential", subject=current.ref, actor=actor, at=at, questions=[question])


def _editable(dossier: Dossier, questions: Sequence[str], actor: User, at: dt.datetime) -> Dossier:
    """The dossier under its lock, each answer one that may change now."""
    current = editable_draft(dossier, actor=actor, at=at, question=questions[0])
    for code in questions:
        _ = current.form_revision.form.by_code[code]
        prove_editable(current, actor=actor, at=at, question=code)
    return current
