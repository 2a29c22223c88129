"""The partner's pages: what waits for an opinion, and one dossier with the two questions."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState, OpinionMode
from applications.opening import OpenedDossier
from evaluation import actions, grounds, opening
from evaluation.actions.second_look import look_at
from evaluation.consultation import answer_delay
from evaluation.enums import AWAITED, ENDED_IN_SILENCE, OpinionState, SessionState
from evaluation.forms import OpinionForm
from evaluation.models import Opinion, OpinionDraft
from evaluation.models.opinions import SAID
from evaluation.rules import opinions_to_give

PER_PAGE = 50
METHODS = ["GET", "HEAD", "POST"]
_HEAVY = [
    f"dossier__call__{name}" for name in ("purpose", "steps", "rules", "data_access_path", "supports", "regulation")
]


@dataclass(frozen=True)
class Row:
    """One opinion of the list. `days` are left before it is awaited (negative: late); `is_open` while it may change."""

    opinion: Opinion
    title: str
    days: int
    is_open: bool


@page("evaluation.list_opinions")
@require_GET
def opinion_list(request: HttpRequest) -> HttpResponse:
    """What waits for an opinion, the most pressing first, then what was given."""
    opinions = (
        opinions_to_give(request.user)
        .select_related("dataset", "dossier__call__session")
        .defer(*_HEAVY, "dossier__call__texts")
        .order_by("-state", "due_on", "pk")
    )
    found = Paginator(opinions, PER_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    read = opening.readings(found)
    rows = [_row(opinion, read.get(opinion.pk), today) for opinion in found]
    context = {
        "page_obj": found,
        "waiting": [row for row in rows if row.opinion.state in AWAITED],
        "given": [row for row in rows if row.opinion.state == OpinionState.GIVEN],
        "ended": [row for row in rows if row.opinion.state in ENDED_IN_SILENCE],
    }
    return render(request, "evaluation/opinion_list.html", context)


def _row(opinion: Opinion, read: OpenedDossier | None, today: dt.date) -> Row:
    return Row(opinion, read.title if read else "", (opinion.due_on - today).days, is_open(opinion))


def is_open(opinion: Opinion) -> bool:
    """Whether the opinion may still be given or changed: until the jury's scoring closes, or the dossier is stopped or
    goes on without this dataset, or without its opinion."""
    session = getattr(opinion.dossier.call, "session", None)
    is_scoring = session is None or session.state == SessionState.SCORING
    is_asked = opinion.left_out_at is None and opinion.state not in ENDED_IN_SILENCE
    return opinion.dossier.state == DossierState.ELIGIBLE and is_scoring and is_asked


def _opinion(request: HttpRequest, ref: str, code: str) -> Opinion:
    opinions = opinions_to_give(request.user).select_related("dataset__partner", "dossier__call__session", "given_by")
    return get_object_or_404(opinions, dossier__ref=ref, dataset__code=code)


@page("signed_in")
@require_http_methods(METHODS)
def opinion_detail(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """The dossier as the partner may read it, and the two questions. 404 for anybody else."""
    opinion = _opinion(request, ref, code)
    frozen = opening.opened(opinion)
    if frozen is None:
        raise Http404
    draft = OpinionDraft.objects.select_related("saved_by").filter(opinion=opinion).first()
    look = look_at(opinion)
    first = look.first if look and opinion.state in AWAITED else {}
    said = {"opinion": opinion, "operator": opinion.dossier.call.named_operator, "frozen": frozen}
    said |= {"draft": draft, "first": first}
    form = OpinionForm(request.POST if request.method == "POST" else None, **said)
    if request.method == "POST" and "brouillon" in request.POST:
        return _save_draft(request, opinion, OpinionForm(**said))
    if request.method != "POST" or not form.is_valid():
        return _opinion_page(request, opinion, form, draft)
    if "revoir" in request.POST:
        return _opinion_page(request, opinion, OpinionForm(request.POST, **said), draft)
    if "confirme" not in request.POST:
        seen = {"vu": request.POST.get("vu", opinion.mark), "signer": request.user.get_full_name()}
        context = {"opinion": opinion, "form": form, **seen, **_said(form)}
        return render(request, "evaluation/opinion_confirm.html", context)
    try:
        actions.give_opinion(opinion, actor=request.user, seen=request.POST.get("vu"), **form.cleaned_data)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _opinion_page(request, _opinion(request, ref, code), form, draft)
    messages.success(request, f"Votre avis sur le dossier {ref} est enregistré.")
    return redirect("evaluation:opinion_list")


def _save_draft(request: HttpRequest, opinion: Opinion, form: OpinionForm) -> HttpResponse:
    """Keep what is typed for the others of the partner; what somebody else saved meanwhile is shown beside it."""
    form.initial = typed = {name: request.POST.get(name, "") for name in SAID}
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() else 0
    try:
        actions.save_opinion_draft(opinion, actor=request.user, seen_version=seen, **typed)
    except actions.StaleDraft as stale:
        return _opinion_page(request, opinion, form, stale.draft, stale=_differing(form, stale.draft.said, typed))
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return _opinion_page(request, opinion, form, form.draft)
    messages.success(request, "Le brouillon est enregistré. L’avis n’est pas rendu.")
    return redirect("evaluation:opinion_detail", ref=opinion.dossier.ref, code=opinion.dataset.code)


def _differing(form: OpinionForm, theirs: dict[str, str], typed: dict[str, str]) -> list[tuple[str, str]]:
    """The fields that somebody else filled otherwise, with their text."""
    named = {name: str(field.label) for name, field in form.fields.items()}
    return [(named[name], theirs[name]) for name in named if theirs.get(name, "") != typed[name].strip()]


def _said(form: OpinionForm) -> dict[str, object]:
    """What is about to be said, for the page that confirms it."""
    about = Opinion(**{name: form.cleaned_data.get(name, "") for name in SAID})
    return {
        "about": about,
        "parts": grounds.shown(about, form.call, form.frozen),
        "is_veto": about.is_unfavourable and form.call.opinions == OpinionMode.VETO,
        "answer_delay": answer_delay(form.call),
    }


def _looked_at(opinion: Opinion, form: OpinionForm) -> dict[str, object]:
    """Why the partner is asked to look again, and what it had said."""
    look = look_at(opinion)
    if look is None:
        return {}
    first = look.first_opinion()
    return {"look": look, "first": first, "first_parts": grounds.shown(first, form.call, form.frozen)}


def _opinion_page(
    request: HttpRequest,
    opinion: Opinion,
    form: OpinionForm,
    draft: OpinionDraft | None,
    *,
    stale: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    dossier = opinion.dossier
    actions.note_opened(opinion, actor=request.user)
    context = {
        "opinion": opinion,
        "dossier": dossier,
        "frozen": form.frozen,
        "parts": grounds.shown(opinion, dossier.call, form.frozen),
        "form": form,
        "draft": draft,
        "version": draft.version if draft else 0,
        "stale": stale,
        "is_open": is_open(opinion),
        "told": opinion.contradictions.order_by("-number"),
        **_looked_at(opinion, form),
        "days": (opinion.due_on - clock.today()).days,
    }
    status = 409 if stale is not None else 422 if form.errors else 200
    return render(request, "evaluation/opinion_detail.html", context, status=status)


@page("signed_in")
@require_GET
def opinion_file(request: HttpRequest, ref: str, uuid: UUID) -> HttpResponse:
    """A file of the sections that the call opens to partners. 404 for any other, and for anybody else."""
    opinions = list(opinions_to_give(request.user).select_related("dataset", "dossier").filter(dossier__ref=ref))
    read = opening.readings(opinions)
    held = {file.uuid: (one, file) for one in opinions for file in (read[one.pk].all_files() if one.pk in read else ())}
    if str(uuid) not in held:
        raise Http404
    document = get_object_or_404(Document, uuid=uuid, verdict=Verdict.ACCEPTED)
    opinion, file = held[str(uuid)]
    document.filename = file.filename  # as it is read: a name may tell of the dataset of another partner
    actions.note_opened(opinion, actor=request.user, document=document)
    return store.serve(document)
