"""Checks of the lead organisation: its certificates."""

import datetime as dt

from ami_portal.kernel.clock import now, paris
from applications.enums import CheckResult
from applications.pieces import ENOUGH, Event, Piece, Standing

from .facts import Facts, Params, Result, worst


def documents(facts: Facts, params: Params) -> Result:
    """Met only once a person has verified every piece that must be valid at the deposit, on the day of the deposit."""
    on = paris(facts.submitted_at or facts.closes_at or now()).date()
    found_at: list[str] = []
    said: dict[CheckResult, list[str]] = {result: [] for result in CheckResult}
    for piece in facts.pieces:
        found_at += piece.found_at
        said[_worth(piece, on)].append(piece.sentence(on, str(Event.DEPOSIT.label)))
    declaration = params["declaration"]
    found_at.append(declaration)
    if facts.answer(declaration) is True:
        said[CheckResult.MET].append("Le porteur certifie être à jour de ses obligations.")
    else:
        said[CheckResult.NOT_MET].append("Le porteur ne certifie pas être à jour de ses obligations.")
    wrong, doubtful, right = said[CheckResult.NOT_MET], said[CheckResult.UNKNOWN], said[CheckResult.MET]
    look = "Vérifiez chaque pièce : l’organisme nommé, la date, le code de sécurité." if doubtful else ""
    if not facts.pieces:
        doubtful = ["L’appel ne demande aucune pièce."]
    return Result(worst(wrong, doubtful), " ".join(wrong + doubtful + right), found_at, look)


def _worth(piece: Piece, on: dt.date) -> CheckResult:
    standing = piece.standing(on)
    if standing in ENOUGH:
        return CheckResult.MET
    return CheckResult.UNKNOWN if standing == Standing.TO_VERIFY else CheckResult.NOT_MET
