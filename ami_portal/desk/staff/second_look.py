"""What the staff asks of a partner once: to look at its opinion again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ami_portal.kernel.http import page
from applications.models import Dossier
from evaluation import actions
from evaluation.enums import LookKind

from .dossier import show_opinions
from .following import look_form
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def second_look(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Ask again, after a page that shows what follows."""
    opinion = get_object_or_404(obj.opinions.select_related("dataset__partner", "dossier__call"), dataset__code=code)
    form = look_form(opinion, request.POST)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, again=form)
    back = reverse("admin:staff_opinions", args=[obj.ref])
    if CONFIRMED in request.POST:
        said = "Le partenaire est prié de revoir son avis."
        attempt(request, said, actions.ask_second_look, opinion, **form.cleaned_data)
        return redirect(back)
    partner = opinion.dataset.partner.name
    confirmation = Confirmation(
        title=f"Prier {partner} de revoir son avis sur {obj.ref}",
        verb="Demander un second avis",
        back=back,
        parent=obj.ref,
        done=(
            f"Le premier avis sur « {opinion.dataset.title} » est gardé et reste lisible ici ; il n’a plus d’effet.",
            "Le second, une fois rendu, décide.",
            f"Le partenaire lit : {LookKind(form.cleaned_data['kind']).label} – {form.cleaned_data['reason']}",
        ),
        told=(f"{partner}, par courriel : qu’un second avis est attendu et jusqu’à quand, pas pourquoi.",),
        fixed=("On ne le demande qu’une fois.",),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=obj)
