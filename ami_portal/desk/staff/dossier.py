"""The page of a dossier: eligibility, content, files, opinions, journal (see too `reviews.py`, `conversations.py`)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from applications import completion, reading
from applications.comparison import Difference, differences
from applications.enums import Act, CheckResult, DossierState
from applications.models import Dossier, DossierVersion, PieceRenewal
from applications.papers import examinations_of, findings_on
from applications.reading import FrozenDossier
from evaluation import consultation, duties, grounds
from evaluation.actions.leaving import refusal_to_take_out
from evaluation.declarations import act_now
from evaluation.enums import AWAITED, OpinionState, Stance
from evaluation.models import DecisionProposal, EligibilityItem, Opinion
from evaluation.rules import letter_of

from . import pieces
from .following import acts_on, what_follows
from .forms import CriterionForm
from .opinion_forms import OpinionForm
from .pages import dossiers_shown_to, note_reading, show_dossier
from .rules import events_visible_to
from .words import event_rows

OPENED = ("opinion.read", "opinion.read_file")
READINGS = ("dossier.read", "dossier.read_file", "file.read", "convention.read_file", *OPENED)
LAST_OPENED = 20
COMPARED = {"no_double_funding", "not_started"}
"""The checks on which passages that look alike throw light."""
GROUPS = {"porteur": "Le porteur", "dossier": "Le dossier", "projet": "Le projet"}


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def eligibility(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Criterion by criterion: text of the call, evidence, automatic result, decision, reason."""
    return show_eligibility(request, obj)


def show_eligibility(
    request: HttpRequest, dossier: Dossier, *, forms: dict[str, CriterionForm] | None = None, status: int = 200
) -> HttpResponse:
    """The tab; `forms` are those of decisions that were not all accepted, by code of criterion."""
    version = reading.standing_version(dossier)
    items = eligibility_items(version) if version else []
    staff_items = [item for item in items if duties.decides(item.criterion)]
    now = act_now(version) if version else Act.ELIGIBILITY
    under_way = dossier.state == DossierState.SUBMITTED
    may_decide = under_way and allowed(request.user, "evaluation.decide_criterion", dossier)
    present = [item for item in staff_items if item.criterion.act == now]
    if may_decide:
        mine = [item for item in present if duties.may_decide(request.user, item.criterion) and not item.waiting]
        shown = {item.criterion.code for item in mine}
        kept = {code: form for code, form in (forms or {}).items() if code in shown or form.errors}
        forms = kept or {item.criterion.code: CriterionForm(item) for item in mine}
    labels = {item.code: item.label for item in reading.frozen(version).items()} if version else {}
    return show_dossier(
        request,
        dossier,
        "staff_dossier",
        "dossier_eligibility.html",
        status=status,
        version=version,
        acts=_acts(items, dossier, labels, forms or {}),
        now=now,
        may_decide=may_decide,
        may_declare=under_way and allowed(request.user, "evaluation.decide_eligibility", dossier),
        forms=list((forms or {}).values()),
        is_open=not dossier.is_closed(clock.now()),
        decided=sum(bool(item.decision) for item in staff_items),
        total=len(staff_items),
        not_met=[item for item in staff_items if item.decision == CheckResult.NOT_MET],
        refused_now=[item for item in present if item.decision == CheckResult.NOT_MET],
        are_met=all(item.decision == CheckResult.MET for item in present),
    )


def eligibility_items(version: DossierVersion) -> list[EligibilityItem]:
    """The criteria applied to a submission, in the order of the call, with what is proposed about them."""
    proposals = DecisionProposal.objects.select_related("proposed_by", "settled_by")
    items = version.eligibility_items.select_related("criterion", "decided_by", "confirmed_by")
    return list(items.prefetch_related(Prefetch("proposals", proposals)).order_by("criterion__position"))


def _acts(
    items: list[EligibilityItem], dossier: Dossier, labels: dict[str, str], forms: dict[str, CriterionForm]
) -> list[dict[str, Any]]:
    """The two acts in their order, each with its groups of criteria, what was declared and what was before."""
    declared = list(dossier.declarations.select_related("declared_by", "reopened_by"))
    acts = [
        {
            "act": act,
            "groups": _grouped([item for item in items if item.criterion.act == act], dossier, labels, forms),
            "declared": [row for row in declared if row.act == act],
        }
        for act in Act
    ]
    return [act for act in acts if act["groups"] or act["declared"]]


def _grouped(
    items: list[EligibilityItem], dossier: Dossier, labels: dict[str, str], forms: dict[str, CriterionForm]
) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        row = {
            "item": item,
            "found": [(code, labels[code]) for code in item.found_at if code in labels],
            "parts": _placed(item.tree.get("parts", ()), labels),
            "opinions": None
            if duties.decides(item.criterion)
            else [_aspect(opinion, item.criterion.params) for opinion in dossier.opinions.all()],
            "form": forms.get(item.criterion.code),
            "is_compared": bool(COMPARED & set(_checks_of(item.criterion.check_name, item.criterion.params))),
        }
        groups.setdefault(item.criterion.group, []).append(row)
    return [{"label": GROUPS.get(code, code.capitalize()), "rows": rows} for code, rows in groups.items()]


def _checks_of(check: str, params: dict[str, Any]) -> Iterator[str]:
    """A check, and those that it is made of."""
    yield check
    for part in params.get("parts", ()):
        yield from _checks_of(part["check"], part.get("params") or {})


def _placed(parts: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The parts of a result, each with the questions where it was found."""
    return [
        {
            **part,
            "found": [(code, labels[code]) for code in part["found_at"] if code in labels],
            "parts": _placed(part.get("parts", ()), labels),
        }
        for part in parts
    ]


def _aspect(opinion: Any, params: dict[str, Any]) -> dict[str, Any]:
    """What one partner says of the one thing that a criterion asks."""
    stance = getattr(opinion, params.get("aspect", ""), "")
    given = opinion.state == OpinionState.GIVEN and stance
    return {"dataset": opinion.dataset, "stance": stance, "label": Stance(stance).label if given else "Avis attendu"}


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def content(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The submission as it was frozen, its fingerprint, its PDF, and the submissions before it."""
    versions = list(completion.versions_of(obj))
    standing = next((version for version in versions if version.withdrawn_at is None), None)
    frozen = reading.frozen(standing) if standing else None
    return show_dossier(
        request,
        obj,
        "staff_content",
        "dossier_content.html",
        version=standing,
        versions=versions,
        frozen=frozen,
        changes=_changed_elsewhere(standing, frozen, versions),
        is_late=bool(standing and standing.is_imported and standing.submitted_at >= obj.closes_at),
        team=obj.members.all(),
        may_take_out=allowed(request.user, "evaluation.take_out_member", obj)
        and not refusal_to_take_out(obj, clock.now()),
    )


def _changed_elsewhere(
    standing: DossierVersion | None, frozen: FrozenDossier | None, versions: list[DossierVersion]
) -> list[Difference]:
    """What the last change on Démarches Simplifiées said otherwise than the copy before it."""
    before = next((one for one in versions if standing and one.number == standing.number - 1), None)
    if standing is None or frozen is None or before is None or not standing.is_imported:
        return []
    return list(differences(reading.frozen(before), frozen))


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def files(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The files of the submission, each with its fingerprint, its verdict, its first page and what was measured."""
    version = reading.standing_version(obj)
    rows, supporting = [], []
    if version:
        frozen = reading.frozen(version)
        supporting = pieces.rows_of(obj, frozen)
        kept = {str(row.uuid): row for row in Document.objects.filter(uuid__in=[f.uuid for f in frozen.all_files()])}
        examined = examinations_of(kept)
        form = obj.form_revision.form
        rows = [
            {
                "question": item.label,
                "file": file,
                "document": kept.get(file.uuid),
                "picture": examined[file.uuid].picture if file.uuid in examined else None,
                "findings": findings_on(form.by_code.get(item.code), examined.get(file.uuid)),
            }
            for item in frozen.items()
            for file in item.files
        ]
    may_verify = pieces.may_verify(request.user, obj)
    context = {"version": version, "rows": rows, "pieces": supporting, "may_verify": may_verify}
    return show_dossier(request, obj, "staff_files", "dossier_files.html", **context)


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def file(request: HttpRequest, obj: Dossier, uuid: Any) -> HttpResponse:
    """A file of the submission that stands, or sent since, as a download; the journal says who took it."""
    version = reading.standing_version(obj)
    held = {file.uuid for file in reading.frozen(version).all_files()} if version else set()
    sent = PieceRenewal.objects.filter(dossier=obj, document__uuid=uuid, document__verdict=Verdict.ACCEPTED)
    if str(uuid) not in held and not sent.exists():
        raise Http404
    return serve(request, obj, get_object_or_404(Document, uuid=uuid))


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def version_document(request: HttpRequest, obj: Dossier, number: int, kind: str) -> HttpResponse:
    """The PDF or the receipt of one submission."""
    version = get_object_or_404(DossierVersion.objects.select_related("pdf", "receipt"), dossier=obj, number=number)
    document = version.pdf if kind == "dossier" else version.receipt
    if document is None:
        raise Http404
    return serve(request, obj, document)


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def letter(request: HttpRequest, obj: Dossier, number: int | None = None) -> HttpResponse:
    """A letter of decision, the last unless numbered; before its release, for those who may read a ranking."""
    found = letter_of(request.user, obj.ref, number)
    if found is None:
        raise Http404
    return serve(request, obj, found.document)


def serve(request: HttpRequest, dossier: Dossier, document: Document) -> HttpResponse:
    """A document of a dossier to a member of the staff, with its trace."""
    trail.record(
        "dossier.read_file",
        subject=dossier.ref,
        actor=request.user,
        at=clock.now(),
        document=str(document.uuid),
        filename=document.filename,
    )
    return store.serve(document)


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def opinions(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Each dataset asked for, with the opinion of its partner."""
    return show_opinions(request, obj)


def show_opinions(
    request: HttpRequest, dossier: Dossier, *, bound: OpinionForm | None = None, status: int = 200, **forms: Any
) -> HttpResponse:
    """The tab; `bound` is the form of the one request that was not accepted, `forms` those of what follows."""
    by_dataset = {opinion.dataset_id: opinion for opinion in dossier.opinions.all()}
    today = clock.today()
    may_request = dossier.state == DossierState.ELIGIBLE and allowed(
        request.user, "evaluation.request_opinion", dossier
    )
    version, rows = reading.standing_version(dossier), []
    opened = opened_by_partners(list(by_dataset.values()))
    acts = acts_on(dossier, request.user, forms)
    frozen = reading.frozen(version) if version else None
    for asked in dossier.dossier_datasets.all():
        dataset = asked.version.dataset
        opinion = by_dataset.get(dataset.pk)
        parts = grounds.shown(opinion, dossier.call, frozen) if opinion else []
        is_late = bool(opinion and opinion.state in AWAITED and opinion.due_on < today)
        form = bound if bound and bound.prefix == dataset.code else OpinionForm(prefix=dataset.code)
        row = {"dataset": dataset, "opinion": opinion, "is_late": is_late, "form": form, "parts": parts}
        row |= acts[opinion.pk] if opinion else {}
        if look := row.get("look"):
            first = look.first_opinion()
            row |= {"first": first, "first_parts": grounds.shown(first, dossier.call, frozen)}
        rows.append(row | {"opened": opened.get(opinion.ref) if opinion else None})
    return show_dossier(
        request,
        dossier,
        "staff_opinions",
        "dossier_opinions.html",
        status=status,
        rows=rows,
        may_request=may_request,
        due_delay=consultation.due_delay(dossier.call),
        form=bound,
        typed=next((forms[name] for name in ("settle", "silence", "again", "ruling") if name in forms), None),
        left_out=[(row, grounds.shown(row, dossier.call, frozen)) for row in by_dataset.values() if row.left_out_at],
        **what_follows(dossier, request.user, forms),
    )


@dataclass(frozen=True)
class Opened:
    """What the people of one partner opened: how many pages and files in all, and the last of them, last first."""

    pages: int
    files: int
    last: list[AuditEvent]


def opened_by_partners(opinions: list[Opinion]) -> dict[str, Opened]:
    """What each partner opened of a dossier, by the reference of its opinion. Two queries for any number."""
    about = AuditEvent.objects.filter(subject__in=[opinion.ref for opinion in opinions], verb__in=OPENED)
    counts = {
        (row["subject"], row["verb"]): row["n"]
        for row in about.values("subject", "verb").annotate(n=Count("pk")).order_by()
    }
    place = Window(RowNumber(), partition_by=F("subject"), order_by=F("number").desc())
    last = about.annotate(place=place).filter(place__lte=LAST_OPENED).select_related("actor").order_by("-number")
    found: dict[str, list[AuditEvent]] = {}
    for event in last:
        found.setdefault(event.subject, []).append(event)
    return {
        ref: Opened(counts.get((ref, OPENED[0]), 0), counts.get((ref, OPENED[1]), 0), events)
        for ref, events in found.items()
    }


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def journal(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Everything that happened to the dossier, to its opinions, reviews and convention, last first."""
    note_reading(obj, request.user)
    about = events_visible_to(request.user).filter(base__in=references(obj)).select_related("actor").order_by("-number")
    without_readings = request.GET.get("lectures") == "non"
    if without_readings:
        about = about.exclude(verb__in=READINGS)
    page_obj = Paginator(about, 50).get_page(request.GET.get("page"))
    return show_dossier(
        request,
        obj,
        "staff_journal",
        "dossier_journal.html",
        page_obj=page_obj,
        events=event_rows(page_obj),
        without_readings=without_readings,
    )


def references(dossier: Dossier) -> list[str]:
    """What the journal and the mails call a dossier and its convention (opinions and reviews begin with it)."""
    return [dossier.ref, f"{dossier.ref}-C1"]
