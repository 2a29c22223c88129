"""Who is where in a dossier now: noted in the cache by the pages that look, forgotten by itself."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

from ami_portal.accounts.models import User
from ami_portal.questionnaire.form import Section

from .enums import WRITERS
from .models import Dossier
from .sharing import Teammate

logger = logging.getLogger(__name__)

SECONDS = 30  # without a look of their page, somebody is here no more


@dataclass(frozen=True)
class Here:
    """A colleague and the section that they have open; in that of who asks (`is_same`), the question too."""

    name: str
    section: Section
    question: str
    writes: bool
    is_same: bool


def note(dossier: Dossier, user: User, section: Section, question: str = "") -> None:
    """Say that `user` has the page of a section, and is in one of its questions."""
    try:
        cache.set(_key(dossier, user.pk), (section.code, question[:60]), SECONDS)
    except RedisError:
        logger.warning("cache away: presence is not noted")


def others(dossier: Dossier, team: Sequence[Teammate], user: User, section: Section | None = None) -> list[Here]:
    """The colleagues who have a page of the dossier open, those of `section` first.

    Who writes sees where each is; who reads, those who write in the section that they read.
    """
    mates = {_key(dossier, mate.account): mate for mate in team if mate.account and mate.account != user.pk}
    try:
        noted = cache.get_many(mates)
    except RedisError:
        logger.warning("cache away: nobody is shown as present")
        return []
    sections = {one.code: one for one in dossier.form_revision.form.sections}
    found = [
        _here(mates[key], sections[code], question, section)
        for key, (code, question) in noted.items()
        if code in sections
    ]
    if not any(mate.account == user.pk and mate.member.role in WRITERS for mate in team):
        found = [Here(one.name, one.section, "", True, True) for one in found if one.writes and one.is_same]
    return sorted(found, key=lambda one: (not one.is_same, one.name))


def _here(mate: Teammate, section: Section, question: str, asked: Section | None) -> Here:
    is_same = asked is not None and section.code == asked.code
    writes = mate.member.role in WRITERS
    labels = {one.code: one.label for one in section.questions} if is_same and writes else {}
    return Here(mate.name, section, labels.get(question, ""), writes, is_same)


def _key(dossier: Dossier, account: int | None) -> str:
    return f"presence:{dossier.pk}:{account}"
