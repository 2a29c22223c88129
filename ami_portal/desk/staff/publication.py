"""The publication of a call's results: what leaves and to whom, now or at an instant set beforehand."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused
from applications.models import Call, DossierMember
from evaluation import actions
from evaluation.actions.publication import refuse_schedule
from evaluation.enums import SessionState
from evaluation.letters import of_the_jury
from evaluation.models import Decision, Session

from .forms_jury import CancelForm, ScheduleForm
from .jury import decisions_shown_to, said_of, session_of
from .pages import CONFIRMED, Confirmation, attempt, carried_by, show
from .rules import calls_judged_by

CANCEL = "annuler"
"""The name that the button which takes a publication back sends."""


@page("evaluation.publish_results", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, obj: Call) -> HttpResponse:
    """Publish every result at one instant, after a page that says what leaves and to whom."""
    opened, back = session_of(obj), reverse("admin:staff_jury", args=[obj.code])
    if request.method == "POST":
        attempt(request, "Les résultats sont publiés.", actions.publish_results, opened)
        return redirect(back)
    obstacles = list(held_by(opened))
    if opened.scheduled_at:
        obstacles.insert(0, f"La publication est prévue le {wording.instant(opened.scheduled_at)}.")
    shown = decisions_shown_to(request, opened)
    confirmation = Confirmation(
        title=f"Publier les résultats de {obj.code}",
        verb="Publier les résultats",
        back=back,
        parent="Jury",
        done=(*said_of(shown), *_leaves(opened)),
        told=(_told(opened),),
        fixed=("Les résultats, les lettres et l’instant de leur publication.",),
        obstacles=tuple(obstacles),
    )
    return confirmation.page(request, decisions=shown)


@page("evaluation.publish_results", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: HttpRequest, obj: Call) -> HttpResponse:
    """Set the instant of the publication after a page that says what it does; once it is set, take it back."""
    opened = session_of(obj)
    is_sent, back = request.method == "POST", reverse("admin:staff_jury_schedule", args=[obj.code])
    if is_sent and CANCEL in request.POST:
        form = CancelForm(request.POST)
        done = "La publication prévue est annulée. Rien n’est publié."
        if form.is_valid():
            attempt(request, done, actions.cancel_publication, opened, reason=form.cleaned_data["reason"])
            return redirect(back)
        return _page(request, opened, cancel=form, status=422)
    form = ScheduleForm(request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        return _page(request, opened, form=form, status=422 if is_sent else 200)
    publish_at = form.cleaned_data["publish_at"]
    if CONFIRMED not in request.POST:
        return _confirmation(request, opened, form)
    done = f"Les résultats seront publiés le {wording.instant(publish_at)}."
    attempt(request, done, actions.schedule_publication, opened, publish_at=publish_at)
    return redirect(back)


def _page(
    request: HttpRequest,
    opened: Session,
    *,
    form: ScheduleForm | None = None,
    cancel: CancelForm | None = None,
    status: int,
) -> HttpResponse:
    if opened.state != SessionState.FROZEN and status == 200:
        messages.info(request, f"L’état de la séance est « {opened.get_state_display()} » : rien n’est à publier.")
        return redirect("admin:staff_jury", code=opened.call.code)
    return show(
        request,
        "admin/portal/jury_schedule.html",
        title=f"{opened.call.code} – Instant de la publication",
        status=status,
        call=opened.call,
        session=opened,
        form=form or ScheduleForm(),
        cancel=cancel or CancelForm(),
        held=held_by(opened),
        is_late=bool(opened.scheduled_at and opened.scheduled_at <= clock.now()),
    )


def _confirmation(request: HttpRequest, opened: Session, form: ScheduleForm) -> HttpResponse:
    publish_at = form.cleaned_data["publish_at"]
    try:
        refuse_schedule(opened, publish_at=publish_at, actor=request.user, at=clock.now())
        obstacles: tuple[str, ...] = ()
    except TransitionRefused as refusal:
        obstacles = (str(refusal),)
    shown = decisions_shown_to(request, opened)
    confirmation = Confirmation(
        title=f"Publier les résultats de {opened.call.code} le {wording.instant(publish_at)}",
        verb="Fixer cet instant",
        back=reverse("admin:staff_jury_schedule", args=[opened.call.code]),
        parent="Instant de la publication",
        done=(
            "Rien n’est visible avant cet instant ; le portail publie alors de lui-même, sans autre geste de personne.",
            *said_of(shown),
            *_leaves(opened),
        ),
        told=(
            f"Personne avant cet instant. Alors : {_told(opened)}",
            "Vous-même, quand c’est fait, ou si c’est retenu.",
        ),
        fixed=("Rien avant cet instant : la publication s’annule jusque-là, avec un motif.",),
        obstacles=obstacles,
        carried=carried_by(request, form.fields),
    )
    return confirmation.page(request, decisions=shown)


def held_by(opened: Session) -> tuple[str, ...]:
    """What keeps the results of a session from being published now, a sentence each."""
    ready = set(of_the_jury(opened).values_list("dossier_id", flat=True))
    refs = _decisions(opened).order_by("rank").values_list("dossier_id", "dossier__ref")
    waiting = tuple(f"Lettre pas encore prête : {ref}" for dossier, ref in refs if dossier not in ready)
    if opened.state != SessionState.FROZEN:
        return (f"L’état de la séance est « {opened.get_state_display()} ».", *waiting)
    return waiting


def _decisions(opened: Session) -> QuerySet[Decision]:
    return Decision.objects.filter(session=opened)


def _leaves(opened: Session) -> tuple[str, ...]:
    return (
        f"Dossiers qui changent d’état, au même instant : {_decisions(opened).count()}.",
        f"Lettres qui deviennent lisibles par leurs destinataires : {of_the_jury(opened).count()}.",
        "La liste des lauréats paraît sur la page publique de l’appel.",
    )


def _told(opened: Session) -> str:
    people = DossierMember.objects.filter(dossier__decision__session=opened).count()
    return f"Les membres de chaque dossier décidé reçoivent un courriel (personnes : {people})."
