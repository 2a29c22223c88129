"""Conventions: one signed a year ago and being paid, one given up before it was signed."""

import datetime as dt
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.documents.sniff import PDF
from ami_portal.kernel import clock
from funding import actions

from . import papers, reaching, spending
from .agenda import on, working
from .reaching import OFFICER, convention_of
from .stage import Stage
from .words import Project

ACCOUNTANT = "comptable@hdh.example"
DESPITE = "L’attestation renouvelée est arrivée par courriel ; le bénéficiaire doit encore la verser au dossier."


def plan_paid(stage: Stage, project: Project) -> None:
    """Signed so that the second instalment falls due within days: the first is paid, the second waits."""
    signed_on = working(clock.add_months(stage.today, -12) + dt.timedelta(days=7))
    name, day = project["acronym"], dt.timedelta(days=1)
    prepared_on = working(signed_on - 20 * day)
    stage.agenda.at(on(prepared_on, "11:10"), partial(prepare, stage, project), f"{name} : convention générée")
    frozen_on = working(signed_on - 12 * day)
    stage.agenda.at(on(frozen_on, "10:05"), partial(freeze, stage, project), f"{name} : texte figé")
    recorded_at = on(working(signed_on + 3 * day), "15:40")
    stage.agenda.at(recorded_at, partial(sign, stage, project, signed_on), f"{name} : convention signée")
    certified_on = working(signed_on + 6 * day)
    stage.agenda.at(on(certified_on, "16:25"), partial(certify, stage, project, 1))
    paid_on = working(signed_on + 12 * day)
    stage.agenda.at(on(paid_on, "14:05"), partial(pay, stage, project, 1, paid_on), f"{name} : premier versement payé")
    reaching.plan_path(stage, project, signed_on)
    spending.plan(stage, project, OFFICER)
    early = on(working(stage.today - 2 * day), "10:50")
    stage.agenda.at(early, partial(certify, stage, project, 2), f"{name} : service fait constaté, second versement")


def plan_renounced(stage: Stage, project: Project) -> None:
    """Generated two weeks ago; the laureate gave the grant up since, so that its place is free."""
    prepared_on = working(stage.today - dt.timedelta(days=15))
    stage.agenda.at(
        on(prepared_on, "09:20"), partial(prepare, stage, project), f"{project['acronym']} : convention générée"
    )
    renounced_on = working(stage.today - dt.timedelta(days=6))
    stage.agenda.at(
        on(renounced_on, "11:35"), partial(renounce, stage, project), f"{project['acronym']} : renoncement à l’aide"
    )


# The acts


def prepare(stage: Stage, project: Project) -> None:
    """Generate the convention."""
    actions.prepare_convention(stage.dossier(project), actor=stage.user(OFFICER))


def freeze(stage: Stage, project: Project) -> None:
    """Freeze the text as the laureate agreed on it."""
    convention = convention_of(stage, project)
    base = convention.texts.count()
    actions.freeze_convention(convention, base=base, actor=stage.user(OFFICER))


def renounce(stage: Stage, project: Project) -> None:
    """The owner gives the grant up."""
    reason = "La responsable du projet rejoint un autre établissement, qui ne peut pas le porter."
    actions.renounce_grant(stage.dossier(project), reason=reason, actor=stage.user(project.owner.email))


def sign(stage: Stage, project: Project, signed_on: dt.date) -> None:
    """Record the signature, with its signed copy."""
    name, role = project.organisation.representative
    convention = convention_of(stage, project)
    parts = [
        ("Spécimen de démonstration", ["Ce document tient la place de la copie signée."]),
        ("Convention", [convention.ref, f"Signée par {name}, {role}, et par le Health Data Hub."]),
    ]
    copy = SimpleUploadedFile(f"{convention.ref}-signee.pdf", papers.pdf("Copie signée", parts), content_type=PDF)
    actions.record_signature(
        convention,
        signed_on=signed_on,
        signatory=f"{name}, {role}",
        document=copy,
        despite=DESPITE,
        actor=stage.user(OFFICER),
    )


def certify(stage: Stage, project: Project, number: int) -> None:
    """Certify that the condition of an instalment is met."""
    instalment = convention_of(stage, project).instalments.get(number=number)
    actions.certify_service(instalment, actor=stage.user(OFFICER))


def pay(stage: Stage, project: Project, number: int, paid_on: dt.date) -> None:
    """Record the payment of an instalment."""
    instalment = convention_of(stage, project).instalments.get(number=number)
    actions.record_payment(
        instalment,
        paid_on=paid_on,
        payment_reference=f"VIR-{paid_on:%Y}-{project.number('transfer', 10_000):04d}",
        despite=DESPITE,
        actor=stage.user(ACCOUNTANT),
    )
