"""A member of the jury in session: the dossier that is heard, unless they stand aside from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import condition, require_POST, require_safe

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from evaluation import actions, live
from evaluation.deliberating import Sitting, sitting_of
from evaluation.enums import Voice
from evaluation.models import Ballot, Session
from evaluation.rules import is_uninvolved, sessions_sat_by


def _sessions(user: Any) -> Any:
    return sessions_sat_by(user).select_related("call")


def _mark(request: HttpRequest, obj: Session) -> str:
    now = sitting_of(obj)
    return f'"{live.mark_of(obj, now, request.user.pk, _stands(request, now), has_voted(request.user, now))}"'


def _stands(request: HttpRequest, now: Sitting) -> str:
    """Where the person stands: « away », « waiting », « outside » or « inside » the deliberation of a dossier."""
    if request.user.pk not in now.present:
        return "away"
    if now.hearing is None:
        return "waiting"
    dossier = now.hearing.dossier
    is_aside = request.user.pk in now.aside.get(dossier.pk, ())
    return "outside" if is_aside or not is_uninvolved(request.user, dossier) else "inside"


@page("evaluation.sit", visible=_sessions, by="call__code", param="code")
@require_safe
@condition(etag_func=_mark)
def sitting(request: HttpRequest, obj: Session) -> HttpResponse:
    """The page that a member keeps open during the session; 304 as long as nothing changed."""
    now = sitting_of(obj)
    stands = _stands(request, now)
    context: dict[str, Any] = {"session": obj, "call": obj.call, "stands": stands}
    if stands == "inside" and now.hearing:
        vote = now.hearing.votes.filter(closed_at=None).first()
        context |= {"shown": live.shown_of(obj, now.hearing.dossier), "count": now.count(now.hearing.dossier)}
        context |= {"vote": vote, "has_voted": has_voted(request.user, now), "voices": Voice.choices}
    return render(request, "evaluation/sitting.html", context)


def has_voted(user: Any, now: Sitting) -> bool:
    """Whether the person has a ballot in the vote that is open."""
    return Ballot.objects.filter(vote__hearing=now.hearing, vote__closed_at=None, juror=user).exists()


@page("evaluation.sit", visible=_sessions, by="call__code", param="code")
@require_POST
def ballot(request: HttpRequest, obj: Session) -> HttpResponse:
    """Vote once, for good."""
    try:
        actions.cast_ballot(obj, voice=request.POST.get("voice", ""), actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Votre bulletin est remis.")
    return redirect("evaluation:sitting", code=obj.call.code)
