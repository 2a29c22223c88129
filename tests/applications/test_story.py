"""The line of steps that a team reads: the acts of its call apart, and never more than it may know."""

import datetime as dt

import pytest

from ami_portal.kernel import clock
from applications import story
from applications.enums import Act, DossierState
from applications.models import Call, Dossier

pytestmark = pytest.mark.once
CLOSES_AT = dt.datetime(2026, 10, 1, 12, tzinfo=clock.PARIS)
BOTH = frozenset({Act.ADMISSIBILITY.value, Act.ELIGIBILITY.value})


def line(state: str, *, acts: frozenset[str] = BOTH, hours: int = 1) -> str:
    """The steps in one line: « ✓ » done, « → » current."""
    call = Call(opens_at=CLOSES_AT - dt.timedelta(days=30), closes_at=CLOSES_AT)
    call.acts = acts
    at = CLOSES_AT + dt.timedelta(hours=hours)
    marks = {"done": "✓ ", "current": "→ ", "coming": ""}
    return ", ".join(f"{marks[step.state]}{step.label}" for step in story.steps(Dossier(call=call, state=state), at))


@pytest.mark.parametrize(
    ("state", "hours", "expected"),
    [
        ("draft", -1, "→ Brouillon, Dépôt, Recevabilité, Éligibilité, Avis et jury, Résultats"),
        ("submitted", -1, "✓ Brouillon, → Dépôt, Recevabilité, Éligibilité, Avis et jury, Résultats"),
        ("submitted", 1, "✓ Brouillon, ✓ Dépôt, → Recevabilité, → Éligibilité, → Avis et jury, Résultats"),
        ("eligible", 1, "✓ Brouillon, ✓ Dépôt, → Recevabilité, → Éligibilité, → Avis et jury, Résultats"),
        ("returned", 1, "✓ Brouillon, ✓ Dépôt, → Recevabilité, → Éligibilité, Avis et jury, Résultats"),
        ("ineligible", 1, "✓ Brouillon, ✓ Dépôt, ✓ Examen, → Décision"),
        ("laureate", 1, "✓ Brouillon, ✓ Dépôt, ✓ Recevabilité, ✓ Éligibilité, ✓ Avis et jury, → Résultats"),
        ("withdrawn", 1, "Brouillon, Dépôt, Recevabilité, Éligibilité, Avis et jury, Résultats"),
    ],
)
def test_recevabilite_and_eligibilite_are_two_steps_of_a_call_that_has_both(state, hours, expected):
    assert line(state, hours=hours) == expected


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (frozenset({"eligibility"}), "✓ Brouillon, ✓ Dépôt, → Éligibilité, → Avis et jury, Résultats"),
        (frozenset({"admissibility"}), "✓ Brouillon, ✓ Dépôt, → Recevabilité, → Avis et jury, Résultats"),
        (frozenset(), "✓ Brouillon, ✓ Dépôt, → Recevabilité, → Avis et jury, Résultats"),
    ],
)
def test_a_call_with_one_act_has_one_step(acts, expected):
    assert line("submitted", acts=acts) == expected


@pytest.mark.parametrize(("completion", "is_told"), [({}, True), ({"days": 10, "working_days": True}, False)])
def test_a_call_that_asks_for_no_completion_says_so_after_the_deposit(completion, is_told):
    call = Call(opens_at=CLOSES_AT - dt.timedelta(days=30), closes_at=CLOSES_AT, completion=completion)
    dossier = Dossier(call=call, state=DossierState.SUBMITTED)
    said = story.standing(dossier, "owner", CLOSES_AT).sentence
    assert ("il est jugé tel qu’il est déposé" in said) == is_told
