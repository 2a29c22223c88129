"""What the portal knows of jurors and of dossiers, brought face to face; what staff lifted is no longer a conflict."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant, User
from ami_portal.kernel.text import sha256_of
from applications import reading
from applications.models import Dossier
from applications.reading import FrozenDossier, FrozenItem

from . import teams
from .conflicts import Candidate, Found, Lender, Named, Organisation, Stay, Subject, domain_of, found_between
from .enums import ConflictState
from .models import Conflict, JurorProfile, JurorStay
from .rules import BLOCKING, addresses_of

_NUMBERS = ("siret", "siren_siret")
_WORKS = ("doi", "hal")


@dataclass(frozen=True)
class Circle:
    """Jurors by number, as the detection knows them, and the domains of those who answer for each partner."""

    candidates: Mapping[int, Candidate]
    domains: Mapping[int, frozenset[str]]

    def against(self, dossier: Dossier, frozen: FrozenDossier, on: dt.date) -> dict[int, tuple[Found, ...]]:
        """Every conflict of each juror with a dossier, lifted ones included; jurors without any are left out."""
        subject = subject_of(dossier, frozen, self.domains)
        found = {pk: found_between(candidate, subject, on=on) for pk, candidate in self.candidates.items()}
        return {pk: conflicts for pk, conflicts in found.items() if conflicts}


def circle_of(people: Iterable[User]) -> Circle:
    """What is known of these people, in a constant number of queries."""
    jurors = list(people)
    stays: dict[int, list[Stay]] = defaultdict(list)
    for row in JurorStay.objects.filter(juror__in=jurors):
        stays[row.juror_id].append(Stay(Organisation(row.name, row.siren), row.since, row.until))
    orcids = dict(JurorProfile.objects.filter(juror__in=jurors).values_list("juror", "orcid"))
    partners: dict[int, set[str]] = defaultdict(set)
    domains: dict[int, set[str]] = defaultdict(set)
    for grant in RoleGrant.objects.filter(role=Role.PARTNER).select_related("user", "organisation"):
        if grant.organisation and grant.organisation_id:
            partners[grant.user_id].add(grant.organisation.code)
            domains[grant.organisation_id].add(domain_of(grant.user.email))
    candidates = {
        person.pk: Candidate(
            person.email,
            person.first_name,
            person.last_name,
            orcids.get(person.pk, ""),
            tuple(stays[person.pk]),
            frozenset(partners[person.pk]),
        )
        for person in jurors
    }
    return Circle(candidates, {pk: frozenset(names - {""}) for pk, names in domains.items()})


def subject_of(dossier: Dossier, frozen: FrozenDossier, domains: Mapping[int, frozenset[str]]) -> Subject:
    """A dossier as the detection knows it, from its frozen copy and from the datasets that it asks for."""
    lead = Organisation(frozen.lead_name, _siren(frozen.facts.get("lead_siret")))
    named = [one for item in frozen.items() for one in _organisations(item)]
    return Subject(
        frozenset(addresses_of(dossier, frozen)),
        lead,
        tuple(named),
        (*_leaders(frozen), *(Named(one.name, one.organisation, orcid=one.orcid) for one in teams.team_of(frozen))),
        tuple(cited for item in frozen.items() for cited in _citations(item)),
        tuple(_lenders(dossier, domains)),
    )


def _lenders(dossier: Dossier, domains: Mapping[int, frozenset[str]]) -> Iterator[Lender]:
    for asked in dossier.dossier_datasets.all():
        dataset, partner = asked.version.dataset, asked.version.dataset.partner
        organisation = Organisation(partner.name, _siren(partner.siret))
        yield Lender(partner.code, organisation, dataset.title, domains.get(partner.pk, frozenset()))


def _siren(number: Any) -> str:
    """The nine digits of an organisation out of its SIREN or SIRET; empty for anything else."""
    digits = "".join(str(number).split()) if isinstance(number, str) else ""
    return digits[:9] if digits.isdigit() and len(digits) in (9, 14) else ""


def _organisations(item: FrozenItem) -> Iterator[Organisation]:
    """The organisations that an answer names: a composed one, or each row of a table that asks for their number."""
    if item.type == "organisation" and isinstance(item.value, dict):
        yield from _organisation(item.value, "name", "siret")
    numbers = [column.code for column in item.columns if column.type in _NUMBERS]
    names = [column.code for column in item.columns if column.type == "text"]
    if numbers and names:
        for row in item.rows:
            yield from _organisation(row, names[0], numbers[0])


def _organisation(values: Mapping[str, Any], name: str, number: str) -> Iterator[Organisation]:
    if _text(values.get(name)):
        yield Organisation(_text(values.get(name)), _siren(values.get(number)))


def _leaders(frozen: FrozenDossier) -> Iterator[Named]:
    """The people whom composed answers name: who conducts the project, first of all."""
    is_first = True
    for item in frozen.items():
        if item.type == "person" and isinstance(item.value, dict):
            said = {part: _text(item.value.get(part)) for part in ("given_name", "family_name", "email", "orcid")}
            if name := f"{said['given_name']} {said['family_name']}".strip():
                yield Named(name, frozen.lead_name, said["email"], said["orcid"], lead=is_first)
                is_first = False


def _citations(item: FrozenItem) -> Iterator[tuple[str, str]]:
    """The references of a table that asks for the identifier of a work, each with its DOI."""
    if not any(column.type in _WORKS for column in item.columns):
        return
    texts = [column.code for column in item.columns if column.type in ("text", "long_text")]
    dois = [column.code for column in item.columns if column.type == "doi"]
    for row in item.rows:
        citation = " ".join(filter(None, (_text(row.get(code)) for code in texts)))
        yield citation, next((_text(row.get(code)) for code in dois if row.get(code)), "")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def blocking_paths(
    dossier: Dossier, found: Mapping[int, Iterable[Found]], rows: Iterable[Conflict] | None = None
) -> dict[int, str]:
    """Why each juror in conflict with a dossier cannot review it, by number, in a sentence.

    What was detected before and not lifted counts, and what is `found` now unless the same facts were lifted. `rows`
    are the conflicts of the dossier, when they were read already.
    """
    kept = list(Conflict.objects.filter(dossier=dossier) if rows is None else rows)
    lifted = {(row.juror_id, row.key) for row in kept if row.state == ConflictState.LIFTED}
    said = {row.juror_id: row.path for row in reversed(kept) if row.state in BLOCKING}
    for juror, conflicts in found.items():
        standing = [one.path for one in conflicts if (juror, key_of(one)) not in lifted]
        if standing:
            said.setdefault(juror, standing[0])
    return {juror: f"Lien d’intérêts : {path}." for juror, path in said.items()}


def key_of(found: Found) -> str:
    """What its row is found by: the fingerprint of the facts."""
    return sha256_of(found.key)


def paths_against(dossier: Dossier, people: Iterable[User], on: dt.date) -> dict[int, str]:
    """Why each of these people cannot review a dossier, by number, as the portal knows now."""
    version = reading.standing_version(dossier)
    found = circle_of(people).against(dossier, reading.frozen(version), on) if version else {}
    return blocking_paths(dossier, found)
