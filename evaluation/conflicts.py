"""Conflicts of interest that need no declaration (pure): what the portal itself knows of a juror and of a team."""

from collections.abc import Iterable

from ami_portal.kernel.text import folded

# Providers open to all: sharing one says nothing of two people.
PUBLIC_PROVIDERS = frozenset(
    "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com yahoo.com "
    "yahoo.fr icloud.com me.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr bbox.fr laposte.net proton.me "
    "protonmail.com numericable.fr gmx.com gmx.fr".split()
)


def reason_against(email: str, name: str, *, members: Iterable[str], team: Iterable[str]) -> str:
    """Why someone cannot review a dossier, in a French sentence; empty when nothing speaks against it.

    `members` are the addresses entitled to the dossier, `team` the names of the people that it announces.
    """
    addresses = {address.strip().lower() for address in members}
    if email.lower() in addresses:
        return "Cette personne est membre du dossier : elle ne peut pas l’évaluer."
    domain = _domain(email)
    if domain not in PUBLIC_PROVIDERS and domain in {_domain(address) for address in addresses}:
        return f"L’adresse de cette personne ({domain}) est du même organisme qu’un membre du dossier."
    if _plain(name) and _plain(name) in {_plain(person) for person in team}:
        return "Cette personne porte le nom d’un membre de l’équipe annoncée dans le dossier."
    return ""


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _plain(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case or order: « MARTIN Claire » is « Claire Martin »."""
    letters = "".join(char if char.isalnum() else " " for char in folded(name))
    return tuple(sorted(letters.split()))
