"""The ranking of a call's jury: raw beside corrected, who the envelope funds, what another one moves, the pictures."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Call, Dossier
from evaluation import actions, grids, ranked
from evaluation.actions.ranking import MOST_ENVELOPE, NOT_FROZEN
from evaluation.board import hidden_from
from evaluation.method import method_of
from evaluation.models import Session
from evaluation.standing import Standing

from .forms_jury import EnvelopeForm
from .pages import attempt, show
from .ranking_figures import pictures
from .ranking_tables import heads, lines_of, moves, priced, rules_said, sorted_by
from .rules import calls_judged_by, dossiers_worked_on_by

BY_PAGE = 50
FRAGMENT = "enveloppe"
"""What the address says to be answered by what an envelope moves alone."""


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def ranking(request: HttpRequest, obj: Call) -> HttpResponse:
    """The ranking as it was computed last; another envelope, and another order of the columns, by the address."""
    return show_ranking(request, obj)


def show_ranking(
    request: HttpRequest, call: Call, *, form: EnvelopeForm | None = None, status: int = 200
) -> HttpResponse:
    """The page; `form` is that of an envelope that was not accepted."""
    session = get_object_or_404(Session.objects.select_related("call"), call=call)
    kept, standing = ranked.standing_kept(session)
    may_run = session.state in NOT_FROZEN and allowed(request.user, "evaluation.run_session", session)
    context: dict[str, Any] = {"call": call, "session": session, "kept": kept, "may_run": may_run}
    if standing is not None:
        shown = _shown(request, session)
        context |= _tables(request, standing, call, shown)
        context["hidden"] = len(standing.rows) - len(context["page_obj"].paginator.object_list)
        context["is_old"] = kept.seen != ranked.mark_of(session)
    if request.GET.get("partie") == FRAGMENT and standing is not None:
        return render(request, "admin/portal/_ranking_moves.html", context)
    initial = {"envelope": ranked.envelope_of(session)}
    context["form"] = form or EnvelopeForm(initial=initial)
    return show(request, "admin/portal/ranking.html", title=f"Classement – {call.code}", status=status, **context)


def _shown(request: HttpRequest, session: Session) -> Mapping[str, Dossier]:
    """The dossiers that the reader may see, by reference: none in which they have a part, nor that they review."""
    hidden = hidden_from(request.user, session)
    rows = dossiers_worked_on_by(request.user).filter(call=session.call_id)
    return {dossier.ref: dossier for dossier in rows.only("ref", "title", "lead_name") if dossier.pk not in hidden}


def _tables(request: HttpRequest, standing: Standing, call: Call, shown: Mapping[str, Dossier]) -> dict[str, Any]:
    """What the page says of a ranking to this reader."""
    lines = lines_of(standing, shown)
    name, sense = request.GET.get("tri", ""), request.GET.get("sens", "")
    page_obj = Paginator(sorted_by(lines, name, sense), BY_PAGE).get_page(request.GET.get("page"))
    others = request.GET.copy()
    for key in ("tri", "sens", "page", "partie"):
        others.pop(key, None)
    grid = grids.grid_of(call)
    envelope = _asked(request) or standing.rules.envelope
    return {
        "standing": standing,
        "page_obj": page_obj,
        "heads": heads(name, sense, others.urlencode()),
        "flagged": [line for line in lines if line.changes],
        "near": [line for line in lines if line.near],
        "moves": None if envelope is None else moves(standing, envelope, lines),
        "most": _most([line.row.amount for line in lines if line.row.fundable]),
        "costs": priced(standing, call, shown),
        "blocked": rules_said(standing, call),
        "pictures": pictures(standing, list(page_obj), grid),
        "method": method_of(standing.rules, draws=standing.draws, headings={row.code: row.label for row in grid.rows}),
    }


def _asked(request: HttpRequest) -> Decimal | None:
    """The envelope that the address asks for: what was typed, or else where the slider stands."""
    seen, typed, slid = (_amount(request.GET.get(name, "")) for name in ("vue", "enveloppe", "curseur"))
    return typed if slid is None or (typed is not None and typed != seen) else slid


def _amount(text: str) -> Decimal | None:
    """An amount of an address; None for what is none."""
    try:
        amount = Decimal(text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount <= MOST_ENVELOPE else None


def _most(amounts: list[Decimal]) -> int:
    """Where the slider ends: all are funded."""
    return -(-int(sum(amounts, Decimal(0))) // 10000) * 10000


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def ask(request: HttpRequest, obj: Call) -> HttpResponse:
    """Ask for the ranking of what is submitted so far."""
    session = get_object_or_404(Session.objects.select_related("call"), call=obj)
    attempt(request, "Le calcul est demandé : le classement paraît ici.", actions.ask_ranking, session)
    return redirect("admin:staff_ranking", code=obj.code)


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def envelope(request: HttpRequest, obj: Call) -> HttpResponse:
    """Change the envelope of the session; what is refused stays as typed."""
    session = get_object_or_404(Session.objects.select_related("call"), call=obj)
    form = EnvelopeForm(request.POST)
    if form.is_valid():
        try:
            actions.set_envelope(session, **form.cleaned_data, actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
    if form.errors:
        return show_ranking(request, obj, form=form, status=422)
    return redirect("admin:staff_ranking", code=obj.code)
