"""Conflicts of interest that need no declaration (pure): what the portal itself knows of a juror and of a dossier.

A conflict has a kind, a path that says in a sentence how the two are tied, and a key: the facts that it rests on. The
same facts have the same key whatever the words, so that one that staff lifted comes back only with other facts.
"""

from .detection import five_years_before, found_between
from .names import PUBLIC_PROVIDERS, domain_of, is_same_organisation, plain, signs, year_of
from .sides import Candidate, Found, Lender, Named, Organisation, Stay, Subject

__all__ = [
    "PUBLIC_PROVIDERS",
    "Candidate",
    "Found",
    "Lender",
    "Named",
    "Organisation",
    "Stay",
    "Subject",
    "domain_of",
    "five_years_before",
    "found_between",
    "is_same_organisation",
    "plain",
    "signs",
    "year_of",
]
