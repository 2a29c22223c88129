"""The part of a call’s file that this room reads: the call, its form, criteria, questions and answers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.form import parse
from ami_portal.questionnaire.models import FormRevision
from datasets.models import DatasetVersion

from .checks import REGISTRY
from .enums import DossierState
from .facts import COLUMNS, unknown_facts
from .models import Call, CallDataset, CallQuestion, Dossier, EligibilityCriterion, Extension

MAX_REMINDER_DAYS = 365


class ConfigError(ValueError):
    """A call's file that cannot be loaded; the message says where, what was found and what is expected."""


def load(config: Mapping[str, Any], versions: Sequence[DatasetVersion], *, at: dt.datetime) -> Call:
    """Create or bring up to date one call from its file. Raises ConfigError or FormError and changes nothing then."""
    raw = config["call"]
    _refuse_shorter(raw["code"], raw["calendar"]["closes_at"])
    revision = _revision(config["form"], at=at)
    call, _ = Call.objects.update_or_create(
        code=raw["code"],
        defaults={
            "title": raw["title"],
            "operator": raw["operator"],
            "contact": raw["contact"],
            "summary": raw["summary"].strip(),
            "purpose": raw["purpose"].strip(),
            "opens_at": raw["calendar"]["opens_at"],
            "closes_at": raw["calendar"]["closes_at"],
            "reminder_days": _reminder_days(raw["calendar"].get("reminder_days", [])),
            "steps": raw["calendar"].get("steps", []),
            "rules": raw["rules"],
            "data_access_path": raw["data_access_path"],
            "supports": config["supports"],
            "regulation": config["regulation"],
            "texts": {**raw["texts"], "scale": config["selection"]["scale"]},
            "form_revision": revision,
        },
    )
    for version in versions:
        open_dataset(call, version, at=at)
    call.faq.all().delete()
    CallQuestion.objects.bulk_create(
        CallQuestion(call=call, position=position, question=item["question"], answer=item["answer"].strip())
        for position, item in enumerate(raw.get("faq", []), start=1)
    )
    _criteria(call, config["eligibility"])
    queue_drafts(call)
    return call


def _refuse_shorter(code: str, closes_at: dt.datetime) -> None:
    """What was given to all is not taken back by an older file."""
    given = Extension.objects.filter(call__code=code, dossier=None).aggregate(last=Max("closes_at"))["last"]
    if given and closes_at < given:
        raise ConfigError(
            f"call.calendar.closes_at : trouvé {closes_at.isoformat()} ; la clôture a été prolongée pour tous, attendu"
            f" {clock.paris(given).isoformat()} ou plus tard"
        )


def open_dataset(call: Call, version: DatasetVersion, *, at: dt.datetime) -> CallDataset:
    """Open a dataset to a call, from its opening on; those who are drafting are told. Doing it twice is once."""
    opened, is_new = CallDataset.objects.get_or_create(
        call=call, version=version, defaults={"opened_at": max(at, call.opens_at)}
    )
    if is_new and call.is_open(at):
        later("applications.announce_dataset", call_dataset_id=opened.pk)
    return opened


def queue_drafts(call: Call) -> int:
    """Ask for each draft of a call to follow its form, where it stands on another; answer how many."""
    behind = Dossier.objects.filter(call=call, state=DossierState.DRAFT).exclude(form_revision=call.form_revision_id)
    ids = list(behind.order_by("pk").values_list("pk", flat=True))
    for dossier_id in ids:
        later("applications.follow_form", dossier_id=dossier_id)
    return len(ids)


def _reminder_days(raw: Any) -> list[int]:
    """The marks of the reminders, the farthest first."""
    if not isinstance(raw, list) or not all(type(days) is int and 0 <= days <= MAX_REMINDER_DAYS for days in raw):
        raise ConfigError(
            f"call.calendar.reminder_days : trouvé {raw} ; attendu une liste de nombres de jours, de 0 à"
            f" {MAX_REMINDER_DAYS}"
        )
    return sorted(set(raw), reverse=True)


def _revision(definition: Mapping[str, Any], *, at: dt.datetime) -> FormRevision:
    """The published revision with this content, or the next one."""
    code = definition["code"]
    content = {"sections": definition["sections"]}
    if unknown := unknown_facts(parse(content)):
        raise ConfigError(f"{', '.join(unknown)} : fait inconnu ; attendu : {', '.join(sorted(COLUMNS))}")
    sha256 = sha256_of(canonical_json(content))
    known = FormRevision.objects.filter(code=code)
    existing = known.filter(sha256=sha256).first()
    if existing:
        return existing
    number = (known.aggregate(last=Max("number"))["last"] or 0) + 1
    return FormRevision.objects.create(code=code, number=number, definition=content, sha256=sha256, published_at=at)


def _criteria(call: Call, raw_criteria: Sequence[Mapping[str, Any]]) -> None:
    for position, raw in enumerate(raw_criteria, start=1):
        if raw["check"] not in REGISTRY:
            known = ", ".join(sorted(REGISTRY))
            raise ConfigError(f"{raw['code']} : contrôle « {raw['check']} » inconnu ; attendu : {known}")
        EligibilityCriterion.objects.update_or_create(
            call=call,
            code=raw["code"],
            defaults={
                "position": position,
                "group": raw["group"],
                "label": raw["label"],
                "text": str(raw.get("text") or "").strip(),
                "check_name": raw["check"],
                "params": raw.get("params") or {},
                "decided_by": raw.get("decided_by", "staff"),
            },
        )
