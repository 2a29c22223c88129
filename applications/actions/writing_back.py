"""Write back to Démarches Simplifiées what the call's file says, once each, however often it is run."""

from collections.abc import Iterator

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.gateways import demarches_simplifiees as gateway
from ami_portal.gateways.http import Unusable
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from applications import completion
from applications.demarches import writing
from applications.demarches.writing import Subject, Wanted
from applications.enums import DossierState
from applications.models import Call, Dossier, RemoteAct, RemoteDossier

from .holding import Hold

REFUSALS = ("dossier.declare_inadmissible", "dossier.declare_ineligible")
"""The acts of the journal that say which criteria are not met."""


def to_write(call: Call) -> Iterator[tuple[RemoteDossier, Wanted]]:
    """What is left to write of the dossiers of a call, in order: nothing, unless its file says so.

    A dossier deleted there is left in peace.
    """
    if not (call.demarches.get("write_back") or call.demarches.get("annotations")):
        return
    rows = RemoteDossier.objects.filter(call=call, dossier__isnull=False, gone_at=None).select_related("dossier__call")
    labels = dict(call.criteria.values_list("code", "label"))
    for remote in rows.prefetch_related("acts").order_by("number"):
        done = {act.key for act in remote.acts.all() if act.sent_at}
        if remote.dossier:
            for one in writing.wanted(call.demarches, _subject(remote.dossier, labels)):
                if one.key not in done:
                    yield remote, one


def _subject(dossier: Dossier, labels: dict[str, str]) -> Subject:
    request = completion.running_request(dossier)
    points = [f"– {point.label} : {point.reason}" for point in request.points.all()] if request else []
    criteria = _refused(dossier) if dossier.state == DossierState.INELIGIBLE else []
    return Subject(
        state=dossier.state,
        round=str(request.number) if request else "",
        places={
            "reference": dossier.ref,
            "titre": dossier.title,
            "points": "\n".join(points),
            "criteres": "\n".join(f"– {labels.get(code, code)}" for code in criteria),
        },
    )


def _refused(dossier: Dossier) -> list[str]:
    """The criteria that are not met, as the decision said them."""
    said = AuditEvent.objects.filter(subject=dossier.ref, verb__in=REFUSALS).order_by("number").last()
    return list(said.data.get("criteria", [])) if said else []


def write_one(hold: Hold, remote: RemoteDossier, one: Wanted) -> None:
    """Carry out one act there, unless it is done already; keep what they refuse. Raises GatewayError, HoldLost.

    The dossier is read there just before: cut between the act and its note, the next run sees that it is done.
    """
    hold.keep()
    refused = ""
    try:
        there = gateway.dossier(remote.number)
        for mutation in writing.steps(one, there):
            instructor = hold.call.demarches["instructor"]
            gateway.act(mutation, writing.given(mutation, one, str(there.get("id")), instructor))
    except (gateway.ActRefused, gateway.Rejected, Unusable) as error:
        refused = clean_text(str(error))[:500]
    _note(hold, remote, one, refused)


@transaction.atomic
def _note(hold: Hold, remote: RemoteDossier, one: Wanted, refused: str) -> None:
    at = clock.now()
    hold.prove(at)
    before = RemoteAct.objects.filter(remote=remote, key=one.key).values_list("refused", flat=True).first()
    said = {"act": one.act, "text": one.text, "tried_at": at, "tried_in_id": hold.pass_id, "refused": refused}
    RemoteAct.objects.update_or_create(
        remote=remote, key=one.key, defaults={**said, "sent_at": None if refused else at}
    )
    if remote.dossier and before != refused:
        verb = "dossier.refused_elsewhere" if refused else "dossier.write_elsewhere"
        trail.record(verb, subject=remote.dossier.ref, actor=None, at=at, act=one.act, elsewhere=remote.number)
