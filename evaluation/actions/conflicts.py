"""Conflicts that the portal detects: written down by a job, then confirmed or lifted by the jury's secretary."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications import reading
from applications.enums import DossierState
from applications.models import Dossier, DossierVersion
from evaluation import interests, notifications, seating, workflow
from evaluation.conflicts import Found
from evaluation.enums import ASIDE, ConflictState, SessionState
from evaluation.interests import Circle
from evaluation.models import Conflict, ConflictRuling, Review

from .locks import lock_dossier, lock_review, lock_session, refuse_unless_allowed
from .progress import refresh_progress

MAX_RULING = 4000
WATCHED = (DossierState.SUBMITTED, DossierState.RETURNED, DossierState.ELIGIBLE)
"""Deposited, and nothing decided by the jury."""
SETTLED = "Les décisions sont arrêtées : un lien d’intérêts ne se tranche plus ici."


def watched_dossiers() -> QuerySet[Dossier]:
    """The dossiers that a conflict may concern, with what its detection reads."""
    standing = Prefetch("versions", queryset=DossierVersion.objects.filter(withdrawn_at=None))
    return (
        Dossier.objects.filter(state__in=WATCHED)
        .prefetch_related("dossier_datasets__version__dataset__partner", standing)
        .order_by("pk")
    )


def detect_conflicts(dossier_id: int) -> None:
    """Write down what ties each juror to a dossier and is not written yet, however often it is called."""
    dossier = watched_dossiers().filter(pk=dossier_id).first()
    if dossier:
        _detect(dossier, interests.circle_of(seating.jurors()))


def detect_juror_conflicts(juror_id: int) -> None:
    """The same for one juror and every dossier that waits for a jury; a transaction for each dossier."""
    circle = interests.circle_of(seating.jurors().filter(pk=juror_id))
    if not circle.candidates:
        return
    for dossier in watched_dossiers().iterator(chunk_size=100):
        _detect(dossier, circle)


def look_again_at(juror: User) -> None:
    """Ask for the detection of what ties a person to the dossiers, after something of theirs changed."""
    later("evaluation.detect_juror_conflicts", juror_id=juror.pk)


def _detect(dossier: Dossier, circle: Circle) -> None:
    versions = dossier.versions.all()
    if versions:
        at = clock.now()
        found = circle.against(dossier, reading.frozen(versions[0]), clock.paris(at).date())
        if found:
            _write_down(dossier, found, at)


@transaction.atomic
def _write_down(dossier: Dossier, found: dict[int, tuple[Found, ...]], at: dt.datetime) -> None:
    """The rows that are new, each with its trace; secretaries are told when the dossier is entrusted to the juror."""
    lock_dossier(dossier.pk)
    known = set(Conflict.objects.filter(dossier=dossier).values_list("juror", "key"))
    new = [
        Conflict(
            dossier=dossier, juror_id=juror, kind=one.kind, path=one.path, key=interests.key_of(one), detected_at=at
        )
        for juror, conflicts in sorted(found.items())
        for one in conflicts
        if (juror, interests.key_of(one)) not in known
    ]
    Conflict.objects.bulk_create(new)
    for conflict in new:
        trail.record("conflict.detect", subject=conflict.ref, actor=None, at=at, kind=str(conflict.kind))
    _tell(dossier, new, at)


def _tell(dossier: Dossier, new: Iterable[Conflict], at: dt.datetime) -> None:
    jurors = {conflict.juror_id for conflict in new}
    entrusted = Review.objects.filter(dossier=dossier, juror__in=jurors).exclude(state__in=ASIDE)
    if entrusted.exists():
        notifications.conflict_to_examine(dossier, at=at)


@transaction.atomic
def confirm_conflict(conflict: Conflict, *, reason: str, actor: User) -> None:
    """Confirm that a juror is in conflict with a dossier: what they were entrusted with of it is taken away, and no
    longer counts. Raises TransitionRefused: no reason, decisions frozen, someone with a part in the dossier."""
    at = clock.now()
    current = _rule(conflict, ConflictState.CONFIRMED, reason, actor, at)
    entrusted = Review.objects.filter(dossier=current.dossier_id, juror=current.juror_id)
    if held := entrusted.exclude(state__in=ASIDE).first():
        review = lock_review(held.pk)
        review.conflict = current.path
        advance(review, workflow.SET_ASIDE, actor=actor, at=at)
        refresh_progress(current.dossier, current.juror_id)


@transaction.atomic
def lift_conflict(conflict: Conflict, *, reason: str, actor: User) -> None:
    """Say that what was detected is no conflict, and why: it blocks no more, until other facts are found. Raises
    TransitionRefused: no reason, decisions frozen, someone with a part in the dossier."""
    _rule(conflict, ConflictState.LIFTED, reason, actor, clock.now())


def _rule(conflict: Conflict, state: ConflictState, reason: str, actor: User, at: dt.datetime) -> Conflict:
    """The conflict under its locks, moved to what was made of it, with the reason kept."""
    text = given_reason(reason, MAX_RULING, empty="Donnez le motif : il reste dans l’historique de ce lien.")
    session = lock_session(conflict.dossier.call_id)
    lock_dossier(conflict.dossier_id)
    current = Conflict.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=conflict.pk)
    refuse_unless_allowed(actor, "evaluation.rule_conflict", current)
    if session and session.state in (SessionState.FROZEN, SessionState.PUBLISHED):
        raise TransitionRefused(SETTLED)
    advance(current, workflow.RULINGS[state], actor=actor, at=at, kind=str(current.kind))
    ConflictRuling.objects.create(conflict=current, state=state, reason=text, ruled_by=actor, ruled_at=at)
    return current


def refuse_unexamined(call_id: int) -> None:
    """Raise TransitionRefused while a detected conflict waits on a dossier that its juror was entrusted with."""
    waiting = Conflict.objects.filter(dossier__call=call_id, state=ConflictState.DETECTED)
    held = Review.objects.filter(dossier__call=call_id).exclude(state__in=ASIDE)
    pairs = set(held.values_list("dossier", "juror")) & set(waiting.values_list("dossier", "juror"))
    if pairs:
        plural = "s" if len(pairs) > 1 else ""
        raise TransitionRefused(
            f"{len(pairs)} évaluation{plural} confiée{plural} malgré un lien d’intérêts constaté depuis : "
            "confirmez ou levez d’abord chaque lien."
        )
