"""A convention as its pages show it: the lines with their phase, the totals, the balances, the line of its months."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.audit.models import AuditEvent
from ami_portal.documents.enums import Verdict
from ami_portal.kernel.money import ZERO, in_words
from ami_portal.ui import wording

from . import ledger, schedule, timeline
from .agreement import percent
from .conditions import Check, checklist
from .enums import Basis, ConventionState, InstalmentState
from .models import Convention, Instalment
from .pieces import Condition
from .regulation import regulation_of
from .timeline import Phase

TONES = {
    Phase.PAID: ("success", "money-euro-circle-line"),
    Phase.LATE: ("error", "alarm-warning-line"),
    Phase.DUE: ("blue-cumulus", "calendar-2-line"),
    Phase.PLANNED: ("beige-gris-galet", "calendar-line"),
    Phase.DROPPED: ("beige-gris-galet", "close-circle-line"),
}

DONE = (InstalmentState.PAID, InstalmentState.SETTLED)

VERBS = {
    "convention.prepare": "Convention générée",
    "convention.write_text": "Nouvelle version du texte",
    "convention.freeze": "Texte figé",
    "convention.reopen": "Négociation reprise",
    "remark.make": "Remarque du lauréat",
    "remark.answer": "Remarque répondue",
    "amendment.prepare": "Avenant préparé",
    "amendment.sign": "Avenant signé",
    "amendment.abandon": "Avenant abandonné",
    "party.name": "Partie nommée",
    "party.end": "Partie retirée",
    "consortium.send": "Accord de consortium envoyé",
    "budget.transfer": "Transfert entre catégories",
    "convention.suspend": "Versements suspendus",
    "convention.resume": "Versements repris",
    "convention.terminate": "Convention résiliée",
    "signature.send": "Copie signée reçue",
    "signature.accept": "Copie signée acceptée",
    "signature.refuse": "Copie signée refusée",
    "signature.void": "Copie signée écartée",
    "convention.sign": "Signature enregistrée",
    "convention.attach_signed_copy": "Copie signée déposée",
    "convention.read_file": "Document téléchargé",
    "convention.close": "Convention classée sans suite",
    "instalment.certify": "Service fait constaté",
    "instalment.pay": "Paiement enregistré",
    "instalment.settle": "Versement soldé sans paiement",
    "convention.free_retention": "Retenue libérée",
    "claim.start": "État de dépenses commencé",
    "claim.send_file": "Tableau de dépenses envoyé",
    "claim.submit": "État de dépenses envoyé",
    "claim.decide_line": "Dépense examinée",
    "claim.accept_rest": "Dépenses restantes acceptées",
    "claim.return": "État de dépenses rendu à corriger",
    "claim.accept": "État de dépenses accepté",
    "claim.read_proof": "Justificatif téléchargé",
    "order.issue": "Ordre de reversement émis",
    "order.repay": "Reversement enregistré",
    "path.choose_after": "Suite choisie par le porteur après un avis",
    "path.choose_route": "Voie réglementaire choisie",
    "path.end_step": "Issue d’une étape réglementaire notée",
    "path.extend_step": "Délai réglementaire prolongé",
    "path.hand_kit": "Pièces du kit de démarrage remises",
    "path.pause_step": "Délai réglementaire suspendu",
    "path.resume_step": "Délai réglementaire repris",
    "path.start_step": "Étape réglementaire engagée",
}
"""What the journal's verbs of this room are called on the screen."""

FACTS = {
    "amount": "montant",
    "net": "payé",
    "retention": "retenu",
    "kind": "nature",
    "party": "partie",
    "signatories": "signataires",
    "article": "article",
    "version": "version",
    "outcome": "suite",
    "reason": "motif",
    "role": "rôle",
    "name": "nom",
    "source": "de",
    "target": "vers",
    "suspended_on": "à compter du",
    "resumed_on": "à compter du",
    "terminated_on": "à compter du",
    "recovered": "à reverser",
    "forfeited": "retenue non due",
    "signed_on": "signée le",
    "ends_on": "fin le",
    "paid_on": "payé le",
    "reference": "référence",
    "expense": "dépense",
    "verdict": "décision",
    "accepted": "accepté",
    "lines": "lignes",
    "instalment": "versement",
    "unmet": "pièces non remplies",
    "despite": "pourquoi passer outre",
    "regulation": "règlement",
    "step": "étape",
    "on": "le",
    "answer": "issue",
    "choice": "choix",
    "pieces": "pièces",
    "template": "modèle de convention n°",
    "filename": "fichier",
    "sha256": "empreinte",
}
"""What the facts of its events are called, in the order in which they are said."""


@dataclass(frozen=True)
class Row:
    """A line of the schedule as shown. `awaited` says who must do what before it is paid, empty once it is."""

    instalment: Instalment
    phase: Phase
    share: str
    awaited: str
    checks: list[Check]

    @property
    def tone(self) -> str:
        return TONES[self.phase][0]

    @property
    def icon(self) -> str:
        return TONES[self.phase][1]


@dataclass(frozen=True)
class Totals:
    """Sums of the columns of the schedule, in euros."""

    gross: Decimal
    retention: Decimal
    net: Decimal


@dataclass(frozen=True)
class Followed:
    """All that a page says of a convention. `next` is the first line that is not paid, None before the signature."""

    convention: Convention
    rows: list[Row]
    totals: Totals
    balances: ledger.Balances
    line: timeline.Timeline
    next: Row | None
    retention_percent: str

    @property
    def paid_count(self) -> int:
        return sum(row.phase == Phase.PAID for row in self.rows)

    @property
    def late_count(self) -> int:
        return sum(row.phase == Phase.LATE for row in self.rows)

    @property
    def is_over(self) -> bool:
        """Whether every line is paid."""
        return self.paid_count == len(self.rows)

    @property
    def signed_copy_is_open(self) -> bool:
        """Whether the signed copy is there and may be read: inspected and accepted."""
        kept = self.convention.signed_document
        return kept is not None and kept.verdict == Verdict.ACCEPTED


def follow(convention: Convention, *, today: dt.date, pieces: Sequence[Condition] = ()) -> Followed:
    """A convention as it is on the day `today`: four queries at most, whatever its length.

    `pieces` are those that the next payment asks for.
    """
    lines = list(convention.instalments.all())
    rules = regulation_of(convention)
    claims = {claim.instalment_id: claim for claim in convention.claims.all()}
    is_signed = convention.state == ConventionState.SIGNED
    upcoming = next((line for line in lines if line.state not in DONE), None) if is_signed else None
    is_closed = convention.state in (ConventionState.CLOSED, ConventionState.TERMINATED)
    rows = [
        _row(
            line,
            is_next=line is upcoming,
            is_closed=is_closed,
            today=today,
            checks=checklist(line, rules, lines=lines, claims=claims, pieces=list(pieces) if line is upcoming else []),
        )
        for line in lines
    ]
    return Followed(
        convention=convention,
        rows=rows,
        totals=Totals(
            gross=sum((line.gross for line in lines), ZERO),
            retention=sum((line.retention for line in lines), ZERO),
            net=sum((line.net for line in lines), ZERO),
        ),
        balances=_balances(convention),
        line=timeline.draw(
            [(row.instalment.number, row.instalment.months_after_signature, row.phase) for row in rows],
            months=_months(convention),
            signed_on=convention.signed_on,
            ends_on=convention.ends_on,
            today=today,
        ),
        next=next((row for row in rows if row.instalment is upcoming), None),
        retention_percent=percent(convention.retention_percent),
    )


def _months(convention: Convention) -> int:
    """The months from the signature to the end, which the line draws; those of the project before they are known."""
    if convention.signed_on is None or convention.ends_on is None:
        return convention.duration_months
    return schedule.months_between(convention.signed_on, convention.ends_on)


def _balances(convention: Convention) -> ledger.Balances:
    """Those of the ledger; before the signature it is empty, and the whole grant is to come."""
    if convention.state in (ConventionState.PREPARED, ConventionState.FROZEN):
        return ledger.Balances(granted=convention.amount, paid=ZERO, retained=ZERO, remaining=convention.amount)
    return ledger.balances(convention)


def _row(line: Instalment, *, is_next: bool, is_closed: bool, today: dt.date, checks: list[Check]) -> Row:
    if is_closed and line.state not in DONE:
        return Row(instalment=line, phase=Phase.DROPPED, share=_share(line), awaited="", checks=[])
    is_paid = line.state in (InstalmentState.PAID, InstalmentState.SETTLED)
    phase = timeline.phase(is_paid=is_paid, is_next=is_next, due_on=line.due_on, today=today)
    awaited = ""
    if line.state == InstalmentState.CERTIFIED:
        awaited = "Service fait constaté : le paiement est chez l’agent comptable."
    elif phase in (Phase.LATE, Phase.DUE):
        awaited = "Le service fait est à constater par le gestionnaire de la convention."
    shown = checks if line.state == InstalmentState.PLANNED else []
    return Row(instalment=line, phase=phase, share=_share(line), awaited=awaited, checks=shown)


def _share(line: Instalment) -> str:
    """What the amount of a line is counted from, in a few words."""
    if line.basis == Basis.SHARE:
        return percent(line.percent)
    return "" if line.basis == Basis.RETENTION else f"{percent(line.percent)} au plus, selon les dépenses acceptées"


@dataclass(frozen=True)
class Line:
    """An event of the journal as shown."""

    event: AuditEvent
    label: str
    details: str


def events(convention: Convention) -> list[Line]:
    """The journal of a convention and of its lines, last first; a hundred events at most."""
    ref = convention.ref
    found = AuditEvent.objects.filter(subject=ref) | AuditEvent.objects.filter(subject__startswith=f"{ref}/")
    shown = found.select_related("actor").order_by("-number")[:100]
    return [Line(event, VERBS.get(event.verb, event.verb), _details(event)) for event in shown]


def _details(event: AuditEvent) -> str:
    known = [name for name in FACTS if name in event.data] + sorted(set(event.data) - set(FACTS))
    return " ; ".join(f"{FACTS.get(name, name)} : {_fact(name, event.data[name])}" for name in known)


def _fact(name: str, value: Any) -> str:
    if name in ("amount", "net", "retention", "accepted", "recovered", "forfeited"):
        return in_words(Decimal(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return wording.day(value) if name == "on" or name.endswith("_on") else str(value)
