"""Checks of the project, on constructed deposits: both sides of each bound."""

import pytest

from .facts import REGULATION, facts, run


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["PRM-SEIN"], "met"),
        (["PRM-SEIN", "CBNPC"], "met"),
        (["AUTRE"], "not_met"),
        (["AUTRE", "CBNPC"], "met"),
        ([], "not_met"),
        (None, "not_met"),
    ],
)
def test_partner_dataset(asked, expected):
    assert run("partner_dataset", facts(answers={"datasets": asked}), question="datasets").result == expected


def test_partner_dataset_names_them():
    found = run("partner_dataset", facts(answers={"datasets": ["PRM-SEIN", "AUTRE"]}), question="datasets")
    assert found.evidence == "1 base de l’appel demandée : Base PRM – cancer du sein. Hors de l’appel : AUTRE."


BUDGET = {"amount": "amount_requested", "table": "budget", "amount_column": "amount", "category_column": "category"}


def budget(asked, *lines):
    rows = [{"category": category, "amount": amount} for category, amount in lines]
    return run("budget", facts(answers={"amount_requested": asked}, tables={"budget": rows}), **BUDGET)


@pytest.mark.parametrize(
    ("asked", "lines", "expected"),
    [
        ("100000.00", [("staff", "100000.00")], "met"),  # the maximum itself
        ("100000.01", [("staff", "110000.00")], "not_met"),  # one cent above
        ("80000.00", [("staff", "80000.00")], "met"),  # the low bound itself
        ("79999.99", [("staff", "80000.00")], "unknown"),  # far from what the call expects
        ("100000.00", [("staff", "120000.00")], "met"),  # the high bound itself
        ("100000.00", [("staff", "120000.01")], "unknown"),
        ("80000.00", [("staff", "79999.99")], "unknown"),  # asks more than it spends
        ("100000.00", [("staff", "92000.00"), ("overheads", "8000.00")], "met"),  # at the cap
        ("100000.00", [("staff", "91999.99"), ("overheads", "8000.01")], "unknown"),  # above it
        ("100000.00", [(None, "100000.00")], "unknown"),
        ("100000.00", [("staff", None)], "unknown"),
        ("100000.00", [("staff", {"typed": "cent mille"})], "unknown"),
        ("100000.00", [], "unknown"),
        (None, [("staff", "100000.00")], "unknown"),
    ],
)
def test_budget(asked, lines, expected):
    assert budget(asked, *lines).result == expected


def test_budget_shows_its_figures():
    found = budget("100000.01", ("staff", "91000.00"), ("overheads", "9000.00"))
    shown = found.evidence.replace("\u202f", " ").replace("\u00a0", " ")
    assert shown == (
        "Aide demandée : 100 000,01 € ; maximum : 100 000,00 €. L’aide demandée dépasse le maximum de 0,01 €. "
        "Total des dépenses : 100 000,00 €, en 2 lignes. Frais de gestion : 9 000,00 €, soit 9,0 % du total ; "
        "plafond : 8 %. "
        "L’aide demandée dépasse le total des dépenses de 0,01 €."
    )


NOT_STARTED = {"date": "starts_on", "declaration": "declared"}


@pytest.mark.parametrize(
    ("starts_on", "declared", "expected"),
    [
        ("2026-11-28", True, "not_met"),  # the day before the announcement
        ("2026-11-29", True, "unknown"),  # that very day: only a person can tell
        ("2026-11-30", True, "met"),
        ("2026-11-30", None, "not_met"),
        (None, True, "unknown"),
        ({"typed": "bientôt"}, True, "unknown"),
    ],
)
def test_not_started(starts_on, declared, expected):
    given = facts(answers={"starts_on": starts_on, "declared": declared})
    assert run("not_started", given, **NOT_STARTED).result == expected


FUNDING = {
    "table": "plan",
    "kind_column": "kind",
    "public_kinds": ["state", "european_union"],
    "same_costs_column": "same",
    "declaration": "declared",
}
OWN = {"source": "Fonds propres", "kind": "own_funds", "amount": "10000.00", "same": True}


def funding(*rows, declared=True):
    return run("no_double_funding", facts(answers={"declared": declared}, tables={"plan": rows}), **FUNDING)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (OWN, "met"),
        ({"source": "ANR", "kind": "state", "amount": "5000.00", "same": True}, "not_met"),
        ({"source": "ANR", "kind": "state", "amount": "5000.00", "same": False}, "unknown"),
        ({"source": "ANR", "kind": "state", "amount": "5000.00", "same": None}, "unknown"),
        ({"source": "UE", "kind": "european_union", "amount": None, "same": {"typed": "bof"}}, "unknown"),
        ({"source": "?", "kind": None, "amount": "5000.00", "same": True}, "unknown"),
    ],
)
def test_no_double_funding(row, expected):
    assert funding(row).result == expected


def test_no_double_funding_wants_a_plan_and_a_declaration():
    assert funding().result == "unknown"
    assert funding(OWN, declared=None).result == "not_met"


DURATION = {"duration": "duration_months", "table": "milestones", "end_column": "end"}


@pytest.mark.parametrize(
    ("months", "ends", "expected"),
    [
        (24, [24], "met"),
        (25, [24], "not_met"),
        (24, [25], "not_met"),  # a milestone after the longest duration
        (18, [18], "met"),
        (18, [19], "unknown"),  # a milestone after the declared duration: the deposit contradicts itself
        (24, [], "met"),
        (24, [12, None], "unknown"),
        (0, [12], "unknown"),
        (None, [12], "unknown"),
        ({"typed": "deux ans"}, [12], "unknown"),
    ],
)
def test_duration(months, ends, expected):
    given = facts(answers={"duration_months": months}, tables={"milestones": [{"end": end} for end in ends]})
    assert run("duration", given, **DURATION).result == expected


@pytest.mark.parametrize(
    ("counts_from", "words"),
    [("signature", "de la signature de la convention"), ("start", "du début déclaré des travaux"), ("", "24 mois.")],
)
def test_a_duration_says_what_its_months_are_counted_from(counts_from, words):
    given = facts(answers={"duration_months": 24}, regulation=REGULATION | {"duration_counts_from": counts_from})
    origin = f", à compter {words}." if counts_from else "."
    assert run("duration", given, **DURATION).evidence == f"Durée déclarée : 24 mois ; maximum : 24 mois{origin}"
