"""The sitting of the jury: who comes and goes, which dossier is heard, who leaves for it."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState
from applications.models import Dossier
from evaluation.deliberating import sitting_of
from evaluation.enums import SessionState
from evaluation.models import Attendance, Departure, Hearing, Session, Vote

from .locks import NO_SESSION, lock_dossier, lock_session, refuse_unless_allowed

NOT_SITTING = "La présence et l’ordre du jour se tiennent pendant la délibération."


@transaction.atomic
def note_presence(session: Session, juror: User, *, is_present: bool, actor: User) -> None:
    """Note that a member of the jury arrives at the session, or leaves it for good; noted already, nothing changes.

    Who arrives while a dossier is heard that they stand aside from waits outside the room.

    Raises TransitionRefused: no deliberation, someone who is no member of this jury.
    """
    at = clock.now()
    current = _deliberating(session)
    refuse_unless_allowed(actor, "evaluation.run_session", current)
    sitting = sitting_of(current)
    if juror.pk not in {member.pk for member in sitting.members}:
        raise TransitionRefused("Cette personne n’est pas membre de ce jury.")
    if is_present == (juror.pk in sitting.present):
        return
    if is_present:
        Attendance.objects.create(session=current, juror=juror, arrived_at=at)
        if sitting.hearing and juror.pk in sitting.aside.get(sitting.hearing.dossier_id, ()):
            Departure.objects.get_or_create(hearing=sitting.hearing, juror=juror, defaults={"left_at": at})
    else:
        Attendance.objects.filter(session=current, juror=juror, left_at=None).update(left_at=at)
    verb = "session.arrive" if is_present else "session.leave"
    trail.record(verb, subject=current.ref, actor=actor, at=at, juror=juror.ref)


@transaction.atomic
def open_hearing(session: Session, dossier: Dossier, *, gone: Collection[int], actor: User) -> Hearing:
    """Call a dossier: the one before is left, and its people come back. `gone` are the members seen out of the room.

    Called already, its order changes nothing, and whoever stood aside since is seen out. Raises TransitionRefused: no
    deliberation, a dossier that the jury does not decide, a member present who stands aside and was not seen out.
    """
    at = clock.now()
    current = _deliberating(session)
    locked = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.run_session", locked)
    if locked.call_id != current.call_id or locked.state != DossierState.ELIGIBLE:
        raise TransitionRefused(f"Le jury ne délibère pas sur ce dossier : il est « {locked.get_state_display()} ».")
    sitting = sitting_of(current)
    if staying := [member for member in sitting.still_in(locked) if member.pk not in gone]:
        names = ", ".join(member.get_full_name() for member in staying)
        raise TransitionRefused(f"Se déportent de ce dossier, et doivent d’abord quitter la salle : {names}.")
    hearing = sitting.hearing
    if hearing is None or hearing.dossier_id != locked.pk:
        end_hearing(current, at)
        hearing = Hearing.objects.create(session=current, dossier=locked, opened_at=at)
        sitting = sitting_of(current)
        refs = [member.ref for member in sitting.to_leave(locked)]
        trail.record("session.hear", subject=current.ref, actor=actor, at=at, dossier=locked.ref, out=refs)
    for member in sitting.still_in(locked):
        Departure.objects.create(hearing=hearing, juror=member, left_at=at)
    return hearing


@transaction.atomic
def close_hearing(session: Session, *, actor: User) -> None:
    """Leave the dossier that is being heard: the screen is empty, and whoever left comes back. Once is enough."""
    at = clock.now()
    current = _deliberating(session)
    refuse_unless_allowed(actor, "evaluation.run_session", current)
    if end_hearing(current, at):
        trail.record("session.pause", subject=current.ref, actor=actor, at=at)


def end_hearing(session: Session, at: dt.datetime) -> bool:
    """End the hearing under way, if any. Raises TransitionRefused as long as a vote is open."""
    if Vote.objects.filter(hearing__session=session, closed_at=None).exists():
        raise TransitionRefused("Un vote est ouvert : fermez-le d’abord.")
    return bool(Hearing.objects.filter(session=session, closed_at=None).update(closed_at=at))


def _deliberating(session: Session) -> Session:
    """The session under its lock, while the jury deliberates. Raises TransitionRefused."""
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    if current.state != SessionState.DELIBERATION:
        raise TransitionRefused(f"{NOT_SITTING} L’état est « {current.get_state_display()} ».")
    return current
