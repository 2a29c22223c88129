"""Dossiers by the hundred: one is made by the real actions, the others are copies of its rows."""

import copy
from typing import Any

from django.db import connection

from applications.enums import DossierState
from applications.models import Call, Dossier, DossierDataset, DossierMember, DossierVersion
from tests import people, scenes

STATES = [DossierState.SUBMITTED, DossierState.SUBMITTED, DossierState.ELIGIBLE]
PARTS: list[Any] = [DossierMember, DossierDataset, DossierVersion]


def submitted_dossier(call: Call) -> Dossier:
    """One whole dossier, with its answers, its files and its frozen copy."""
    return scenes.a_submitted_dossier(call, people.a_person("porteuse@labo.example"))


def grow_to(count: int, model: Dossier) -> None:
    """Bring the number of deposited dossiers of its call to `count` by copies of `model`, and refresh statistics."""
    present = Dossier.objects.filter(call=model.call).exclude(state=DossierState.DRAFT).count()
    copies = [_as_new(model, ref=f"{model.call.code}-C{number:04d}") for number in range(present, count)]
    for number, dossier in enumerate(copies):
        dossier.state = STATES[number % len(STATES)]
        dossier.title, dossier.lead_name = f"{model.title} {number}", f"{model.lead_name} {number % 97}"
    Dossier.objects.bulk_create(copies, batch_size=500)
    for part in PARTS:
        rows = list(part.objects.filter(dossier=model))
        new = [_as_new(row, dossier_id=dossier.pk) for dossier in copies for row in rows]
        part.objects.bulk_create(new, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _as_new(row: Any, **changed: Any) -> Any:
    new = copy.copy(row)
    new.pk, new._state = None, copy.copy(row._state)
    new._state.adding = True
    for name, value in changed.items():
        setattr(new, name, value)
    return new
