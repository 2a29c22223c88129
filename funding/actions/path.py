"""The regulatory path of a laureate: its route, its kit, what happens at each step, noted by a person on its day."""

import datetime as dt
from collections.abc import Collection

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import store, uploads
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, given_reason, refuse_long_reason
from applications.actions.files import content_of, keep_pending
from funding import notifications
from funding.agreement import closed_sentence
from funding.enums import ConventionState
from funding.models import AccessPath, Convention, PathPause, PathStep
from funding.path_reading import Followed, Line, followed, graph_of, rows_of
from funding.regulatory import Standing

MAX_NOTE = 4000
MAX_REFERENCE = 100
NOT_ALLOWED = "Vous n’avez pas le droit de faire cette action."
GO, REDO, STOP = "poursuivre", "reprendre", "arreter"


@transaction.atomic
def choose_route(convention: Convention, *, route: str, reason: str = "", actor: User) -> AccessPath:
    """Choose the route of a project, with a reason where the dossier points to another; it may change until a step is
    begun. Raises TransitionRefused."""
    at = clock.now()
    current = _locked(convention, actor, "funding.follow_path")
    graph = graph_of(current)
    if route not in {one.code for one in graph.routes}:
        raise TransitionRefused("Choisissez l’une des voies que l’appel prévoit.")
    reason = clean_text(reason).strip()
    refuse_long_reason(reason, MAX_NOTE)
    known = AccessPath.objects.select_for_update().filter(convention=current).first()
    if known and known.steps.exists():
        raise TransitionRefused("Une étape est engagée : la voie ne change plus.")
    said = {
        "route": route,
        "graph": current.dossier.call.regulation["path"],
        "reason": reason,
        "chosen_at": at,
        "chosen_by": actor,
    }
    path, _ = AccessPath.objects.update_or_create(convention=current, defaults=said)
    trail.record(
        "path.choose_route",
        subject=current.ref,
        actor=actor,
        at=at,
        before=known.route if known else "",
        after=route,
        reason=reason,
    )
    return path


@transaction.atomic
def hand_kit(convention: Convention, *, codes: Collection[str], on: dt.date, actor: User) -> None:
    """Note the pieces of the starter kit handed over on a day. Raises TransitionRefused: none, or a day to come."""
    at = clock.now()
    now = _follow(convention, actor, at)
    known = {code for code, _, handed in now.kit if handed is None}
    new = [code for code in codes if code in known]
    if not new:
        raise TransitionRefused("Cochez au moins une pièce qui n’est pas encore remise.")
    _refuse_future(on, at)
    path = now.row
    path.kit_handed |= dict.fromkeys(new, on.isoformat())
    path.save(update_fields=["kit_handed"])
    trail.record("path.hand_kit", subject=now.row.convention.ref, actor=actor, at=at, pieces=new, on=on.isoformat())
    notifications.path_moved(path.convention, once=f"kit {' '.join(sorted(new))}", at=at)


@transaction.atomic
def start_step(convention: Convention, code: str, *, on: dt.date, actor: User) -> PathStep:
    """Note the event from which a step runs. Raises TransitionRefused: not its turn, begun already, a day to come."""
    at = clock.now()
    now = _follow(convention, actor, at)
    line = _line(now, code)
    if line.step.standing != Standing.READY:
        raise TransitionRefused(_not_now(line))
    _refuse_future(on, at)
    ends = [row.ended_on for row in (one.row for one in now.lines) if row and row.code in line.step.rule.after]
    if (last := max((day for day in ends if day), default=None)) and on < last:
        raise TransitionRefused("Cette date précède l’issue de l’étape d’avant : vérifiez-la.")
    row = PathStep.objects.create(path=now.row, code=code, started_on=on)
    _trace("path.start_step", now, row, actor, at, on=on.isoformat())
    return row


@transaction.atomic
def pause_step(convention: Convention, code: str, *, on: dt.date, reason: str, actor: User) -> None:
    """Stop the delay of a step from a day on. Raises TransitionRefused: not running, no reason, an impossible day."""
    at = clock.now()
    now = _follow(convention, actor, at)
    row = _running(now, code, (Standing.RUNNING, Standing.LATE, Standing.SILENT))
    reason = given_reason(reason, MAX_NOTE, empty="Dites pourquoi le délai est suspendu.")
    _refuse_day(row, on, at)
    if row.pauses.filter(until__gte=on).exists():
        raise TransitionRefused("Le délai était déjà suspendu ce jour-là.")
    PathPause.objects.create(step=row, since=on, reason=reason)
    _trace("path.pause_step", now, row, actor, at, on=on.isoformat(), reason=reason)


@transaction.atomic
def resume_step(convention: Convention, code: str, *, on: dt.date, actor: User) -> None:
    """Let a delay run again: `on` is the last day of the suspension. Raises TransitionRefused."""
    at = clock.now()
    now = _follow(convention, actor, at)
    row = _running(now, code, (Standing.PAUSED,))
    pause = row.pauses.get(until=None)
    _refuse_future(on, at)
    if on < pause.since:
        raise TransitionRefused("La suspension ne peut pas finir avant d’avoir commencé.")
    pause.until = on
    pause.save(update_fields=["until"])
    _trace("path.resume_step", now, row, actor, at, on=on.isoformat())


@transaction.atomic
def extend_step(convention: Convention, code: str, *, reason: str, actor: User) -> None:
    """Add the extension of the law to the delay of a step, once. Raises TransitionRefused."""
    at = clock.now()
    now = _follow(convention, actor, at)
    row = _running(now, code, (Standing.RUNNING, Standing.LATE, Standing.SILENT, Standing.PAUSED))
    if _line(now, code).step.rule.extension is None:
        raise TransitionRefused("L’appel ne prévoit pas de prolongation pour cette étape.")
    if row.is_extended:
        raise TransitionRefused("Ce délai est déjà prolongé : il ne l’est qu’une fois.")
    reason = given_reason(reason, MAX_NOTE, empty="Dites qui prolonge le délai, et pourquoi.")
    row.is_extended = True
    row.save(update_fields=["is_extended"])
    _trace("path.extend_step", now, row, actor, at, reason=reason)


@transaction.atomic
def end_step(
    convention: Convention,
    code: str,
    *,
    on: dt.date,
    answer: str = "",
    reference: str = "",
    note: str = "",
    document: UploadedFile | None = None,
    actor: User,
) -> PathStep:
    """Note the outcome of a step; the team is told. An elapsed delay is never an outcome by itself.

    Raises TransitionRefused (not running, an answer that the step does not have, an impossible day, a tacit answer
    before the end of the delay) and FileRefused (the document).
    """
    at = clock.now()
    now = _follow(convention, actor, at)
    row = _running(now, code, (Standing.RUNNING, Standing.LATE, Standing.SILENT))
    rule = _line(now, code).step.rule
    if rule.answers and answer not in {one.code for one in rule.answers}:
        raise TransitionRefused("Choisissez l’issue de cette étape.")
    _refuse_day(row, on, at)
    due = _line(now, code).step.due_on
    if answer and rule.answer(answer).is_tacit and due and on <= due:
        raise TransitionRefused("Une réponse tacite ne se constate qu’une fois le délai échu.")
    row.reference, row.note = " ".join(clean_text(reference).split()), clean_text(note).strip()
    if len(row.reference) > MAX_REFERENCE:
        raise TransitionRefused(f"La référence dépasse {MAX_REFERENCE} caractères.")
    refuse_long_reason(row.note, MAX_NOTE)
    row.ended_on, row.answer = on, answer if rule.answers else ""
    if document is not None:
        filename = store.clean_filename(uploads.sent_name(document))
        subject = now.row.convention.ref
        row.document = keep_pending("path", subject, filename, content_of(document), ["pdf"], actor=actor, at=at)
    row.save()
    _trace("path.end_step", now, row, actor, at, on=on.isoformat(), answer=row.answer)
    notifications.path_moved(now.row.convention, once=f"étape {row.pk}", at=at)
    return row


@transaction.atomic
def choose_after(convention: Convention, code: str, *, choice: str, actor: User) -> None:
    """What the applicant does after an answer that leaves a choice: go on, take up again an earlier step, or stop.

    Taken up again, the former steps stay readable and no longer count (décret 2019-536, art. 91: the applicant says
    whether the CNIL is seized, and may correct). Raises TransitionRefused.
    """
    at = clock.now()
    current = _locked(convention, actor, "funding.choose_on_path")
    now = _now(current, at)
    line = _line(now, code)
    if line.step.standing != Standing.CHOICE or line.row is None:
        raise TransitionRefused("Aucun choix n’est attendu de vous sur cette étape.")
    if choice not in (GO, REDO, STOP):
        raise TransitionRefused("Choisissez : poursuivre, reprendre ou arrêter.")
    if choice == REDO:
        again = _from(now, line.step.rule.redo)
        now.row.steps.filter(counts=True, code__in=again).update(counts=False)
    else:
        line.row.goes_on = choice == GO
        line.row.save(update_fields=["goes_on"])
    _trace("path.choose_after", now, line.row, actor, at, choice=choice)
    notifications.path_chosen(current, at=at, once=f"choix {line.row.pk}")


def _from(now: Followed, code: str) -> set[str]:
    """A step, and all those that wait for it."""
    found = {code}
    for line in now.lines:  # each comes after those that it waits for
        if found & set(line.step.rule.after):
            found.add(line.step.rule.code)
    return found


def _locked(convention: Convention, actor: User, permission: str) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, permission, current):
        raise TransitionRefused(NOT_ALLOWED)
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    return current


def _follow(convention: Convention, actor: User, at: dt.datetime) -> Followed:
    """The path of a convention under its lock, for an act of the staff."""
    return _now(_locked(convention, actor, "funding.follow_path"), at)


def _now(convention: Convention, at: dt.datetime) -> Followed:
    row = rows_of(AccessPath.objects.filter(convention=convention)).first()
    if row is None:
        raise TransitionRefused("La voie n’est pas choisie : choisissez-la d’abord.")
    return followed(row, today=clock.paris(at).date())


def _line(now: Followed, code: str) -> Line:
    line = next((one for one in now.lines if one.step.rule.code == code), None)
    if line is None:
        raise TransitionRefused("Cette étape n’est pas de la voie choisie.")
    return line


def _running(now: Followed, code: str, standings: Collection[str]) -> PathStep:
    line = _line(now, code)
    if line.row is None or line.step.standing not in standings:
        raise TransitionRefused(_not_now(line))
    return line.row


def _not_now(line: Line) -> str:
    return f"Action impossible : cette étape est « {Standing(line.step.standing).label} »."


def _refuse_future(on: dt.date, at: dt.datetime) -> None:
    if on > clock.paris(at).date():
        raise TransitionRefused("Cette date est dans l’avenir.")


def _refuse_day(row: PathStep, on: dt.date, at: dt.datetime) -> None:
    _refuse_future(on, at)
    if on < row.started_on:
        raise TransitionRefused("Cette date précède le début de l’étape.")


def _trace(verb: str, now: Followed, row: PathStep, actor: User, at: dt.datetime, **said: str) -> None:
    trail.record(verb, subject=now.row.convention.ref, actor=actor, at=at, step=row.code, **said)
