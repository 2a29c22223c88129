"""What the staff does of a dossier before the jury: decides each criterion, declares, asks the partners."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused
from applications import reading
from applications.enums import CheckResult
from applications.models import Dossier
from evaluation import actions

from .dossier import eligibility_items, show_eligibility, show_opinions
from .forms import CriterionForm, OpinionForm
from .pages import Confirmation, attempt, dossiers_shown_to


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_POST
def decide_criteria(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Record every decision that changed; one that is refused stays as typed, and the others are kept."""
    forms = {item.criterion.code: CriterionForm(item, request.POST) for item in _staff_items(obj)}
    recorded = sum(_record(request, form) for form in forms.values())
    many = "s" if recorded > 1 else ""
    if recorded:
        messages.success(request, f"{recorded} décision{many} enregistrée{many}.")
    if any(form.errors for form in forms.values()):
        return show_eligibility(request, obj, forms=forms, status=422)
    if not recorded:
        messages.info(request, "Aucune décision n’a changé.")
    return redirect("admin:staff_dossier", ref=obj.ref)


def _record(request: HttpRequest, form: CriterionForm) -> bool:
    """Record one criterion; answer whether it was new. A refusal becomes the error of its form."""
    if not form.is_valid() or not form.is_new():
        return False
    try:
        actions.decide_criterion(form.item, **form.cleaned_data, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error("decision", str(refusal))
        return False
    return True


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_POST
def check_again(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Run the automatic checks again; the staff's decisions stay."""
    version = reading.standing_version(obj)
    if version is None:
        raise Http404
    later("evaluation.run_checks", version_id=version.pk)
    messages.info(request, "Les contrôles automatiques sont relancés ; vos décisions sont gardées.")
    return redirect("admin:staff_dossier", ref=obj.ref)


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def declare_eligible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is eligible, after a page that shows what follows."""
    back = reverse("admin:staff_dossier", args=[obj.ref])
    if request.method == "POST":
        attempt(request, f"Le dossier {obj.ref} est éligible.", actions.declare_eligible, obj)
        return redirect(back)
    left = [item.criterion.label for item in _staff_items(obj) if item.decision != CheckResult.MET]
    obstacles = (*_still_open(obj), *(f"Critère non satisfait ou à décider : {label}" for label in left))
    confirmation = Confirmation(
        title=f"Déclarer le dossier {obj.ref} éligible",
        verb="Déclarer éligible",
        back=back,
        done=(
            f"Le dossier « {obj.title} » de {obj.lead_name} passe à l’état « Éligible ».",
            "L’avis du partenaire de chaque base demandée peut être demandé, puis le dossier confié au jury.",
        ),
        told=("Personne n’est prévenu à cette étape.",),
        fixed=("Les décisions sur chaque critère ne changent plus.",),
        obstacles=obstacles,
    )
    return confirmation.page(request, dossier=obj)


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def declare_ineligible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is not eligible: its letter leaves."""
    back = reverse("admin:staff_dossier", args=[obj.ref])
    if request.method == "POST":
        attempt(request, f"Le dossier {obj.ref} n’est pas éligible ; la lettre part.", actions.declare_ineligible, obj)
        return redirect(back)
    items = _staff_items(obj)
    not_met = [item for item in items if item.decision == CheckResult.NOT_MET]
    left = [item.criterion.label for item in items if not item.decision]
    obstacles = (
        *_still_open(obj),
        *(() if not_met else ("Aucun critère n’est décidé « non satisfait ».",)),
        *(f"Critère à décider : {label}" for label in left),
    )
    people = ", ".join(member.email for member in obj.members.all())
    confirmation = Confirmation(
        title=f"Déclarer le dossier {obj.ref} non éligible",
        verb="Déclarer non éligible",
        back=back,
        done=(
            f"Le dossier « {obj.title} » de {obj.lead_name} passe à l’état « Non éligible ».",
            *(f"Critère non satisfait : {item.criterion.label}. Motif : {item.reason}" for item in not_met),
        ),
        told=(f"Une lettre motivée est remise au porteur, qui en est prévenu par courriel : {people}.",),
        fixed=("Le dossier n’est plus examiné.", "La lettre et ses motifs ne changent plus."),
        obstacles=obstacles,
    )
    return confirmation.page(request, dossier=obj)


def _still_open(dossier: Dossier) -> tuple[str, ...]:
    """Until the closing, what is deposited may still change."""
    if dossier.is_closed(clock.now()):
        return ()
    closing = wording.instant(dossier.closes_at)
    return (f"La clôture de ce dossier est le {closing} : d’ici là, le porteur peut le reprendre.",)


def _staff_items(dossier: Dossier) -> list:
    version = reading.standing_version(dossier)
    items = eligibility_items(version) if version else []
    return [item for item in items if item.criterion.decided_by != "partner"]


@page("evaluation.request_opinion", visible=dossiers_shown_to)
@require_POST
def request_opinion(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Ask the partner of one dataset."""
    datasets = [asked.version.dataset for asked in obj.dossier_datasets.all()]
    dataset = next((dataset for dataset in datasets if dataset.code == code), None)
    if dataset is None:
        raise Http404
    form = OpinionForm(request.POST, prefix=code)
    if not form.is_valid():
        return show_opinions(request, obj, bound=form, status=422)
    said = f"L’avis de {dataset.partner.name} est demandé pour « {dataset.title} »."
    attempt(request, said, actions.request_opinion, obj, dataset, due_on=form.cleaned_data["due_on"])
    return redirect("admin:staff_opinions", ref=obj.ref)
