"""What a laureate of the demonstration spent in its first year, and what the operator made of it."""

import datetime as dt
from decimal import Decimal
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.documents.sniff import PDF
from ami_portal.kernel import clock
from ami_portal.kernel.money import in_words
from funding import actions
from funding.models import Convention, ExpenseClaim

from . import papers
from .agenda import on, working
from .stage import Stage
from .words import Project

SPENT = (
    ("staff", "Salaires d’une ingénieure de données, trois premiers mois", "organisation", "13860.00", 8),
    ("staff", "Salaires d’une ingénieure de données, trois mois suivants", "organisation", "13860.00", 5),
    ("equipment", "Station de calcul, part d’usage du projet", "Calcul Ouest (fictif)", "6240.50", 7),
    ("services", "Accompagnement de la demande d’accès aux données", "Cabinet Lanterne (fictif)", "4800.00", 4),
    ("travel", "Deux déplacements auprès du partenaire", "Rail Voyages (fictif)", "612.80", 3),
    ("operating", "Licences de logiciels, deux ans", "Logiciels du Port (fictif)", "1980.00", 2),
)
"""Category, label, supplier, euros, and how many months before the claim it was paid."""
REDUCED, KEPT = "Licences de logiciels, deux ans", Decimal("990.00")
WHY = "Seule l’année qui tombe dans la durée du projet est acceptée."


def plan(stage: Stage, project: Project, officer: str) -> None:
    """The claim is sent three weeks ago and accepted last week: the second instalment can be certified."""
    sent_on = working(stage.today - dt.timedelta(days=20))
    stage.agenda.at(on(sent_on, "17:05"), partial(state, stage, project), f"{project['acronym']} : état de dépenses")
    examined_on = working(stage.today - dt.timedelta(days=5))
    stage.agenda.at(on(examined_on, "10:10"), partial(examine, stage, project, officer))


def state(stage: Stage, project: Project) -> None:
    """The owner states each expense with its document, then sends the claim."""
    owner = stage.user(project.owner.email)
    convention = Convention.objects.select_related("dossier__call").get(dossier=stage.dossier(project))
    claim = actions.start_claim(convention, actor=owner)
    for category, label, supplier, amount, months in SPENT:
        name = project.organisation.name if supplier == "organisation" else supplier
        paid_on = max(clock.add_months(stage.today, -months), convention.signed_on or stage.today)
        values = {"category": category, "label": label, "supplier": name, "amount": Decimal(amount)}
        values |= {"invoiced_on": paid_on, "paid_on": paid_on}
        actions.keep_line(claim, values, document=_invoice(label, name, Decimal(amount)), actor=owner)
    actions.submit_claim(claim, actor=owner)


def _invoice(label: str, supplier: str, amount: Decimal) -> SimpleUploadedFile:
    parts = [
        ("Spécimen de démonstration", ["Ce document tient la place d’une facture acquittée."]),
        (supplier, [label, f"Montant acquitté : {in_words(amount)} TTC."]),
    ]
    return SimpleUploadedFile("facture.pdf", papers.pdf("Facture", parts), content_type=PDF)


def examine(stage: Stage, project: Project, officer: str) -> None:
    """The grant officer reduces one expense, with its reason, and accepts the others."""
    actor = stage.user(officer)
    claim = ExpenseClaim.objects.select_related("convention").get(convention__dossier=stage.dossier(project))
    reduced = claim.lines.get(label=REDUCED)
    actions.decide_line(reduced, "reduced", accepted_amount=KEPT, reason=WHY, actor=actor)
    actions.accept_rest(claim, actor=actor)
    actions.accept_claim(claim, actor=actor)
