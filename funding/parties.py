"""Who is who around a grant, and the agreement that partners owe each other."""

import datetime as dt
from dataclasses import dataclass

from ami_portal.kernel import clock

from .consolidation import regulation_of
from .enums import PartyRole
from .models import ConsortiumAgreement, Convention, GrantParty


@dataclass(frozen=True)
class Parties:
    """Those that stand, and the consortium's agreement: the last one sent, the day on which it is due (None when the
    regulation asks for none, or before the signature)."""

    standing: list[GrantParty]
    agreement: ConsortiumAgreement | None
    due_on: dt.date | None

    @property
    def is_asked(self) -> bool:
        """Whether an agreement is due: the regulation says so, and a partner is funded."""
        return self.due_on is not None and any(party.role == PartyRole.FUNDED for party in self.standing)

    @property
    def is_late(self) -> bool:
        """Whether it is due, was not sent, and its day is past."""
        due_on = self.due_on
        return self.is_asked and self.agreement is None and due_on is not None and due_on < clock.today()


def parties_of(convention: Convention) -> Parties:
    """The parties of a convention: two queries beside its regulation."""
    months = regulation_of(convention).get("consortium_agreement_months")
    due_on = clock.add_months(convention.signed_on, int(months)) if months and convention.signed_on else None
    return Parties(
        standing=list(convention.parties.filter(ended_at=None).select_related("delegation")),
        agreement=convention.consortium_agreements.select_related("document").order_by("pk").last(),
        due_on=due_on,
    )


def expired_delegation(convention: Convention, on: dt.date) -> str:
    """Why the signatory may not sign on a day, in words; empty when it may."""
    found = convention.parties.filter(role=PartyRole.SIGNATORY, ended_at=None).first()
    if found and found.delegation_until and found.delegation_until < on:
        return f"La délégation de signature de {found.name} n’est plus valable à cette date : déposez-en une autre."
    return ""
