"""The gracious appeals of a dossier, as staff read and answer them; a final decision reopened."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from applications.enums import DossierState
from applications.models import Dossier
from evaluation import actions
from evaluation.appeals import refused_by
from evaluation.declarations import last_refusal
from evaluation.models import Appeal
from evaluation.views.appeals import readable_file

from .dossier import serve
from .forms import AnswerAppealForm, ReopenForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to, show_dossier


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def appeals(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What was contested, by whom and when; the answer, or the form to give it."""
    return _show(request, obj, AnswerAppealForm())


@page("evaluation.answer_appeal", visible=dossiers_shown_to)
@require_http_methods(["POST"])
def answer(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Answer the appeal that waits, after a page that shows what follows."""
    form = AnswerAppealForm(request.POST)
    waiting = _waiting(obj)
    if waiting is None or not form.is_valid():
        return _show(request, obj, form, status=422)
    accepted = form.cleaned_data["answer"] == "accepted"
    if CONFIRMED not in request.POST:
        return _confirmation(request, obj, form, accepted, waiting)
    said = f"Le recours est accepté. {_effect(waiting)}" if accepted else "Le recours est rejeté."
    attempt(
        request,
        f"{said} La lettre part.",
        actions.answer_appeal,
        waiting,
        is_accepted=accepted,
        reason=form.cleaned_data["reason"],
    )
    return redirect("admin:staff_appeals", ref=obj.ref)


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def appeal_file(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """A file of an appeal, once it is examined; the journal says who took it."""
    return serve(request, obj, readable_file(obj, uuid).document)


@page("evaluation.reopen_decision", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Take up a final decision again, with its reason; what was decided stays readable."""
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = f"La décision sur le dossier {obj.ref} est rouverte : ses critères se décident de nouveau."
        attempt(request, said, actions.reopen_decision, obj, reason=form.cleaned_data["reason"])
        return redirect("admin:staff_dossier", ref=obj.ref)
    return show_dossier(
        request,
        obj,
        "staff_appeals",
        "dossier_reopen.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        refusal=last_refusal(obj) if obj.state == DossierState.INELIGIBLE else None,
    )


def _waiting(dossier: Dossier) -> Appeal | None:
    return dossier.appeals.select_related("declaration__version", "decision", "dossier").filter(state="filed").first()


def _show(request: HttpRequest, dossier: Dossier, form: AnswerAppealForm, *, status: int = 200) -> HttpResponse:
    waiting = _waiting(dossier)
    may_answer = waiting is not None and allowed(request.user, "evaluation.answer_appeal", dossier)
    is_party = bool(waiting and dossier.call.appeal.get("other_person")) and _is_party(waiting, request.user)
    rows = dossier.appeals.select_related("filed_by", "decided_by", "receipt", "declaration__declared_by")
    rows = rows.select_related("decision__decided_by", "decision__session")
    return show_dossier(
        request,
        dossier,
        "staff_appeals",
        "dossier_appeals.html",
        status=status,
        appeals=list(rows.prefetch_related("files__document")),
        form=form if may_answer and not is_party else None,
        is_party=may_answer and is_party,
        today=clock.today(),
        admits=bool(dossier.call.appeal),
        may_reopen=dossier.state == DossierState.INELIGIBLE
        and waiting is None
        and last_refusal(dossier) is not None
        and allowed(request.user, "evaluation.reopen_decision", dossier),
    )


def _is_party(appeal: Appeal | None, user: Any) -> bool:
    return appeal is not None and user.pk in refused_by(appeal)


def _effect(appeal: Appeal) -> str:
    """What accepting it does to the dossier."""
    if appeal.declaration:
        return "Le dossier redevient « Déposé » : la décision est rouverte, et ses critères se décident de nouveau."
    if appeal.dossier.state == DossierState.RESERVE:
        return "Le dossier garde sa place sur la liste complémentaire : un appel hors de l’ordre se motive."
    return "Le dossier rejoint la liste complémentaire, à son rang : il est appelé si une place se libère."


def _confirmation(
    request: HttpRequest, dossier: Dossier, form: AnswerAppealForm, accepted: bool, waiting: Appeal
) -> HttpResponse:
    people = ", ".join(member.email for member in dossier.members.all())
    word = "Accepter" if accepted else "Rejeter"
    done = (
        _effect(waiting) if accepted else f"Le dossier reste « {waiting.contested.label} ».",
        f"Motif : {form.cleaned_data['reason']}",
    )
    confirmation = Confirmation(
        title=f"{word} le recours sur le dossier {dossier.ref}",
        verb=f"{word} le recours",
        back=reverse("admin:staff_appeals", args=[dossier.ref]),
        parent=dossier.ref,
        done=done,
        told=(f"Une lettre scellée est remise au porteur, qui en est prévenu par courriel : {people}.",),
        fixed=("La réponse et sa lettre ne changent plus.",),
        carried=carried_by(request, form.fields),
    )
    return confirmation.page(request, dossier=dossier)
