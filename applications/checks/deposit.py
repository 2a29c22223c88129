"""Checks of the deposit itself: complete, in the format asked, in time; and the criteria that only a person judges."""

import datetime as dt
from collections.abc import Sequence

from ami_portal.documents.format_rules import MET, NOT_MET, UNKNOWN
from ami_portal.kernel.clock import paris
from ami_portal.questionnaire.completeness import Missing
from ami_portal.ui.wording import day
from applications.enums import CheckResult

from .facts import Facts, FileFact, Params, Result, enumerated, worst
from .results import Mend, Piece, Step, all_of, to_give

SHOWN_MISSING = 8


def complete(facts: Facts, params: Params) -> Result:
    """Every field of the form is answered, and the files that the call names (all, when it names none) are filled, as
    their measures say: a file without a rule on its content is read by a person."""
    parts = [_form(facts).named("Formulaire")]
    codes = [code for code in params.get("files", facts.files) if facts.files.get(code)]
    if codes:
        parts.append(_insides(facts, codes).named("Fichiers"))
    return all_of(parts)


def _form(facts: Facts) -> Result:
    missing = facts.progress.missing
    if facts.form is None:
        return Result(CheckResult.UNKNOWN, "Le formulaire n’est pas connu.", [])
    if not missing:
        asked = sum(section.asked for section in facts.progress.sections)
        return Result(CheckResult.MET, f"Les {asked} champs demandés par le formulaire ont une réponse.", [])
    said = {(finding.address, finding.message) for finding in facts.progress.findings}
    broken = [one for one in missing if (one.address, one.todo) in said]
    blank = [one for one in missing if one not in broken]
    evidence, codes = [], list(dict.fromkeys(one.address.question for one in missing))
    if blank:
        many = len(blank) > 1
        evidence.append(f"{len(blank)} point{'s manquent' if many else ' manque'} : {_labels(blank)}.")
    evidence += [f"« {one.label} » : {one.todo}" for one in broken]
    look = "Ouvrez le dossier aux rubriques citées."
    places = [
        (one.address.question, int(one.address.row) if one.address.row else None, one.address.column) for one in blank
    ]
    mend = None if broken else to_give(f"compléter {_labels(blank)}", *places)
    return Result(CheckResult.NOT_MET, " ".join(evidence), codes, look, mend)


def _labels(missing: Sequence[Missing]) -> str:
    labels = list(dict.fromkeys(f"« {one.label} »" for one in missing))
    more = len(labels) - SHOWN_MISSING
    return f"{', '.join(labels[:SHOWN_MISSING])}, et {more} autres" if more > 0 else enumerated(labels)


def _insides(facts: Facts, codes: Sequence[str]) -> Result:
    files = [file for code in codes for file in facts.files[code]]
    wrong, doubtful, fine = _sorted(files, is_content=True)
    unread = [_named(file) for file in files if not any(finding.is_content for finding in file.findings)]
    if unread:
        doubtful.append(f"L’intérieur de ces fichiers n’est pas examiné automatiquement : {enumerated(unread)}.")
    result = worst(wrong, doubtful)
    look = "Ouvrez les fichiers : chaque partie, chaque tableau et chaque onglet est-il rempli ?"
    evidence = " ".join([*wrong, *doubtful, *fine])
    mend = _to_replace(facts, codes, is_content=True) if wrong else None
    return Result(result, evidence, list(codes), "" if result == CheckResult.MET else look, mend)


def format_respected(facts: Facts, params: Params) -> Result:
    """What was measured in the files, page by page, held against the rules of their questions."""
    codes = list(params["files"])
    files = [file for code in codes for file in facts.files.get(code, ())]
    if not files:
        absent = enumerated([f"« {facts.label(code)} »" for code in codes])
        evidence = f"Aucun fichier n’est joint pour {absent}."
        mend = to_give(f"joindre {absent}", *((code,) for code in codes))
        return Result(CheckResult.UNKNOWN, evidence, codes, "Cherchez la pièce.", mend)
    wrong, doubtful, fine = _sorted(files, is_content=False)
    unruled = [_named(file) for file in files if all(finding.is_content for finding in file.findings)]
    if unruled:
        doubtful.append(f"À regarder, sans règle de format : {enumerated(unruled)}.")
    result = worst(wrong, doubtful)
    look = "" if result == CheckResult.MET else "Ouvrez ces fichiers aux pages citées."
    better = _to_replace(facts, codes, is_content=False) if wrong else None
    return Result(result, " ".join(wrong + doubtful + fine), codes, look, better)


def _to_replace(facts: Facts, codes: Sequence[str], *, is_content: bool) -> Mend:
    """The files that break a rule, each with the rules that it breaks."""
    pieces = []
    for code in codes:
        for file in facts.files.get(code, ()):
            broken = [one for one in file.findings if one.result == NOT_MET and one.is_content == is_content]
            if broken:
                rules = " ".join(finding.text for finding in broken).rstrip(".")
                pieces.append(Piece(f"corriger puis remplacer {file.filename} ({rules})", (Step("give", code),)))
    return Mend(tuple(pieces))


def _sorted(files: Sequence[FileFact], *, is_content: bool) -> tuple[list[str], list[str], list[str]]:
    """The findings on content, or on format, as sentences: not met, unknown, met."""
    said: dict[str, list[str]] = {NOT_MET: [], UNKNOWN: [], MET: []}
    for file in files:
        for finding in file.findings:
            if finding.is_content == is_content:
                where = " ; ".join(finding.shown_places)
                places = f" {where[0].upper()}{where[1:]}." if where else ""
                said[finding.result].append(f"{_named(file)} : {finding.text}{places}")
    return said[NOT_MET], said[UNKNOWN], said[MET]


def on_time(facts: Facts, params: Params) -> Result:
    """Received strictly before the closing instant, by the server's clock."""
    if facts.closes_at is None:
        return Result(CheckResult.UNKNOWN, "L’instant de la clôture n’est pas connu.", [])
    if facts.submitted_at is None:
        evidence = f"Le dossier n’est pas déposé ; clôture le {_second(facts.closes_at)}."
        return Result(CheckResult.UNKNOWN, evidence, [])
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
