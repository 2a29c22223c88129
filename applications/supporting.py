"""The supporting documents of a dossier: what its deposit holds of each kind, with what the staff read on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ami_portal.documents.enums import Verdict
from ami_portal.questionnaire.answers import is_empty, is_typed_only

from .models import Dossier, PieceReading, PieceRenewal
from .pieces import Event, Kind, Piece, Reading, deposited
from .reading import FrozenDossier


def pieces_of(dossier: Dossier, frozen: FrozenDossier) -> tuple[Piece, ...]:
    """Every kind that the call asks for, as one deposit holds it: one query, whatever their number."""
    kinds = dossier.call.piece_kinds
    return held_in(kinds, frozen, readings_of(dossier) if kinds else {})


def pieces_now(dossier: Dossier, frozen: FrozenDossier) -> tuple[Piece, ...]:
    """The same as they are now: what was sent since takes the place of what was deposited. Two queries."""
    kinds = dossier.call.piece_kinds
    if not kinds:
        return ()
    sent = PieceRenewal.objects.filter(dossier=dossier).exclude(document__verdict=Verdict.REFUSED)
    last = {row.kind: row for row in sent.select_related("document").order_by("pk")}
    readings = readings_of(dossier)
    held = held_in(kinds, frozen, readings)
    return tuple(_sent(last[one.kind.code], one, readings) if one.kind.code in last else one for one in held)


def _sent(row: PieceRenewal, before: Piece, readings: Mapping[str, Reading]) -> Piece:
    document = row.document
    return Piece(
        before.kind,
        filename=document.filename,
        sha256=document.sha256,
        uuid=str(document.uuid),
        declared_on=row.issued_on,
        is_announced=True,
        reading=readings.get(_name(row.kind, str(document.uuid))),
        sent_at=row.sent_at,
    )


def at_deposit(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Those of them that must be valid at the deposit."""
    return tuple(piece for piece in pieces if Event.DEPOSIT in piece.kind.valid_at)


def readings_of(dossier: Dossier) -> dict[str, Reading]:
    """The last word on each file, or absence, by the name of what was read: one query."""
    rows = PieceReading.objects.filter(dossier=dossier).select_related("by", "document").order_by("pk")
    return {
        _name(row.kind, str(row.document.uuid) if row.document else ""): Reading(
            row.accepted, row.issued_on, row.reason, row.by.get_full_name() or row.by.email, row.at, row.security_code
        )
        for row in rows
    }


def held_in(kinds: Iterable[Kind], frozen: FrozenDossier, readings: Mapping[str, Reading]) -> tuple[Piece, ...]:
    """What a deposit holds of each kind, with the last word on it."""
    return tuple(
        replace(piece, reading=readings.get(_name(piece.kind.code, piece.uuid)) if piece.is_held else None)
        for piece in _deposited(kinds, frozen)
    )


def _name(kind: str, uuid: str) -> str:
    """What was read: a kind, and a file; its absence where there is none."""
    return f"{kind}:{uuid}"


def _deposited(kinds: Iterable[Kind], frozen: FrozenDossier) -> Iterator[Piece]:
    items = {item.code: item for item in frozen.items()}

    def answer(code: str) -> object:
        item = items.get(code)
        return None if item is None or is_typed_only(item.value) or is_empty(item.value) else item.value

    for kind in kinds:
        files = items[kind.file].files if kind.file in items else ()
        reason = answer(kind.absence_reason)
        yield deposited(
            kind,
            answer(kind.status),
            files[0] if files else None,
            answer(kind.issued_on),
            reason if isinstance(reason, str) else "",
            replaced_by=answer(kind.not_asked_with),
        )
