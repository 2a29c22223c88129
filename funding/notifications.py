"""Mails of this room: an act, a reference, one address of the portal; never an amount nor the content of a dossier."""

import datetime as dt

from ami_portal.notifications import outbox
from applications.notifications import tell_team
from applications.pieces import Piece

from .models import Amendment, Convention, ExpenseClaim, Instalment, RecoveryOrder, Remark, Renouncement, SignedCopy


def convention_ready(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the convention is ready to be signed; once a person and a freezing."""
    frozen_at = convention.frozen_at
    once = f"convention {frozen_at.isoformat()}" if frozen_at else "convention"
    _tell("funding.convention_ready", convention, at=at, once=once)


def text_ready(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the text of its convention can be read and discussed; once a person."""
    _tell("funding.text_ready", convention, at=at, once="texte 1")


def text_answered(convention: Convention, *, number: int, answered: int, at: dt.datetime) -> None:
    """Tell the team that there is a version to read (`number`, or 0), or answers to its remarks; once a person."""
    _tell(
        "funding.text_answered",
        convention,
        at=at,
        once=f"texte {number}" if number else f"réponses {at.isoformat()}",
        number=number,
        answered=answered,
    )


def text_reopened(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the document to sign is not to be signed any more; once a person and a reopening."""
    _tell("funding.text_reopened", convention, at=at, once=f"reprise {at.isoformat()}")


def remark_to_answer(remark: Remark, *, at: dt.datetime) -> None:
    """Tell the operator that a laureate said something of its convention; never what."""
    convention = remark.convention
    to, once = convention.dossier.call.contact, f"remarque {remark.number}"
    outbox.post("funding.remark_to_answer", to=to, subject_ref=convention.ref, at=at, once=once)


def copy_to_verify(copy: SignedCopy, *, at: dt.datetime) -> None:
    """Tell the operator that a laureate sent a signed copy."""
    convention = copy.convention
    to, once = convention.dossier.call.contact, f"copie {copy.number}"
    outbox.post("funding.copy_to_verify", to=to, subject_ref=convention.ref, at=at, once=once)


def copy_refused(copy: SignedCopy, *, at: dt.datetime) -> None:
    """Tell the team that its signed copy is refused: the page says why; once a person and a copy."""
    _tell("funding.copy_refused", copy.convention, at=at, once=f"copie {copy.number}")


def signature_recorded(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that the signature is recorded and that the schedule runs; once a person."""
    _tell("funding.signature_recorded", convention, at=at, once="signature", signed_on=convention.signed_on)


def payment_recorded(instalment: Instalment, *, at: dt.datetime) -> None:
    """Tell the team that a line of the schedule is paid; once a person and a line."""
    convention = instalment.convention
    _tell(
        "funding.payment_recorded", convention, at=at, once=f"versement {instalment.number}", paid_on=instalment.paid_on
    )


def amendment_ready(amendment: Amendment, *, at: dt.datetime) -> None:
    """Tell the team that an amendment is ready to be signed; once a person and an amendment."""
    _tell("funding.amendment_ready", amendment.convention, at=at, once=f"avenant {amendment.number}")


def amendment_signed(amendment: Amendment, *, at: dt.datetime) -> None:
    """Tell the team that an amendment is in force; once a person and an amendment."""
    _tell("funding.amendment_signed", amendment.convention, at=at, once=f"avenant {amendment.number} signé")


def convention_suspended(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that its payments are suspended: the page says why; once a person and a suspension."""
    _tell("funding.convention_suspended", convention, at=at, once=f"suspension {at.isoformat()}")


def convention_resumed(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that its payments resume; once a person and a resumption."""
    _tell("funding.convention_resumed", convention, at=at, once=f"reprise {at.isoformat()}")


def convention_terminated(convention: Convention, *, at: dt.datetime) -> None:
    """Tell the team that its convention is ended: the page says why and what follows; once a person."""
    _tell("funding.convention_terminated", convention, at=at, once="résiliation")


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


def path_moved(convention: Convention, *, at: dt.datetime, once: str) -> None:
    """Tell the team that its regulatory path moved; once a person and an act. What was answered stays in the portal."""
    _tell("funding.path_moved", convention, at=at, once=once)


def path_chosen(convention: Convention, *, at: dt.datetime, once: str) -> None:
    """Tell the operator what its laureate decided after an opinion; once a choice."""
    contact = convention.dossier.call.contact
    outbox.post("funding.path_chosen", to=contact, subject_ref=convention.ref, at=at, once=once)


def claim_submitted(claim: ExpenseClaim, *, at: dt.datetime) -> None:
    """Tell the operator that a claim is to be examined; each time it is sent."""
    call = claim.convention.dossier.call
    outbox.post("funding.claim_to_examine", to=call.contact, subject_ref=claim.ref, at=at, once=at.isoformat())


def claim_returned(claim: ExpenseClaim, *, at: dt.datetime) -> None:
    """Tell the team that its claim is to be corrected; each time."""
    _tell_claim("funding.claim_returned", claim, at=at, once=f"état {claim.number} {at.isoformat()}")


def claim_accepted(claim: ExpenseClaim, *, at: dt.datetime) -> None:
    """Tell the team that its claim is examined, line by line; once a person and a claim."""
    _tell_claim("funding.claim_accepted", claim, at=at, once=f"état {claim.number}")


def _tell_claim(kind: str, claim: ExpenseClaim, *, at: dt.datetime, once: str) -> None:
    _tell(kind, claim.convention, at=at, once=once, number=claim.number)


def recovery_ordered(order: RecoveryOrder, *, at: dt.datetime) -> None:
    """Tell the team that a sum is to be given back; once a person and an order."""
    contact = order.convention.dossier.call.contact
    _tell("funding.recovery_ordered", order.convention, at=at, once=f"reversement {order.number}", contact=contact)


def _tell(kind: str, convention: Convention, *, at: dt.datetime, once: str, **words: object) -> None:
    tell_team(kind, convention.dossier, subject_ref=convention.ref, at=at, once=once, **words)
