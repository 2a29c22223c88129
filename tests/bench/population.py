"""Dossiers by the hundred: one is made by the real actions and jobs, the others are copies of its rows."""

import copy
import datetime as dt
from typing import Any

from django.db import connection

from ami_portal.kernel import clock
from applications.enums import CheckResult, DossierState
from applications.models import Call, Dossier, DossierDataset, DossierMember, DossierVersion
from evaluation.enums import OpinionState
from evaluation.models import EligibilityItem, Opinion, QueueEntry
from tests import people, scenes

STATES = [DossierState.SUBMITTED, DossierState.SUBMITTED, DossierState.ELIGIBLE]
PARTS: list[Any] = [DossierMember, DossierDataset, DossierVersion]


def submitted_dossier(call: Call) -> Dossier:
    """One whole dossier, with its answers, its files, its frozen copy and its criteria checked."""
    dossier = scenes.a_submitted_dossier(call, people.a_person("porteuse@labo.example"))
    scenes.run_jobs()
    return dossier


def grow_to(count: int, model: Dossier) -> None:
    """Bring the number of deposited dossiers of its call to `count` by copies of `model`, and refresh statistics."""
    present = Dossier.objects.filter(call=model.call).exclude(state=DossierState.DRAFT).count()
    copies = [_as_new(model, ref=f"{model.call.code}-C{number:04d}") for number in range(present, count)]
    if not copies:
        return
    for number, dossier in enumerate(copies):
        dossier.state = STATES[number % len(STATES)]
        dossier.title, dossier.lead_name = f"{model.title} {number}", f"{model.lead_name} {number % 97}"
    Dossier.objects.bulk_create(copies, batch_size=500)
    for part in PARTS:
        rows = list(part.objects.filter(dossier=model))
        new = [_as_new(row, dossier_id=dossier.pk) for dossier in copies for row in rows]
        part.objects.bulk_create(new, batch_size=500)
    _copy_eligibility(model, copies)
    _queue(model, copies)
    _ask_opinions(copies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy_eligibility(model: Dossier, copies: list[Dossier]) -> None:
    """The criteria as checked; decided where the dossier is eligible."""
    items = list(EligibilityItem.objects.filter(version__dossier=model))
    versions = DossierVersion.objects.filter(dossier__in=copies).select_related("dossier")
    decided = {"decision": CheckResult.MET, "decided_by_id": versions[0].submitted_by_id, "decided_at": clock.now()}
    new = [
        _as_new(item, version_id=version.pk, **(decided if version.dossier.state == DossierState.ELIGIBLE else {}))
        for version in versions
        for item in items
    ]
    EligibilityItem.objects.bulk_create(new, batch_size=500)


def _queue(model: Dossier, copies: list[Dossier]) -> None:
    """A place in the queue for each that waits for a decision, over a hundred days."""
    place = QueueEntry.objects.get(dossier=model)
    QueueEntry.objects.bulk_create(
        (
            _as_new(place, dossier_id=dossier.pk, due_on=clock.today() + dt.timedelta(days=number % 100))
            for number, dossier in enumerate(copies)
            if dossier.state == DossierState.SUBMITTED
        ),
        batch_size=500,
    )


def _ask_opinions(copies: list[Dossier]) -> None:
    eligible = {dossier.pk: dossier for dossier in copies if dossier.state == DossierState.ELIGIBLE}
    asked = DossierDataset.objects.filter(dossier__in=eligible).select_related("version")
    Opinion.objects.bulk_create(
        [
            Opinion(
                dossier=eligible[row.dossier_id],
                dataset_id=row.version.dataset_id,
                state=OpinionState.REQUESTED,
                requested_at=eligible[row.dossier_id].submitted_at,
                due_on=eligible[row.dossier_id].submitted_at.date() + dt.timedelta(days=30),
            )
            for row in asked
        ],
        batch_size=500,
    )


def _as_new(row: Any, **changed: Any) -> Any:
    new = copy.copy(row)
    new.pk, new._state = None, copy.copy(row._state)
    new._state.adding = True
    for name, value in changed.items():
        setattr(new, name, value)
    return new
