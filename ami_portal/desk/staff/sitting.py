"""The sitting of a jury, held by its secretary: presence, order of the day, the dossier that is heard, the screen."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from ami_portal.accounts.models import User, number_of
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import PortalForm
from ami_portal.workflow import TransitionRefused
from applications.models import Call, Dossier
from evaluation import actions, live
from evaluation.agenda import exits_of
from evaluation.board import RankingRow, ranking_of
from evaluation.deliberating import Count, Sitting, agenda_of, sitting_of, votes_of
from evaluation.enums import SessionState
from evaluation.models import Session
from evaluation.sitting import members_of

from .forms import DecisionForm
from .forms_sitting import CastingForm, VoteForm
from .jury import DECIDED, decision_form, session_of
from .pages import attempt, show
from .rules import calls_judged_by, dossiers_worked_on_by


@dataclass(frozen=True)
class Item:
    """A dossier of the order of the day: who leaves for it, and the quorum without them."""

    row: RankingRow
    to_leave: list[User]
    count: Count
    is_heard: bool


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def sitting(request: HttpRequest, obj: Call) -> HttpResponse:
    """Who is there, and the dossiers in the order in which people leave least often."""
    session = session_of(obj)
    now = sitting_of(session)
    everything = ranking_of(session)
    seen = {row.dossier.ref: row for row in ranking_of(session, reader=request.user)}
    agenda = agenda_of(everything, now)
    leaving = {row.dossier.ref: frozenset(user.ref for user in now.to_leave(row.dossier)) for row in everything}
    ranked = [row.dossier.ref for row in everything if row.dossier.ref in agenda.order]
    context: dict[str, Any] = {
        "call": obj,
        "session": session,
        "is_open": session.state == SessionState.DELIBERATION,
        "may_run": session.state == SessionState.DELIBERATION
        and allowed(request.user, "evaluation.run_session", session),
        "members": [(member, member.pk in now.present) for member in now.members],
        "present": len(now.present),
        "quorum": now.quorum,
        "agenda": agenda,
        "by_rank": exits_of(ranked, leaving),
        "items": [_item(seen[ref], now) for ref in agenda.order if ref in seen],
        "hidden": sum(ref not in seen for ref in agenda.order),
        "heard": next((row.dossier for row in seen.values() if now.hears(row.dossier)), None),
        "is_hearing": now.hearing is not None,
    }
    return show(request, "admin/portal/sitting.html", title=f"Délibération – {obj.code}", **context)


def _item(row: RankingRow, now: Sitting) -> Item:
    return Item(row, now.to_leave(row.dossier), now.count(row.dossier), now.hears(row.dossier))


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def presence(request: HttpRequest, obj: Call) -> HttpResponse:
    """Note that a member arrives, or leaves for good."""
    try:
        juror = User.objects.get(pk=number_of(request.POST.get("juror", "")))
    except (ValueError, User.DoesNotExist) as unknown:
        raise Http404 from unknown
    arrives = request.POST.get("present") == "oui"
    said = f"{juror.get_full_name()} : {'arrivée notée' if arrives else 'départ noté'}."
    attempt(request, said, actions.note_presence, session_of(obj), juror, is_present=arrives)
    return redirect(reverse("admin:staff_sitting", args=[obj.code]) + "#presences")


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def pause(request: HttpRequest, obj: Call) -> HttpResponse:
    """Leave the dossier that is heard: the screen is empty, and whoever left comes back."""
    attempt(request, "L’écran est vide : les membres sortis reviennent.", actions.close_hearing, session_of(obj))
    return redirect("admin:staff_sitting", code=obj.code)


def _dossiers(user: Any) -> Any:
    return dossiers_worked_on_by(user).filter(call__session__isnull=False).select_related("call__session")


@page("evaluation.run_session", visible=_dossiers)
@require_http_methods(["GET", "POST"])
def hearing(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Call a dossier once those who stand aside are out; then decide of it."""
    if request.method == "POST":
        session, said = obj.call.session, request.POST.getlist("gone")
        gone = {member.pk for member in members_of(obj.call) if member.ref in said}
        if attempt(request, f"{obj.ref} est à l’écran.", actions.open_hearing, session, obj, gone=gone):
            return redirect("admin:staff_hearing", ref=obj.ref)
    return _hearing_page(request, obj)


@page("evaluation.run_session", visible=_dossiers)
@require_POST
def hearing_decide(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Record the decision of the dossier that is heard; what is refused stays as typed."""
    rows, place = _ranked(request, obj)
    form = decision_form(rows[place], place + 1, obj.call, request.POST)
    if not form.is_valid():
        return _hearing_page(request, obj, form=form)
    if not form.cleaned_data["outcome"]:
        form.add_error("outcome", "Choisissez la décision.")
        return _hearing_page(request, obj, form=form)
    said = {name: form.cleaned_data[name] for name in DECIDED}
    try:
        actions.record_decision(obj.call.session, obj, **said, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _hearing_page(request, obj, form=form)
    messages.success(request, f"Décision enregistrée pour {obj.ref}.")
    return redirect("admin:staff_hearing", ref=obj.ref)


VOTES = {"open": "Le vote est ouvert.", "count": "Le vote est enregistré.", "close": "Le vote est clos."}


@page("evaluation.run_session", visible=_dossiers)
@require_POST
def vote(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Open a vote, close it, or record one that was counted in the room; what is refused stays as typed."""
    what, session = request.POST.get("act", ""), obj.call.session
    if what not in VOTES:
        raise Http404
    form = VoteForm(request.POST) if what != "close" else CastingForm(request.POST)
    if not form.is_valid():
        return _hearing_page(request, obj, voting=form)
    said = form.cleaned_data
    acts = {
        "open": lambda: actions.open_vote(session, question=said["question"], actor=request.user),
        "close": lambda: actions.close_vote(session, casting=said["casting"], actor=request.user),
        "count": lambda: actions.count_vote(
            session, question=said["question"], counts=form.counts, casting=said["casting"], actor=request.user
        ),
    }
    try:
        acts[what]()
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _hearing_page(request, obj, voting=form)
    messages.success(request, VOTES[what])
    return redirect("admin:staff_hearing", ref=obj.ref)


def _ranked(request: HttpRequest, dossier: Dossier) -> tuple[list[RankingRow], int]:
    """The rows of the ranking that the person reads, and where this dossier is among them. Raises Http404."""
    rows = ranking_of(dossier.call.session, reader=request.user)
    place = next((place for place, row in enumerate(rows) if row.dossier.pk == dossier.pk), None)
    if place is None:
        raise Http404
    return rows, place


def _hearing_page(
    request: HttpRequest, dossier: Dossier, *, form: DecisionForm | None = None, voting: PortalForm | None = None
) -> HttpResponse:
    session = dossier.call.session
    rows, place = _ranked(request, dossier)
    now = sitting_of(session)
    item = _item(rows[place], now)
    shown = live.shown_of(session, dossier)
    order = agenda_of(ranking_of(session), now).order
    after = order[order.index(dossier.ref) + 1 :] if dossier.ref in order else ()
    seen = {row.dossier.ref for row in rows}
    context: dict[str, Any] = {
        "call": dossier.call,
        "session": session,
        "item": item,
        "shown": shown,
        "still_in": now.still_in(dossier),
        "may_run": session.state == SessionState.DELIBERATION,
        "form": form or decision_form(rows[place], place + 1, dossier.call),
        **_vote_of(now, dossier, session, voting),
        "following": next((ref for ref in after if ref in seen), ""),
    }
    status = 422 if (form and form.errors) or (voting and voting.errors) else 200
    return show(request, "admin/portal/hearing.html", title=f"Délibération – {dossier.ref}", status=status, **context)


def _vote_of(now: Sitting, dossier: Dossier, session: Session, voting: PortalForm | None) -> dict[str, Any]:
    """The vote that is open on a dossier, how many have voted, and the form of the next act."""
    is_open = now.hearing.votes.filter(closed_at=None).first() if now.hears(dossier) and now.hearing else None
    chair = votes_of(session.call).chair_decides
    return {
        "vote": is_open,
        "cast": is_open.ballots.count() if is_open else 0,
        "chair_decides": chair,
        "voting": voting or (CastingForm() if is_open else VoteForm()),
    }


def _screen(request: HttpRequest, obj: Call) -> tuple[Session, Sitting, Dossier | None]:
    """The session, how it stands, and the dossier that is heard when this person may see it."""
    session = session_of(obj)
    now = sitting_of(session)
    heard = now.hearing.dossier if now.hearing else None
    shown = heard if heard and dossiers_worked_on_by(request.user).filter(pk=heard.pk).exists() else None
    return session, now, shown


def _screen_mark(request: HttpRequest, obj: Call) -> str:
    session, now, heard = _screen(request, obj)
    return f'"{live.mark_of(session, now, "screen", heard is not None)}"'


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
@condition(etag_func=_screen_mark)
def screen(request: HttpRequest, obj: Call) -> HttpResponse:
    """What the room looks at: the dossier that is heard, and nothing of a person; 304 as long as nothing changed."""
    session, now, heard = _screen(request, obj)
    context: dict[str, Any] = {"call": obj, "session": session, "is_hearing": now.hearing is not None}
    if heard:
        context |= {"shown": live.shown_of(session, heard), "count": now.count(heard)}
    return render(request, "desk/screen.html", context)
