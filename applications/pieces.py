"""The supporting documents of a call (pure): which are asked, how long each is valid, and what one is worth on a day.

A piece is what a dossier holds of one kind: a file with the days that it bears, or a reason why there is none. What it
says is read by a person: without their verification it is never valid.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices

from ami_portal.kernel.clock import add_months
from ami_portal.ui.wording import day


class Event(TextChoices):
    """When a piece must be valid."""

    DEPOSIT = "deposit", "au dépôt"
    SIGNATURE = "signature", "à la signature"
    PAYMENT = "payment", "à chaque versement"


class Standing(TextChoices):
    """What a piece is worth on a day."""

    VALID = "valid", "Valable"
    NOT_APPLICABLE = "no_object", "Sans objet"
    NOT_ASKED = "not_asked", "Non demandée"
    TO_VERIFY = "to_verify", "À vérifier"
    EXPIRED = "expired", "Expirée"
    REFUSED = "refused_piece", "Refusée"
    MISSING = "missing", "Manquante"


ENOUGH = frozenset({Standing.VALID, Standing.NOT_APPLICABLE, Standing.NOT_ASKED})
"""Standings with which nothing is left to ask."""


@dataclass(frozen=True)
class Kind:
    """A supporting document of the call. Questions by their code; an empty one is not asked.

    `announcing` are the choices of `status` that announce a file; without them, a file announces itself.
    """

    code: str
    label: str
    file: str = ""
    issued_on: str = ""
    status: str = ""
    announcing: tuple[str, ...] = ()
    absence_reason: str = ""
    months: int | None = None
    to_month_end: bool = False
    valid_at: tuple[str, ...] = ()
    security_code: int | None = None
    not_asked_with: str = ""

    def until(self, issued_on: dt.date) -> dt.date | None:
        """The last day of validity of a piece of that day; None for a kind that does not expire."""
        if self.months is None:
            return None
        if not self.to_month_end:
            return add_months(issued_on, self.months)
        first_of_next = add_months(issued_on.replace(day=1), self.months + 1)
        return first_of_next - dt.timedelta(days=1)

    def clean_code(self, text: str) -> str | None:
        """A security code as it is kept: no space, capital letters; None when it cannot be one."""
        kept = re.sub(r"[\s\-]", "", text).upper()
        return kept if re.fullmatch(rf"[A-Z0-9]{{{self.security_code or 0}}}", kept) else None

    @property
    def rule(self) -> str:
        """« 6 mois, jusqu’à la fin du mois »."""
        if self.months is None:
            return "sans limite de durée"
        return f"{self.months} mois" + (", jusqu’à la fin du mois" if self.to_month_end else "")

    @property
    def events(self) -> str:
        """« au dépôt, à la signature »."""
        return ", ".join(str(Event(name).label) for name in self.valid_at)


@dataclass(frozen=True)
class Reading:
    """What a person found on a piece: accepted or not, and the day that they read on it."""

    accepted: bool
    issued_on: dt.date | None = None
    reason: str = ""
    by: str = ""
    at: dt.datetime | None = None
    security_code: str = ""

    def as_json(self) -> dict[str, Any]:
        """Everything, to be kept."""
        days = {
            name: value.isoformat() if value else None
            for name, value in (("issued_on", self.issued_on), ("at", self.at))
        }
        return asdict(self) | days


def reading_of(raw: Mapping[str, Any]) -> Reading:
    """What was kept."""
    day_read, at = raw["issued_on"], raw["at"]
    return Reading(
        **{
            **raw,
            "issued_on": dt.date.fromisoformat(day_read) if day_read else None,
            "at": dt.datetime.fromisoformat(at) if at else None,
        }
    )


@dataclass(frozen=True)
class Piece:
    """What a dossier holds of one kind. `sha256` and `filename` are empty where there is no file."""

    kind: Kind
    filename: str = ""
    sha256: str = ""
    uuid: str = ""
    declared_on: dt.date | None = None
    absence: str = ""
    is_announced: bool = False
    is_asked: bool = True
    reading: Reading | None = None
    sent_at: dt.datetime | None = None

    @property
    def found_at(self) -> list[str]:
        """The questions that hold it."""
        if not self.is_asked:
            return [self.kind.not_asked_with]
        held = (self.kind.file, self.kind.issued_on) if self.is_announced else (self.kind.absence_reason,)
        return [code for code in (self.kind.status, *held) if code]

    @property
    def issued_on(self) -> dt.date | None:
        """The day read on it by a person, or else the day that was declared."""
        return (self.reading and self.reading.issued_on) or self.declared_on

    @property
    def expires_on(self) -> dt.date | None:
        """Its last day of validity, where it has one."""
        return self.kind.until(self.issued_on) if self.sha256 and self.issued_on else None

    @property
    def is_held(self) -> bool:
        """Whether there is something that a person can read: a file, or the reason why there is none."""
        return bool(self.sha256 or self.absence)

    def standing(self, on: dt.date) -> Standing:
        """What it is worth on the day `on`."""
        if not self.is_asked:
            return Standing.NOT_ASKED
        if not self.is_held:
            return Standing.MISSING
        if self.reading and not self.reading.accepted:
            return Standing.REFUSED
        if self.expires_on and self.expires_on < on:
            return Standing.EXPIRED
        if self.reading is None or (self.sha256 and self.issued_on and self.issued_on > on):
            return Standing.TO_VERIFY
        return Standing.VALID if self.sha256 else Standing.NOT_APPLICABLE

    def sentence(self, on: dt.date, when: str) -> str:
        """What is found on the day `on`, called `when` (« au dépôt »), in words."""
        said = f"{self.kind.label} : "
        match self.standing(on):
            case Standing.NOT_ASKED:
                return f"{said}non demandée."
            case Standing.MISSING:
                lacks = "sans objet d’après le porteur, sans raison" if self._is_denied else "aucun fichier n’est joint"
                return f"{said}{lacks}."
            case Standing.REFUSED:
                return f"{said}refusée{self._reader}. Motif : {self.reading.reason if self.reading else ''}"
            case Standing.EXPIRED:
                return f"{said}{self._dated}, elle n’est plus valable depuis le {self._expired} ({when}, le {day(on)})."
            case Standing.NOT_APPLICABLE:
                return f"{said}sans objet, raison admise{self._reader}."
            case Standing.VALID:
                return f"{said}{self._dated}, valable {when}, vérifiée{self._reader}."
        if not self.sha256:
            return f"{said}déclarée sans objet ; la raison est à examiner."
        if self.issued_on and self.issued_on > on:
            return f"{said}{self._dated}, après le {day(on)} ({when})."
        return f"{said}jointe, {self._dated} ; une personne doit la vérifier."

    @property
    def _is_denied(self) -> bool:
        return not self.is_announced and bool(self.kind.absence_reason)

    @property
    def _dated(self) -> str:
        return f"datée du {day(self.issued_on)}" if self.issued_on else "sans date déclarée"

    @property
    def _expired(self) -> str:
        return day(self.expires_on + dt.timedelta(days=1)) if self.expires_on else ""

    @property
    def _reader(self) -> str:
        if self.reading is None or self.reading.at is None:
            return ""
        return f" par {self.reading.by} le {day(self.reading.at)}"


def kinds_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Kind, ...]:
    """The kinds of a call, from the normal form of its file."""
    return tuple(
        Kind(
            code=row["code"],
            label=row["label"],
            file=row["file"],
            issued_on=row["issued_on"],
            status=row["status"],
            announcing=tuple(row["announcing"]),
            absence_reason=row["absence_reason"],
            months=row["validity"].get("months"),
            to_month_end=row["validity"].get("to_month_end", False),
            valid_at=tuple(row["valid_at"]),
            security_code=row["security_code"],
            not_asked_with=row["not_asked_with"],
        )
        for row in rows
    )


def deposited(
    kind: Kind,
    answer: Any,
    file: Any | None,
    issued_on: Any,
    reason: str,
    *,
    replaced_by: Any = None,
) -> Piece:
    """What a deposit holds of a kind: the answer to its `status`, its file, the day declared, the reason of an absence.

    `replaced_by` is the answer to `not_asked_with`: where there is one, the piece is not asked.
    """
    is_announced = answer in kind.announcing if kind.announcing else file is not None
    if kind.not_asked_with and replaced_by is not None and file is None:
        return Piece(kind, is_asked=False)
    if not is_announced:
        return Piece(kind, absence=reason if kind.absence_reason else "")
    return Piece(
        kind,
        filename=file.filename if file else "",
        sha256=file.sha256 if file else "",
        uuid=file.uuid if file else "",
        declared_on=dt.date.fromisoformat(issued_on) if isinstance(issued_on, str) else None,
        is_announced=True,
    )
