"""The main navigation, by role alone. Roles are named by their code: this room is below accounts."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

NOT_STAFF = frozenset({"juror", "partner"})


@dataclass(frozen=True)
class Entry:
    """One link. `current` is "page" on the page itself, "true" on a page below it, empty elsewhere."""

    label: str
    url: str
    current: str = ""


def entries(user: Any, path: str) -> list[Entry]:
    """The links of `user` seen from the address `path`. Reads no row but the person's roles."""
    roles = user.roles if user.is_authenticated else frozenset()
    wanted = [("Accueil", "home"), ("Bases de données", "datasets:dataset_list")]
    if roles - NOT_STAFF:
        wanted.append(("Instruction", "admin:index"))
    if "partner" in roles:
        wanted.append(("Avis", "evaluation:opinion_list"))
    if "juror" in roles:
        wanted.append(("Jury", "evaluation:review_list"))
    if user.is_authenticated and not roles - NOT_STAFF:
        wanted += [("Mes dossiers", "applications:dossier_list"), ("Mes conventions", "funding:convention_list")]
    return [_entry(label, reverse(name), path) for label, name in wanted]


def _entry(label: str, url: str, path: str) -> Entry:
    below = url != "/" and path.startswith(url)
    return Entry(label, url, "page" if path == url else "true" if below else "")
