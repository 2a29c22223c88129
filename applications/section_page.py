"""What the page of one section needs, whoever asks for it and whatever just happened."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from ami_portal.accounts.models import User
from ami_portal.kernel.permissions import allowed
from ami_portal.questionnaire.form import Section

from . import actions, completion, drafts, fields, presence
from .models import Dossier
from .news import has_news
from .posted import Outcome
from .sharing import Teammate, can_be_shared, given_in, team_of
from .story import standing


def context(
    dossier: Dossier,
    section: Section,
    draft: drafts.Draft,
    *,
    user: User,
    at: dt.datetime,
    outcome: Outcome | None = None,
) -> dict[str, Any]:
    """The context of `applications/dossier_section.html`."""
    running = completion.running(dossier, draft)
    typed = outcome.kept if outcome else {}
    blocks = fields.with_changes(_opened(fields.blocks_of(section, draft), running), typed)
    asked = [progress.section for progress in draft.completeness.sections]
    place = sum(draft.form.sections.index(one) < draft.form.sections.index(section) for one in asked)
    is_asked = section in asked
    may_edit = allowed(user, "applications.edit_dossier", dossier)
    return {
        "dossier": dossier,
        "call": dossier.call,
        "section": section,
        "blocks": blocks,
        "completeness": draft.completeness,
        "progress": draft.completeness.of(section.code),
        "is_asked": is_asked,
        "previous": asked[place - 1] if place else None,
        "next": next(iter(asked[place + is_asked :]), None),
        "number": place + 1,
        "running": running,
        "editable": may_edit and dossier.is_editable(at) and not all(block.is_locked for block in blocks),
        "may_edit": may_edit,
        "can_keep_all": _to_keep(blocks),
        "standing": standing(dossier, getattr(dossier, "seen_role", None), at),
        "outcome": outcome,
        "upload_max": settings.UPLOAD_MAX_BYTES,
        "has_news": has_news(dossier, user, at),
        "deadline": deadline(dossier, at),
        **together(dossier, section, draft, user=user, at=at),
        "last_saved_at": max((answer.saved_at for answer in draft.stored.values()), default=None),
    }


def _to_keep(blocks: Sequence[Any]) -> int:
    """How many answers of the page may still be kept from the partners; 0 for a single one, which has its button."""
    left = [one for one in blocks if one.question.confidential and one.is_shown and not one.is_confidential]
    return len(left) if len(left) > 1 else 0


def together(
    dossier: Dossier, section: Section, draft: drafts.Draft, *, user: User, at: dt.datetime, question: str = ""
) -> dict[str, Any]:
    """Who else is here, who has the section and whether it is ready, and what of that may change."""
    team = team_of(dossier)
    return {
        "others": others_at(dossier, section, team, user=user, at=at, question=question),
        "has_others": len(team) > 1 and dossier.is_editable(at),
        "given": given_in(team, draft, user).get(section.code),
        "editors": [mate for mate in team if mate.can_hold],
        "may_give": allowed(user, "applications.give_section", dossier),
        "may_share": allowed(user, "applications.edit_dossier", dossier) and can_be_shared(dossier, at),
    }


def _opened(blocks: list[fields.Block], running: completion.Running | None) -> list[fields.Block]:
    """The blocks with what the request asks of each; what it does not open is locked."""
    if running is None:
        return blocks
    asked = {point.asked.question: point.asked.reason for point in running.points}
    return [
        replace(
            block,
            asked=asked.get(block.question.code, ""),
            is_locked=block.question.code not in running.open_codes,
        )
        for block in blocks
    ]


def deadline(dossier: Dossier, at: dt.datetime) -> dict[str, Any]:
    """What the page's clock stands on: the portal's present and the closing (milliseconds), why nothing may change."""
    refusal = actions.refusal_to_edit(dossier, at)
    return {"now": _milliseconds(at), "closes_at": _milliseconds(dossier.changes_until), "refusal": refusal}


def _milliseconds(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)


def others_at(
    dossier: Dossier, section: Section, team: Sequence[Teammate], *, user: User, at: dt.datetime, question: str = ""
) -> list[presence.Here]:
    """The colleagues who are in the dossier, once `user` is noted at this section; nobody when nothing may change."""
    if not dossier.is_editable(at):
        return []
    presence.note(dossier, user, section, question)
    return presence.others(dossier, team, user, section)
