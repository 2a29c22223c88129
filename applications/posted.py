"""A section sent back as one form: what was changed in it, saved field by field; nothing typed is lost."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from ami_portal.accounts.models import User
from ami_portal.questionnaire.answers import Address, Invalid
from ami_portal.workflow import TransitionRefused

from . import actions
from .actions import NotEditable, StaleAnswer
from .drafts import Draft
from .fields import SEVERAL, Field, Typed, digest, field_at
from .former import question_of
from .models import Dossier


@dataclass
class Outcome:
    """What became of a posted section. `kept` are the fields that could not be saved, as typed."""

    saved: int = 0
    kept: dict[Address, Field] = field(default_factory=dict)
    refusal: str = ""
    is_closed: bool = False

    @property
    def conflicts(self) -> list[Field]:
        return [kept for kept in self.kept.values() if kept.stale]


def changes(fields: list[Field], data: QueryDict) -> list[tuple[Field, Typed, int]]:
    """The fields that the person changed: what they typed, and the version that their page showed."""
    found = []
    for shown in fields:
        seen = data.get(f"v.{shown.address}")
        if seen is None:
            continue
        version, _, mark = seen.partition(":")
        raw: Typed = data.getlist(shown.name) if shown.question.type in SEVERAL else data.get(shown.name, "")
        if data.get(f"c.{shown.address}") == "theirs":
            continue
        if digest(raw) != mark or data.get(f"c.{shown.address}") == "mine":
            found.append((shown, raw, int(version) if version.isdigit() else 0))
    return found


def former_fields(dossier: Dossier, draft: Draft, shown: list[Field], data: QueryDict) -> list[Field]:
    """The fields that a page of before a revision sends and that this section does not show any more."""
    known = {field.address for field in shown}
    found = []
    for name in data:
        parts = name.removeprefix("v.").split(".") if name.startswith("v.") else []
        if not 1 <= len(parts) <= 3 or (address := Address(*parts)) in known:
            continue
        with suppress(KeyError):
            found.append(field_at(address, question_of(dossier, address), draft))
    return found


def save(dossier: Dossier, fields: list[Field], data: QueryDict, *, actor: User) -> Outcome:
    """Save what was changed, each field for itself."""
    outcome = Outcome()
    for shown, raw, version in changes(fields, data):
        if outcome.is_closed:
            outcome.kept[shown.address] = replace(shown, typed=raw)
            continue
        _save_one(dossier, shown, raw, version, actor, outcome)
    return outcome


def _save_one(dossier: Dossier, shown: Field, raw: Typed, version: int, actor: User, outcome: Outcome) -> None:
    try:
        actions.save_answer(dossier, shown.address, raw, seen_version=version, actor=actor)
    except StaleAnswer as stale:
        outcome.kept[shown.address] = replace(shown, typed=raw, version=stale.version, stale=stale)
    except Invalid as error:
        outcome.kept[shown.address] = replace(shown, typed=raw, problem=str(error))
    except TransitionRefused as refusal:
        outcome.kept[shown.address] = replace(shown, typed=raw)
        outcome.refusal = str(refusal)
        outcome.is_closed = isinstance(refusal, NotEditable)
    else:
        outcome.saved += 1


def typed_texts(data: Mapping[str, object]) -> list[tuple[str, str]]:
    """The texts of a posted section by the code of their field, for someone who is not signed in any more."""
    return [(name.removeprefix("q."), str(text)) for name, text in data.items() if name.startswith("q.") and text]
