"""What a call is made of while it runs: a dataset joins it; the public learns that it exists."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import call_config
from applications.models import Call, CallDataset
from datasets.models import DatasetVersion

from .building import NOT_YOURS

CLOSED = "L’appel est clos : aucune base ne peut plus le rejoindre."
NOT_PUBLISHED = "La description de cette base n’est pas publiée : elle ne peut pas encore rejoindre un appel."
THERE = "Cette base est déjà ouverte à l’appel."


@transaction.atomic
def open_dataset(call: Call, version: DatasetVersion, *, actor: User) -> CallDataset:
    """Open a dataset, at one published version, to a call that is not closed; those who are drafting are told by mail.

    Raises TransitionRefused: closed, description not published, dataset already there.
    """
    at = clock.now()
    current = _locked(call, actor)
    if current.is_closed(at):
        raise TransitionRefused(CLOSED)
    if version.published_at is None:
        raise TransitionRefused(NOT_PUBLISHED)
    if current.call_datasets.filter(version__dataset=version.dataset_id).exists():
        raise TransitionRefused(THERE)
    opened = call_config.open_dataset(current, version, at=at)
    trail.record(
        "call.open_dataset",
        subject=current.code,
        actor=actor,
        at=at,
        dataset=version.dataset.code,
        version=version.version,
    )
    return opened


@transaction.atomic
def publish_call(call: Call, *, actor: User) -> None:
    """Let everybody see a call before its opening; doing it twice is once."""
    at = clock.now()
    current = _locked(call, actor)
    if current.published_at is None:
        Call.objects.filter(pk=current.pk).update(published_at=at)
        trail.record("call.publish", subject=current.code, actor=actor, at=at)


def _locked(call: Call, actor: User) -> Call:
    if not allowed(actor, "applications.configure_call", call):
        raise TransitionRefused(NOT_YOURS)
    return Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
