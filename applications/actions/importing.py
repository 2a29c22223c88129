"""Import a dossier of Démarches Simplifiées: whole, once, in one transaction; or say what is wrong in it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from ami_portal.audit import trail
from ami_portal.gateways import demarches_simplifiees as gateway
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.workflow import advance
from applications import completion, drafts, facts, freezing, notifications, reading, workflow
from applications.demarches.mapping import IGNORED, WITHDRAWN, Demarche
from applications.demarches.reading import Fault, Remote, read
from applications.enums import CompletionOutcome, DossierState
from applications.models import Answer, Call, CompletionRequest, Dossier, DossierVersion, ImportFault, RemoteDossier

from .collecting import Collected, collect
from .drafting import next_ref, note_progress
from .holding import Hold
from .mirroring import mirror

CREATED, CHANGED, SAME, FAULTY = "created", "changed", "same", "faulty"


def import_dossier(hold: Hold, demarche: Demarche, node: Mapping[str, Any]) -> str:
    """Make a dossier here what it is there; answer what that was. A second time changes nothing.

    Everything that can fail is done before the transaction: reading, files fetched and examined. With a fault, nothing
    of the dossier changes here, and the fault is kept with its field. Raises Shapeless, TryLater, HoldLost.
    """
    form = hold.call.form_revision.form.with_datasets(hold.call.dataset_options)
    remote = read(node, demarche, form)
    known = RemoteDossier.objects.filter(call=hold.call, number=remote.number).first()
    files = Collected()
    if not remote.faults and not _is_known(known, remote):
        held = known.files if known else {}
        try:
            files = collect(remote, form, held, hold.keep)
        except gateway.FileGone:  # its address lives an hour: the same dossier, asked again, gives another
            remote = read(gateway.dossier(remote.number), demarche, form)
            files = _second_try(remote, form, held, hold)
    try:
        return _take(hold, remote, files, invites=demarche.invites)
    finally:
        files.close()


def _second_try(remote: Remote, form: Any, held: Mapping[str, str], hold: Hold) -> Collected:
    try:
        return collect(remote, form, held, hold.keep)
    except gateway.FileGone as error:
        return Collected(faults=[Fault("fichiers", str(error))])


def _is_known(known: RemoteDossier | None, remote: Remote) -> bool:
    """Whether all that it says is here already, or need not be."""
    return remote.becomes == IGNORED or (known is not None and known.sha256 == remote.sha256)


@transaction.atomic
def _take(hold: Hold, remote: Remote, files: Collected, *, invites: bool) -> str:
    at = clock.now()
    hold.prove(at)
    row = _seen(hold, remote, at)
    faults = [*remote.faults, *files.faults]
    dossier = Dossier.objects.select_for_update(of=("self",)).filter(remote=row).first()
    if not faults and not _is_known(row, remote):
        faults = list(_obstacles(dossier, remote))
    _note_faults(row, faults, at)
    if faults:
        outcome = FAULTY
    elif _is_known(row, remote):
        outcome = SAME
    else:
        outcome = CHANGED if dossier else CREATED
        _write(hold.call, row, dossier, remote, files, at)
        if outcome == CREATED and invites:
            notifications.claimable(row, at=at)
    if not faults and remote.becomes == WITHDRAWN:
        _withdraw(row, at)
    if row.gone_at:
        _came_back(row, at)
    hold.count(outcome)
    return outcome


def _seen(hold: Hold, remote: Remote, at: dt.datetime) -> RemoteDossier:
    """The row of a dossier, with what was seen of it now."""
    row, _ = RemoteDossier.objects.get_or_create(
        call=hold.call, number=remote.number, defaults={"seen_at": at, "node_id": remote.node_id}
    )
    row.node_id, row.state = remote.node_id or row.node_id, remote.state
    row.email = remote.email or row.email
    row.seen_at, row.seen_in_id = at, hold.pass_id
    row.save()
    return row


def _obstacles(dossier: Dossier | None, remote: Remote) -> list[Fault]:
    """Why a change there must not replace what is here."""
    if remote.deposited_at is None or remote.modified_at is None:
        return [Fault("dateDepot", "ce dossier n’a pas de date de dépôt")]
    if remote.deposited_at > clock.now():
        return [Fault("dateDepot", "ce dossier serait déposé dans l’avenir")]
    if dossier is None:
        return []
    version = reading.standing_version(dossier)
    if dossier.state not in (DossierState.SUBMITTED, DossierState.RETURNED) or version is None:
        said = f"il a changé là-bas, alors qu’il est ici « {dossier.get_state_display()} » : rien n’en est repris"
        return [Fault("dossier", said)]
    if not version.is_imported or _is_written_here(dossier):
        return [Fault("dossier", "il a changé là-bas, et son porteur a répondu ici : sa réponse est gardée")]
    return []


def _is_written_here(dossier: Dossier) -> bool:
    """Whether its team writes, here, what it has not sent yet."""
    request = completion.running_request(dossier)
    return request is not None and (
        Answer.objects.filter(dossier=dossier, saved_by__isnull=False, saved_at__gte=request.asked_at).exists()
        or dossier.attachments.filter(document__created_by__isnull=False, removed_at=None).exists()
    )


def _note_faults(row: RemoteDossier, faults: list[Fault], at: dt.datetime) -> None:
    """Keep the present faults; one that stands since before keeps its date."""
    known = {(fault.field, fault.said): fault.since for fault in row.faults.all()}
    row.faults.all().delete()
    ImportFault.objects.bulk_create(
        ImportFault(remote=row, field=one.field, said=one.said, since=known.get((one.field, one.said), at))
        for one in dict.fromkeys(faults)
    )


def _write(
    call: Call, row: RemoteDossier, dossier: Dossier | None, remote: Remote, files: Collected, at: dt.datetime
) -> None:
    is_new = dossier is None
    current = dossier or _started(call, at)
    if current.form_revision_id != call.form_revision_id:
        current.form_revision_id = call.form_revision_id
        Dossier.objects.filter(pk=current.pk).update(form_revision_id=call.form_revision_id)
    row.files = {**row.files, **mirror(current, remote, files, row.files, at=at)}
    current = Dossier.objects.select_related("call", "form_revision").get(pk=current.pk)
    draft = drafts.load(current)
    facts.project_all(current, draft, keeps_versions=not is_new)
    note_progress(current, draft.completeness.percent)
    _freeze(current, draft, remote, at)
    row.dossier, row.sha256, row.imported_at = current, remote.sha256, at
    row.save()


def _started(call: Call, at: dt.datetime) -> Dossier:
    call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    return Dossier.objects.create(ref=next_ref(call), call=call, form_revision_id=call.form_revision_id, created_at=at)


def _freeze(dossier: Dossier, draft: drafts.Draft, remote: Remote, at: dt.datetime) -> None:
    """The frozen copy of what was imported, in place of the one before; the reply to a request, where one runs."""
    request = completion.running_request(dossier)
    number = (dossier.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    modified_at = remote.modified_at or at
    said = freezing.content_of(dossier, draft, number=number, at=modified_at) | freezing.imported(remote)
    content = canonical_json(freezing.completing(said, request) if request else said)
    sha256 = sha256_of(content)
    DossierVersion.objects.filter(dossier=dossier, withdrawn_at=None).update(withdrawn_at=at)
    dossier.submitted_at, dossier.round = remote.deposited_at, dossier.call.window(remote.deposited_at or at).code
    Dossier.objects.filter(pk=dossier.pk).update(round=dossier.round)
    advance(dossier, workflow.IMPORT, actor=None, at=at, number=number, sha256=sha256, elsewhere=remote.number)
    version = DossierVersion.objects.create(
        dossier=dossier, number=number, content=content, sha256=sha256, submitted_at=modified_at
    )
    if request:
        CompletionRequest.objects.filter(pk=request.pk).update(
            ended_at=at, outcome=CompletionOutcome.ANSWERED, answer=version
        )
    later("applications.build_imported_pdf", version_id=version.pk)
    later("evaluation.run_checks", version_id=version.pk)
    later("evaluation.detect_conflicts", dossier_id=dossier.pk)


def _came_back(row: RemoteDossier, at: dt.datetime) -> None:
    """One that was said deleted, or about to be, and is there."""
    row.gone_at, row.gone_reason, row.is_gone_for_good = None, "", False
    row.save(update_fields=["gone_at", "gone_reason", "is_gone_for_good"])
    subject = row.dossier.ref if row.dossier else row.call.code
    verb = "dossier.back_elsewhere" if row.dossier else "call.back_elsewhere"
    trail.record(verb, subject=subject, actor=None, at=at, number=row.number)


def _withdraw(row: RemoteDossier, at: dt.datetime) -> None:
    """What the call's file takes for a withdrawal is one here, until something is decided or asked."""
    dossier = Dossier.objects.filter(remote=row).first()
    if dossier and dossier.state == DossierState.SUBMITTED:
        advance(dossier, workflow.WITHDRAWN_ELSEWHERE, actor=None, at=at, elsewhere=row.number)
        DossierVersion.objects.filter(dossier=dossier, withdrawn_at=None).update(withdrawn_at=at)
        notifications.withdrawn(dossier, at=at)
