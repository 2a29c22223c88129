"""When two names, two organisations, a name and a signature are the same (pure). Each relation is symmetric."""

import re
from functools import lru_cache

from ami_portal.kernel.text import folded

# Providers open to all: sharing one says nothing of two people.
PUBLIC_PROVIDERS = frozenset(
    "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com yahoo.com "
    "yahoo.fr icloud.com me.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr bbox.fr laposte.net proton.me "
    "protonmail.com numericable.fr gmx.com gmx.fr".split()
)
_SHORTEST = 8
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


def domain_of(email: str) -> str:
    """The domain of an address; empty for a public provider, which ties nobody to anybody."""
    domain = email.strip().lower().rpartition("@")[2]
    return "" if domain in PUBLIC_PROVIDERS else domain


@lru_cache(maxsize=4096)  # a juror meets the texts of every dossier, and a dossier the names of every juror
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without accents, case or punctuation, in order."""
    return tuple("".join(char if char.isalnum() else " " for char in folded(text)).split())


def plain(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case or order: « MARTIN Claire » is « Claire Martin »."""
    return tuple(sorted(words_of(name)))


def is_same_organisation(one: str, other: str) -> bool:
    """Whether two names without a SIREN are of the same organisation: equal, or one within the other.

    « CHU de Valmont » is within « Service d’oncologie, CHU de Valmont »; a single or short word is within nothing.
    """
    short, long = sorted((words_of(one), words_of(other)), key=lambda words: (len(words), words))
    if not short:
        return False
    if short == long:
        return True
    is_telling = len(short) > 1 and sum(map(len, short)) >= _SHORTEST
    return is_telling and any(long[start : start + len(short)] == short for start in range(len(long)))


def signs(given_name: str, family_name: str, citation: str) -> bool:
    """Whether somebody is among the authors of a reference, as references are typed: « Martin C », « C. Martin »,
    « Claire Martin », « MARTIN Jean-Pierre », « J-P Martin ». A family name alone names nobody."""
    family, given, cited = words_of(family_name), words_of(given_name), words_of(citation)
    if not family or not given or not set(family) <= set(cited):
        return False
    initials = "".join(word[0] for word in given)
    ways = (given, given[:1], tuple(initials), (initials,), (initials[0],))
    return any(
        cited[start : start + len(family) + len(way)] in (family + way, way + family)
        for way in ways
        for start in range(len(cited))
    )


def year_of(citation: str) -> int | None:
    """The year of a reference: the last one that it writes."""
    years = _YEAR.findall(citation)
    return int(years[-1]) if years else None
