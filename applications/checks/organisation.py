"""Checks of the lead organisation: its certificates."""

import datetime as dt

from ami_portal.kernel.clock import add_months, paris
from ami_portal.ui.wording import day

from .facts import Facts, Params, Result, worst


def documents(facts: Facts, params: Params) -> Result:
    """Never met by itself: presence and dates are proved, what the certificates say is read by a person."""
    wrong: list[str] = []
    doubtful: list[str] = []
    found_at: list[str] = []
    pieces = zip(params["statuses"], params["files"], params["dates"], params["reasons"], strict=True)
    for status, file, date, reason in pieces:
        found_at += [status, file, date] if _is_announced(facts, params, status, file) else [status, reason]
        _piece(facts, params, (status, file, date, reason), wrong, doubtful)
    declaration = params["declaration"]
    found_at.append(declaration)
    if facts.answer(declaration) is True:
        doubtful.append("Le porteur certifie être à jour de ses obligations.")
    else:
        wrong.append("Le porteur ne certifie pas être à jour de ses obligations.")
    mend = "Ouvrez chaque pièce : l’organisme nommé, la date, le code de sécurité."
    return Result(worst(wrong, doubtful), " ".join(wrong + doubtful), found_at, mend)


def _piece(
    facts: Facts, params: Params, codes: tuple[str, str, str, str], wrong: list[str], doubtful: list[str]
) -> None:
    status, file, date, reason = codes
    name = facts.label(file)
    said = facts.answer(status)
    if _is_announced(facts, params, status, file):
        if facts.files.get(file, ()):
            _age(facts, params, name, facts.answer(date), wrong, doubtful)
        else:
            wrong.append(f"{name} : annoncée, mais aucun fichier n’est joint.")
    elif said:
        if words := facts.words(reason):
            doubtful.append(f"{name} : déclarée sans objet, raison donnée en {words} mot{'s' if words > 1 else ''}.")
        else:
            wrong.append(f"{name} : déclarée sans objet, sans raison.")
    else:
        wrong.append(f"{name} : ni jointe, ni déclarée sans objet.")


def _is_announced(facts: Facts, params: Params, status: str, file: str) -> bool:
    """Whether the applicant says that a piece is joined: by a choice that means so, or else by its file."""
    return facts.answer(status) in params["announcing"] if "announcing" in params else bool(facts.files.get(file))


def _age(facts: Facts, params: Params, name: str, on: object, wrong: list[str], doubtful: list[str]) -> None:
    """A certificate is valid when, so many months after its date, the day of the deposit has not passed."""
    months = int(params["valid_months"])
    if not isinstance(on, str) or facts.submitted_at is None:
        doubtful.append(f"{name} : jointe, sans date déclarée.")
        return
    issued, deposited = dt.date.fromisoformat(on), paris(facts.submitted_at).date()
    until = add_months(issued, months)
    if issued > deposited:
        doubtful.append(f"{name} : datée du {day(issued)}, après le dépôt du {day(deposited)}.")
    elif until < deposited:
        wrong.append(f"{name} : datée du {day(issued)}, elle a plus de {months} mois au dépôt, le {day(deposited)}.")
    else:
        doubtful.append(f"{name} : jointe, datée du {day(issued)}, de moins de {months} mois au dépôt.")
