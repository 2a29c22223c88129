"""Write a checked call: the call itself, its form, its datasets, its criteria, its dates that moved, its regulation."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, ProtectedError

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError, Problem
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.models import FormRevision
from applications.enums import DossierState
from applications.models import (
    CalendarMove,
    Call,
    CallDataset,
    CallLoad,
    CallQuestion,
    Dossier,
    DossierDataset,
    EligibilityCriterion,
    Extension,
    RegulationVersion,
)
from applications.windows import Window
from datasets.models import DatasetVersion

from .writing import as_json, instant_text


def load(config: Mapping[str, Any], versions: Sequence[DatasetVersion], *, at: dt.datetime) -> Call:
    """Create or bring up to date one call from a checked config. Raises ConfigError and changes nothing then."""
    raw, calendar = config["call"], config["call"]["calendar"]
    _refuse_shorter(raw["code"], calendar["closes_at"])
    before = _windows_before(raw["code"])
    call, _ = Call.objects.update_or_create(
        code=raw["code"],
        defaults={
            "title": raw["title"],
            "operator": raw["operator"],
            "operator_named": raw["operator_named"],
            "contact": raw["contact"],
            "summary": raw["summary"],
            "purpose": raw["purpose"],
            "opens_at": calendar["opens_at"],
            "closes_at": calendar["closes_at"],
            "rounds": as_json(calendar["rounds"]),
            "steps": as_json(calendar["steps"]),
            "reminder_days": calendar["reminder_days"],
            "rules": raw["rules"],
            "data_access_path": raw["data_access_path"],
            **{name: raw[name] for name in ("data_retention", "opinions", "completion", "decisions", "consultation")},
            "regulation": as_json(config["regulation"]),
            "texts": {**raw["texts"], **_of_the_jury(config["selection"])},
            **{part: config[part] for part in ("supports", "supporting_documents", "translations")},
            "demarches": config["demarches_simplifiees"],
            "form_revision": revision_of(config["form"], at=at),
        },
    )
    _open_datasets(call, versions, at=at)
    _faq(call, raw["faq"])
    _criteria(call, config["eligibility"])
    _moves(call, calendar["history"])
    _tell_moved_closings(call, before, at=at)
    _regulation(call, at=at)
    queue_drafts(call)
    return call


def _of_the_jury(selection: Mapping[str, Any]) -> dict[str, Any]:
    """What the stage of the jury reads of its part of the file, beside the grid."""
    judging = {name: selection[name] for name in ("reminder_days", "letter_scores") if name in selection}
    named = ("scale", "jury", "deliberation", "ranking")
    return {name: selection[name] for name in named} | {"judging": judging}


def _windows_before(code: str) -> Sequence[Window]:
    """When the call received dossiers until now; nothing for a new one."""
    known = Call.objects.filter(code=code).first()
    return known.windows if known else ()


def _refuse_shorter(code: str, closes_at: dt.datetime) -> None:
    """What was given to all is not taken back by an older file."""
    given = Extension.objects.filter(call__code=code, dossier=None).aggregate(last=Max("closes_at"))["last"]
    if given and closes_at < given:
        found = f"trouvé {clock.paris(closes_at).isoformat()} ; la clôture a été prolongée pour tous"
        wanted = f"{clock.paris(given).isoformat()} ou plus tard"
        raise ConfigError([Problem(("call", "calendar", "closes_at"), found, wanted)])


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


def remember(call: Call, config: Mapping[str, Any], *, actor: User | None, at: dt.datetime) -> None:
    """Keep what the file said, to tell later what was changed in the portal since."""
    content = canonical_json(as_json(config))
    sha256 = sha256_of(content)
    last = call.loads.order_by("pk").last()
    if last is None or last.sha256 != sha256:
        CallLoad.objects.create(call=call, content=content, sha256=sha256, loaded_at=at, loaded_by=actor)


def revision_of(definition: Mapping[str, Any], *, at: dt.datetime) -> FormRevision:
    """The published revision with this content, or the next one."""
    code, content = definition["code"], {"sections": definition["sections"]}
    sha256 = sha256_of(canonical_json(content))
    known = FormRevision.objects.filter(code=code)
    existing = known.filter(sha256=sha256).first()
    if existing:
        return existing
    number = (known.aggregate(last=Max("number"))["last"] or 0) + 1
    return FormRevision.objects.create(code=code, number=number, definition=content, sha256=sha256, published_at=at)


def _open_datasets(call: Call, versions: Sequence[DatasetVersion], *, at: dt.datetime) -> None:
    """Open these versions, one a dataset. Drafts follow to the new version of a dataset; deposits keep theirs."""
    opened = {row.version.dataset_id: row for row in call.call_datasets.select_related("version")}
    for version in versions:
        row = opened.pop(version.dataset_id, None)
        if row is None:
            open_dataset(call, version, at=at)
        elif row.version_id != version.pk:
            asked = DossierDataset.objects.filter(
                dossier__call=call, version=row.version, dossier__state=DossierState.DRAFT
            )
            asked.update(version=version)
            row.version = version
            row.save(update_fields=["version"])
    closed = [row.version_id for row in opened.values()]
    kept = DossierDataset.objects.filter(dossier__call=call, version__in=closed).values_list("version__dataset__code")
    if asked_for := sorted({code for (code,) in kept}):
        raise ConfigError(
            [
                Problem(
                    ("datasets", "items"),
                    f"{', '.join(asked_for)} : base demandée par un dossier, et absente",
                    "la base",
                )
            ]
        )
    call.call_datasets.filter(version__in=closed).delete()


def _faq(call: Call, rows: Sequence[Mapping[str, str]]) -> None:
    """The questions and answers, written again only when they differ: their rows keep their history."""
    wanted = [(row["question"], row["answer"]) for row in rows]
    if [(row.question, row.answer) for row in call.faq.all()] == wanted:
        return
    call.faq.all().delete()
    CallQuestion.objects.bulk_create(
        CallQuestion(call=call, position=position, question=question, answer=answer)
        for position, (question, answer) in enumerate(wanted, start=1)
    )


def _criteria(call: Call, rows: Sequence[Mapping[str, Any]]) -> None:
    for position, raw in enumerate(rows, start=1):
        EligibilityCriterion.objects.update_or_create(
            call=call,
            code=raw["code"],
            defaults={
                "position": position,
                "group": raw["group"],
                "label": raw["label"],
                "text": raw["text"],
                "check_name": raw["check"],
                "params": raw["params"],
                "two_people": raw.get("two_people", False),
                **{name: raw[name] for name in ("act", "decided_by", "overruled_by", "reasons")},
            },
        )
    gone = call.criteria.exclude(code__in=[raw["code"] for raw in rows])
    codes = ", ".join(gone.values_list("code", flat=True))
    try:
        gone.delete()
    except ProtectedError as error:
        raise ConfigError(
            [Problem(("eligibility",), f"{codes} : critère déjà instruit, et absent", "le critère")]
        ) from error


def _moves(call: Call, rows: Iterable[Mapping[str, Any]]) -> None:
    for raw in rows:
        CalendarMove.objects.update_or_create(
            call=call,
            date=raw["date"],
            decided_at=raw["decided_at"],
            defaults={
                "before": instant_text(raw["from"]),
                "after": instant_text(raw["to"]),
                "by": raw["by"],
                "reason": raw["reason"],
            },
        )


def _tell_moved_closings(call: Call, before: Sequence[Window], *, at: dt.datetime) -> None:
    """Have told, of each closing of an open call that is elsewhere than it was, those whom it closes."""
    was = {window.code: window.closes_at for window in before}
    for window in call.windows:
        closed_at = was.get(window.code, window.closes_at)
        if at < call.opens_at or closed_at == window.closes_at or at >= max(closed_at, window.closes_at):
            continue
        name = f"rounds.{window.code}.closes_at" if window.code else "closes_at"
        move = call.moves.filter(date=name, after=instant_text(window.closes_at)).last()
        if move:
            later("applications.tell_moved_closing", move_id=move.pk)


def _regulation(call: Call, *, at: dt.datetime) -> None:
    """Keep the regulation in force under its version. A version that deposits or conventions cite says what it said."""
    sha256 = sha256_of(canonical_json(call.regulation))
    version = call.regulation_version
    known = RegulationVersion.objects.filter(call=call, version=version).first()
    if known is None:
        RegulationVersion.objects.create(
            call=call, version=version, content=call.regulation, sha256=sha256, in_force_from=at
        )
    elif known.sha256 != sha256:
        if call.dossiers.filter(versions__isnull=False).exists():
            found = f"le règlement {version} change alors que des dossiers déposés s’y réfèrent"
            raise ConfigError([Problem(("regulation", "version"), found, "une nouvelle version du règlement")])
        known.content, known.sha256 = call.regulation, sha256
        known.save(update_fields=["content", "sha256"])
