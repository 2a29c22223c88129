"""What ties a juror to a dossier (pure): each kind of conflict on its own, the plainest first."""

import datetime as dt
from collections.abc import Iterator

from evaluation.enums import ConflictKind

from .names import domain_of, is_same_organisation, plain, signs, year_of
from .sides import Candidate, Found, Organisation, Stay, Subject

YEARS = 5
"""How long a tie counts after its end."""
MOST_NAMED = 3
"""How many of a dossier a path names for one organisation."""


def five_years_before(day: dt.date) -> dt.date:
    """The same day five years before; the 28th of February for a 29th that the year lacks."""
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:
        return day.replace(year=day.year - YEARS, day=28)


def found_between(candidate: Candidate, subject: Subject, *, on: dt.date) -> tuple[Found, ...]:
    """Every conflict between somebody and a dossier on a day, each key once."""
    found = (
        *_membership(candidate, subject),
        *_identity(candidate, subject),
        *_domain(candidate, subject),
        *_organisations(candidate, subject, on),
        *_signatures(candidate, subject, on),
        *_lenders(candidate, subject, on),
    )
    return tuple({one.key: one for one in reversed(found)}.values())[::-1]


def _membership(candidate: Candidate, subject: Subject) -> Iterator[Found]:
    if candidate.email.lower() in {address.strip().lower() for address in subject.members}:
        yield Found(ConflictKind.MEMBER, "cette personne est membre du dossier", f"member {candidate.email.lower()}")


def _identity(candidate: Candidate, subject: Subject) -> Iterator[Found]:
    """Someone of the team who is the juror: the same ORCID, the same address, or the same name."""
    name = plain(f"{candidate.given_name} {candidate.family_name}")
    for person in subject.people:
        if candidate.orcid and candidate.orcid == person.orcid:
            path = f"même ORCID que {person.name}, de l’équipe annoncée ({person.orcid})"
            yield Found(ConflictKind.PERSON, path, f"orcid {person.orcid}")
        elif person.email and person.email.lower() == candidate.email.lower():
            path = f"même adresse que {person.name}, de l’équipe annoncée"
            yield Found(ConflictKind.PERSON, path, f"address {person.email.lower()}")
        elif len(name) > 1 and plain(person.name) == name:
            path = f"cette personne porte le nom d’un membre de l’équipe annoncée, {person.name}"
            yield Found(ConflictKind.PERSON, path, f"name {' '.join(name)}")


def _domain(candidate: Candidate, subject: Subject) -> Iterator[Found]:
    domain = domain_of(candidate.email)
    addresses = {*subject.members, *(person.email for person in subject.people)}
    if domain and domain in {domain_of(address) for address in addresses if address}:
        path = f"adresse électronique ({domain}) du même organisme qu’un membre du dossier"
        yield Found(ConflictKind.DOMAIN, path, f"domain {domain}")


def _organisations(candidate: Candidate, subject: Subject, on: dt.date) -> Iterator[Found]:
    """A present organisation, or one of the last five years, that is the lead, a partner of the project, or somebody's
    of the team: one conflict an organisation, and who else of the dossier is there."""
    for stay in _recent(candidate, on):
        ties = list(_ties(stay.organisation, subject))
        if ties:
            mark = stay.organisation.siren or " ".join(plain(stay.organisation.name))
            path = f"même organisme que {_listed(ties)} ({stay.organisation.name}{_until(stay)})"
            yield Found(ConflictKind.ORGANISATION, path, f"organisation {mark} {ties[0][0]}")


def _listed(ties: list[tuple[str, str]]) -> str:
    """Whose an organisation is, a few of them; « Dr Claire Martin » is not said after « Claire Martin »."""
    named: list[str] = []
    for _, whom in ties:
        if not any(set(plain(one)) <= set(plain(whom)) for one in named):
            named.append(whom)
    *others, last = named[:MOST_NAMED]
    return f"{', '.join(others)} et {last}" if others else last


def _ties(organisation: Organisation, subject: Subject) -> Iterator[tuple[str, str]]:
    """The parts that an organisation has in a dossier, the greatest first, each with whose it is."""
    if _is_same(organisation, subject.lead):
        yield "holder", "le porteur"
    for partner in subject.partners:
        if _is_same(organisation, partner):
            yield "participant", f"le participant {partner.name}"
    for person in subject.people:
        if person.organisation and is_same_organisation(organisation.name, person.organisation):
            yield "team", person.name


def _until(stay: Stay) -> str:
    return f", jusqu’au {stay.until:%d/%m/%Y}" if stay.until else ""


def _recent(candidate: Candidate, on: dt.date) -> list[Stay]:
    limit = five_years_before(on)
    return [stay for stay in candidate.stays if stay.until is None or stay.until >= limit]


def _is_same(one: Organisation, other: Organisation) -> bool:
    """By SIREN where both have one; a name decides otherwise."""
    if one.siren and other.siren:
        return one.siren == other.siren
    return is_same_organisation(one.name, other.name)


def _signatures(candidate: Candidate, subject: Subject, on: dt.date) -> Iterator[Found]:
    """A publication that the team declares and the juror signed, less than five years old, or without a year."""
    for citation, doi in subject.citations:
        year = year_of(citation)
        if not signs(candidate.given_name, candidate.family_name, citation) or (year and year < on.year - YEARS):
            continue
        when = f" en {year}" if year else ""
        path = f"cosignataire {_of_whom(citation, subject)}{when}{f' (DOI {doi})' if doi else ''}"
        yield Found(ConflictKind.AUTHOR, path, f"publication {doi.lower() or ' '.join(plain(citation))}")


def _of_whom(citation: str, subject: Subject) -> str:
    """The first of the team who signed too, the lead before the others; or the team, whose publication it is."""
    for person in sorted(subject.people, key=lambda one: not one.lead):
        given, _, family = person.name.partition(" ")
        if signs(given, family, citation) or signs(family, given, citation):
            return f"du responsable scientifique, {person.name}," if person.lead else f"de {person.name}"
    return "d’une publication déclarée par l’équipe,"


def _lenders(candidate: Candidate, subject: Subject, on: dt.date) -> Iterator[Found]:
    """The partner of a dataset asked for, whom the juror answers for, works or worked for, or shares the domain of."""
    recent, domain = _recent(candidate, on), domain_of(candidate.email)
    for lender in subject.lenders:
        name, key = lender.organisation.name, f"partner {lender.code}"
        whose = f"partenaire de la base demandée « {lender.dataset} »"
        if lender.code in candidate.partners:
            yield Found(ConflictKind.PARTNER, f"répond pour {name}, {whose}", f"{key} answers")
        for stay in recent:
            if _is_same(stay.organisation, lender.organisation):
                path = f"même organisme que {name}, {whose}{_until(stay)}"
                yield Found(ConflictKind.PARTNER, path, f"{key} organisation")
        if domain and domain in lender.domains:
            path = f"adresse électronique ({domain}) de {name}, {whose}"
            yield Found(ConflictKind.PARTNER, path, f"{key} {domain}")
