"""What the staff does after a refusal: proposes to go on without the datasets refused, or stops the dossier."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.working_days import end_of
from ami_portal.ui import wording
from applications.models import Dossier
from evaluation import actions, consultation
from evaluation.enums import RestrictionState

from .dossier import show_opinions
from .following import ASK_HINT, STOP_HINT
from .opinion_forms import ConsultationForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def restrict(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Ask the team whether its project stands without what is refused, after a page that shows what follows."""
    form = ConsultationForm(request.POST, prefix="restreindre", hint=ASK_HINT)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, restrict=form)
    if CONFIRMED in request.POST:
        said = "La question est posée ; l’équipe du dossier est prévenue."
        attempt(request, said, actions.ask_restriction, obj, reason=form.cleaned_data["reason"])
        return redirect("admin:staff_opinions", ref=obj.ref)
    needs, delay = consultation.needs_of(obj), consultation.consent_delay(obj.call)
    due_at = wording.end_of_day(end_of(delay.last_day(clock.today()))) if delay else ""
    confirmation = Confirmation(
        title=f"Demander au porteur de {obj.ref} s’il se passe d’une base",
        verb="Poser la question",
        back=reverse("admin:staff_opinions", args=[obj.ref]),
        parent=obj.ref,
        done=(
            *(f"Base refusée : {need.dataset.title}" for need in needs.refused),
            *(f"Base gardée : {need.dataset.title}" for need in needs.left),
            f"Le porteur répond au plus tard le {due_at} ({delay}). Il lit ce motif : {form.cleaned_data['reason']}",
            "S’il accepte, le jury, le résultat et la convention portent sur les bases gardées seules.",
            "S’il refuse ou ne répond pas, rien n’est décidé : vous décidez de la suite.",
        ),
        told=(
            f"{', '.join(member.email for member in obj.members.all())}, par courriel : qu’une réponse est demandée "
            "et jusqu’à quand, pas laquelle.",
        ),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=obj)


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def withdraw(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Take the question back."""
    running = get_object_or_404(obj.restrictions, state=RestrictionState.ASKED)
    form = ConsultationForm(request.POST, prefix="retirer")
    if not form.is_valid():
        return show_opinions(request, obj, status=422, withdraw=form)
    attempt(
        request, "La question est retirée.", actions.withdraw_restriction, running, reason=form.cleaned_data["reason"]
    )
    return redirect("admin:staff_opinions", ref=obj.ref)


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def stop(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Stop the dossier, after a page that shows what follows."""
    form = ConsultationForm(request.POST, prefix="arreter", hint=STOP_HINT)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, stop=form)
    back = reverse("admin:staff_opinions", args=[obj.ref])
    if CONFIRMED in request.POST:
        said = f"Le dossier {obj.ref} est arrêté ; la lettre part."
        attempt(request, said, actions.stop_dossier, obj, reason=form.cleaned_data["reason"])
        return redirect(back)
    people = ", ".join(member.email for member in obj.members.all())
    confirmation = Confirmation(
        title=f"Arrêter le dossier {obj.ref}",
        verb="Arrêter le dossier",
        back=back,
        parent=obj.ref,
        done=(
            f"Le dossier « {obj.title} » ({obj.lead_name}) passe à l’état « Non éligible » : le critère confié au "
            "partenaire n’est pas satisfait.",
            *(f"Base refusée : {need.dataset.title}" for need in consultation.needs_of(obj).refused),
            f"Motif : {form.cleaned_data['reason']}",
        ),
        told=(f"Une lettre motivée est remise au porteur, qui en est prévenu par courriel : {people}.",),
        fixed=("Le dossier n’est plus examiné.", "La lettre et son motif ne changent plus."),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=obj)
