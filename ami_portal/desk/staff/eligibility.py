"""What the staff does of a dossier before the jury: decides each criterion, declares, asks the partners."""

from collections.abc import Callable, Iterator
from typing import Any

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
from applications.enums import Act, CheckResult, DossierState
from applications.models import Dossier
from evaluation import actions, duties
from evaluation.actions.declaring import ADMITTED, FIRST
from evaluation.declarations import act_now
from evaluation.models import EligibilityItem

from .dossier import eligibility_items, show_eligibility, show_opinions
from .forms import CriterionForm
from .opinion_forms import OpinionForm
from .pages import Confirmation, attempt, dossiers_shown_to


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_POST
def decide_criteria(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Record every decision that changed; one that is refused stays as typed, and the others are kept."""
    mine = [item for act in Act for item in staff_items(obj, act) if duties.may_decide(request.user, item.criterion)]
    forms = {item.criterion.code: CriterionForm(item, request.POST) for item in mine}
    done = [said for form in forms.values() if (said := record(request, form)) is not None]
    tell(request, done)
    if any(form.errors for form in forms.values()):
        return show_eligibility(request, obj, forms=forms, status=422)
    return redirect("admin:staff_dossier", ref=obj.ref)


def record(request: HttpRequest, form: CriterionForm) -> bool | None:
    """Record one criterion: whether it is decided (or proposed), None for nothing. A refusal becomes an error."""
    if not form.is_valid() or not form.is_new():
        return None
    try:
        return actions.decide_criterion(form.item, **form.said, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error("decision", str(refusal))
        return None


def tell(request: HttpRequest, done: list[bool]) -> None:
    """Say how many decisions were recorded, and how many wait for a second person."""
    decided, proposed = done.count(True), done.count(False)
    if decided:
        messages.success(request, f"{decided} décision{_s(decided)} enregistrée{_s(decided)}.")
    if proposed:
        said = f"{proposed} décision{_s(proposed)} proposée{_s(proposed)}"
        messages.success(request, f"{said} : une autre personne doit confirmer.")
    if not done:
        messages.info(request, "Aucune décision n’a changé.")


def _s(count: int) -> str:
    return "s" if count > 1 else ""


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
def declare_admissible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is receivable, after a page that shows what follows."""
    said = f"Le dossier {obj.ref} est recevable : son éligibilité se décide maintenant."
    return _accept(
        request,
        obj,
        Act.ADMISSIBILITY,
        actions.declare_admissible,
        said,
        title=f"Déclarer le dossier {obj.ref} recevable",
        verb="Déclarer recevable",
        done=(
            f"Le dossier « {obj.title} » ({obj.lead_name}) est déclaré recevable ; il reste « Déposé ».",
            "Ses critères d’éligibilité se décident alors.",
        ),
        fixed=("Les décisions sur les critères de recevabilité ne changent plus.",),
    )


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def declare_eligible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is eligible, after a page that shows what follows."""
    said = f"Le dossier {obj.ref} est éligible."
    return _accept(
        request,
        obj,
        Act.ELIGIBILITY,
        actions.declare_eligible,
        said,
        title=f"Déclarer le dossier {obj.ref} éligible",
        verb="Déclarer éligible",
        done=(
            f"Le dossier « {obj.title} » ({obj.lead_name}) passe à l’état « Éligible ».",
            "L’avis du partenaire de chaque base demandée peut être demandé, puis le dossier confié au jury.",
        ),
        fixed=("Les décisions sur chaque critère ne changent plus.",),
    )


def _accept(
    request: HttpRequest, dossier: Dossier, act: Act, declare: Callable[..., None], said: str, **words: Any
) -> HttpResponse:
    """The page of an act that goes on, or the act itself."""
    back = reverse("admin:staff_dossier", args=[dossier.ref])
    if request.method == "POST":
        attempt(request, said, declare, dossier)
        return redirect(back)
    items = staff_items(dossier, act)
    left = [item.criterion.label for item in items if item.decision != CheckResult.MET]
    obstacles = (
        *_before(dossier, act),
        *(f"Critère non satisfait ou à décider : {label}" for label in left),
        *_waiting(items),
    )
    confirmation = Confirmation(
        back=back,
        parent=dossier.ref,
        told=("Personne n’est prévenu à cette étape.",),
        obstacles=obstacles,
        **words,
    )
    return confirmation.page(request, dossier=dossier)


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def declare_inadmissible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is not receivable: its letter leaves."""
    return _refuse(request, obj, Act.ADMISSIBILITY, actions.declare_inadmissible, "irrecevable")


@page("evaluation.decide_eligibility", visible=dossiers_shown_to)
@require_http_methods(["GET", "POST"])
def declare_ineligible(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Say that the dossier is not eligible: its letter leaves."""
    return _refuse(request, obj, Act.ELIGIBILITY, actions.declare_ineligible, "non éligible")


def _refuse(request: HttpRequest, dossier: Dossier, act: Act, declare: Callable[..., None], word: str) -> HttpResponse:
    """The page of an act that ends a dossier, or the act itself."""
    back = reverse("admin:staff_dossier", args=[dossier.ref])
    if request.method == "POST":
        attempt(request, f"Le dossier {dossier.ref} est déclaré {word} ; la lettre part.", declare, dossier)
        return redirect(back)
    items = staff_items(dossier, act)
    not_met = [item for item in items if item.decision == CheckResult.NOT_MET]
    obstacles = (
        *_before(dossier, act),
        *(() if not_met else ("Aucun critère n’est décidé « non satisfait ».",)),
        *(f"Critère à décider : {item.criterion.label}" for item in items if not item.decision),
        *_waiting(items),
    )
    people = ", ".join(member.email for member in dossier.members.all())
    confirmation = Confirmation(
        title=f"Déclarer le dossier {dossier.ref} {word}",
        verb=f"Déclarer {word}",
        back=back,
        parent=dossier.ref,
        done=(
            f"Le dossier « {dossier.title} » ({dossier.lead_name}) est déclaré {word}. Il passe à « Non éligible ».",
            *(f"Critère non satisfait : {item.criterion.label}. Motif : {item.reason}" for item in not_met),
        ),
        told=(f"Une lettre motivée est remise au porteur, qui en est prévenu par courriel : {people}.",),
        fixed=("Le dossier n’est plus examiné.", "La lettre et ses motifs ne changent plus."),
        obstacles=obstacles,
    )
    return confirmation.page(request, dossier=dossier)


def _before(dossier: Dossier, act: Act) -> tuple[str, ...]:
    """Until the closing, what is deposited may still change; and recevabilité comes before éligibilité."""
    found = []
    if not dossier.is_closed(clock.now()):
        closing = wording.instant(dossier.closes_at)
        found.append(f"La clôture de ce dossier est le {closing} : d’ici là, le porteur peut le reprendre.")
    version = reading.standing_version(dossier)
    if version and dossier.state == DossierState.SUBMITTED and act_now(version) != act:
        found.append(FIRST if act == Act.ELIGIBILITY else ADMITTED)
    return tuple(found)


def _waiting(items: list[EligibilityItem]) -> Iterator[str]:
    for item in items:
        if item.waiting:
            yield f"Une décision proposée attend une seconde personne : {item.criterion.label}"


def staff_items(dossier: Dossier, act: Act) -> list[EligibilityItem]:
    """The criteria of one act that staff decide, on the deposit that stands."""
    version = reading.standing_version(dossier)
    items = eligibility_items(version) if version else []
    return [item for item in items if item.criterion.act == act and duties.decides(item.criterion)]


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
