"""Who reviews what in a call: what each juror brings, the solver's proposal, the pairs that staff want."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Call
from evaluation import actions, seating
from evaluation.enums import ProposalState, SessionState
from evaluation.models import Proposal, Session

from .assignment_tables import Board, board_of
from .forms_jury import SeatForm
from .pages import Confirmation, attempt, show
from .rules import calls_judged_by, dossiers_worked_on_by


def _session(call: Call) -> Session:
    return get_object_or_404(Session.objects.select_related("call"), call=call)


def _last(session: Session) -> Proposal | None:
    return session.proposals.select_related("asked_by").first()


def _back(call: Call) -> HttpResponse:
    return redirect("admin:staff_assignment", code=call.code)


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def assignment(request: HttpRequest, obj: Call) -> HttpResponse:
    """The last proposal by dossier, the worst served first, and by juror; what it changes; what staff want of it."""
    session = _session(obj)
    proposal = _last(session)
    board = _board(request, session, proposal)
    may_assign = session.state == SessionState.SCORING and allowed(request.user, "evaluation.assign_juror", session)
    return show(
        request,
        "admin/portal/assignment.html",
        title=f"Affectation – {obj.code}",
        call=obj,
        session=session,
        rules=seating.rules_of(obj),
        proposal=proposal,
        board=board,
        may_assign=may_assign,
    )


def _board(request: HttpRequest, session: Session, proposal: Proposal | None) -> Board:
    """The tables of the page, less the dossiers that the person has a part in."""
    shown = dossiers_worked_on_by(request.user).filter(call=session.call_id)
    return board_of(session, proposal, shown, seating.rules_of(session.call))


@page("evaluation.assign_juror", visible=calls_judged_by, by="code")
@require_POST
def ask(request: HttpRequest, obj: Call) -> HttpResponse:
    """Ask for a proposal: the best of all, or the one that changes least."""
    keeps = request.POST.get("keeps") == "1"
    attempt(
        request, "Le calcul est demandé : la proposition paraît ici.", actions.ask_proposal, _session(obj), keeps=keeps
    )
    return _back(obj)


@page("evaluation.assign_juror", visible=calls_judged_by, by="code")
@require_POST
def wish(request: HttpRequest, obj: Call) -> HttpResponse:
    """Impose a pair, set it aside, or leave it to the solver again."""
    dossier = get_object_or_404(dossiers_worked_on_by(request.user), call=obj, ref=request.POST.get("ref", ""))
    juror = get_object_or_404(seating.jurors(), email=request.POST.get("juror", ""))
    kind = request.POST.get("kind", "")
    said = f"{dossier.ref}, {juror.get_full_name()} : noté pour le prochain calcul."
    attempt(request, said, actions.wish_pair, dossier, juror, kind=kind)
    return _back(obj)


@page("evaluation.assign_juror", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, obj: Call) -> HttpResponse:
    """Entrust what is proposed, after a page that says what leaves and to whom."""
    session = _session(obj)
    proposal = _last(session)
    if request.method == "POST":
        if proposal and str(proposal.number) == request.POST.get("number"):
            _apply(request, proposal)
        else:
            messages.error(request, "Une autre proposition a été demandée depuis : relisez-la avant de l’appliquer.")
        return _back(obj)
    board = _board(request, session, proposal)
    obstacles = () if proposal and proposal.state == ProposalState.READY else ("Aucune proposition n’est à appliquer.",)
    confirmation = Confirmation(
        title=f"Confier les dossiers de {obj.code}",
        verb="Confier les dossiers",
        back=reverse("admin:staff_assignment", args=[obj.code]),
        parent="Affectation",
        done=(f"Dossiers confiés à un membre du jury de plus : {board.added}.",),
        told=(f"Les membres du jury concernés reçoivent un courriel par dossier (personnes : {board.told}).",),
        fixed=("Un dossier confié ne se retire plus une fois que la personne a déclaré ses liens d’intérêts.",),
        obstacles=obstacles,
        carried=(("number", str(proposal.number)),) if proposal else (),
    )
    return confirmation.page(request)


def _apply(request: HttpRequest, proposal: Proposal) -> None:
    try:
        count = actions.apply_proposal(proposal, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        plural = "s" if count > 1 else ""
        messages.success(request, f"{count} évaluation{plural} confiée{plural}.")


@page("evaluation.assign_juror", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest, obj: Call) -> HttpResponse:
    """What each juror brings to this call; one form for each, and one button."""
    rules = seating.rules_of(obj)
    people = list(seating.jurors())
    held = {seat.juror_id: seat for seat in obj.seats.all()}
    asked = request.POST.get("juror", "") if request.method == "POST" else ""
    forms = [
        (person, SeatForm(rules, held.get(person.pk), person, request.POST if person.email == asked else None))
        for person in people
        if rules
    ]
    for person, form in forms:
        if form.is_bound and form.is_valid() and _set_seat(request, obj, person, form):
            return redirect(f"{reverse('admin:staff_seats', args=[obj.code])}#{person.ref}")
    context: dict[str, Any] = {"call": obj, "rules": rules, "forms": forms}
    bad = next((form for _, form in forms if form.errors), None)
    title = f"Membres du jury – {obj.code}"
    return show(request, "admin/portal/seats.html", title=title, status=422 if bad else 200, bad=bad, **context)


def _set_seat(request: HttpRequest, call: Call, person: Any, form: SeatForm) -> bool:
    """Record one form; a refusal becomes its error."""
    try:
        actions.set_seat(call, person, **form.cleaned_data, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"{person.get_full_name()} : enregistré.")
    return True
