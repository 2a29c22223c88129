"""One pass at a time over a démarche: take it, go on with it, prove in each transaction that it is still ours."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from applications.models import Call, SyncPass

LEASE = dt.timedelta(minutes=15)
MARGIN = dt.timedelta(minutes=10)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class SyncBusy(Exception):
    """Somebody else runs the pass of this call. The message is a French sentence."""


class HoldLost(Exception):
    """The pass was taken over by somebody who thought us dead: nothing more may be written."""


@dataclass(frozen=True)
class Hold:
    """A pass that we run, for as long as nobody takes it over."""

    pass_id: int
    token: str
    call: Call

    def prove(self, at: dt.datetime) -> SyncPass:
        """The pass under its row lock, ours for another while. Raises HoldLost. Call it first in each transaction."""
        found = SyncPass.objects.select_for_update().filter(pk=self.pass_id, holder=self.token, ended_at=None).first()
        if found is None:
            raise HoldLost(str(self.pass_id))
        found.held_until = at + LEASE
        found.save(update_fields=["held_until"])
        return found

    def keep(self) -> None:
        """Say that we are alive, outside any transaction. Raises HoldLost."""
        with transaction.atomic():
            self.prove(clock.now())

    def count(self, name: str) -> None:
        """One more dossier of a kind: « created », « changed », « same », « faulty », « gone »."""
        SyncPass.objects.filter(pk=self.pass_id).update(**{name: F(name) + 1})

    def release(self, **changes: Any) -> None:
        """Let somebody else go on, with what changes in the pass; nothing when it is no longer ours."""
        mine = SyncPass.objects.filter(pk=self.pass_id, holder=self.token)
        mine.update(holder="", held_until=None, **changes)


def take_hold(call: Call, *, everything: bool = False) -> Hold:
    """The open pass of a call, or a new one, held by us. Raises SyncBusy while somebody else runs it.

    A new pass begins where the last one began on their clock, a little before. It begins at the beginning of times the
    first time, when what the call's file maps has changed, and when `everything` is asked for.
    """
    at, token = clock.now(), str(uuid.uuid4())
    config_sha256 = sha256_of(canonical_json(call.demarches))
    since = since_when(call, everything=everything)
    opened, _ = SyncPass.objects.get_or_create(
        call=call, ended_at=None, defaults={"since": since, "config_sha256": config_sha256, "started_at": at}
    )
    free = SyncPass.objects.filter(Q(holder="") | Q(held_until__lte=at), pk=opened.pk, ended_at=None)
    if not free.update(holder=token, held_until=at + LEASE, resume_at=None):
        raise SyncBusy("Une synchronisation de cet appel est déjà en cours.")
    return Hold(opened.pk, token, call)


def since_when(call: Call, *, everything: bool = False) -> dt.datetime:
    """What a new pass would ask the changes since."""
    last = SyncPass.objects.filter(call=call, ended_at__isnull=False).first()
    if everything or last is None or last.config_sha256 != sha256_of(canonical_json(call.demarches)):
        return EPOCH
    return (last.their_start or last.started_at) - MARGIN
