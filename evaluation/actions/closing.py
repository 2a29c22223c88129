"""A later closing, for all or for one dossier: given with a reason that everybody reads, before the jury opens."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused, refuse_long_reason
from applications.call_config.writing import instant_text
from applications.closing import UNDECIDED
from applications.enums import DossierState
from applications.models import CalendarMove, Call, Dossier, Extension
from evaluation import notifications
from evaluation.models import Session

from .locks import lock_dossier, lock_session, refuse_unless_allowed

MAX_REASON = 1000
SHORTEST_NAME = 4


@transaction.atomic
def extend_call(call: Call, *, closes_at: dt.datetime, reason: str, actor: User) -> Extension:
    """Close a call later, for all: open drafts go on, and drafts that the closing had stopped are open again.

    The teams that have not been decided on are told by a job. Raises TransitionRefused: see `refuse_extension`.
    """
    at = clock.now()
    locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    lock_session(locked.pk)
    _lock_undecided(locked)
    reason = clean_text(reason).strip()
    refuse_extension(locked, None, closes_at=closes_at, reason=reason, actor=actor, at=at)
    closed_at, locked.closes_at = locked.closes_at, closes_at
    locked.save(update_fields=["closes_at"])
    return _record(locked, None, closed_at, closes_at, reason, actor, at)


@transaction.atomic
def extend_dossier(dossier: Dossier, *, closes_at: dt.datetime, reason: str, actor: User) -> Extension:
    """Close one draft later, and it alone: after the closing, it is open again. Its team is told by a job.

    The public log says that one dossier was given more time, until when and why, and not which. Raises
    TransitionRefused: see `refuse_extension`.
    """
    at = clock.now()
    call = Call.objects.select_for_update(of=("self",)).get(pk=dossier.call_id)
    lock_session(call.pk)
    locked = lock_dossier(dossier.pk)
    reason = clean_text(reason).strip()
    refuse_extension(call, locked, closes_at=closes_at, reason=reason, actor=actor, at=at)
    closed_at, locked.extended_until = extended_from(locked, at), closes_at
    locked.save(update_fields=["extended_until"])
    return _record(call, locked, closed_at, closes_at, reason, actor, at)


def refuse_extension(
    call: Call, dossier: Dossier | None, *, closes_at: dt.datetime, reason: str, actor: User, at: dt.datetime
) -> None:
    """Raise TransitionRefused unless this extension can be given now: right, calendar, state, reason."""
    refuse_unless_allowed(actor, "evaluation.extend_closing", dossier or call)
    if at < call.opens_at:
        raise TransitionRefused("L’appel n’est pas encore ouvert : changez son calendrier.")
    if Session.objects.filter(call=call).exists():
        raise TransitionRefused("La séance du jury est ouverte : la clôture ne bouge plus.")
    _refuse_instant(call, dossier, closes_at, at)
    if dossier is None:
        _refuse_decided(call)
    elif dossier.state != DossierState.DRAFT:
        raise TransitionRefused(f"Seul un brouillon se prolonge : l’état est « {dossier.get_state_display()} ».")
    _refuse_reason(reason, dossier)


def extended_from(dossier: Dossier, at: dt.datetime) -> dt.datetime:
    """The closing that an extension of a dossier counts from: between two rounds, that of the one before."""
    window = dossier.window(at)
    before = [earlier.closes_at for earlier in dossier.call.windows if earlier.closes_at <= window.opens_at]
    closing = before[-1] if before and at < window.opens_at else window.closes_at
    return max(closing, dossier.extended_until or closing)


def _refuse_instant(call: Call, dossier: Dossier | None, closes_at: dt.datetime, at: dt.datetime) -> None:
    """A closing is later than the one that it replaces, to come, and before any other round, which has its own."""
    present = extended_from(dossier, at) if dossier else call.closes_at
    if closes_at <= present:
        said = f"La nouvelle clôture vient après l’actuelle : {instant(present)}."
        if call.rounds and dossier is None:
            said += (
                f" C’est celle du dernier tour ({call.windows[-1].label}) ; le fichier de l’appel déplace les autres."
            )
        elif call.rounds and dossier and at >= call.windows[0].closes_at:
            said += f" Ce dossier est passé au tour « {dossier.window(at).label} »."
        raise TransitionRefused(said)
    if closes_at <= at:
        raise TransitionRefused("Cet instant est passé : choisissez-en un à venir.")
    for window in call.windows if dossier else ():
        if window.opens_at < closes_at <= window.closes_at:
            raise TransitionRefused(
                f"Le tour « {window.label} » est ouvert à cet instant : un dossier s’y dépose sans prolongation. "
                f"Prolongez au plus jusqu’à son ouverture, le {instant(window.opens_at)}."
            )


def _lock_undecided(call: Call) -> None:
    """A decision on a dossier under way ends before; a later one reads the new closing."""
    rows = Dossier.objects.select_for_update(of=("self",)).filter(call=call, state__in=UNDECIDED)
    list(rows.order_by("pk").values_list("pk"))


def _refuse_decided(call: Call) -> None:
    """Once a dossier is decided on, others cannot be given what it no longer has."""
    if call.dossiers.exclude(state__in=[*UNDECIDED, DossierState.WITHDRAWN]).exists():
        raise TransitionRefused("Un dossier de l’appel est déjà décidé : la clôture ne bouge plus pour tous.")


def _refuse_reason(reason: str, dossier: Dossier | None) -> None:
    """The reason is published: it is there, short, and names nobody."""
    if not reason:
        raise TransitionRefused("Donnez le motif : il est publié.")
    refuse_long_reason(reason, MAX_REASON)
    if dossier is None:
        return
    emails = dossier.members.values_list("email", flat=True)
    names = [dossier.ref, dossier.title, dossier.acronym, dossier.lead_name, *emails]
    if any(name.casefold() in reason.casefold() for name in names if len(name) >= SHORTEST_NAME):
        raise TransitionRefused("Le motif est publié : il ne nomme ni le dossier, ni le porteur, ni une personne.")


def _record(
    call: Call,
    dossier: Dossier | None,
    closed_at: dt.datetime,
    closes_at: dt.datetime,
    reason: str,
    actor: User,
    at: dt.datetime,
) -> Extension:
    extension = Extension.objects.create(
        call=call,
        dossier=dossier,
        closed_at=closed_at,
        closes_at=closes_at,
        reason=reason,
        given_at=at,
        given_by=actor,
    )
    if dossier is None:
        _note_move(extension)
    later("evaluation.tell_extension", extension_id=extension.pk)
    verb, subject = ("dossier.extend", dossier.ref) if dossier else ("call.extend", call.code)
    said = {"closed_at": closed_at, "closes_at": closes_at}
    facts = {name: value.astimezone(dt.UTC).isoformat() for name, value in said.items()}
    trail.record(verb, subject=subject, actor=actor, at=at, reason=reason, **facts)
    return extension


def _note_move(extension: Extension) -> None:
    """The history of the call's calendar says it too, in the name of the operator: nobody is named in public."""
    CalendarMove.objects.create(
        call=extension.call,
        date="closes_at",
        before=instant_text(extension.closed_at),
        after=instant_text(extension.closes_at),
        decided_at=extension.given_at,
        by=extension.call.operator,
        reason=extension.reason,
    )


def tell_extension(extension_id: int) -> None:
    """Tell the teams that an extension concerns, once a person and a dossier, however often it is called."""
    extension = Extension.objects.select_related("call", "dossier").get(pk=extension_id)
    for dossier in told_of(extension.call, extension.dossier).select_related("call").prefetch_related("members"):
        with transaction.atomic():
            notifications.closing_extended(dossier, extension)


def told_of(call: Call, dossier: Dossier | None) -> QuerySet[Dossier]:
    """The dossiers whose teams learn of an extension: the one, or all that can change again."""
    concerned = Dossier.objects.filter(call=call, state__in=UNDECIDED)
    return concerned.filter(pk=dossier.pk) if dossier else concerned
