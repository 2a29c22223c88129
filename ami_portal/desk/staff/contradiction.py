"""An unfavourable opinion before it takes effect: the staff makes it known to the team, then settles."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.working_days import end_of
from ami_portal.ui import wording
from applications import reading
from applications.models import Dossier
from evaluation import actions, consultation, grounds
from evaluation.enums import ContradictionState
from evaluation.models import Contradiction, Opinion

from .dossier import show_opinions
from .following import SETTLE_HINT
from .opinion_forms import ConsultationForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def communicate(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Make an opinion known to the team, after a page that shows all that the team will read."""
    opinion = _opinion(obj, code)
    back = reverse("admin:staff_opinions", args=[obj.ref])
    if CONFIRMED in request.POST:
        attempt(
            request, "L’avis est communiqué ; l’équipe du dossier est prévenue.", actions.open_contradiction, opinion
        )
        return redirect(back)
    version, delay = reading.standing_version(obj), consultation.answer_delay(obj.call)
    told = grounds.told(opinion, obj.call, reading.frozen(version) if version else None)
    due_at = wording.end_of_day(end_of(delay.last_day(clock.today()))) if delay else ""
    confirmation = Confirmation(
        title=f"Communiquer un avis défavorable à l’équipe de {obj.ref}",
        verb="Communiquer l’avis",
        back=back,
        parent=obj.ref,
        done=(
            *_read_by_team(told, opinion),
            "Rien d’autre : ni les mots du partenaire pour vous, ni son autre avis, ni qui l’a signé.",
            f"Le porteur peut répondre jusqu’au {due_at} ({delay}). Le dossier n’est pas arrêté pendant ce temps.",
            "Qu’il réponde ou non, rien n’est décidé : vous décidez de la suite.",
        ),
        told=(
            f"{', '.join(member.email for member in obj.members.all())}, par courriel : qu’une réponse est demandée "
            "et jusqu’à quand, pas laquelle.",
        ),
        fixed=("Ce que l’équipe a lu. Le partenaire peut lever son avis ; il n’en change plus les termes.",),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=obj)


def _read_by_team(told: dict[str, Any], opinion: Opinion) -> tuple[str, ...]:
    """What the team will read, a line each."""
    lines = [f"L’équipe lit que la base « {opinion.dataset.title} » lui serait refusée."]
    for part in told["parts"]:
        lines.append(f"{part['title']}, motif de l’appel : {part['ground'] or 'aucun'}")
        if part["quote"]:
            lines.append(f"Passage cité de « {part['question']} » : {part['quote']}")
    return (*lines, f"Ce que le partenaire accepte de lui dire : {told['reason'] or 'rien de plus'}")


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def settle(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Let the opinion take effect, after a page that shows what follows."""
    standing = Contradiction.objects.exclude(state=ContradictionState.DROPPED).select_related("opinion__dataset")
    told = get_object_or_404(standing, opinion=_opinion(obj, code))
    form = ConsultationForm(request.POST, prefix=f"suite-{code}", hint=SETTLE_HINT)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, settle=form)
    back = reverse("admin:staff_opinions", args=[obj.ref])
    if CONFIRMED in request.POST:
        said = "L’avis prend effet : la base est refusée à ce dossier."
        attempt(request, said, actions.settle_contradiction, told, reason=form.cleaned_data["reason"])
        return redirect(back)
    others = [need.dataset.title for need in consultation.needs_of(obj).left if need.dataset != told.opinion.dataset]
    confirmation = Confirmation(
        title=f"Donner effet à l’avis défavorable sur {obj.ref}",
        verb="Donner effet à l’avis",
        back=back,
        parent=obj.ref,
        done=(
            f"La base « {told.opinion.dataset.title} » est refusée à ce dossier.",
            f"Il lui reste : {', '.join(others)}." if others else "Il ne lui reste aucune base.",
            f"Motif : {form.cleaned_data['reason']}",
            "Ce qui suit est un autre acte : demander au porteur s’il s’en passe, ou arrêter le dossier.",
        ),
        told=(f"{', '.join(member.email for member in obj.members.all())}, par courriel : qu’il y a du nouveau.",),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=obj)


def _opinion(dossier: Dossier, code: str) -> Opinion:
    opinions = dossier.opinions.select_related("dataset", "dossier__call")
    return get_object_or_404(opinions, dataset__code=code)
