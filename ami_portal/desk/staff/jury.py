"""The jury of a call: reviews awaited, ranking with each juror's scores, decisions, letters, publication."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.money import in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.closing import closes_for_all_at
from applications.enums import UNDER_EXAMINATION, DossierState
from applications.models import Call, Dossier
from evaluation import actions
from evaluation.board import RankingRow, ranking_of
from evaluation.deliberating import faults_of
from evaluation.enums import Outcome, ReviewState, SessionState
from evaluation.judging import jury_ends_on
from evaluation.letters import of_the_jury
from evaluation.models import Decision, Session
from evaluation.rules import JUDGED, minutes_visible_to

from .conflicts import waiting_in
from .forms import DecisionForm
from .jury_tables import by_juror, columns, matrix, totals
from .pages import Confirmation, attempt, show
from .reserve import places_of
from .rules import calls_judged_by, dossiers_worked_on_by
from .steps import counts, with_step

DECIDED = ("outcome", "rank", "amount", "reason", "move_reason")
"""What is said of a dossier that the jury decides."""
WAITING = {ReviewState.TO_DECLARE, ReviewState.DRAFT}


def session_of(call: Call) -> Session:
    """The jury's session of a call. Raises Http404 before it is opened."""
    return get_object_or_404(Session.objects.select_related("call"), call=call)


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def session(request: HttpRequest, obj: Call) -> HttpResponse:
    """Where the jury of a call stands, and the one thing to do next."""
    return show_session(request, obj)


def show_session(
    request: HttpRequest, call: Call, *, forms: dict[str, DecisionForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page; `forms` are those of a table of decisions that was not accepted as a whole, by reference."""
    opened = Session.objects.select_related("call").filter(call=call).first()
    may_run = allowed(request.user, "evaluation.run_session", opened)
    context: dict[str, Any] = {"call": call, "session": opened, "may_run": may_run, "ends_on": jury_ends_on(call)}
    if opened is None:
        steps = counts(with_step(dossiers_worked_on_by(request.user).filter(call=call)))
        context |= {"closes_at": closes_for_all_at(call), "steps": [(s, n) for s, n in steps.items() if n]}
        context["is_closed"] = clock.now() >= context["closes_at"]
        return show(request, "admin/portal/jury_closed.html", title=f"Jury – {call.code}", status=status, **context)
    rows = ranking_of(opened, reader=request.user)
    letters = set(of_the_jury(opened).values_list("dossier_id", flat=True))
    context |= {
        "conflicts": waiting_in(call, request.user),
        "rows": matrix(rows, columns(rows), letters),
        "jurors": columns(rows),
        "load": by_juror(rows),
        "hidden": Dossier.objects.filter(call=call, state__in=JUDGED).count() - len(rows),
        "outside": _not_at_the_jury(request, call),
        "totals": totals(
            [row.decision for row in rows if row.decision and row.dossier.state != DossierState.RENOUNCED]
        ),
        "ready": sum(row.dossier.pk in letters for row in rows if row.decision),
        "decided": sum(row.decision is not None for row in rows),
        "minutes": opened.frozen_at and minutes_visible_to(request.user).filter(session=opened).first(),
    }
    if opened.state == SessionState.DELIBERATION and may_run:
        forms = forms or {
            row.dossier.ref: decision_form(row, place, call) for place, row in enumerate(_eligible(rows), 1)
        }
        context["verdicts"] = [(row, forms[row.dossier.ref]) for row in _eligible(rows)]
        context["forms"] = list(forms.values())
    if opened.state == SessionState.PUBLISHED:
        context |= places_of(call, request.user)
    return show(request, "admin/portal/jury.html", title=f"Jury – {call.code}", status=status, **context)


def _eligible(rows: list[RankingRow]) -> list[RankingRow]:
    return [row for row in rows if row.dossier.state == DossierState.ELIGIBLE]


def _not_at_the_jury(request: HttpRequest, call: Call) -> int:
    """Deposited dossiers of the call whose eligibility is not decided."""
    return dossiers_worked_on_by(request.user).filter(call=call, state__in=UNDER_EXAMINATION).count()


def decision_form(row: RankingRow, place: int, call: Call, data: Any = None) -> DecisionForm:
    """The row of a dossier: what was decided, or its place in the ranking and what it asks for."""
    asked = min(row.dossier.amount_requested or call.max_grant, call.max_grant)
    initial: dict[str, Any] = {"rank": place, "amount": asked}
    if row.decision:
        initial = {name: getattr(row.decision, name) for name in DECIDED}
    form = DecisionForm(data, prefix=row.dossier.ref, initial=initial)
    for field in form.fields.values():  # the list of what is to be mended names the dossier; the row shows it already
        field.label = f"{row.dossier.ref}, {str(field.label).lower()}"
    return form


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def open_session(request: HttpRequest, obj: Call) -> HttpResponse:
    """Open the jury: dossiers can be entrusted."""
    attempt(
        request, "La séance du jury est ouverte : les dossiers prêts peuvent être confiés.", actions.open_session, obj
    )
    return redirect("admin:staff_jury", code=obj.code)


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "POST"])
def close_scoring(request: HttpRequest, obj: Call) -> HttpResponse:
    """End the scoring, after a page that says which reviews will never come."""
    opened, back = session_of(obj), reverse("admin:staff_jury", args=[obj.code])
    if request.method == "POST":
        attempt(request, "La notation est close. La délibération commence.", actions.close_scoring, opened)
        return redirect(back)
    states = Counter(cell.review.state for row in ranking_of(opened) for cell in row.reviews)
    waiting = sum(states[state] for state in WAITING)
    done = [f"La notation est close : {states[ReviewState.SUBMITTED]} évaluations remises sont retenues."]
    if waiting:
        done.append(
            f"{waiting} évaluation{'s' if waiting > 1 else ''} non remise{'s' if waiting > 1 else ''} sera perdue."
        )
    confirmation = Confirmation(
        title=f"Clore la notation du jury de {obj.code}",
        verb="Clore la notation",
        back=back,
        parent="Jury",
        done=tuple(done),
        told=("Personne n’est prévenu à cette étape.",),
        fixed=("Les notes et les commentaires des membres du jury.", "Les avis des partenaires."),
        obstacles=() if opened.state == SessionState.SCORING else (f"L’état est « {opened.get_state_display()} ».",),
    )
    return confirmation.page(request)


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_POST
def record_decisions(request: HttpRequest, obj: Call) -> HttpResponse:
    """Record every row that changed; a row that is refused stays as typed, and the others are kept."""
    opened = session_of(obj)
    rows = _eligible(ranking_of(opened, reader=request.user))
    forms = {row.dossier.ref: decision_form(row, place, obj, request.POST) for place, row in enumerate(rows, 1)}
    recorded = sum(_record(request, opened, row, forms[row.dossier.ref]) for row in rows)
    if recorded:
        messages.success(
            request, f"{recorded} décision{'s' if recorded > 1 else ''} enregistrée{'s' if recorded > 1 else ''}."
        )
    if any(form.errors for form in forms.values()):
        return show_session(request, obj, forms=forms, status=422)
    if not recorded:
        messages.info(request, "Aucune décision n’a changé.")
    return redirect(reverse("admin:staff_jury", args=[obj.code]) + "#decisions")


def _record(request: HttpRequest, opened: Session, row: RankingRow, form: DecisionForm) -> bool:
    """Record one row; answer whether it was new. A refusal becomes the row's error."""
    if not form.is_valid() or not form.cleaned_data["outcome"]:
        return False
    said = {name: form.cleaned_data[name] for name in DECIDED}
    if row.decision and said == {name: getattr(row.decision, name) for name in said}:
        return False
    try:
        actions.record_decision(opened, row.dossier, **said, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, f"{row.dossier.ref} : {refusal}")
        return False
    return True


@page("evaluation.run_session", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest, obj: Call) -> HttpResponse:
    """Freeze the decisions, after a page that shows them."""
    opened, back = session_of(obj), reverse("admin:staff_jury", args=[obj.code])
    if request.method == "POST":
        attempt(request, "Les décisions sont arrêtées. Les lettres se préparent.", actions.freeze_decisions, opened)
        return redirect(back)
    decided = set(Decision.objects.filter(session=opened).values_list("dossier_id", flat=True))
    shown = decisions_shown_to(request, opened)
    left = Dossier.objects.filter(call=obj, state=DossierState.ELIGIBLE).exclude(pk__in=decided)
    waiting = Dossier.objects.filter(call=obj, state__in=UNDER_EXAMINATION)
    confirmation = Confirmation(
        title=f"Arrêter les décisions du jury de {obj.code}",
        verb="Arrêter les décisions",
        back=back,
        parent="Jury",
        done=(
            *said_of(shown),
            "Une lettre est préparée pour chaque dossier décidé.",
            "Le procès-verbal est établi et scellé, avec tout ce dont le classement se recalcule.",
        ),
        told=("Personne : les décisions restent secrètes jusqu’à la publication.",),
        fixed=("Les rangs, les montants et les motifs.",),
        obstacles=(
            *(f"Décision à enregistrer : {ref}" for ref in left.values_list("ref", flat=True)),
            *(f"Éligibilité à déclarer : {ref}" for ref in waiting.values_list("ref", flat=True)),
            *actions.unexplained_moves(opened),
            *faults_of(opened),
        ),
    )
    return confirmation.page(request, decisions=shown)


def decisions_shown_to(request: HttpRequest, opened: Session) -> list[Decision]:
    """The decisions by rank, less those of dossiers that the person has a part in: their result is not theirs yet."""
    rows = ranking_of(opened, reader=request.user)
    return sorted((row.decision for row in rows if row.decision), key=lambda decision: decision.rank)


def said_of(decisions: list[Decision]) -> tuple[str, ...]:
    """How many of each outcome, and the sum granted."""
    found = totals(decisions)
    lines = [f"{outcome.label} : {found['counts'][outcome.value]}" for outcome in Outcome]
    return (*lines, f"Montant total accordé : {in_words(found['amount'])}")
