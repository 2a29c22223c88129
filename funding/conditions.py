"""What must be true before an instalment is paid: kinds that the regulation names, read from what is recorded."""

from dataclasses import dataclass

from ami_portal.ui import wording

from .enums import Basis, ClaimState, InstalmentState
from .models import ExpenseClaim, Instalment
from .pieces import Condition
from .regulation import Regulation

CLAIM_ACCEPTED, EARLIER_PAID, PIECES_VALID = "claim_accepted", "earlier_paid", "pieces_valid"
"""The kinds that the regulation may name for an instalment. Those on pieces stop the payment, the others the
certification."""


@dataclass(frozen=True)
class Check:
    """One condition of an instalment: whether it is met, and what is still awaited, of whom."""

    kind: str
    is_met: bool
    sentence: str


def kinds_of(line: Instalment, rules: Regulation) -> tuple[str, ...]:
    """The kinds of conditions of an instalment: an amount that follows expenses always waits for its claim."""
    named = rules.conditions.get(line.code, ())
    follows = line.basis in (Basis.CLAIM, Basis.BALANCE) and CLAIM_ACCEPTED not in named
    return (CLAIM_ACCEPTED, *named) if follows else named


def checklist(
    line: Instalment,
    rules: Regulation,
    *,
    lines: list[Instalment],
    claims: dict[int, ExpenseClaim],
    pieces: list[Condition],
) -> list[Check]:
    """The conditions of an instalment, in the order of the regulation; no query.

    `lines` are all those of the convention, `claims` are by the id of their instalment, `pieces` those of a payment.
    """
    found = []
    for kind in kinds_of(line, rules):
        if kind == CLAIM_ACCEPTED:
            found.append(_claim(claims.get(line.pk)))
        elif kind == EARLIER_PAID:
            found.append(_earlier(line, lines))
        elif pieces:
            found.append(_pieces(pieces))
    return found


def _claim(claim: ExpenseClaim | None) -> Check:
    if claim is None:
        return Check(CLAIM_ACCEPTED, False, "L’état de dépenses est à établir par le bénéficiaire.")
    said = {
        ClaimState.DRAFT: f"L’état de dépenses {claim.number} est en préparation chez le bénéficiaire.",
        ClaimState.RETURNED: f"L’état de dépenses {claim.number} est à corriger par le bénéficiaire.",
        ClaimState.SUBMITTED: f"L’état de dépenses {claim.number} est à examiner par le gestionnaire.",
    }
    if claim.accepted_at:
        sentence = f"L’état de dépenses {claim.number} est accepté depuis le {wording.day(claim.accepted_at)}."
        return Check(CLAIM_ACCEPTED, True, sentence)
    return Check(CLAIM_ACCEPTED, False, said[ClaimState(claim.state)])


def _earlier(line: Instalment, lines: list[Instalment]) -> Check:
    done = (InstalmentState.PAID, InstalmentState.SETTLED)
    waiting = [one.number for one in lines if one.number < line.number and one.state not in done]
    if waiting:
        return Check(EARLIER_PAID, False, f"Le versement {waiting[0]} est encore à payer.")
    return Check(EARLIER_PAID, True, "Les versements précédents sont payés.")


def _pieces(pieces: list[Condition]) -> Check:
    missing = [one.piece.kind.label for one in pieces if not one.is_met]
    if missing:
        return Check(PIECES_VALID, False, f"Pièces à fournir ou à vérifier : {', '.join(missing)}.")
    return Check(PIECES_VALID, True, "Les pièces justificatives sont valables.")
