"""Mails of this room: an act, a reference, one address of the portal; never an amount nor the content of a dossier."""

import datetime as dt

from ami_portal.notifications import outbox
from applications.notifications import tell_team
from applications.pieces import Piece

from .models import Convention, Instalment, Renouncement


def convention_ready(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the convention is ready to be signed; once a person."""
    _tell("funding.convention_ready", convention, at=at, once="convention")


def signature_recorded(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the signature is recorded and that the schedule runs; once a person."""
    _tell("funding.signature_recorded", convention, at=at, once="signature", signed_on=convention.signed_on)


def payment_recorded(instalment: Instalment, *, at: dt.datetime) -> None:
    """Tell the team that a line of the schedule is paid; once a person and a line."""
    convention = instalment.convention
    _tell(
        "funding.payment_recorded", convention, at=at, once=f"versement {instalment.number}", paid_on=instalment.paid_on
    )


def grant_renounced(renouncement: Renouncement, *, at: dt.datetime) -> None:
    """Tell the team that its grant is given up, and the operator that there is something to read; never the reason."""
    dossier = renouncement.dossier
    tell_team(
        "funding.grant_renounced",
        dossier,
        at=at,
        once="renoncement",
        received_on=renouncement.received_on,
        contact=dossier.call.contact,
    )
    outbox.post("funding.place_is_free", to=dossier.call.contact, subject_ref=dossier.ref, at=at, once="place")


def piece_expires(convention: Convention, piece: Piece, until: dt.date, *, at: dt.datetime) -> None:
    """Tell the team that a piece will have expired when it is asked; once a person, a piece and an end of validity."""
    once = f"pièce {piece.kind.code} {until.isoformat()}"
    _tell("funding.piece_expires", convention, at=at, once=once, label=piece.kind.label, until=until)


def _tell(kind: str, convention: Convention, *, at: dt.datetime, once: str, **words: object) -> None:
    tell_team(kind, convention.dossier, subject_ref=convention.ref, at=at, once=once, **words)
