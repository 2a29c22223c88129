"""The reserve list of a call whose results are out: the places that are free, the form, the page, the act."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from ami_portal.kernel.money import in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Call
from evaluation import actions, reserve
from evaluation.actions.reserve import refuse_call
from evaluation.enums import SessionState
from evaluation.models import Decision, Session

from .forms import ReserveForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, show
from .rules import calls_judged_by, dossiers_worked_on_by


def places_of(call: Call, user: Any) -> dict[str, Any]:
    """What the jury's page says of the places that renouncements have freed."""
    return {
        "places": reserve.free_places(call),
        "freed": reserve.freed_amount(call),
        "next_called": reserve.waiting(call).first(),
        "may_call": allowed(user, "evaluation.call_reserve", call),
    }


@page("evaluation.call_reserve", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def call_reserve(request: HttpRequest, obj: Call) -> HttpResponse:
    """Choose who is called and with how much; show what that does; do it. What was typed stays on each page."""
    session = get_object_or_404(Session, call=obj, state=SessionState.PUBLISHED)
    waiting = _waiting(request, obj)
    form = ReserveForm(list(waiting), request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return show(
            request,
            "admin/portal/jury_reserve.html",
            title=f"{obj.code} – Liste complémentaire",
            status=422 if form.is_bound else 200,
            call=obj,
            form=form,
            waiting=waiting,
            **places_of(obj, request.user),
        )
    decision = get_object_or_404(waiting, dossier__ref=form.cleaned_data["ref"])
    said = {name: form.cleaned_data[name] for name in ("amount", "reason")}
    if CONFIRMED not in request.POST:
        return _confirmation(request, session, decision, form)
    done = f"Le dossier {decision.dossier.ref} est lauréat. Sa lettre se prépare, puis part."
    attempt(request, done, actions.call_reserve, decision.dossier, **said)
    return redirect("admin:staff_jury", code=obj.code)


def _waiting(request: HttpRequest, call: Call) -> QuerySet[Decision]:
    """Who stands on the list, less the dossiers that the person has a part in."""
    return reserve.waiting(call).filter(dossier__in=dossiers_worked_on_by(request.user))


def _confirmation(request: HttpRequest, session: Session, decision: Decision, form: ReserveForm) -> HttpResponse:
    dossier, amount, reason = decision.dossier, form.cleaned_data["amount"], form.cleaned_data["reason"]
    try:
        refuse_call(session, dossier, amount=amount, reason=reason, actor=request.user)
        obstacles: tuple[str, ...] = ()
    except TransitionRefused as refusal:
        obstacles = (str(refusal),)
    people = dossier.members.count()
    confirmation = Confirmation(
        title=f"Appeler le dossier {dossier.ref}",
        verb="Appeler ce dossier",
        back=reverse("admin:staff_jury_reserve", args=[dossier.call.code]),
        parent="Liste complémentaire",
        done=(
            f"Le dossier {dossier.ref}, « {dossier.title} », porté par {dossier.lead_name}, devient lauréat.",
            f"Montant accordé : {in_words(amount)}.",
            "Sa lettre est préparée, puis remise ; il rejoint la liste publique des lauréats.",
            *((f"Motif de cet appel hors de l’ordre, gardé au journal : « {reason} »",) if reason else ()),
        ),
        told=(f"Les membres de ce dossier, par courriel, dès que la lettre est prête (personnes : {people}).",),
        fixed=("Le montant et la lettre. Le rang donné par le jury reste au dossier.",),
        obstacles=obstacles,
        carried=carried_by(request, form.fields),
    )
    return confirmation.page(request)
