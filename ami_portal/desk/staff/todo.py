"""What each duty has to do: counts that are links, what is late, what waits for the person, oldest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from ami_portal.accounts.rules import reads_content
from ami_portal.jobs.actions import MAX_ATTEMPTS
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.notifications.enums import Delivery
from applications.conversation import unread_by_staff
from applications.enums import DossierState, QuestionState
from applications.models import Call, Dossier, RemoteDossier, VisitorQuestion
from evaluation import reserve
from evaluation.enums import AWAITED, Awaited, QueueAct, ReviewState, SessionState
from evaluation.judging import jury_ends_on
from evaluation.models import DecisionProposal, Opinion, Review, Session
from evaluation.rules import queue_visible_to
from funding.enums import ClaimState, ConventionState, InstalmentState, RemarkState
from funding.models import ExpenseClaim, Instalment, Remark
from funding.rules import conventions_managed_by, dossiers_to_prepare

from .expected import DECLARATIONS, Expected, expected, with_progress
from .rules import dossiers_corresponded_with, dossiers_worked_on_by, messages_visible_to
from .steps import ENDED, TONES, Step, counts

SHOWN = 10


@dataclass(frozen=True)
class Tile:
    """A count that is a link."""

    label: str
    count: int
    url: str
    tone: str = ""
    is_ended: bool = False


@dataclass(frozen=True)
class Task:
    """One thing to do: on what, what, since when (or due when), and where."""

    ref: str
    title: str
    what: str
    url: str
    since: dt.datetime | None = None
    due_on: dt.date | None = None


@dataclass
class Todo:
    """The page of a person. `late` and `waiting` hold the oldest `SHOWN`; the counts say how many there are."""

    tiles: list[Tile] = field(default_factory=list)
    duties: list[Tile] = field(default_factory=list)
    late: list[Task] = field(default_factory=list)
    late_count: int = 0
    waiting: list[Task] = field(default_factory=list)
    waiting_count: int = 0
    waiting_url: str = ""
    has_queue: bool = False
    drafts: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[Tile] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)


def board_url(**filters: str) -> str:
    """The board with these filters."""
    return reverse("admin:applications_dossier_changelist") + (f"?{urlencode(filters)}" if filters else "")


def todo_of(user: Any) -> Todo:
    """What `user` has to do now, in a number of queries that does not grow with the dossiers."""
    result, today = Todo(), clock.today()
    if reads_content(user):
        result.has_queue = allowed(user, "desk.view_queue")
        _add_board(result, user)
        _add_messages(result, user)
        if result.has_queue:
            _add_second_looks(result, user)
        _add_late_opinions(result, user, today)
        _add_drafts(result)
    if allowed(user, "applications.answer_question"):
        waiting = VisitorQuestion.objects.filter(state=QuestionState.WAITING).count()
        result.duties += _tile("Questions du public", waiting, reverse("admin:staff_questions"))
    if allowed(user, "applications.sync_demarche"):
        _add_import_faults(result, user)
    if allowed(user, "evaluation.view_ranking"):
        _add_jury(result, user, today)
        _add_places(result, user)
    _add_funding(result, user, today)
    _add_troubles(result, user)
    result.late.sort(key=lambda task: task.due_on or today)
    return result


STEPS_OF = {
    "evaluation.decide_eligibility": (Step.TO_CHECK, Step.TO_ADMIT, Step.TO_ASSESS, Step.TO_DECLARE),
    "evaluation.request_opinion": (Step.OPINIONS_TO_ASK,),
    "evaluation.settle_opinions": (Step.VETO, Step.SILENCE),
    "evaluation.assign_juror": (Step.READY_FOR_JURY,),
    "evaluation.run_session": (Step.DELIBERATION,),
}
"""Who moves a dossier on from a step."""


def _add_board(result: Todo, user: Any) -> None:
    dossiers = with_progress(dossiers_worked_on_by(user))
    by_step = counts(dossiers)
    result.tiles = [
        Tile(step.label, count, board_url(etape=step.value), TONES[step][0], is_ended=step in ENDED)
        for step, count in by_step.items()
        if count
    ]
    mine = [step.value for permission, steps in STEPS_OF.items() if allowed(user, permission) for step in steps]
    if not mine:
        return
    result.waiting_count = sum(by_step[Step(step)] for step in mine)
    today = clock.today()
    for dossier in dossiers.filter(step__in=mine).select_related("call").order_by("submitted_at", "pk")[:SHOWN]:
        next_act = expected(dossier, today)
        url = page_of(dossier, next_act)
        result.waiting.append(Task(dossier.ref, dossier.title, next_act.verb, url, since=dossier.submitted_at))


def _add_messages(result: Todo, user: Any) -> None:
    """What the teams of dossiers wrote and nobody has read."""
    unread = unread_by_staff().filter(dossier__in=dossiers_corresponded_with(user)).count()
    result.duties += _tile("Messages à lire", unread, reverse("admin:staff_conversations"))


def _add_second_looks(result: Todo, user: Any) -> None:
    """What asks for another person than who decided: decisions to confirm, appeals to answer."""
    queue, shown = reverse("admin:staff_queue"), queue_visible_to(user)
    proposed = DecisionProposal.objects.filter(outcome="", item__version__withdrawn_at=None)
    to_confirm = proposed.filter(item__version__dossier__in=shown.values("dossier")).exclude(proposed_by=user)
    result.duties += _tile("Décisions à confirmer", to_confirm.count(), f"{queue}?qui=moi")
    appeals = shown.filter(awaits=Awaited.ANSWER).count()
    result.duties += _tile("Recours sans réponse", appeals, f"{queue}?acte={QueueAct.APPEAL}")


def _add_import_faults(result: Todo, user: Any) -> None:
    """The dossiers of each démarche that could not be imported."""
    faulty = RemoteDossier.objects.filter(~Q(email=user.email), faults__isnull=False)
    counted = faulty.order_by("call__code").values_list("call__code").annotate(count=Count("pk", distinct=True))
    for code, count in counted:
        result.duties += _tile(f"Erreurs d’import – {code}", count, reverse("admin:staff_demarche", args=[code]))


def page_of(dossier: Dossier, act: Expected) -> str:
    """Where the next act on a dossier is done."""
    if act.url_name == "staff_jury":
        return reverse("admin:staff_jury", args=[dossier.call.code])
    place = "#declaration" if act.verb in DECLARATIONS else ""
    return reverse(f"admin:{act.url_name or 'staff_dossier'}", args=[dossier.ref]) + place


def _add_late_opinions(result: Todo, user: Any, today: dt.date) -> None:
    late = Opinion.objects.filter(
        state__in=AWAITED,
        due_on__lt=today,
        dossier__in=dossiers_worked_on_by(user).filter(state=DossierState.ELIGIBLE),
    )
    result.late_count += late.count()
    for opinion in late.select_related("dossier", "dataset__partner").order_by("due_on", "pk")[:SHOWN]:
        result.late.append(
            Task(
                opinion.dossier.ref,
                opinion.dossier.title,
                f"Avis de {opinion.dataset.partner.name} ({opinion.dataset.title})",
                reverse("admin:staff_opinions", args=[opinion.dossier.ref]),
                due_on=opinion.due_on,
            )
        )


def _add_drafts(result: Todo) -> None:
    """Of drafts, the staff knows how many there are and how complete, by call; nothing else."""
    drafts = Q(dossiers__state=DossierState.DRAFT)
    rows = Call.objects.annotate(
        drafts=Count("dossiers", filter=drafts),
        complete=Count("dossiers", filter=drafts & Q(dossiers__percent_complete=100)),
        mean=Avg("dossiers__percent_complete", filter=drafts),
    ).filter(drafts__gt=0)
    result.drafts = [
        {
            "call": call.code,
            "count": call.drafts,
            "complete": call.complete,
            "mean": round(call.mean),
            "closes_at": call.closes_at,
        }
        for call in rows.only("code", "closes_at")
    ]


def _add_jury(result: Todo, user: Any, today: dt.date) -> None:
    waiting = Q(state__in=[ReviewState.TO_DECLARE, ReviewState.DRAFT])
    sessions = list(
        Session.objects.exclude(state=SessionState.PUBLISHED).select_related("call").order_by("opened_at", "pk")
    )
    for session in sessions:
        url = reverse("admin:staff_jury", args=[session.call.code])
        result.sessions.append({"session": session, "call": session.call, "url": url})
    due = {session.call_id: jury_ends_on(session.call) for session in sessions if session.state == SessionState.SCORING}
    overdue = [call for call, day in due.items() if day and day < today]
    late = Review.objects.filter(waiting, dossier__in=dossiers_worked_on_by(user), dossier__call__in=overdue)
    by_juror = late.values("juror__first_name", "juror__last_name", "dossier__call", "dossier__call__code")
    rows = list(by_juror.annotate(n=Count("pk")).order_by("-n", "juror__last_name"))
    result.late_count += sum(row["n"] for row in rows)
    for row in rows[:SHOWN]:
        name = f"{row['juror__first_name']} {row['juror__last_name']}".strip()
        result.late.append(
            Task(
                row["dossier__call__code"],
                name,
                f"{row['n']} évaluation{'s' if row['n'] > 1 else ''} à remettre",
                reverse("admin:staff_jury", args=[row["dossier__call__code"]]),
                due_on=due[row["dossier__call"]],
            )
        )


def _add_places(result: Todo, user: Any) -> None:
    """Places that laureates left, where somebody waits for them."""
    if not allowed(user, "evaluation.call_reserve"):
        return
    for call, places in reserve.calls_with_places():
        result.duties += _tile(
            f"Places à pourvoir ({call.code})", places, reverse("admin:staff_jury", args=[call.code])
        )


def _add_funding(result: Todo, user: Any, today: dt.date) -> None:
    """What laureates wait for, by duty."""
    signed = Instalment.objects.filter(
        convention__in=conventions_managed_by(user), convention__state=ConventionState.SIGNED
    )
    follow = reverse("admin:funding_convention_changelist")
    if allowed(user, "funding.prepare_convention"):
        to_prepare = dossiers_to_prepare(user).count()
        managed = conventions_managed_by(user)
        to_sign = managed.filter(state=ConventionState.FROZEN).count()
        waiting = Remark.objects.filter(
            convention__in=managed, convention__state=ConventionState.PREPARED, state=RemarkState.OPEN
        )
        result.duties += _tile("Conventions à préparer", to_prepare, reverse("admin:funding_convention_to_prepare"))
        result.duties += _tile("Remarques sur une convention", waiting.count(), f"{follow}?attend=reponse")
        result.duties += _tile("Conventions à signer", to_sign, f"{follow}?attend=signature")
    if allowed(user, "funding.certify_service"):
        due = signed.filter(state=InstalmentState.PLANNED, due_on__lte=today).count()
        result.duties += _tile("Services faits à constater", due, f"{follow}?attend=service")
    if allowed(user, "funding.examine_claim"):
        claims = ExpenseClaim.objects.filter(convention__in=conventions_managed_by(user), state=ClaimState.SUBMITTED)
        result.duties += _tile("États de dépenses à examiner", claims.count(), f"{follow}?attend=depenses")
    if allowed(user, "funding.record_payment"):
        certified = signed.filter(state=InstalmentState.CERTIFIED).count()
        result.duties += _tile("Versements à payer", certified, f"{follow}?attend=paiement")


def _add_troubles(result: Todo, user: Any) -> None:
    """What the machine could not do alone."""
    troubled = [Delivery.UNCERTAIN, Delivery.FAILED]
    mails = messages_visible_to(user).filter(delivery__in=troubled).count()
    url = reverse("admin:notifications_message_changelist") + "?envoi=trouble"
    result.troubles += _tile("Courriels à vérifier", mails, url)
    if allowed(user, "desk.view_jobs"):
        jobs = Job.objects.filter(done_at=None, attempts__gt=0)
        stuck = jobs.filter(attempts__gte=MAX_ATTEMPTS).count()
        jobs_url = reverse("admin:jobs_job_changelist")
        result.troubles += _tile("Tâches de fond abandonnées", stuck, f"{jobs_url}?suivi=abandonnee")
        result.troubles += _tile("Tâches de fond en échec", jobs.count() - stuck, f"{jobs_url}?suivi=echec")


def _tile(label: str, count: int, url: str) -> Iterator[Tile]:
    if count:
        yield Tile(label, count, url)
