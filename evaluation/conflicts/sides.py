"""The two sides of a conflict, and what is found between them (pure)."""

import datetime as dt
from dataclasses import dataclass

from evaluation.enums import ConflictKind


@dataclass(frozen=True)
class Organisation:
    """An organisation by its name and, when it is French, its SIREN (nine digits; empty otherwise)."""

    name: str
    siren: str = ""


@dataclass(frozen=True)
class Stay:
    """Where somebody works, or worked: `until` None means to this day."""

    organisation: Organisation
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody who sits in a jury, or might. `partners` are the codes of the organisations that they answer for."""

    email: str
    given_name: str
    family_name: str
    orcid: str = ""
    stays: tuple[Stay, ...] = ()
    partners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Named:
    """Somebody whom a dossier names. `lead` marks who conducts it."""

    name: str
    organisation: str = ""
    email: str = ""
    orcid: str = ""
    lead: bool = False


@dataclass(frozen=True)
class Lender:
    """The partner of a dataset asked for, with the domains of those who answer for it."""

    code: str
    organisation: Organisation
    dataset: str
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """A dossier: who is entitled to it, whom and which organisations it names, what it cites, whose data it wants.

    `partners` are the organisations other than the lead; `citations` pairs of a reference as it was typed and a DOI.
    """

    members: frozenset[str]
    lead: Organisation
    partners: tuple[Organisation, ...] = ()
    people: tuple[Named, ...] = ()
    citations: tuple[tuple[str, str], ...] = ()
    lenders: tuple[Lender, ...] = ()


@dataclass(frozen=True)
class Found:
    """One conflict. `path` follows « lien d’intérêts : » and ends without a full stop."""

    kind: ConflictKind
    path: str
    key: str
