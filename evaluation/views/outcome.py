"""What an applicant learns: before the publication the public calendar alone; then the result and the letter."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import SIGNED_IN
from applications import reading, story
from applications.enums import UNDER_EXAMINATION, DossierState, MemberRole
from applications.models import Dossier
from applications.rules import own_dossiers, role_on
from evaluation import letters
from evaluation.appeals import contestable
from evaluation.enums import OpinionState, SessionState
from evaluation.feedback import feedback_of
from evaluation.models import Appeal, Decision, Letter, Opinion
from evaluation.rules import letter_of, letters_visible_to


@page("evaluation.view_outcome", visible=own_dossiers)
@require_GET
def dossier_outcome(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Where the dossier stands for its team."""
    at = clock.now()
    notified = letters_visible_to(request.user).filter(dossier=obj, released_at__isnull=False)
    letter, *earlier = [*notified.select_related("document").order_by("-number")] or [None]
    context: dict[str, Any] = {
        "dossier": obj,
        "call": obj.call,
        "steps": story.steps(obj, at),
        "letter": letter,
        "earlier_letters": earlier,
        "next_steps": obj.call.steps,
        "is_closed": obj.is_closed(at),
    }
    context["appeals"] = Appeal.objects.filter(dossier=obj).count()
    context["contested"] = contestable(obj)
    if letter is not None and obj.state in UNDER_EXAMINATION:
        context |= {"letter": None, "earlier_letters": [letter, *earlier]}  # the decision that it tells was reopened
    elif letter is not None:
        context |= _notified(obj, letter, request.user)
    return render(request, "evaluation/dossier_outcome.html", context)


def _notified(dossier: Dossier, letter: Letter, user: Any) -> dict[str, Any]:
    """What the team reads once it is notified."""
    said = Opinion.objects.filter(dossier=dossier, state=OpinionState.GIVEN).exclude(disclosed_reason="")
    shown: dict[str, Any] = {"opinions": said.select_related("dataset")}
    version = reading.standing_version(dossier)
    if dossier.state == DossierState.INELIGIBLE:
        return shown | {"refused": letters.refused_items(version) if version else []}
    decision = Decision.objects.filter(dossier=dossier, session__state=SessionState.PUBLISHED).first()
    if decision is None:
        return {}
    is_reserve = dossier.state == DossierState.RESERVE
    return shown | {
        "decision": decision,
        "reserve_rank": letters.shown_rank(decision) if is_reserve else None,
        "letter_is_coming": decision.called_at is not None and letter.kind != letters.CALLED,
        "feedback": feedback_of(dossier),
        "may_renounce": dossier.state == DossierState.LAUREATE and role_on(user, dossier) == MemberRole.OWNER,
    }


@page(SIGNED_IN)
@require_GET
def letter_download(request: HttpRequest, ref: str, number: int | None = None) -> HttpResponse:
    """A letter about a dossier, the last one unless its number says which. 404 for who may not read it."""
    letter = letter_of(request.user, ref, number)
    if letter is None:
        raise Http404
    return store.serve(letter.document)
