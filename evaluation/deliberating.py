"""How the sitting of a jury stands: who is there, who leaves for which dossier, the quorum, the order of the day."""

from collections.abc import Mapping
from dataclasses import dataclass

from ami_portal.accounts.models import User
from applications.enums import DossierState
from applications.models import Call, Dossier

from .agenda import Agenda, arranged
from .board import RankingRow
from .models import Attendance, Decision, Departure, Hearing, Session
from .quorum import Quorum, Stay, there_at
from .sitting import members_of, standing_aside


@dataclass(frozen=True)
class Count:
    """Who may decide of one dossier now: `present` members, those who stand aside apart, of `needed` (None: any)."""

    present: int
    needed: int | None

    @property
    def is_enough(self) -> bool:
        """Whether the quorum is reached."""
        return self.needed is None or self.present >= self.needed


@dataclass(frozen=True)
class Sitting:
    """How a session stands: its members, who is in it, who stands aside from which dossier, what is being heard."""

    members: tuple[User, ...]
    present: frozenset[int]
    aside: Mapping[int, frozenset[int]]
    quorum: Quorum | None
    hearing: Hearing | None
    out: frozenset[int]

    def count(self, dossier: Dossier) -> Count:
        """The quorum of one dossier, counted without those who leave for it."""
        leaving = self.aside.get(dossier.pk, frozenset())
        needed = self.quorum.needed(len(self.members), len(leaving)) if self.quorum else None
        return Count(len(self.voters(dossier)), needed)

    def to_leave(self, dossier: Dossier) -> list[User]:
        """The members present who stand aside from a dossier: they leave before it is opened."""
        leaving = self.aside.get(dossier.pk, frozenset()) & self.present
        return [member for member in self.members if member.pk in leaving]

    def still_in(self, dossier: Dossier) -> list[User]:
        """Those of them whom nobody has seen leave for it."""
        gone = self.out if self.hears(dossier) else frozenset()
        return [member for member in self.to_leave(dossier) if member.pk not in gone]

    def voters(self, dossier: Dossier) -> frozenset[int]:
        """The members who may vote on a dossier: present, and not standing aside from it."""
        return self.present - self.aside.get(dossier.pk, frozenset())

    def hears(self, dossier: Dossier) -> bool:
        """Whether this dossier is the one that the jury deliberates on."""
        return self.hearing is not None and self.hearing.dossier_id == dossier.pk


def quorum_of(call: Call) -> Quorum | None:
    """The quorum of a call; None when its file asks for none."""
    asked = (call.texts.get("deliberation") or {}).get("quorum")
    return Quorum(asked["percent"], asked["of"] == "jury") if asked else None


@dataclass(frozen=True)
class VoteRules:
    """How a jury votes: by secret or named ballots; whether its chair decides between equals."""

    is_secret: bool
    chair_decides: bool


def votes_of(call: Call) -> VoteRules:
    """How the jury of a call votes: by named ballots, and equal voices reject, unless its file says otherwise."""
    asked = (call.texts.get("deliberation") or {}).get("votes") or {}
    return VoteRules(asked.get("ballots") == "secret", asked.get("tie") == "chair")


def sitting_of(session: Session) -> Sitting:
    """How a session stands now: a constant number of queries."""
    hearing = session.hearings.select_related("dossier").filter(closed_at=None).first()
    out = Departure.objects.filter(hearing=hearing).values_list("juror_id", flat=True) if hearing else ()
    present = Attendance.objects.filter(session=session, left_at=None).values_list("juror_id", flat=True)
    return Sitting(
        tuple(members_of(session.call)),
        frozenset(present),
        standing_aside(session.call),
        quorum_of(session.call),
        hearing,
        frozenset(out),
    )


def agenda_of(rows: list[RankingRow], sitting: Sitting) -> Agenda:
    """The eligible dossiers of a ranking by reference, in the order in which those present leave least often."""
    dossiers = [row.dossier for row in rows if row.dossier.state == DossierState.ELIGIBLE]
    leaving = {dossier.ref: frozenset(member.ref for member in sitting.to_leave(dossier)) for dossier in dossiers}
    return arranged([dossier.ref for dossier in dossiers], leaving)


def faults_of(session: Session) -> list[str]:
    """The decisions that a sitting cannot have taken, one sentence each: no quorum then, or somebody in the room who
    stands aside. Taken again, they are mended."""
    call, quorum = session.call, quorum_of(session.call)
    members, aside = len(members_of(call)), standing_aside(call)
    stays = [Stay(str(row.juror_id), row.arrived_at, row.left_at) for row in Attendance.objects.filter(session=session)]
    departures = Departure.objects.filter(hearing__session=session).select_related("hearing")
    outs = [(row.hearing.dossier_id, Stay(str(row.juror_id), row.left_at, row.hearing.closed_at)) for row in departures]
    found = []
    for decision in Decision.objects.filter(session=session).select_related("dossier").order_by("rank"):
        leaving = {str(juror) for juror in aside.get(decision.dossier_id, ())}
        present = there_at(stays, decision.decided_at)
        out = there_at((stay for dossier, stay in outs if dossier == decision.dossier_id), decision.decided_at)
        if present & leaving - out:
            found.append(
                f"{decision.dossier.ref} : un membre qui se déporte était dans la salle. Appelez le dossier, constatez "
                "sa sortie, puis enregistrez de nouveau la décision."
            )
        needed = quorum.needed(members, len(leaving)) if quorum else 0
        if (there := len(present - leaving)) < needed:
            found.append(
                f"{decision.dossier.ref} : quorum non atteint à la décision ({there} présents pour {needed} requis). "
                "Notez les présences, puis enregistrez-la de nouveau."
            )
    return found
