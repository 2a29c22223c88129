"""Checks of the deposit itself: complete, in the format asked, in time; and the criteria that only a person judges."""

import datetime as dt
from collections.abc import Sequence

from ami_portal.documents.format_rules import MET, NOT_MET, UNKNOWN
from ami_portal.kernel.clock import paris
from ami_portal.ui.wording import day
from applications.enums import CheckResult

from .facts import Facts, FileFact, Params, Result, enumerated, worst

SHOWN_MISSING = 8


def complete(facts: Facts, params: Params) -> Result:
    """Every field of the form is answered, and the files that the call names (all, when it names none) are filled, as
    their measures say: a file without a rule on its content is read by a person."""
    if facts.missing:
        count = len(facts.missing)
        some = enumerated([f"« {label} »" for label in facts.missing[:SHOWN_MISSING]])
        more = f", et {count - SHOWN_MISSING} autres" if count > SHOWN_MISSING else ""
        evidence = f"{count} point{'s' if count > 1 else ''} manque{'nt' if count > 1 else ''} : {some}{more}."
        return Result(CheckResult.NOT_MET, evidence, [], "Ouvrez le dossier aux rubriques citées.")
    evidence = f"Les {facts.asked} champs demandés par le formulaire ont une réponse."
    codes = [code for code in params.get("files", facts.files) if facts.files.get(code)]
    if not codes:
        return Result(CheckResult.MET, evidence, [])
    files = [file for code in codes for file in facts.files[code]]
    wrong, doubtful, fine = _sorted(files, is_content=True)
    unread = [_named(file) for file in files if not any(finding.is_content for finding in file.findings)]
    if unread:
        doubtful.append(f"L’intérieur de ces fichiers n’est pas examiné automatiquement : {enumerated(unread)}.")
    mend = "Ouvrez les fichiers : chaque partie, chaque tableau et chaque onglet est-il rempli ?"
    result = worst(wrong, doubtful)
    said = " ".join([evidence, *wrong, *doubtful, *fine])
    return Result(result, said, codes, "" if result == CheckResult.MET else mend)


def format_respected(facts: Facts, params: Params) -> Result:
    """What was measured in the files, page by page, held against the rules of their questions."""
    codes = list(params["files"])
    files = [file for code in codes for file in facts.files.get(code, ())]
    if not files:
        absent = enumerated([f"« {facts.label(code)} »" for code in codes])
        return Result(CheckResult.UNKNOWN, f"Aucun fichier n’est joint pour {absent}.", codes, "Cherchez la pièce.")
    wrong, doubtful, fine = _sorted(files, is_content=False)
    unruled = [_named(file) for file in files if all(finding.is_content for finding in file.findings)]
    if unruled:
        doubtful.append(f"À regarder, sans règle de format : {enumerated(unruled)}.")
    result = worst(wrong, doubtful)
    mend = "" if result == CheckResult.MET else "Ouvrez ces fichiers aux pages citées."
    return Result(result, " ".join(wrong + doubtful + fine), codes, mend)


def _sorted(files: Sequence[FileFact], *, is_content: bool) -> tuple[list[str], list[str], list[str]]:
    """The findings on content, or on format, as sentences: not met, unknown, met."""
    said: dict[str, list[str]] = {NOT_MET: [], UNKNOWN: [], MET: []}
    for file in files:
        for finding in file.findings:
            if finding.is_content == is_content:
                where = f" {' ; '.join(finding.shown_places)}." if finding.places else ""
                said[finding.result].append(f"{_named(file)} : {finding.text}{where}")
    return said[NOT_MET], said[UNKNOWN], said[MET]


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
