"""Criteria made of parts, written as expressions, or that count the aids of three years; and their faults on load."""

import pytest

from ami_portal.kernel.config import Problem
from applications.checks import Step, as_json, params

from .facts import a_form, facts, run

FORM = a_form(
    {"code": "asked", "type": "amount", "label": "Aide"},
    {"code": "sells", "type": "yes_no", "label": "Vend"},
    {
        "code": "aids",
        "type": "table",
        "label": "Aides reçues",
        "columns": [
            {"code": "on", "type": "date", "label": "Le"},
            {"code": "amount", "type": "amount", "label": "Montant"},
        ],
    },
)


def given(asked="5000.00", sells=True, aids=()):
    rows = [{"on": on, "amount": amount} for on, amount in aids]
    return facts(form=FORM, answers={"asked": asked, "sells": sells}, tables={"aids": rows}, labels={"asked": "Aide"})


DE_MINIMIS = {
    "applies": "sells", "table": "aids", "date_column": "on", "amount_column": "amount",
    "grant": "asked", "ceiling": "10000.00", "years": "3",
}  # fmt: skip
OLD, LAST_DAY, FIRST_DAY = ("2023-11-28", "9000.00"), ("2023-11-29", "9000.00"), ("2023-11-30", "5000.00")


@pytest.mark.parametrize(
    ("aids", "expected"),
    [
        ([], "met"),
        ([OLD], "met"),  # the announcement is on 29 November 2026: these three years are over
        ([LAST_DAY], "met"),
        ([FIRST_DAY], "met"),  # 5 000 € and 5 000 €: the ceiling itself
        ([FIRST_DAY, ("2026-01-01", "0.01")], "not_met"),
        ([("2026-01-01", None)], "unknown"),
        ([(None, "10.00")], "unknown"),
    ],
)
def test_de_minimis_counts_the_years_that_roll(aids, expected):
    assert run("de_minimis", given(aids=aids), **DE_MINIMIS).result == expected


def test_de_minimis_applies_where_the_call_says():
    many = [("2026-01-01", "90000.00")]
    assert run("de_minimis", given(sells=False, aids=many), **DE_MINIMIS).result == "met"
    assert run("de_minimis", given(sells=None, aids=many), **DE_MINIMIS).result == "unknown"
    assert run("de_minimis", given(sells=False, aids=many), **DE_MINIMIS, applies_values=[False]).result == "not_met"


@pytest.mark.parametrize(
    ("told", "asked", "expected", "said"),
    [
        ({"test": "asked <= 4000"}, "5000.00", "not_met", "5\u202f000,00\u00a0€ pour 4\u202f000,00\u00a0€"),
        ({"test": "asked <= sum(aids.amount)"}, "5000.00", "met", "Bien."),
        ({"test": "asked <= 4000"}, None, "unknown", "Sans réponse : Aide."),
        ({"condition": {"question": "sells", "values": [True]}}, None, "met", "Bien."),
        ({"condition": {"question": "sells", "values": [False]}}, None, "not_met", "{left} pour {right}"),
        (
            {"condition": {"all": [{"question": "asked", "values": [1]}, {"question": "sells", "values": [False]}]}},
            None,
            "unknown",
            "Sans réponse : Aide.",
        ),
    ],
)
def test_an_expression_over_the_form(told, asked, expected, said):
    found = run("expression", given(asked, aids=[FIRST_DAY]), **told, message="{left} pour {right}", fine="Bien.")
    assert (found.result, found.evidence) == (expected, said)


def test_a_question_that_came_after_the_deposit_is_not_yet_known():
    for test in ("later <= 4000", "sum(later.amount) > 0", "asked > 0 and later == 'x'"):
        assert run("expression", given(), test=test, message="Non.").result == "unknown"


SMALL = {"label": "Petite aide", "check": "expression", "params": {"test": "asked < 100", "message": "Trop."}}
READ = {"label": "Lecture", "check": "manual"}
SOLD = {"label": "Vend", "check": "expression", "params": {"test": "sells == True", "message": "Ne vend pas."}}


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("all", [SMALL, SOLD], "not_met"),
        ("all", [SOLD, READ], "unknown"),
        ("all", [SOLD], "met"),
        ("any", [SMALL, SOLD], "met"),
        ("any", [SMALL, READ], "unknown"),
        ("any", [SMALL], "not_met"),
        ("all", [SOLD, {"label": "L’un", "check": "any", "params": {"parts": [SMALL, SOLD]}}], "met"),
    ],
)
def test_a_criterion_with_parts(name, parts, expected):
    found = run(name, given(), parts=parts)
    assert (found.result, [part.label for part in found.parts]) == (expected, [part["label"] for part in parts])


def test_a_result_is_kept_as_a_tree_with_its_mend_as_data():
    kept = as_json(run("de_minimis", given(aids=[FIRST_DAY, ("2026-01-01", "1000.00")]), **DE_MINIMIS))
    assert kept["mend"] == {
        "text": "Ramener l’aide demandée à 4\u202f000,00\u00a0€.",
        "steps": [{"action": "set", "question": "asked", "value": "4000.00"}],
    }
    tree = as_json(run("all", given(), parts=[SMALL, SOLD]))
    assert [(part["label"], part["result"]) for part in tree["parts"]] == [("Petite aide", "not_met"), ("Vend", "met")]


def test_the_mend_of_any_is_the_smallest_and_rows_leave_from_the_last():
    two = [{"label": "Aides", "check": "de_minimis", "params": DE_MINIMIS}, SMALL]
    over = given(aids=[("2026-01-01", "6000.00")])
    assert run("any", over, parts=two).mend.text.startswith("Ramener l’aide")
    left = over.changed([Step("drop", "aids", 0)])
    assert left.tables["aids"] == []


@pytest.mark.parametrize(
    ("check", "told", "path", "found"),
    [
        ("expression", {"test": "asked <", "message": "m"}, ("test",), "n’est pas une formule"),
        ("expression", {"test": "absent < 2", "message": "m"}, ("test",), "« absent »"),
        ("expression", {"test": "sum(amount) < 2", "message": "m"}, ("test",), "nommez son tableau"),
        ("expression", {"test": "asked + 1", "message": "m"}, ("test",), "ni vrai ni faux"),
        ("expression", {"message": "m"}, (), "prend l’un ou l’autre"),
        ("expression", {"test": "asked < 2", "condition": {}, "message": "m"}, ("condition",), "condition illisible"),
        ("expression", {"condition": {"question": "no", "values": [1]}, "message": "m"}, ("condition",), "« no »"),
        ("all", {"parts": []}, ("parts",), "trouvé"),
        ("all", {"parts": [{"label": "x", "check": "nul"}]}, ("parts", 0, "check"), "inconnu"),
        ("any", {"parts": [{"label": "x", "check": "partner_opinion"}]}, ("parts", 0, "check"), "inconnu"),
        ("any", {"parts": [{"label": " ", "check": "on_time"}]}, ("parts", 0, "label"), "trouvé"),
        ("all", {"parts": [READ | {"params": {"evidence": ["no"]}}]}, ("parts", 0, "params", "evidence", 0), "« no »"),
        ("de_minimis", DE_MINIMIS | {"received": "asked"}, (), "prend l’un ou l’autre"),
        ("de_minimis", DE_MINIMIS | {"date_column": "amount"}, ("date_column",), "est de type"),
        ("not_started", {"date": "d", "declaration": "sells", "tables": ["aids"]}, (), "longueurs différentes"),
        (
            "not_started",
            {"date": "d", "declaration": "sells", "tables": ["aids"], "columns": ["amount"]},
            ("columns", 0),
            "est de type",
        ),
    ],
)
def test_a_fault_is_told_at_its_own_key(check, told, path, found):
    problems: list[Problem] = list(params.problems(check, told, FORM, ()))
    assert any(problem.path == path and found in problem.found for problem in problems), problems


def test_parts_do_not_nest_without_end():
    told = {"parts": [READ]}
    for _ in range(4):
        told = {"parts": [{"label": "Encore", "check": "all", "params": told}]}
    assert any("trop profondes" in problem.found for problem in params.problems("all", told, FORM, ()))


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-11-28", "not_met"), ("2026-11-29", "unknown"), ("2026-11-30", "met"), (None, "met")],
)
def test_no_dated_line_comes_before_the_announcement(on, expected):
    dated = facts(answers={"d": "2026-12-01", "ok": True}, tables={"aids": [{"on": on}]})
    found = run("not_started", dated, date="d", declaration="ok", tables=["aids"], columns=["on"])
    assert found.result == expected
