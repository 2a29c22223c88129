"""What the page of one section needs, whoever asks for it and whatever just happened."""

import datetime as dt
from typing import Any

from django.conf import settings

from ami_portal.accounts.models import User
from ami_portal.kernel.permissions import allowed
from ami_portal.questionnaire.form import Section

from . import actions, drafts, fields
from .models import Answer, Dossier
from .news import has_news
from .posted import Outcome
from .sharing import can_be_shared, given_in, team_of
from .story import standing

HERE = dt.timedelta(minutes=5)


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
    blocks = fields.blocks_of(section, draft)
    if outcome:
        blocks = fields.with_changes(blocks, outcome.kept)
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
        "editable": may_edit and dossier.is_editable(at),
        "may_edit": may_edit,
        "standing": standing(dossier, getattr(dossier, "seen_role", None), at),
        "outcome": outcome,
        "upload_max": settings.UPLOAD_MAX_BYTES,
        "others": others_here(dossier, user, at),
        "has_news": has_news(dossier, user, at),
        "deadline": deadline(dossier, at),
        **sharing_of(dossier, section, draft, user=user, at=at),
        "last_saved_at": max((answer.saved_at for answer in draft.stored.values()), default=None),
    }


def sharing_of(
    dossier: Dossier, section: Section, draft: drafts.Draft, *, user: User, at: dt.datetime
) -> dict[str, Any]:
    """Who has the section, whether it is ready, to whom it may be given, and whether anything of that may change."""
    team = team_of(dossier)
    return {
        "given": given_in(team, draft, user).get(section.code),
        "editors": [mate for mate in team if mate.can_hold],
        "may_give": allowed(user, "applications.give_section", dossier),
        "may_share": allowed(user, "applications.edit_dossier", dossier) and can_be_shared(dossier, at),
    }


def deadline(dossier: Dossier, at: dt.datetime) -> dict[str, Any]:
    """What the page's clock stands on: the portal's present and the closing (milliseconds), why nothing may change."""
    refusal = actions.refusal_to_edit(dossier, at)
    return {"now": _milliseconds(at), "closes_at": _milliseconds(dossier.closes_at), "refusal": refusal}


def _milliseconds(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)


def others_here(dossier: Dossier, user: User, at: dt.datetime) -> list[str]:
    """The names of those who saved something in this dossier in the last minutes."""
    recent = Answer.objects.filter(dossier=dossier, saved_at__gte=at - HERE).exclude(saved_by=user)
    people = {answer.saved_by for answer in recent.select_related("saved_by") if answer.saved_by}
    return sorted(person.get_full_name() for person in people)
