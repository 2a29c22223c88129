"""Supporting documents at the events of a grant: what must be valid on a day, what is not, since when, how to mend."""

import datetime as dt
from dataclasses import dataclass

from ami_portal.kernel import clock
from ami_portal.workflow import given_reason
from applications.pieces import ENOUGH, Event, Piece, Standing
from applications.reading import frozen, standing_version
from applications.supporting import pieces_now

from .enums import ConventionState, InstalmentState
from .models import Convention, Instalment

MAX_DESPITE = 1000
SOON = dt.timedelta(days=30)
"""How long before it expires a piece is asked again."""


@dataclass(frozen=True)
class Condition:
    """One piece at one event. `mend` says what to do, and who; empty once nothing is left to do."""

    piece: Piece
    on: dt.date
    standing: Standing
    sentence: str
    mend: str

    @property
    def is_met(self) -> bool:
        return self.standing in ENOUGH

    @property
    def is_to_send(self) -> bool:
        """Whether the laureate must send another one."""
        return self.standing in (Standing.EXPIRED, Standing.REFUSED, Standing.MISSING)


MENDS = {
    Standing.EXPIRED: "Le bénéficiaire en envoie une plus récente depuis la page de sa convention.",
    Standing.REFUSED: "Le bénéficiaire en envoie une autre depuis la page de sa convention.",
    Standing.MISSING: "Le bénéficiaire l’envoie depuis la page de sa convention.",
    Standing.TO_VERIFY: "Une personne de l’instruction ou de la gestion la vérifie, dans les pièces du dossier.",
}


def conditions(convention: Convention, event: str, on: dt.date) -> list[Condition]:
    """Every piece that must be valid at an event, on the day `on`: four queries."""
    version = standing_version(convention.dossier)
    held = pieces_now(convention.dossier, frozen(version)) if version else ()
    when = str(Event(event).label)
    found = []
    for piece in held:
        if event in piece.kind.valid_at:
            standing = piece.standing(on)
            found.append(Condition(piece, on, standing, piece.sentence(on, when), MENDS.get(standing, "")))
    return found


def unmet(convention: Convention, event: str, on: dt.date, despite: str) -> dict[str, str]:
    """What is not met and the reason to go on all the same, for the journal; nothing when all is met.

    Raises TransitionRefused, which names the pieces, when something is not met and no reason is given.
    """
    missing = " ".join(one.sentence for one in conditions(convention, event, on) if not one.is_met)
    if not missing:
        return {}
    empty = f"{missing} Attendez une pièce valable, ou dites pourquoi vous passez outre."
    return {"unmet": missing, "despite": given_reason(despite, MAX_DESPITE, empty=empty)}


def next_event(convention: Convention) -> tuple[str, dt.date] | None:
    """The next event at which pieces must be valid, and its day: the present one for what is late. None after all."""
    today = clock.today()
    if convention.state in (ConventionState.PREPARED, ConventionState.FROZEN):
        return Event.SIGNATURE, today
    if convention.state != ConventionState.SIGNED:
        return None
    found = next_payment(convention, today)
    return (Event.PAYMENT, found[1]) if found else None


def next_payment(convention: Convention, today: dt.date) -> tuple[Instalment, dt.date] | None:
    """The first instalment that is not paid, and its day: the present one for what is late. None when all are."""
    done = (InstalmentState.PAID, InstalmentState.SETTLED)
    line = convention.instalments.exclude(state__in=done).order_by("number").first()
    return (line, max(line.due_on or today, today)) if line else None


def awaited(convention: Convention) -> list[Condition]:
    """The pieces of the next event, as they will be on its day; none when nothing is left to sign or to pay."""
    found = next_event(convention)
    return conditions(convention, *found) if found else []
