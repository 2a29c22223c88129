"""The amendment of the convention that is being paid: another scientific lead, signed on paper by both parties."""

import datetime as dt
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.documents.sniff import PDF
from funding import actions
from funding.actions.amendments import Wanted
from funding.enums import CopyState, Party
from funding.models import Amendment

from . import papers
from .agenda import on, working
from .paying import OFFICER
from .stage import Stage
from .words import Project

LEAD = "Dr Solène Garrec"
REASON = (
    "La responsable scientifique part en congé parental pour un an ; sa remplaçante a conçu le protocole avec elle."
)


def plan_amended(stage: Stage, project: Project) -> None:
    """Prepared four months ago, in force two weeks later."""
    name = project["acronym"]
    for days, time, act, label in (
        (120, "09:50", prepare, "avenant préparé"),
        (112, "14:10", partial(send, Party.BENEFICIARY), "avenant signé par le bénéficiaire"),
        (108, "10:30", partial(send, Party.OPERATOR), "avenant contresigné"),
        (107, "11:00", record, "avenant en vigueur"),
    ):
        day = working(stage.today - dt.timedelta(days=days))
        stage.agenda.at(on(day, time), partial(act, stage, project), f"{name} : {label}")


def prepare(stage: Stage, project: Project) -> None:
    """The officer prepares it."""
    convention = stage.dossier(project).convention
    lead = f"{LEAD}, {project.organisation.name}"
    actions.prepare_amendment(convention, Wanted(lead=lead), reason=REASON, actor=stage.user(OFFICER))


def send(party: Party, stage: Stage, project: Project) -> None:
    """A party sends the scan of what it signed."""
    amendment = _amendment(stage, project)
    actor = stage.user(project.owner.email if party == Party.BENEFICIARY else OFFICER)
    parts = [("Spécimen de démonstration", [f"Ce document tient la place de la copie signée de {amendment.ref}."])]
    scan = SimpleUploadedFile("avenant-signe.pdf", papers.pdf(f"Copie signée, {party.label}", parts), content_type=PDF)
    actions.send_signed_copy(amendment.convention, scan, party=party, is_paper=True, amendment=amendment, actor=actor)


def record(stage: Stage, project: Project) -> None:
    """The officer accepts both copies, and records the signature."""
    amendment, officer = _amendment(stage, project), stage.user(OFFICER)
    copies = amendment.signed_copies.select_related("convention", "document")
    for copy in copies.filter(state=CopyState.RECEIVED):
        actions.accept_copy(copy, confirmed=True, actor=officer)
    name, role = project.organisation.representative
    signed_on = working(stage.today - dt.timedelta(days=108))
    actions.record_amendment(amendment, signed_on=signed_on, signatory=f"{name}, {role}", actor=officer)


def _amendment(stage: Stage, project: Project) -> Amendment:
    rows = Amendment.objects.select_related("convention__dossier__call")
    return rows.get(convention__dossier=stage.dossier(project), number=1)
