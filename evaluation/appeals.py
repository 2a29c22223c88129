"""Which decision of a dossier can be contested before the operator, until when, and what its silence says."""

import datetime as dt
from dataclasses import dataclass

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import end_of, is_working_day
from applications.enums import DossierState
from applications.models import Call, Dossier

from .declarations import last_refusal
from .enums import Outcome, SessionState
from .models import Appeal, Decision, Declaration, Letter

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Contestable:
    """What its team was notified of and may contest: a refusal or the jury's decision, its letter, the last day."""

    declaration: Declaration | None
    decision: Decision | None
    letter: Letter
    last_day: dt.date

    @property
    def label(self) -> str:
        """« Non éligible », « Non retenu »."""
        against = self.declaration or self.decision
        return against.label if against else ""

    def is_late(self, at: dt.datetime) -> bool:
        """Whether an appeal would be too late."""
        return at >= end_of(self.last_day)


def contestable(dossier: Dossier) -> Contestable | None:
    """What an appeal can be made against; None where there is nothing, or where the call admits no appeal."""
    if not dossier.call.appeal:
        return None
    refusal = last_refusal(dossier) if dossier.state == DossierState.INELIGIBLE else None
    decision = None if refusal else _decision_to_contest(dossier)
    released = Letter.objects.filter(dossier=dossier, released_at__isnull=False)
    if refusal:
        letter = released.filter(declaration=refusal).first()
    else:
        letter = released.filter(kind=decision.outcome, declaration=None, appeal=None).first() if decision else None
    if letter is None or letter.released_at is None:
        return None
    return Contestable(refusal, decision, letter, last_day(dossier.call, clock.paris(letter.released_at).date()))


def _decision_to_contest(dossier: Dossier) -> Decision | None:
    """The jury's decision that a dossier is not a laureate, once it is published; nothing where the call says nothing
    of it, nor once the dossier is called from the reserve list."""
    if not dossier.call.appeal.get("jury") or dossier.state not in (DossierState.REJECTED, DossierState.RESERVE):
        return None
    published = Decision.objects.filter(dossier=dossier, session__state=SessionState.PUBLISHED)
    return published.select_related("session").exclude(outcome=Outcome.LAUREATE).first()


def last_day(call: Call, notified_on: dt.date) -> dt.date:
    """The last day of the delay of a decision notified on a day: so many clear months, to the next working day."""
    day = clock.add_months(notified_on, call.appeal["months"]) + ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day


def silence_day(call: Call, filed_on: dt.date) -> dt.date:
    """The day on which the operator's silence rejects an appeal."""
    return clock.add_months(filed_on, call.appeal["silence_months"])


def appeal_of(contested: Contestable) -> Appeal | None:
    """The appeal made against it."""
    filed = Appeal.objects.select_related("receipt", "dossier")
    return filed.filter(declaration=contested.declaration, decision=contested.decision).first()


def refused_by(appeal: Appeal) -> set[int]:
    """Who took what is contested: who declared a refusal, who decided or confirmed a criterion that is not met; or who
    recorded the jury's decision, and who reviewed."""
    if appeal.decision:
        reviewed = appeal.dossier.reviews.values_list("juror", flat=True)
        return {appeal.decision.decided_by_id, *reviewed}
    declaration = appeal.declaration
    if declaration is None:
        return set()
    items = declaration.version.eligibility_items.filter(criterion__act=declaration.act, decision="not_met")
    people = {person for pair in items.values_list("decided_by", "confirmed_by") for person in pair if person}
    return people | {declaration.declared_by_id}
