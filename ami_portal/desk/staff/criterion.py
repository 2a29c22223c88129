"""One criterion at a time: the list of them on the left; its evidence, the answers, the file and the decision right."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import reading
from applications.enums import Act, DossierState
from applications.models import Dossier
from applications.papers import examinations_of, findings_on
from applications.reading import FrozenDossier
from applications.silence import silence_now
from evaluation import actions, duties
from evaluation.declarations import act_now
from evaluation.models import EligibilityItem

from .dossier import eligibility_items
from .eligibility import record, tell
from .forms import CriterionForm, SendBackForm
from .pages import attempt, dossiers_shown_to, note_reading, show

FILTERS = ("appel", "acte", "qui")
"""What the queue is filtered by."""


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Read one criterion beside what was deposited, decide it, go to the next."""
    items = _items(obj)
    item = _called(items, code)
    form = CriterionForm(item, request.POST) if request.method == "POST" else None
    if form is None or not _may_decide(obj, item, request.user):
        return _show(request, obj, items, item, form)
    said = record(request, form)
    if form.errors:
        return _show(request, obj, items, item, form, status=422)
    tell(request, [] if said is None else [said])
    return redirect(_next_url(request, obj, item))


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_POST
def confirm(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Confirm what a colleague proposed."""
    items = _items(obj)
    item = _called(items, code)
    if item.waiting is None:
        messages.error(request, actions.criteria.NOTHING_PROPOSED)
    elif attempt(request, "La décision est confirmée.", actions.confirm_decision, item.waiting):
        return redirect(_next_url(request, obj, item))
    return redirect(reverse("admin:staff_criterion", args=[obj.ref, code]) + kept_query(request))


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_POST
def send_back(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Send back what a colleague proposed, and say why."""
    items = _items(obj)
    item = _called(items, code)
    form = SendBackForm(request.POST)
    if item.waiting is not None and form.is_valid():
        try:
            actions.send_back_decision(item.waiting, answer=form.cleaned_data["answer"], actor=request.user)
        except TransitionRefused as refusal:
            form.add_error("answer", str(refusal))
        else:
            messages.success(request, "La décision est renvoyée à qui l’a proposée.")
            return redirect(_next_url(request, obj, item))
    if item.waiting is None:
        messages.error(request, actions.criteria.NOTHING_PROPOSED)
        return redirect(reverse("admin:staff_criterion", args=[obj.ref, code]) + kept_query(request))
    return _show(request, obj, items, item, None, sending_back=form, status=422)


def _items(dossier: Dossier) -> list[EligibilityItem]:
    version = reading.standing_version(dossier)
    return eligibility_items(version) if version else []


def _called(items: list[EligibilityItem], code: str) -> EligibilityItem:
    found = next((item for item in items if item.criterion.code == code and duties.decides(item.criterion)), None)
    if found is None:
        raise Http404
    return found


def _may_decide(dossier: Dossier, item: EligibilityItem, user: Any) -> bool:
    """Whether the person may decide this criterion now; the action says why not."""
    return _is_for(dossier, item, user) and _is_now(item)


def _is_for(dossier: Dossier, item: EligibilityItem, user: Any) -> bool:
    """Whether a criterion is one of those that the person decides, of a dossier under examination."""
    return dossier.state == DossierState.SUBMITTED and duties.may_decide(user, item.criterion)


def _is_now(item: EligibilityItem) -> bool:
    return bool(act_now(item.version) == item.criterion.act)


def _show(
    request: HttpRequest,
    dossier: Dossier,
    items: list[EligibilityItem],
    item: EligibilityItem,
    form: CriterionForm | None,
    *,
    sending_back: SendBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    note_reading(dossier, request.user)
    frozen = reading.frozen(item.version)
    is_now = _is_now(item)
    may_decide = is_now and _is_for(dossier, item, request.user)
    waiting = item.waiting
    staff = _by_act(items)
    place = staff.index(item)
    return show(
        request,
        "admin/portal/criterion.html",
        title=f"{item.criterion.label} – {dossier.ref}",
        status=status,
        dossier=dossier,
        item=item,
        items=staff,
        before=staff[place - 1] if place else None,
        after=staff[place + 1] if place + 1 < len(staff) else None,
        place=place + 1,
        answers=[one for one in frozen.items() if one.code in item.found_at],
        frozen=frozen,
        papers=_papers(dossier, frozen, item),
        silence=silence_now(dossier),
        is_now=is_now,
        kept=kept_query(request),
        form=(form or CriterionForm(item)) if may_decide and not _is_others(waiting, request.user) else None,
        sending_back=(sending_back or SendBackForm()) if may_decide and _is_others(waiting, request.user) else None,
        past=[row for row in item.proposals.all() if row.outcome == "sent_back"],
        may_declare=allowed(request.user, "evaluation.decide_eligibility", dossier),
    )


def _by_act(items: list[EligibilityItem]) -> list[EligibilityItem]:
    """The criteria that the staff decides, act by act, each act in the order of the call."""
    order = list(Act.values)
    staff = [row for row in items if duties.decides(row.criterion)]
    return sorted(staff, key=lambda row: order.index(row.criterion.act))


def _is_own(waiting: Any, user: Any) -> bool:
    return waiting is not None and waiting.proposed_by_id == user.pk


def _is_others(waiting: Any, user: Any) -> bool:
    return waiting is not None and waiting.proposed_by_id != user.pk


def _papers(dossier: Dossier, frozen: FrozenDossier, item: EligibilityItem) -> list[dict[str, Any]]:
    """The files of the answers that the check names, with the picture of their first page and what was measured."""
    files = [(one, file) for one in frozen.items() if one.code in item.found_at for file in one.files]
    examined = examinations_of([file.uuid for _, file in files]) if files else {}
    form = dossier.form_revision.form if files else None
    return [
        {
            "file": file,
            "picture": examined[file.uuid].picture if file.uuid in examined else None,
            "findings": findings_on(form.by_code.get(one.code), examined.get(file.uuid)) if form else [],
        }
        for one, file in files
    ]


def _next_url(request: HttpRequest, dossier: Dossier, item: EligibilityItem) -> str:
    """The next criterion that this person can decide or confirm; when none is left, the declaration."""
    return first_url(dossier, request.user, after=item) + kept_query(request)


def first_url(dossier: Dossier, user: Any, *, after: EligibilityItem | None = None) -> str:
    """The first criterion of the present act that waits for this person, those after `after` before the others."""
    items = _items(dossier)
    now = act_now(items[0].version) if items else Act.ELIGIBILITY
    same = [one for one in items if one.criterion.act == now and duties.may_decide(user, one.criterion)]
    ahead = [one for one in same if after and one.criterion.position > after.criterion.position]
    for one in [*ahead, *same]:
        if not one.decision and not _is_own(one.waiting, user):
            return reverse("admin:staff_criterion", args=[dossier.ref, one.criterion.code])
    return reverse("admin:staff_dossier", args=[dossier.ref])


def kept_filters(request: HttpRequest) -> dict[str, str]:
    """The filters of the queue that the person came by, carried from page to page."""
    return {name: value for name in FILTERS if (value := request.GET.get(name, ""))}


def kept_query(request: HttpRequest) -> str:
    """The same as the end of an address."""
    kept = kept_filters(request)
    return f"?{urlencode(kept)}" if kept else ""
