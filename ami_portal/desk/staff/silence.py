"""What the staff does of an opinion that does not come: extends its delay once, goes on without, or holds a refusal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from applications.models import Dossier
from evaluation import actions, consultation
from evaluation.actions.second_look import look_at
from evaluation.models import Opinion

from .dossier import show_opinions
from .following import silence_form
from .opinion_forms import EXTEND, KEEP, REFUSE
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def silence(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """One of the three, after a page that shows what follows."""
    opinion = get_object_or_404(obj.opinions.select_related("dataset__partner", "dossier__call"), dataset__code=code)
    form = silence_form(opinion, look_at(opinion), request.POST)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, silence=form)
    choice, reason = form.cleaned_data["choice"], form.cleaned_data["reason"]
    back = reverse("admin:staff_opinions", args=[obj.ref])
    if CONFIRMED not in request.POST:
        return _confirmation(request, opinion, choice, reason, back).page(request, dossier=obj)
    if choice == EXTEND:
        attempt(request, "Le délai est prolongé.", actions.extend_opinion, opinion, reason=reason)
    elif choice == KEEP:
        attempt(request, "Le premier avis est gardé.", actions.keep_first_opinion, opinion, reason=reason)
    else:
        said = "La base est tenue pour refusée." if choice == REFUSE else "L’examen se poursuit sans cet avis."
        attempt(request, said, actions.settle_silence, opinion, refuses=choice == REFUSE, reason=reason)
    return redirect(back)


def _confirmation(request: HttpRequest, opinion: Opinion, choice: str, reason: str, back: str) -> Confirmation:
    dossier, dataset = opinion.dossier, opinion.dataset
    delay = consultation.due_delay(dossier.call)
    due_on = wording.day(delay.last_day(clock.today())) if delay else ""
    verb, done, told = {
        EXTEND: ("Prolonger le délai", f"L’avis est attendu le {due_on} au plus tard ({delay}).", "la nouvelle date"),
        KEEP: (
            "Garder le premier avis",
            "Le réexamen n’est plus attendu : le premier avis vaut de nouveau, tel qu’il a été rendu.",
            "que son second avis n’est plus attendu",
        ),
        REFUSE: (
            "Tenir la base pour refusée",
            f"La base « {dataset.title} » est refusée à ce dossier, sans avis de son partenaire.",
            "que son avis n’est plus attendu",
        ),
    }.get(
        choice,
        (
            "Continuer sans cet avis",
            f"Le dossier va au jury sans avis sur la base « {dataset.title} » : un silence n’est pas un accord.",
            "que son avis n’est plus attendu",
        ),
    )
    last = {EXTEND: "Le délai ne se prolonge qu’une fois.", KEEP: "Le partenaire n’est plus prié de revoir son avis."}
    return Confirmation(
        title=f"{verb} – {dossier.ref}",
        verb=verb,
        back=back,
        parent=dossier.ref,
        done=(done, f"Motif : {reason}"),
        told=(f"{dataset.partner.name}, par courriel : {told}. Le motif ne lui est pas dit.",),
        fixed=(last.get(choice, "Le partenaire ne peut plus rendre d’avis."),),
        carried=carried_by(request),
    )
