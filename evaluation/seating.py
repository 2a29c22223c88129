"""The jury that a call asks for: how many reviews, which bounds, fields and profiles; and the programme to solve."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User, ref_of
from ami_portal.kernel import clock
from ami_portal.kernel.text import folded
from applications import reading
from applications.enums import DossierState
from applications.models import Call, Dossier, DossierMember, DossierVersion
from applications.reading import FrozenDossier

from . import consultation, interests
from .assignment import Pair, Problem
from .enums import ASIDE, WishKind
from .models import Seat, Session, Wish
from .rules import stands_aside


@dataclass(frozen=True)
class Field:
    """A field of expertise: a deposit is in it when an answer to `questions` has a word that begins with one of
    `words`."""

    code: str
    label: str
    questions: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class JuryRules:
    """What the call asks of its jury; `profiles` by code."""

    reviews: int
    least: int
    most: int
    fields: tuple[Field, ...]
    profiles: Mapping[str, str]

    @property
    def labels(self) -> dict[str, str]:
        """The fields by code."""
        return {field.code: field.label for field in self.fields}


def rules_of(call: Call) -> JuryRules | None:
    """What the call's file says of the jury; None when it leaves it to staff, dossier by dossier."""
    raw = call.texts.get("jury") or {}
    if not raw:
        return None
    fields = (Field(row["code"], row["label"], tuple(row["questions"]), tuple(row["words"])) for row in raw["fields"])
    profiles = {row["code"]: row["label"] for row in raw["profiles"]}
    return JuryRules(raw["reviews"], raw["load"]["min"], raw["load"]["max"], tuple(fields), profiles)


def fields_of(rules: JuryRules, frozen: FrozenDossier) -> frozenset[str]:
    """The fields that a deposit is in, by code."""
    said = {item.code: folded(item.shown) for item in frozen.items()}
    return frozenset(
        field.code
        for field in rules.fields
        if any(_has_a_word(said.get(question, ""), field.words) for question in field.questions)
    )


def _has_a_word(text: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(folded(word))}", text) for word in words)


def jurors() -> QuerySet[User]:
    """Everybody who sits in juries."""
    return User.objects.filter(is_active=True, role_grants__role=Role.JUROR).order_by("last_name", "first_name", "pk")


def dossiers_to_assign(session: Session, *, leaving_out: User) -> list[Dossier]:
    """The eligible dossiers whose opinions let them go to the jury, less those that a person has a part in."""
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=leaving_out.email)
    apart = (~Exists(own), ~stands_aside(leaving_out, "pk"))
    rows = (
        Dossier.objects.filter(*apart, call=session.call_id, state=DossierState.ELIGIBLE)
        .select_related("call")
        .prefetch_related(
            "reviews",
            "opinions",
            "conflicts",
            "dossier_datasets__version__dataset__partner",
            Prefetch("versions", queryset=DossierVersion.objects.filter(withdrawn_at=None)),
        )
        .order_by("ref")
    )
    return [dossier for dossier in rows if consultation.needs_of(dossier).are_favourable and dossier.versions.all()]


def problem_of(session: Session, *, leaving_out: User) -> tuple[Problem, dict[str, str]]:
    """The programme of a session, jurors called by `User.ref`, and the words for each name in it.

    What is already entrusted is imposed; a pair in conflict, declared or detected, does not exist. Raises KeyError when
    the call says nothing of its jury.
    """
    rules = rules_of(session.call)
    if rules is None:
        raise KeyError("jury")
    seats = {seat.juror_id: seat for seat in Seat.objects.filter(call=session.call_id)}
    people, dossiers = list(jurors()), dossiers_to_assign(session, leaving_out=leaving_out)
    circle, today = interests.circle_of(people), clock.today()
    affinity: dict[Pair, int] = {}
    fixed: set[Pair] = set()
    for dossier in dossiers:
        frozen = reading.frozen(dossier.versions.all()[0])
        found = circle.against(dossier, frozen, today)
        barred = interests.blocking_paths(dossier, found, dossier.conflicts.all()).keys()
        matches = _matches(dossier, frozen, [one for one in people if one.pk not in barred], seats, rules)
        affinity |= matches
        entrusted = [review for review in dossier.reviews.all() if review.state not in ASIDE]
        fixed |= {(dossier.ref, ref_of(review.juror_id)) for review in entrusted} & matches.keys()
    wishes = Wish.objects.filter(dossier__in=dossiers).select_related("dossier", "juror")
    wanted = {(wish.dossier.ref, wish.juror.ref): wish.kind for wish in wishes}
    bounds = {person.ref: _bounds(seats.get(person.pk), rules) for person in people}
    problem = Problem(
        tuple(dossier.ref for dossier in dossiers),
        tuple(bounds),
        {pair: value for pair, value in affinity.items() if pair[1] in bounds},
        rules.reviews,
        bounds,
        {code: _with_profile(code, people, seats) for code in rules.profiles},
        frozenset(fixed | {pair for pair, kind in wanted.items() if kind == WishKind.FIXED}),
        frozenset(pair for pair, kind in wanted.items() if kind == WishKind.FORBIDDEN) - fixed,
    )
    return problem, {person.ref: person.get_full_name() for person in people} | dict(rules.profiles)


def _matches(
    dossier: Dossier, frozen: FrozenDossier, people: list[User], seats: dict[int, Seat], rules: JuryRules
) -> dict[Pair, int]:
    """The pairs of a dossier that exist with these people, each with how many of its fields the juror knows."""
    asked = fields_of(rules, frozen)
    aside = {review.juror_id for review in dossier.reviews.all() if review.state in ASIDE}
    known = {pk: set(seat.fields) for pk, seat in seats.items()}
    return {
        (dossier.ref, person.ref): len(asked & known.get(person.pk, set()))
        for person in people
        if person.pk not in aside
    }


def _bounds(seat: Seat | None, rules: JuryRules) -> tuple[int, int]:
    """The least and the most dossiers of a juror: their own or the call's, and never more than they offered."""
    least = rules.least if seat is None or seat.least is None else seat.least
    most = rules.most if seat is None or seat.most is None else seat.most
    if seat and seat.offered is not None:
        most = min(most, seat.offered)
    return min(least, most), most


def _with_profile(code: str, people: list[User], seats: dict[int, Seat]) -> frozenset[str]:
    return frozenset(person.ref for person in people if person.pk in seats and code in seats[person.pk].profiles)


def label_of(codes: Any, labels: Mapping[str, str]) -> str:
    """Codes in the words of the call; one that the call no longer has is left out."""
    return ", ".join(labels[code] for code in codes if code in labels)
