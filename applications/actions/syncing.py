"""A pass over a démarche: what changed there, page by page, what was deleted, what was in fault, what is written back.

See docs/decisions/0029: whatever cuts it, the next run goes on after the last page that was wholly dealt with.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.gateways import demarches_simplifiees as gateway
from ami_portal.gateways.http import GatewayError, Unusable
from ami_portal.jobs.actions import later
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from applications.demarches.mapping import Demarche, demarche_of
from applications.demarches.reading import Fault, Shapeless
from applications.enums import SyncStage
from applications.models import Call, ImportFault, RemoteAct, RemoteDossier, SyncPass

from .holding import Hold, HoldLost, SyncBusy, take_hold
from .importing import import_dossier
from .writing_back import to_write, write_one

logger = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=15)
A_WHILE = dt.timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)
NO_DEMARCHE = "Cet appel n’a pas de démarche : son fichier n’en donne aucune."
NOT_CONFIGURED = "Aucun jeton n’est réglé : DEMARCHES_TOKEN est vide."
UNFORESEEN = "il n’a pas pu être repris, pour une raison qui n’était pas prévue : elle est dans le journal technique"
NOTHING_MORE = gateway.Page((), "", has_next=False, at=None)
_LISTS: dict[str, Callable[..., gateway.Page]] = {
    SyncStage.DOSSIERS: gateway.dossiers,
    SyncStage.DELETED: gateway.deleted,
    SyncStage.PENDING: gateway.pending_deleted,
}
_STAGES = (SyncStage.DOSSIERS, SyncStage.DELETED, SyncStage.PENDING, SyncStage.AGAIN, SyncStage.ACTS)


class NothingToSync(Exception):
    """This call has no démarche, or the portal no token. The message is a French sentence."""


def sync_call(call: Call, *, everything: bool = False, until: dt.datetime | None = None) -> SyncPass:
    """Go on with the open pass of a call, or begin one, to its end; or until the first page after `until`.

    What the service says wrong ends the run, not the pass: its error is kept, with the instant at which to go on.
    Raises SyncBusy while another runs it, NothingToSync.
    """
    demarche = demarche_of(call.demarches)
    if demarche is None or not gateway.is_configured():
        raise NothingToSync(NOT_CONFIGURED if demarche else NO_DEMARCHE)
    hold = take_hold(call, everything=everything)
    try:
        _run(hold, demarche, until)
    except (GatewayError, Shapeless) as error:
        _put_off(hold, error)
    except HoldLost:
        logger.warning("sync of %s was taken over", call.code)
    finally:
        hold.release()
    return SyncPass.objects.get(pk=hold.pass_id)


def _run(hold: Hold, demarche: Demarche, until: dt.datetime | None) -> None:
    while True:
        current = SyncPass.objects.get(pk=hold.pass_id)
        if until and clock.now() >= until:
            return
        if current.stage == SyncStage.ACTS:
            if not _one_act(hold):
                break
            continue
        if current.stage == SyncStage.AGAIN:
            if not _one_again(hold, demarche):
                _turn(hold, NOTHING_MORE)
            continue
        page = _LISTS[current.stage](demarche.number, since=current.since, after=current.cursor)
        for node in page.nodes:
            if current.stage == SyncStage.DOSSIERS:
                _import(hold, demarche, node)
            else:
                _mark_gone(hold, node, for_good=current.stage == SyncStage.DELETED)
        _turn(hold, page)
    hold.release(ended_at=clock.now(), error="", failures=0, resume_at=None)


@transaction.atomic
def _turn(hold: Hold, page: gateway.Page) -> None:
    """A page is dealt with: the next run begins after it. A cursor is kept only when there is one."""
    current = hold.prove(clock.now())
    if current.stage == SyncStage.DOSSIERS and current.their_start is None:
        current.their_start = page.at
    if page.cursor:
        current.cursor = page.cursor
    if not page.has_next:
        current.stage, current.cursor = _STAGES[_STAGES.index(SyncStage(current.stage)) + 1], ""
    current.failures, current.error = 0, ""
    current.save()


def _one_again(hold: Hold, demarche: Demarche) -> bool:
    """Ask again one dossier that was in fault before this pass, and not met by it; answer whether there was one."""
    waiting = RemoteDossier.objects.filter(call=hold.call, faults__isnull=False, gone_at=None)
    row = waiting.exclude(seen_in=hold.pass_id).order_by("pk").first()
    if row is None:
        return False
    try:
        _import(hold, demarche, gateway.dossier(row.number))
    except (gateway.Rejected, Unusable) as error:
        _note_refusal(hold, row.number, str(error))
    return True


def _one_act(hold: Hold) -> bool:
    """Write there one thing that the call's file wants and this pass has not tried; answer whether there was one."""
    tried = set(RemoteAct.objects.filter(tried_in=hold.pass_id).values_list("remote", "key"))
    for remote, one in to_write(hold.call):
        if (remote.pk, one.key) not in tried:
            write_one(hold, remote, one)
            return True
    return False


def _import(hold: Hold, demarche: Demarche, node: Mapping[str, Any]) -> None:
    """Import one dossier. One that nothing foresaw is a fault of its own: it must not keep the others out."""
    try:
        import_dossier(hold, demarche, node)
    except (GatewayError, Shapeless, HoldLost):
        raise
    except Exception:
        logger.exception("import of %s failed", node.get("number"))
        _note_refusal(hold, node["number"], UNFORESEEN)
        hold.count("faulty")


@transaction.atomic
def _note_refusal(hold: Hold, number: int, said: str) -> None:
    at = clock.now()
    hold.prove(at)
    row, _ = RemoteDossier.objects.update_or_create(
        call=hold.call, number=number, defaults={"seen_in_id": hold.pass_id, "seen_at": at}
    )
    fault = Fault("dossier", clean_text(said)[:500])
    if not row.faults.filter(field=fault.field, said=fault.said).exists():
        ImportFault.objects.create(remote=row, field=fault.field, said=fault.said, since=at)


@transaction.atomic
def _mark_gone(hold: Hold, node: Mapping[str, Any], *, for_good: bool) -> None:
    """Mark a dossier that is deleted there, or about to be. Here it stays what it is; the journal says it."""
    at, number, reason = clock.now(), node.get("number"), clean_text(str(node.get("reason") or ""))[:40]
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        raise Shapeless("Un dossier supprimé n’a pas de numéro.")
    hold.prove(at)
    row, _ = RemoteDossier.objects.get_or_create(call=hold.call, number=number, defaults={"seen_at": at})
    if row.gone_at and row.is_gone_for_good >= for_good:
        return
    row.gone_at, row.gone_reason, row.is_gone_for_good = row.gone_at or at, reason, for_good
    row.save()
    subject = row.dossier.ref if row.dossier else hold.call.code
    verb = "dossier.gone_elsewhere" if row.dossier else "call.gone_elsewhere"
    trail.record(verb, subject=subject, actor=None, at=at, number=number, reason=reason, for_good=for_good)
    hold.count("gone")


def _put_off(hold: Hold, error: Exception) -> None:
    """Keep what went wrong, and when to go on: as they ask, and later after each failure. A cursor that is refused
    begins its stage again: what was imported already changes nothing."""
    current = SyncPass.objects.get(pk=hold.pass_id)
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(current.failures, 10))
    if isinstance(error, gateway.TryLater):
        wait = max(wait, error.wait)
    refused = isinstance(error, gateway.Rejected) and gateway.BAD_REQUEST in error.codes
    hold.release(
        failures=current.failures + 1,
        resume_at=clock.now() + wait,
        error=clean_text(str(error))[:600],
        cursor="" if refused else current.cursor,
    )


def sync_demarche(*, call_id: int) -> None:
    """Go on for a while with the pass of a call, as a job: what is left is for the next minute."""
    call = Call.objects.select_related("form_revision").get(pk=call_id)
    try:
        sync_call(call, until=clock.now() + A_WHILE)
    except (SyncBusy, NothingToSync) as error:
        logger.info("%s: %s", call.code, error)


def sync_demarches(*, at: dt.datetime) -> int:
    """Ask for the passes that are due: those that can go on, and a new one a while after the last began."""
    if not gateway.is_configured():
        return 0
    due = [call for call in Call.objects.exclude(demarches={}).only("pk") if next_sync_at(call, at) <= at]
    for call in due:
        ask_sync(call)
    return len(due)


def ask_sync(call: Call) -> bool:
    """Have a call synchronised by a job, unless one waits already; answer whether one was asked for."""
    if Job.objects.filter(name="applications.sync_demarche", ids={"call_id": call.pk}, done_at=None).exists():
        return False
    later("applications.sync_demarche", call_id=call.pk)
    return True


def next_sync_at(call: Call, at: dt.datetime) -> dt.datetime:
    """When the next run is due: `at` for a pass that was cut, or a call that has had none."""
    last = SyncPass.objects.filter(call=call).first()
    if last is None:
        return at
    if last.ended_at is None:
        return max(last.resume_at or last.started_at, last.held_until or last.started_at)
    return last.started_at + EVERY
