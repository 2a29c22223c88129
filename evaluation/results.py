"""What everybody learns of the results of a call, from the instant of its publication on; nothing before."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from ami_portal.kernel.money import ZERO
from ami_portal.questionnaire.form import Form
from applications import reading
from applications.enums import DossierState
from applications.models import Call, DossierDataset, DossierVersion
from applications.reading import FrozenDossier

from .enums import SessionState
from .models import Decision

ORGANISATION = "organisation"


@dataclass(frozen=True)
class PublishedResult:
    """What the public learns of a laureate. `organisations` are those of its project beside the one that holds it."""

    ref: str
    title: str
    lead_name: str
    lead_siret: str
    organisations: tuple[str, ...]
    dataset_codes: tuple[str, ...]
    datasets: tuple[str, ...]
    amount: Decimal
    summary: str = ""
    called_at: dt.datetime | None = None


def published_results(call: Call) -> list[PublishedResult]:
    """The laureates of a call in the order of their ranks, those called from the reserve list included.

    Nothing at all before the publication; who renounced is not in it. A constant number of queries.
    """
    if call.results_published_at is None:
        return []
    asked = DossierDataset.objects.select_related("version__dataset").order_by("version__dataset__code")
    standing = DossierVersion.objects.filter(withdrawn_at=None)
    decisions = (
        Decision.objects.filter(
            session__call=call,
            session__state=SessionState.PUBLISHED,
            dossier__state=DossierState.LAUREATE,
        )
        .select_related("dossier__form_revision")
        .prefetch_related(
            Prefetch("dossier__dossier_datasets", queryset=asked), Prefetch("dossier__versions", queryset=standing)
        )
        .order_by("rank")
    )
    forms: dict[int, Form] = {}
    return [_result(decision, forms) for decision in decisions]


def _result(decision: Decision, forms: dict[int, Form]) -> PublishedResult:
    dossier = decision.dossier
    revision = dossier.form_revision
    if revision.pk not in forms:
        forms[revision.pk] = revision.form
    content = next((reading.frozen(version) for version in dossier.versions.all()), None)
    datasets = [row.version.dataset for row in dossier.dossier_datasets.all()]
    return PublishedResult(
        dossier.ref,
        dossier.title or dossier.ref,
        dossier.lead_name,
        dossier.lead_siret,
        tuple(dict.fromkeys(_organisations(content, forms[revision.pk]))) if content else (),
        tuple(dataset.code for dataset in datasets),
        tuple(dataset.title for dataset in datasets),
        decision.amount or ZERO,
        content.public_summary if content else "",
        decision.called_at,
    )


def _organisations(content: FrozenDossier, form: Form) -> Iterator[str]:
    """The names of the answers that are organisations, less the one that holds the project."""
    for item in content.items():
        question = form.by_code.get(item.code)
        if question is None or ORGANISATION not in (question.of, question.type):
            continue
        answers = item.rows if question.of else [item.value] if isinstance(item.value, dict) else []
        names = (answer.get("name") for answer in answers)
        yield from (name for name in names if isinstance(name, str) and name not in ("", content.lead_name))


def renounced_since(call: Call) -> int:
    """How many laureates of a call have renounced since its publication: the public learns no more of them."""
    return call.dossiers.filter(state=DossierState.RENOUNCED).count() if call.results_published_at else 0
