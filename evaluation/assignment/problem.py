"""What is asked of an assignment, rule by rule, and whether one keeps it (pure: whole numbers, no solver)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Pair = tuple[str, str]
"""A dossier and a juror."""
Kind = Literal["reviews", "most", "least", "profile", "linked", "fixed", "forbidden"]


@dataclass(frozen=True, order=True)
class Rule:
    """One rule that staff or the call set: what a blocking set is made of.

    A bound that several jurors share is one rule (`bound`), so that what blocks is said in a few words.
    """

    kind: Kind
    subject: str = ""
    juror: str = ""
    bound: int = 0


@dataclass(frozen=True)
class Problem:
    """A jury to assign. `affinity` holds the pairs that exist, each with how well it matches, from 0 up: a conflict of
    interest is a pair that is not there, never a price.

    `loads` are each juror's least and most; `profiles` the jurors of each required profile; with `linked`, all those
    who review are linked by dossiers that they share, so that their severity can be compared.
    """

    dossiers: tuple[str, ...]
    jurors: tuple[str, ...]
    affinity: Mapping[Pair, int]
    reviews: int
    loads: Mapping[str, tuple[int, int]]
    profiles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fixed: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    linked: bool = True

    @property
    def rules(self) -> list[Rule]:
        """Every rule, those of the call before those of a pair."""
        least = sorted({low for low, _ in self.loads.values() if low})
        most = sorted({high for _, high in self.loads.values()})
        return [
            Rule("reviews", bound=self.reviews),
            *(Rule("most", bound=bound) for bound in most),
            *(Rule("least", bound=bound) for bound in least),
            *(Rule("profile", name) for name in sorted(self.profiles)),
            *([Rule("linked")] if self.linked else []),
            *(Rule("fixed", *pair) for pair in sorted(self.fixed)),
            *(Rule("forbidden", *pair) for pair in sorted(self.forbidden)),
        ]

    def bound_by(self, rule: Rule) -> list[str]:
        """The jurors whose bound this rule is."""
        place = 0 if rule.kind == "least" else 1
        return [juror for juror in self.jurors if self.loads[juror][place] == rule.bound]


def quality(problem: Problem, pairs: Iterable[Pair]) -> dict[str, int]:
    """How well each dossier is served: the sum of what its jurors match."""
    served = dict.fromkeys(problem.dossiers, 0)
    for dossier, juror in pairs:
        served[dossier] += problem.affinity[dossier, juror]
    return served


def broken(problem: Problem, pairs: Iterable[Pair]) -> set[Rule]:
    """The rules that an assignment does not keep. Raises ValueError for a pair that does not exist."""
    chosen = frozenset(pairs)
    if missing := sorted(chosen - problem.affinity.keys()):
        raise ValueError(f"pairs in conflict: {missing}")
    return {rule for rule in problem.rules if not _keeps(problem, rule, chosen)}


def _keeps(problem: Problem, rule: Rule, chosen: frozenset[Pair]) -> bool:
    loads = Counter(juror for _, juror in chosen)
    match rule.kind:
        case "reviews":
            of_dossier = Counter(dossier for dossier, _ in chosen)
            return all(of_dossier[dossier] == problem.reviews for dossier in problem.dossiers)
        case "most":
            return all(loads[juror] <= rule.bound for juror in problem.bound_by(rule))
        case "least":
            return all(loads[juror] >= rule.bound for juror in problem.bound_by(rule))
        case "profile":
            able = problem.profiles[rule.subject]
            return {dossier for dossier, juror in chosen if juror in able} >= set(problem.dossiers)
        case "linked":
            return len(islands(chosen)) <= 1
        case "fixed":
            return (rule.subject, rule.juror) in chosen
        case "forbidden":
            return (rule.subject, rule.juror) not in chosen


def islands(chosen: Iterable[Pair]) -> list[frozenset[str]]:
    """The groups of jurors linked by the dossiers that they share; one when all can be compared."""
    teams: dict[str, set[str]] = {}
    for dossier, juror in chosen:
        teams.setdefault(dossier, set()).add(juror)
    found: list[set[str]] = []
    for team in teams.values():
        met = [group for group in found if group & team]
        found = [group for group in found if not group & team] + [team.union(*met)]
    return sorted((frozenset(group) for group in found), key=min)
