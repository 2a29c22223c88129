"""The tables of the assignment's page: by dossier, the worst served first; by juror; what changes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ami_portal.accounts.models import User
from applications.models import Dossier
from evaluation import seating
from evaluation.enums import ASIDE
from evaluation.models import Proposal, Review, Seat, Session, Wish
from evaluation.seating import JuryRules


@dataclass(frozen=True)
class Seated:
    """A juror beside a dossier: how many of its fields they know, what is new, and what staff want of the pair."""

    juror: User
    match: int
    is_entrusted: bool
    is_new: bool
    wish: str


@dataclass(frozen=True)
class Line:
    """A dossier with its proposed jurors."""

    dossier: Dossier
    jurors: tuple[Seated, ...]

    @property
    def match(self) -> int:
        """What its jurors know of it, together."""
        return sum(seated.match for seated in self.jurors)


@dataclass(frozen=True)
class Load:
    """A juror with what they would have to review."""

    juror: User
    count: int
    added: int
    match: int
    fields: str
    profiles: str


@dataclass(frozen=True)
class Board:
    """The page: `lines` and `loads` of the last proposal; `wishes` of staff; `gone` are pairs that it leaves out."""

    lines: tuple[Line, ...]
    loads: tuple[Load, ...]
    wishes: tuple[Wish, ...]
    gone: tuple[tuple[str, User], ...]
    added: int
    told: int
    hidden: int
    people: tuple[User, ...]
    dossiers: tuple[Dossier, ...]


def board_of(session: Session, proposal: Proposal | None, shown: QuerySet[Dossier], rules: JuryRules | None) -> Board:
    """The board of a proposal for who may see the dossiers `shown`: a constant number of queries."""
    people = {person.pk: person for person in seating.jurors()}
    dossiers = {dossier.ref: dossier for dossier in shown.order_by("ref")}
    reviews = Review.objects.filter(dossier__in=dossiers.values()).exclude(state__in=ASIDE)
    held = set(reviews.values_list("dossier__ref", "juror"))
    wishes = [
        wish
        for wish in Wish.objects.filter(dossier__call=session.call_id).select_related("dossier", "juror")
        if wish.dossier.ref in dossiers
    ]
    pairs = [(ref, juror, match) for ref, juror, match in (proposal.pairs if proposal else []) if juror in people]
    mine = [pair for pair in pairs if pair[0] in dossiers]
    former, new = _former(proposal), [pair for pair in mine if pair[:2] not in held]
    kinds = {(wish.dossier.ref, wish.juror_id): wish.kind for wish in wishes}
    lines: dict[str, list[Seated]] = {}
    for ref, juror, match in mine:
        key = ref, juror
        is_new = bool(former) and key not in former
        lines.setdefault(ref, []).append(Seated(people[juror], match, key in held, is_new, kinds.get(key, "")))
    now = {pair[:2] for pair in mine}
    return Board(
        tuple(sorted((Line(dossiers[ref], tuple(rows)) for ref, rows in lines.items()), key=lambda line: line.match)),
        _loads(session, people, mine, held, rules),
        tuple(wishes),
        tuple((ref, people[juror]) for ref, juror in sorted(former - now) if ref in dossiers and juror in people),
        len(new),
        len({juror for _, juror, _ in new}),
        len({ref for ref, _, _ in pairs} - dossiers.keys()),
        tuple(people.values()),
        tuple(dossiers.values()),
    )  # fmt: skip


def _former(proposal: Proposal | None) -> set[tuple[str, int]]:
    """The pairs of the answer before this one."""
    if proposal is None or not proposal.pairs:
        return set()
    last = proposal.answered_before()
    return {(ref, juror) for ref, juror, _ in last.pairs} if last else set()


def _loads(
    session: Session, people: Mapping[int, User], pairs: list[Any], held: set[Any], rules: JuryRules | None
) -> tuple[Load, ...]:
    seats = {seat.juror_id: seat for seat in Seat.objects.filter(call=session.call_id)}
    counts = Counter(juror for _, juror, _ in pairs)
    added = Counter(juror for ref, juror, _ in pairs if (ref, juror) not in held)
    matches: Counter[int] = Counter()
    for _, juror, match in pairs:
        matches[juror] += match
    return tuple(
        Load(
            person,
            counts[pk],
            added[pk],
            matches[pk],
            seating.label_of(seats[pk].fields, rules.labels) if rules and pk in seats else "",
            seating.label_of(seats[pk].profiles, rules.profiles) if rules and pk in seats else "",
        )
        for pk, person in people.items()
    )
