"""What a letter says: the call's own text with its places filled."""

import datetime as dt
import re
from typing import Any

from django.db.models import F, Q, QuerySet

from ami_portal.kernel.money import in_words
from ami_portal.ui.wording import instant
from applications import texts
from applications.enums import CheckResult
from applications.models import Call, Dossier, DossierVersion
from applications.reading import frozen, restricted, standing_version

from .enums import AppealState, Outcome
from .feedback import feedback_of
from .models import Appeal, Decision, Declaration, EligibilityItem, Letter, Session

PLACES = frozenset("reference titre organisme porteur montant date_depot empreinte rang motif date bases duree".split())
"""What the text of a letter may hold between braces."""
INELIGIBLE = "ineligible"
INADMISSIBLE = "inadmissible"
REFUSALS = (INADMISSIBLE, INELIGIBLE)
"""The letters of what ends a dossier before the jury."""
APPEAL_ACCEPTED, APPEAL_REJECTED = "appeal_accepted", "appeal_rejected"
SEALED = (*REFUSALS, APPEAL_ACCEPTED, APPEAL_REJECTED)
"""The letters that can be contested, and those that answer: they bear the portal's seal and name the service."""
CALLED = "called"
"""The letter of a dossier of the reserve list that becomes a laureate."""
SUBJECTS = {
    INADMISSIBLE: "Décision sur la recevabilité de votre dossier",
    APPEAL_ACCEPTED: "Réponse à votre recours gracieux",
    APPEAL_REJECTED: "Réponse à votre recours gracieux",
    INELIGIBLE: "Décision sur l’éligibilité de votre dossier",
    Outcome.LAUREATE: "Votre projet est lauréat",
    CALLED: "Votre projet, appelé de la liste complémentaire, est lauréat",
    Outcome.RESERVE: "Votre projet est inscrit sur la liste complémentaire",
    Outcome.REJECTED: "Décision du jury sur votre projet",
}


def of_the_jury(session: Session) -> QuerySet[Letter]:
    """The letters that tell the decisions of a session; neither those of before it, nor of a call from the reserve."""
    told = Letter.objects.filter(declaration=None, appeal=None, kind=F("dossier__decision__outcome"))
    return told.filter(dossier__decision__session=session)


def context(
    dossier: Dossier, kind: str, declaration: Declaration | None = None, appeal: Appeal | None = None
) -> dict[str, Any]:
    """The context of `pdf/evaluation/letter.html` for a decided dossier. The date is the decision's, never today's."""
    refusal = appeal.declaration if appeal else declaration
    version = refusal.version if refusal else standing_version(dossier)
    if version is None:
        raise ValueError(f"{dossier.ref} has no standing deposit")
    decision = Decision.objects.select_related("session").filter(dossier=dossier).first()
    decided_at = appeal.decided_at if appeal else _decided_at(dossier, kind, decision)
    reason = _reason(kind, version, decision, appeal)
    is_admitted = appeal is not None and appeal.decision is not None and kind == APPEAL_ACCEPTED
    text = _text(dossier.call, f"jury_{kind}" if is_admitted else kind)
    values = _values(dossier, version, decision, reason, decided_at)
    if decision and text == dossier.call.text("letter_laureate"):
        values["rang"] = str(decision.rank)
    return {
        "dossier": dossier,
        "call": dossier.call,
        "lead_name": frozen(version).holder,
        "subject": SUBJECTS[kind],
        "body": fill(text, values),
        "decided_at": decided_at,
        "feedback": feedback_of(dossier) if kind in Outcome.values else None,
        "deposit": version if kind in SEALED else None,
        "office": dossier.call.texts.get("receipt_office") if kind in SEALED else None,
    }


def appeal_context(appeal: Appeal) -> dict[str, Any]:
    """The context of `pdf/evaluation/appeal_receipt.html`: what the law asks a receipt to say."""
    call = appeal.dossier.call
    return {
        "appeal": appeal,
        "dossier": appeal.dossier,
        "call": call,
        "office": call.texts.get("receipt_office"),
        "files": [row.document for row in appeal.files.select_related("document")],
    }


def _reason(kind: str, version: DossierVersion, decision: Decision | None, appeal: Appeal | None) -> str:
    if appeal:
        return appeal.reason
    if kind in REFUSALS:
        return ineligible_reason(version)
    return decision.reason if decision else ""


def _text(call: Call, kind: str) -> str:
    """The text of a letter. A call with none for the reserve list tells it as to every laureate; likewise a refusal."""
    if kind == CALLED and f"letter_{CALLED}" not in call.texts:
        kind = Outcome.LAUREATE
    if kind == INADMISSIBLE and f"letter_{kind}" not in call.texts:
        kind = INELIGIBLE
    return str(call.text(f"letter_{kind}"))


def _decided_at(dossier: Dossier, kind: str, decision: Decision | None) -> dt.datetime | None:
    if kind in REFUSALS or decision is None:
        return dossier.decided_at if kind in REFUSALS else None
    return decision.called_at if kind == CALLED else decision.session.frozen_at


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with its places filled. A paragraph that would cite an empty reason is left out."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if values.get("motif") or "{motif}" not in part]
    return texts.fill("\n\n".join(paragraphs), values)


def _values(
    dossier: Dossier, version: DossierVersion, decision: Decision | None, reason: str, decided_at: dt.datetime | None
) -> dict[str, str]:
    content = restricted(version)
    return {
        "reference": dossier.ref,
        "titre": content.name,
        "organisme": content.holder,
        "porteur": content.submitted_by.get("name", ""),
        "montant": in_words(decision.amount) if decision and decision.amount is not None else "",
        "date_depot": instant(content.received_at or version.submitted_at),
        "empreinte": version.sha256,
        "rang": str(shown_rank(decision)) if decision else "",
        "motif": reason,
        "date": instant(decided_at) if decided_at else "",
        "bases": ", ".join(dataset["title"] for dataset in content.datasets),
        "duree": f"{dossier.duration_months}\u00a0mois" if dossier.duration_months else "",
    }


def shown_rank(decision: Decision) -> int:
    """The rank that a letter cites: of the ranking for a laureate, of the reserve list for who stands on it."""
    listed = Q(outcome=Outcome.RESERVE) | Q(outcome=Outcome.REJECTED, appeal__state=AppealState.ACCEPTED)
    before = Decision.objects.filter(listed, session=decision.session_id, rank__lte=decision.rank)
    is_listed = before.filter(pk=decision.pk).exists()
    return before.count() if is_listed else decision.rank


def ineligible_reason(version: DossierVersion) -> str:
    """Each criterion that is not met with the reason of the decision, one a line."""
    return "".join(f"\n– {item.criterion.label} : {item.reason}" for item in refused_items(version))


def refused_items(version: DossierVersion) -> list[EligibilityItem]:
    """The criteria that the staff decided are not met, in the order of the call."""
    items = EligibilityItem.objects.filter(version=version, decision=CheckResult.NOT_MET)
    return list(items.select_related("criterion"))
