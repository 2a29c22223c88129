"""Which decision of a dossier can be contested before the operator, until when, and what its silence says."""

import datetime as dt
from dataclasses import dataclass

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import end_of, is_working_day
from applications.enums import DossierState
from applications.models import Call, Dossier

from .declarations import last_refusal
from .models import Appeal, Declaration, Letter

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Contestable:
    """A refusal that its team was notified of: its letter, and the last day on which an appeal is received."""

    declaration: Declaration
    letter: Letter
    last_day: dt.date

    def is_late(self, at: dt.datetime) -> bool:
        """Whether an appeal would be too late."""
        return at >= end_of(self.last_day)


def contestable(dossier: Dossier) -> Contestable | None:
    """The refusal that an appeal can be made against; None where there is none, or where the call admits no appeal."""
    refusal = last_refusal(dossier) if dossier.state == DossierState.INELIGIBLE else None
    if refusal is None or not dossier.call.appeal:
        return None
    letter = Letter.objects.filter(declaration=refusal, released_at__isnull=False).first()
    if letter is None or letter.released_at is None:
        return None
    return Contestable(refusal, letter, last_day(dossier.call, clock.paris(letter.released_at).date()))


def last_day(call: Call, notified_on: dt.date) -> dt.date:
    """The last day of the delay of a decision notified on a day: so many clear months, to the next working day."""
    day = clock.add_months(notified_on, call.appeal["months"]) + ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day


def silence_day(call: Call, filed_on: dt.date) -> dt.date:
    """The day on which the operator's silence rejects an appeal."""
    return clock.add_months(filed_on, call.appeal["silence_months"])


def appeal_of(dossier: Dossier, refusal: Declaration) -> Appeal | None:
    """The appeal made against one refusal."""
    return Appeal.objects.select_related("receipt", "dossier").filter(dossier=dossier, declaration=refusal).first()


def refused_by(declaration: Declaration) -> set[int]:
    """Who took a refusal: who declared it, and who decided or confirmed a criterion that is not met."""
    items = declaration.version.eligibility_items.filter(criterion__act=declaration.act, decision="not_met")
    people = {person for pair in items.values_list("decided_by", "confirmed_by") for person in pair if person}
    return people | {declaration.declared_by_id}
