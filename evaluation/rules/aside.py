"""Who stands aside from which dossier. Every rule, list, count and assignment reads it here, and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from ami_portal.accounts.models import User
from applications.models import DossierMember
from evaluation.enums import ConflictState, ReviewState
from evaluation.models import Conflict, Review

BLOCKING = (ConflictState.DETECTED, ConflictState.CONFIRMED)
"""A conflict that nobody lifted."""


def stands_aside(person: Any, dossier: str = "dossier") -> Q:
    """Whether somebody stands aside from the dossier at `dossier` of a row: by their own declaration, or by a conflict
    that the portal detected and that staff did not lift."""
    recused = Review.objects.filter(dossier=OuterRef(dossier), juror=person, state=ReviewState.RECUSED)
    detected = Conflict.objects.filter(dossier=OuterRef(dossier), juror=person, state__in=BLOCKING)
    return Q(Exists(recused)) | Q(Exists(detected))


def jurors_aside(dossiers: Iterable[int], jurors: Iterable[User]) -> dict[int, frozenset[int]]:
    """Those of `jurors`, by number, who leave the room when each of `dossiers`, by number, is discussed: who stands
    aside, and who is of its team. Dossiers that nobody leaves for are not in it; three queries."""
    numbers, people = list(dossiers), {juror.pk: juror.email for juror in jurors}
    by_address = {email: pk for pk, email in people.items()}
    found: dict[int, set[int]] = defaultdict(set)
    mine = {"dossier__in": numbers, "juror__in": people}
    for rows in (
        Review.objects.filter(state=ReviewState.RECUSED, **mine),
        Conflict.objects.filter(state__in=BLOCKING, **mine),
    ):
        for dossier, juror in rows.order_by().values_list("dossier", "juror"):
            found[dossier].add(juror)
    members = DossierMember.objects.filter(dossier__in=numbers, email__in=by_address)
    for dossier, email in members.values_list("dossier", "email"):
        found[dossier].add(by_address[email])
    return {dossier: frozenset(aside) for dossier, aside in found.items()}
