"""Votes on the dossier that the jury hears: opened, cast one ballot each, closed; or counted in the room."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused
from evaluation.deliberating import Sitting, sitting_of, votes_of
from evaluation.enums import SessionState, Voice
from evaluation.models import Ballot, Hearing, Session, Vote

from .locks import NO_SESSION, lock_dossier, lock_session, refuse_unless_allowed

MAX_QUESTION = 200
NO_VOTE = "Aucun vote n’est ouvert : le secrétariat l’a clos, ou le dossier n’est plus examiné."
_COUNTS = {Voice.FOR: "votes_for", Voice.AGAINST: "votes_against", Voice.ABSTAIN: "abstentions"}


@transaction.atomic
def open_vote(session: Session, *, question: str, actor: User) -> Vote:
    """Put a question to the vote of those present, on their own pages. Raises TransitionRefused: no dossier heard, a
    vote open already, no quorum, no question."""
    at = clock.now()
    current, sitting, hearing = _hearing(session, actor)
    _refuse_vote(sitting, hearing)
    is_secret = votes_of(current.call).is_secret
    vote = Vote.objects.create(
        hearing=hearing, question=_question(question), is_cast=True, is_secret=is_secret, opened_at=at
    )
    _trace("session.open_vote", vote, actor, at)
    return vote


@transaction.atomic
def cast_ballot(session: Session, *, voice: str, actor: User) -> None:
    """Vote once, for good, in the vote that is open. Raises TransitionRefused: no vote, not in the room, standing
    aside, a voice that is none, a second time."""
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    refuse_unless_allowed(actor, "evaluation.sit", current)
    sitting = sitting_of(current)
    vote = Vote.objects.select_for_update().filter(hearing=sitting.hearing, closed_at=None).first()
    if sitting.hearing is None or vote is None:
        raise TransitionRefused(NO_VOTE)
    if actor.pk not in sitting.voters(sitting.hearing.dossier):
        raise TransitionRefused("Votent les membres présents qui ne se déportent pas du dossier.")
    if voice not in Voice.values:
        raise TransitionRefused("Choisissez : pour, contre ou abstention.")
    if Ballot.objects.filter(vote=vote, juror=actor).exists():
        raise TransitionRefused("Vous avez déjà voté : un bulletin ne se reprend pas.")
    Ballot.objects.create(vote=vote, juror=actor, voice="" if vote.is_secret else voice)
    name = _COUNTS[Voice(voice)]
    Vote.objects.filter(pk=vote.pk).update(**{name: F(name) + 1})


@transaction.atomic
def close_vote(session: Session, *, casting: str = "", actor: User) -> Vote:
    """Close the vote that is open, with the voice of the chair (`casting`) where it decides between equals.

    Raises TransitionRefused: no vote open, a voice of the chair that the call does not have, or that is missing.
    """
    at = clock.now()
    current, _, hearing = _hearing(session, actor)
    vote = Vote.objects.select_for_update().filter(hearing=hearing, closed_at=None).first()
    if vote is None:
        raise TransitionRefused(NO_VOTE)
    return _close(current, vote, casting, actor, at)


@transaction.atomic
def count_vote(session: Session, *, question: str, counts: dict[str, int], casting: str = "", actor: User) -> Vote:
    """Record a vote that the secretary counted in the room: `counts` by voice.

    Raises TransitionRefused: as to open one, or more voices than members who may vote.
    """
    at = clock.now()
    current, sitting, hearing = _hearing(session, actor)
    _refuse_vote(sitting, hearing)
    if set(counts) != set(Voice.values) or min(counts.values()) < 0 or not any(counts.values()):
        raise TransitionRefused("Donnez le nombre de voix pour, contre et d’abstentions.")
    if (cast := sum(counts.values())) > (most := len(sitting.voters(hearing.dossier))):
        raise TransitionRefused(f"{cast} voix pour {most} membres qui peuvent voter : recomptez.")
    vote = Vote.objects.create(
        hearing=hearing,
        question=_question(question),
        is_cast=False,
        is_secret=votes_of(current.call).is_secret,
        opened_at=at,
        **{_COUNTS[Voice(voice)]: count for voice, count in counts.items()},
    )
    return _close(current, vote, casting, actor, at)


def _close(session: Session, vote: Vote, casting: str, actor: User, at: dt.datetime) -> Vote:
    is_tied = vote.votes_for == vote.votes_against
    if not (is_tied and votes_of(session.call).chair_decides):
        casting = ""
    elif casting not in (Voice.FOR, Voice.AGAINST):
        raise TransitionRefused("Les voix sont égales : dites dans quel sens la présidence tranche.")
    vote.casting, vote.closed_at = casting, at
    vote.save(update_fields=["casting", "closed_at"])
    _trace("session.close_vote", vote, actor, at, votes=[vote.votes_for, vote.votes_against, vote.abstentions])
    return vote


def _hearing(session: Session, actor: User) -> tuple[Session, Sitting, Hearing]:
    """The session under its lock, how it stands, and what it hears. Raises TransitionRefused."""
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    sitting = sitting_of(current)
    if current.state != SessionState.DELIBERATION or sitting.hearing is None:
        raise TransitionRefused("Aucun dossier n’est examiné : appelez-le d’abord.")
    refuse_unless_allowed(actor, "evaluation.run_session", lock_dossier(sitting.hearing.dossier_id))
    return current, sitting, sitting.hearing


def _refuse_vote(sitting: Sitting, hearing: Hearing) -> None:
    if Vote.objects.filter(hearing=hearing, closed_at=None).exists():
        raise TransitionRefused("Un vote est ouvert : fermez-le d’abord.")
    if sitting.still_in(hearing.dossier):
        raise TransitionRefused("Un membre qui se déporte est dans la salle : constatez sa sortie.")
    count = sitting.count(hearing.dossier)
    if not count.is_enough or not count.present:
        raise TransitionRefused(f"Le quorum n’est pas atteint : {count.present} présents, {count.needed or 1} requis.")


def _question(text: str) -> str:
    question = clean_text(text).strip()
    if not question:
        raise TransitionRefused("Écrivez la question mise aux voix.")
    if len(question) > MAX_QUESTION:
        raise TransitionRefused(f"La question dépasse {MAX_QUESTION} caractères : raccourcissez-la.")
    return question


def _trace(verb: str, vote: Vote, actor: User, at: dt.datetime, **said: Any) -> None:
    session = vote.hearing.session
    trail.record(
        verb, subject=session.ref, actor=actor, at=at, dossier=vote.hearing.dossier.ref, question=vote.question, **said
    )
