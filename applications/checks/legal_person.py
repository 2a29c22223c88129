"""The lead organisation is a legal person registered in France: key of its number, register, category, still open."""

import datetime as dt

from ami_portal.questionnaire.siret import is_siren, is_siret
from ami_portal.ui.wording import day

from .facts import DirectoryFact, Facts, Params, Result
from .results import MET, NOT_MET, UNKNOWN, all_of, to_give, to_set

DIRECTORY = "annuaire-entreprises.data.gouv.fr"
NOT_ASKED = DirectoryFact("waiting", "l’annuaire des entreprises n’est pas branché")


def legal_person(facts: Facts, params: Params) -> Result:
    """Met by what the company directory says of a right number; without its answer, not yet known."""
    key = _key(facts, params["siret"])
    if key.result != MET:
        category = _category(facts, params, None)
        doubted = [category.named("Catégorie juridique")] if category.result == NOT_MET or category.look else []
        return all_of([key.named("Numéro"), *doubted])
    number = str(facts.answer(params["siret"]))
    found = facts.directory.get(number, NOT_ASKED)
    company = found if found.status == "found" else None
    parts = [
        key.named("Numéro"),
        _entry(found, params["siret"]).named("Inscription"),
        _category(facts, params, company).named("Catégorie juridique"),
    ]
    if company:
        parts.append(_open(company, params["siret"], is_place=len(number) == 14).named("Organisme ouvert"))
    return all_of(parts)


def _key(facts: Facts, code: str) -> Result:
    mend = to_give("donner le numéro SIRET de l’organisme, à 14 chiffres", (code,))
    look = f"Cherchez l’organisme sur {DIRECTORY}."
    number = facts.answer(code)
    if number is None:
        return Result(UNKNOWN, f"Sans réponse : {facts.label(code)}.", [code], look, mend)
    number = str(number)
    if not (is_siret(number) or is_siren(number)):
        evidence = f"Le SIRET {number} n’est pas valable : il n’a pas 14 chiffres, ou sa clé de contrôle est fausse."
        return Result(NOT_MET, evidence, [code], look, mend)
    name = "SIRET" if len(number) == 14 else "SIREN"
    spaced = f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}".strip()
    return Result(MET, f"Le {name} {spaced} a une clé de contrôle juste.", [code])


def _entry(found: DirectoryFact, code: str) -> Result:
    look = f"Vérifiez l’inscription et la catégorie sur {DIRECTORY}."
    if found.status == "found":
        when = f" le {day(found.asked_on)}" if found.asked_on else ""
        return Result(MET, f"L’annuaire des entreprises, consulté{when}, le connaît : {found.name}.", [code])
    if found.status == "absent":
        when = f" le {day(found.asked_on)}" if found.asked_on else ""
        evidence = (
            f"L’annuaire des entreprises, consulté{when}, ne montre pas ce numéro : un organisme qui a choisi de "
            "ne pas y paraître en est absent."
        )
        return Result(UNKNOWN, evidence, [code], look)
    return Result(UNKNOWN, f"L’inscription n’est pas encore connue : {found.why}.", [code], look)


def _category(facts: Facts, params: Params, company: DirectoryFact | None) -> Result:
    """The category of the register counts; the one declared does as long as the register has not spoken."""
    code = params["legal_category"]
    declared = facts.answer(code)
    shown = f"« {facts.shown.get(code, '')} » (code {declared})"
    if company and company.legal_category:
        return _registered(company.legal_category, facts, params)
    if declared is None:
        mend = to_give(f"répondre à « {facts.label(code)} »", (code,))
        return Result(UNKNOWN, f"Sans réponse : {facts.label(code)}.", [code], mend=mend)
    if str(declared).startswith(tuple(params["rejected_prefixes"])):
        evidence = f"La catégorie juridique déclarée, {shown}, n’est pas celle d’une personne morale."
        return Result(NOT_MET, evidence, [code], "Vérifiez la catégorie avec le SIRET.")
    if str(declared).startswith(tuple(params["flagged_prefixes"])):
        look = "Une catégorie à examiner : a-t-elle la personnalité morale ?"
        return Result(UNKNOWN, f"La catégorie juridique déclarée, {shown}, est à examiner.", [code], look)
    return Result(UNKNOWN, f"La catégorie juridique déclarée, {shown}, est celle d’une personne morale.", [code])


def _registered(category: str, facts: Facts, params: Params) -> Result:
    code = params["legal_category"]
    declared = facts.answer(code)
    said = f"La catégorie juridique inscrite, {category},"
    if category.startswith(tuple(params["rejected_prefixes"])):
        return Result(NOT_MET, f"{said} n’est pas celle d’une personne morale.", [code])
    if category.startswith(tuple(params["flagged_prefixes"])):
        return Result(UNKNOWN, f"{said} est à examiner.", [code])
    if declared is not None and str(declared).startswith(tuple(params["rejected_prefixes"])):
        asked = facts.form.by_code.get(code) if facts.form else None
        offered = asked.options if asked else ()
        near = next((choice for choice, _ in offered if category.startswith(choice)), None)
        mend = to_set(f"déclarer la catégorie inscrite, {near}", (code,), value=near) if near else None
        evidence = f"{said} est celle d’une personne morale ; celle déclarée, {declared}, ne l’est pas."
        return Result(UNKNOWN, evidence, [code], mend=mend)
    return Result(MET, f"{said} est celle d’une personne morale.", [code])


def _open(company: DirectoryFact, code: str, *, is_place: bool) -> Result:
    """A company or an establishment that is closed is looked at by a person."""
    if company.is_open is False:
        when = f" depuis le {day(dt.date.fromisoformat(company.closed_on))}" if company.closed_on else ""
        return Result(UNKNOWN, f"L’organisme est déclaré fermé{when} : à examiner.", [code])
    if company.is_open is None:
        return Result(UNKNOWN, "L’annuaire ne dit pas si l’organisme est ouvert.", [code])
    if company.establishment_open is False:
        head = company.head_siret if company.head_open else ""
        mend = to_set(f"donner le SIRET du siège, {head}", (code,), value=head) if head else None
        return Result(UNKNOWN, "Cet établissement est déclaré fermé : à examiner.", [code], mend=mend)
    if company.establishment_open is None and is_place:
        return Result(UNKNOWN, "L’organisme est ouvert ; l’annuaire ne montre pas cet établissement.", [code])
    return Result(MET, "L’organisme est ouvert.", [code])
