"""Bring a grant to another amount, its ledger and the lines of its schedule that are not paid with it."""

import datetime as dt
from decimal import Decimal

from ami_portal.accounts.models import User
from ami_portal.kernel.money import ZERO, in_words
from ami_portal.workflow import TransitionRefused
from funding import ledger, schedule
from funding.enums import InstalmentState
from funding.models import Convention


def adjust_amount(convention: Convention, new_amount: Decimal, *, at: dt.datetime, actor: User) -> None:
    """What an amendment of the amount does: call it in its transaction, the convention locked.

    Lines certified or paid stay as they are; the others share what is left, each keeping its part. Raises
    TransitionRefused when nothing, or too little, would be left for them.
    """
    lines = list(convention.instalments.select_for_update(of=("self",)).order_by("number"))
    planned = [line for line in lines if line.state == InstalmentState.PLANNED]
    entered = sum((line.gross for line in lines if line.state != InstalmentState.PLANNED), ZERO)
    percents = [line.percent for line in planned]
    try:
        shared = schedule.shared_again(new_amount, entered, percents, convention.retention_percent)
    except schedule.TooSmall as error:
        raise TransitionRefused(_too_small(new_amount, entered, len(planned))) from error
    ledger.adjust(convention, new_amount, at=at, actor=actor)
    for line, (gross, retention) in zip(planned, shared, strict=True):
        line.gross, line.retention = gross, retention
        line.save(update_fields=["gross", "retention"])


def _too_small(new_amount: Decimal, entered: Decimal, planned: int) -> str:
    if not planned:
        return "Tous les versements sont payés ou en cours de paiement : le montant ne peut plus changer."
    return (
        f"{in_words(entered)} sont déjà payés ou en cours de paiement : {in_words(new_amount)} ne laissent pas de quoi "
        f"payer {'le versement prévu' if planned == 1 else f'les {planned} versements prévus'}."
    )
