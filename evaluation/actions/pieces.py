"""A person reads a supporting document: accepts it with the day that it bears, or refuses it and says why."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents.models import Document
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, refuse_long_reason
from applications.models import Dossier, PieceReading
from applications.pieces import Piece
from applications.reading import frozen, standing_version
from applications.supporting import pieces_now

from .locks import lock_dossier, refuse_unless_allowed

MAX_REASON = 2000


@transaction.atomic
def verify_piece(
    dossier: Dossier,
    kind: str,
    *,
    seen: str,
    issued_on: dt.date | None = None,
    security_code: str = "",
    reason: str = "",
    actor: User,
) -> PieceReading:
    """Accept what a dossier holds of a kind: the file that bears the day `issued_on`, or the reason of its absence.

    `seen` is the mark (`mark_of`) of what the person had before them. The automatic checks follow, as a job. Raises
    TransitionRefused: no right, nothing to read, read by somebody else meanwhile, no day, a day to come, a security
    code that cannot be one.
    """
    at = clock.now()
    current, piece = _locked(dossier, kind, seen, actor)
    code = ""
    if piece.sha256:
        if issued_on is None:
            raise TransitionRefused("Donnez la date lue sur la pièce.")
        if issued_on > clock.paris(at).date():
            raise TransitionRefused("La date lue sur la pièce est dans l’avenir.")
        code = _security_code(piece, security_code)
    return _record(current, piece, accepted=True, issued_on=issued_on, code=code, reason=reason, actor=actor, at=at)


@transaction.atomic
def refuse_piece(dossier: Dossier, kind: str, *, seen: str, reason: str, actor: User) -> PieceReading:
    """Refuse what a dossier holds of a kind, with the reason. Raises TransitionRefused as `verify_piece` does."""
    at = clock.now()
    current, piece = _locked(dossier, kind, seen, actor)
    if not clean_text(reason).strip():
        raise TransitionRefused("Dites pourquoi la pièce est refusée.")
    return _record(current, piece, accepted=False, issued_on=None, code="", reason=reason, actor=actor, at=at)


def mark_of(piece: Piece) -> str:
    """What a page shows of a piece, to tell later whether somebody else read it or sent another."""
    return f"{piece.uuid}:{piece.reading.at.isoformat() if piece.reading and piece.reading.at else ''}"


def _locked(dossier: Dossier, kind: str, seen: str, actor: User) -> tuple[Dossier, Piece]:
    """The dossier under its lock, and the piece as it is now. Raises TransitionRefused."""
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.verify_piece", current)
    version = standing_version(current)
    pieces = pieces_now(current, frozen(version)) if version else ()
    piece = next((one for one in pieces if one.kind.code == kind), None)
    if piece is None or not piece.is_held:
        raise TransitionRefused("Il n’y a rien à vérifier : ni fichier, ni raison d’une absence.")
    if mark_of(piece) != seen:
        raise TransitionRefused("Cette pièce a été vérifiée ou remplacée depuis que vous l’avez ouverte : relisez-la.")
    return current, piece


def _security_code(piece: Piece, typed: str) -> str:
    if piece.kind.security_code is None:
        return ""
    if (code := piece.kind.clean_code(typed)) is None:
        wanted = piece.kind.security_code
        raise TransitionRefused(f"Le code de sécurité a {wanted} lettres et chiffres : relisez-le sur la pièce.")
    return code


def _record(
    dossier: Dossier,
    piece: Piece,
    *,
    accepted: bool,
    issued_on: dt.date | None,
    code: str,
    reason: str,
    actor: User,
    at: dt.datetime,
) -> PieceReading:
    reason = clean_text(reason).strip()
    refuse_long_reason(reason, MAX_REASON)
    day = issued_on if piece.sha256 else None
    reading = PieceReading.objects.create(
        dossier=dossier,
        kind=piece.kind.code,
        document=Document.objects.get(uuid=piece.uuid) if piece.uuid else None,
        accepted=accepted,
        issued_on=day,
        expires_on=piece.kind.until(day) if day else None,
        security_code=code,
        reason=reason,
        at=at,
        by=actor,
    )
    trail.record(
        "piece.verify" if accepted else "piece.refuse",
        subject=dossier.ref,
        actor=actor,
        at=at,
        kind=piece.kind.code,
        sha256=piece.sha256,
        issued_on=day.isoformat() if day else "",
        reason=reason,
    )
    if (version := standing_version(dossier)) is not None:
        later("evaluation.run_checks", version_id=version.pk)
    return reading
