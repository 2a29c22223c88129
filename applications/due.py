"""When a deposit asked for at the closing is due. From then until it is carried out, its draft stays as it was."""

import datetime as dt

from .models import Dossier, Sealing

WAIT = (
    "La clôture vient de passer, et le dépôt que le porteur a demandé est en cours : rien ne change jusque-là. "
    "Revenez dans une minute."
)


def due_at(sealing: Sealing, dossier: Dossier) -> dt.datetime:
    """The closing that the request meant: that of the round in which it was made, or the dossier’s own, later one."""
    window = dossier.call.window(sealing.asked_at)
    if dossier.extended_until and sealing.asked_at < dossier.extended_until <= window.opens_at:
        return dossier.extended_until
    return max(window.closes_at, dossier.extended_until or window.closes_at)


def refusal_while_due(dossier: Dossier, at: dt.datetime) -> str:
    """Why nothing of a draft may change at `at`: its closing has passed, the deposit asked for is not made yet.

    It can only be where rounds touch: else the draft is closed.
    """
    if not dossier.is_draft or at < dossier.call.windows[0].closes_at:
        return ""
    asked: Sealing | None = getattr(dossier, "sealing", None)
    return WAIT if asked and asked.settled_at is None and at >= due_at(asked, dossier) else ""
