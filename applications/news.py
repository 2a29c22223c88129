"""What changed under a draft that its reader has not yet said to have read: the form of its call, its datasets."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from ami_portal.questionnaire.difference import Difference, difference
from datasets.models import DatasetVersion

from .enums import WRITERS
from .models import CallDataset, Dossier, DossierMember, FormMove


@dataclass(frozen=True)
class News:
    """What separates the form that somebody knew from the one of today, and the datasets that joined since.

    `until` is the instant up to which it tells: acknowledging it leaves what came later to be read.
    """

    until: dt.datetime
    form: Difference | None
    datasets: list[DatasetVersion]


def has_news(dossier: Dossier, user: Any, at: dt.datetime) -> bool:
    """Whether somebody who writes this draft has something new to read: one query."""
    return dossier.is_draft and _uninformed(dossier, user, at).exists()


def news_of(dossier: Dossier, user: Any, at: dt.datetime) -> News | None:
    """What `user`, who writes this draft, has still to read; None when there is nothing: one query then, three else."""
    member = _uninformed(dossier, user, at).first() if dossier.is_draft else None
    if member is None:
        return None
    since = member.informed_at or member.invited_at
    move = dossier.form_moves.filter(moved_at__gt=since).select_related("before").order_by("pk").first()
    opened = _joined(dossier.call_id, since, at).select_related("version__dataset").order_by("version__dataset__code")
    changes = difference(move.before.form, dossier.form_revision.form) if move else None
    return News(at, changes or None, [row.version for row in opened])


def _joined(call_id: int, since: Any, at: dt.datetime) -> QuerySet[CallDataset]:
    return CallDataset.objects.filter(call=call_id, opened_at__gt=since, opened_at__lte=at)


def _uninformed(dossier: Dossier, user: Any, at: dt.datetime) -> QuerySet[DossierMember]:
    """The membership of `user`, if they write this dossier and something changed since they last read."""
    mine = DossierMember.objects.filter(dossier=dossier, email=user.email, role__in=WRITERS)
    since = OuterRef("since")
    moved = FormMove.objects.filter(dossier=OuterRef("dossier"), moved_at__gt=since)
    joined = _joined(dossier.call_id, since, at)
    return mine.alias(since=Coalesce("informed_at", "invited_at")).filter(Q(Exists(moved)) | Q(Exists(joined)))
