"""What blocks an assignment that does not exist: a smallest set of rules that cannot be kept together (pure).

A set of rules blocks if and only if it has a rule in common with every set whose removal makes an assignment possible:
those found so far give the smallest candidate, and a candidate that does not block gives a new one.

A. Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva, « Smallest MUS Extraction with Minimal Hitting Set
Dualization », CP 2015.
"""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from .problem import Pair, Problem, Rule, broken
from .programme import Programme


def blocking(problem: Problem) -> tuple[Rule, ...]:
    """A smallest set of rules that no assignment keeps together; empty when one keeps them all."""
    rules = problem.rules
    removals: list[frozenset[Rule]] = []
    while True:
        candidate = _smallest_meeting(rules, removals)
        kept = _possible(problem, candidate)
        if kept is None:
            return tuple(rule for rule in rules if rule in candidate)
        removal = _smallest_removal(problem, rules, candidate, kept)
        if not removal:
            return ()
        removals.append(removal)


def _possible(problem: Problem, rules: frozenset[Rule]) -> frozenset[Rule] | None:
    """All the rules that some assignment under `rules` keeps, these included; None when there is no assignment."""
    pairs = assignment_under(problem, rules)
    return None if pairs is None else frozenset(problem.rules) - broken(problem, pairs)


def assignment_under(problem: Problem, rules: frozenset[Rule]) -> frozenset[Pair] | None:
    """Any assignment that keeps `rules`."""
    programme = Programme(problem, sorted(rules))
    return programme.maximise(np.zeros(len(programme.pairs)))


def _smallest_removal(
    problem: Problem, rules: list[Rule], candidate: frozenset[Rule], kept: frozenset[Rule]
) -> frozenset[Rule]:
    """Rules without which an assignment exists, none of them for nothing; it starts from those already kept."""
    held = candidate | kept
    for rule in rules:
        if rule not in held and (more := _possible(problem, held | {rule})) is not None:
            held |= more
    return frozenset(rules) - held


def _smallest_meeting(rules: list[Rule], sets: list[frozenset[Rule]]) -> frozenset[Rule]:
    """A smallest set of rules that has one in common with each of `sets`."""
    if not sets:
        return frozenset()
    meets = np.array([[rule in one for rule in rules] for one in sets], dtype=float)
    answer = milp(
        np.ones(len(rules)),
        integrality=np.ones(len(rules)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(meets, 1, np.inf)],
        options={"mip_rel_gap": 0.0},
    )
    return frozenset(rule for rule, share in zip(rules, answer.x, strict=True) if share > 0.5)


def in_words(rule: Rule, problem: Problem, names: Mapping[str, str]) -> str:
    """A rule as staff read it; `names` says dossiers, jurors and profiles."""
    count = len(problem.dossiers)
    dossier, juror = names.get(rule.subject, rule.subject), names.get(rule.juror, rule.juror)
    match rule.kind:
        case "reviews":
            return f"{_evaluations(rule.bound)} pour chacun des {count} dossiers"
        case "most":
            return f"{_counted(rule.bound)} au plus pour {_people(problem.bound_by(rule), problem, names)}"
        case "least":
            return f"{_counted(rule.bound)} au moins pour {_people(problem.bound_by(rule), problem, names)}"
        case "profile":
            able = len(problem.profiles[rule.subject])
            return f"un membre au moins du profil « {dossier} » pour chaque dossier ({able} dans le jury)"
        case "linked":
            return "tous les membres du jury reliés par des dossiers en commun"
        case "fixed":
            conflict = "" if (rule.subject, rule.juror) in problem.affinity else ", dont le lien d’intérêts l’interdit"
            return f"la paire imposée {dossier} – {juror}{conflict}"
        case "forbidden":
            return f"la paire écartée {dossier} – {juror}"


def _evaluations(count: int) -> str:
    return "une évaluation" if count == 1 else f"{count} évaluations"


def _counted(count: int) -> str:
    return f"{count} dossier{'s' if count > 1 else ''}"


def _people(bound: list[str], problem: Problem, names: Mapping[str, str]) -> str:
    if len(bound) == len(problem.jurors):
        return f"chacun des {len(bound)} membres du jury"
    return ", ".join(names.get(juror, juror) for juror in bound)
