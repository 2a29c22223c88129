"""Checks of the deposit itself: complete, in the format asked, in time; and the criteria that only a person judges."""

import datetime as dt

from ami_portal.kernel.clock import paris
from ami_portal.ui.wording import day
from applications.enums import CheckResult

from .facts import Facts, FileFact, Params, Result, enumerated

SHOWN_MISSING = 8


def complete(facts: Facts, params: Params) -> Result:
    """Met only when no file was deposited: the inside of files (headings, tables, tabs) is read by a person."""
    if facts.missing:
        count = len(facts.missing)
        some = enumerated([f"« {label} »" for label in facts.missing[:SHOWN_MISSING]])
        more = f", et {count - SHOWN_MISSING} autres" if count > SHOWN_MISSING else ""
        evidence = f"{count} point{'s' if count > 1 else ''} manque{'nt' if count > 1 else ''} : {some}{more}."
        return Result(CheckResult.NOT_MET, evidence, [], "Ouvrez le dossier aux rubriques citées.")
    evidence = f"Les {facts.asked} champs demandés par le formulaire ont une réponse."
    with_files = [code for code, files in facts.files.items() if files]
    if not with_files:
        return Result(CheckResult.MET, evidence, [])
    names = enumerated([_named(file) for code in with_files for file in facts.files[code]])
    evidence += f" L’intérieur des fichiers n’est pas examiné automatiquement : {names}."
    mend = "Ouvrez les fichiers : chaque partie, chaque tableau et chaque onglet est-il rempli ?"
    return Result(CheckResult.UNKNOWN, evidence, with_files, mend)


def format_respected(facts: Facts, params: Params) -> Result:
    """Never met by itself: margins and sizes of type are looked at by a person."""
    codes = list(params["files"])
    files = [file for code in codes for file in facts.files.get(code, ())]
    margin, size = _number(params["margin_mm_min"]), _number(params["font_points_min"])
    least = f"marges d’au moins {margin} mm, caractères d’au moins {size} points"
    if not files:
        absent = enumerated([f"« {facts.label(code)} »" for code in codes])
        return Result(CheckResult.UNKNOWN, f"Aucun fichier n’est joint pour {absent}.", codes, "Cherchez la pièce.")
    names = enumerated([_named(file) for file in files])
    evidence = f"À regarder : {names}. Format demandé : {least}. La mise en page n’est pas mesurée automatiquement."
    return Result(CheckResult.UNKNOWN, evidence, codes, "Ouvrez chaque fichier et regardez ses pages une à une.")


def on_time(facts: Facts, params: Params) -> Result:
    """Received strictly before the closing instant, by the server's clock."""
    if facts.submitted_at is None or facts.closes_at is None:
        return Result(CheckResult.UNKNOWN, "L’instant du dépôt n’est pas connu.", [])
    dates = f"Dépôt reçu en ligne le {_second(facts.submitted_at)} ; clôture de l’appel le {_second(facts.closes_at)}."
    if facts.submitted_at < facts.closes_at:
        return Result(CheckResult.MET, dates, [])
    return Result(CheckResult.NOT_MET, f"{dates} Le dépôt n’est pas strictement avant la clôture.", [])


def _second(at: dt.datetime) -> str:
    """An instant to the second: the bound is exact."""
    return f"{day(at)} à {paris(at):%H:%M:%S} (heure de Paris)"


def manual(facts: Facts, params: Params) -> Result:
    """What a person will read to decide; no automatic result."""
    codes = list(params.get("evidence", ()))
    lengths = [
        f"« {facts.label(code)} », {words} mot{'s' if words > 1 else ''}"
        if (words := facts.words(code))
        else f"« {facts.label(code)} », sans réponse"
        for code in codes
    ]
    evidence = f"À lire : {enumerated(lengths)}." if codes else "Ce critère s’apprécie à la lecture du dossier."
    return Result(CheckResult.UNKNOWN, evidence, codes, "Lisez ces réponses, puis décidez.")


def _named(file: FileFact) -> str:
    pages = f" ({file.pages} page{'s' if file.pages > 1 else ''})" if file.pages else ""
    return f"{file.filename}{pages}"


def _number(text: object) -> str:
    return str(text).replace(".", ",")
