"""Rules that a form declares: by row, by table, between questions; computed columns; conditions of several answers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire import completeness
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.conditions import parse as condition
from ami_portal.questionnaire.form import FormError, parse
from ami_portal.questionnaire.sheet import Sheet

KINDS = [{"code": code, "label": code} for code in ("staff", "fees", "other")]
COSTS = {
    "code": "costs", "type": "table", "label": "Dépenses",
    "columns": [
        {"code": "what", "type": "text", "label": "Objet"},
        {"code": "kind", "type": "choice", "label": "Nature", "options": KINDS},
        {"code": "count", "type": "number", "label": "Nombre", "min": 0},
        {"code": "unit", "type": "amount", "label": "Prix"},
        {"code": "price", "type": "amount", "label": "Total", "formula": "count * unit"},
        {"code": "share", "type": "percentage", "label": "Part", "formula": "price * 100 / asked", "total": True},
    ],
    "rules": [
        {"test": "unit <= 5000", "message": "{left} : {gap} de trop."},
        {"test": "unique(what)", "message": "Cet objet est déjà dans le tableau."},
        {"test": "sum(price, kind='fees') <= sum(price) * 8 / 100", "message": "Frais de {left}, au plus {right}."},
        {"test": "count(kind='staff') >= 1", "message": "Une ligne de personnel au moins."},
        {"test": "sum(price) <= sum(plan.amount)", "message": "Il manque {gap}.", "blocks": False},
    ],
}  # fmt: skip
PLAN = {
    "code": "plan", "type": "table", "label": "Plan", "required": False,
    "shown_if": {"question": "shared", "values": [True]},
    "columns": [{"code": "amount", "type": "amount", "label": "Montant"}],
}  # fmt: skip
ASKED = {
    "code": "asked", "type": "amount", "label": "Aide",
    "rules": [{"test": "asked <= sum(costs.price)", "message": "L’aide dépasse les dépenses de {gap}."}],
}  # fmt: skip
SHARED = {"code": "shared", "type": "yes_no", "label": "Partagé ?"}
FORM = parse({"sections": [{"code": "s", "title": "S", "questions": [SHARED, ASKED, COSTS, PLAN]}]})


def cost(row, **cells):
    return {Address("costs", row, column): value for column, value in cells.items()}


GOOD = {
    Address("shared"): False,
    Address("asked"): "900.00",
    **cost("r1", what="Data scientist", kind="staff", count="0.5", unit="2000.00"),
    **cost("r2", what="Frais", kind="fees", count="1", unit="80.00"),
}
ROWS = {"costs": ["r1", "r2"], "plan": ["p1"]}


def said(answers, rows=ROWS):
    found = completeness.measure(FORM, answers, rows, {})
    assert {item.todo for item in found.missing} >= {item.message for item in found.findings if item.blocks}
    return [(str(item.address), item.message) for item in found.findings if item.blocks]


def test_everything_holds():
    measured = completeness.measure(FORM, GOOD, ROWS, {})
    assert (measured.missing, measured.is_complete) == ((), True)
    # The plan is hidden: it has no row, so the remark is made; it refuses nothing.
    assert [item.message for item in measured.findings] == ["Il manque 1\u202f080,00\u00a0€."]
    with_plan = GOOD | {Address("shared"): True, Address("plan", "p1", "amount"): "1080.00"}
    assert completeness.measure(FORM, with_plan, ROWS, {}).findings == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({("asked", "", ""): "1080.01"}, [("asked", "L’aide dépasse les dépenses de 0,01\u00a0€.")]),
        (
            {("costs", "r1", "unit"): "5000.10", ("costs", "r1", "count"): "1"},
            [("costs.r1.unit", "5\u202f000,10\u00a0€ : 0,10\u00a0€ de trop.")],
        ),
        (
            {("costs", "r2", "what"): "  data  SCIENTIST "},
            [(f"costs.{row}.what", "Cet objet est déjà dans le tableau.") for row in ("r1", "r2")],
        ),
        ({("costs", "r2", "unit"): "90.00"}, [("costs", "Frais de 90,00\u00a0€, au plus 87,20\u00a0€.")]),
        ({("costs", "r1", "kind"): "other"}, [("costs", "Une ligne de personnel au moins.")]),
        (
            {("costs", "r1", "unit"): {"typed": "cher"}, ("costs", "r2", "unit"): "0.00"},
            [("asked", "L’aide dépasse les dépenses de 900,00\u00a0€.")],
        ),
        ({("asked", "", ""): None}, []),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said_at_its_place(changes, expected):
    assert said(GOOD | {Address(*place): value for place, value in changes.items()}) == expected


def test_a_rule_says_its_row():
    measured = completeness.measure(FORM, GOOD | cost("r2", unit="6000.00"), ROWS, {})
    labels = [item.label for item in measured.missing if item.address == Address("costs", "r2", "unit")]
    assert labels == ["Dépenses – Prix (ligne 2)"]


def test_a_computed_column_is_exact_and_waits_for_its_answers():
    sheet = Sheet(FORM, GOOD | cost("r1", count="0.333", unit="0.05") | cost("r3", count="2"), {"costs": ["r1", "r3"]})
    table, (price, share) = FORM.by_code["costs"], FORM.by_code["costs"].columns[-2:]
    assert [sheet.computed(table, row, price) for row in ("r1", "r3", "r9")] == ["0.02", None, None]
    assert (sheet.computed(table, "r1", share), sheet.total(table, price)) == ("0", Decimal("0.02"))


@given(
    st.lists(
        st.tuples(st.decimals(0, 1000, places=3), st.decimals(0, 10**6, places=2), st.sampled_from(["staff", "fees"])),
        max_size=8,
    )
)
def test_the_total_is_the_sum_of_the_rows_and_the_cap_is_told_when_it_is_passed(lines):
    answers, rows = {Address("shared"): False}, {"costs": [f"r{rank}" for rank in range(len(lines))]}
    for rank, (count, unit, kind) in enumerate(lines):
        answers |= cost(f"r{rank}", count=str(count), unit=f"{unit:.2f}", kind=kind)
    sheet = Sheet(FORM, answers, rows)
    table = FORM.by_code["costs"]
    prices = [Decimal(sheet.computed(table, row, table.column("price"))) for row in rows["costs"]]
    total = sum(prices, Decimal(0))
    fees = sum((price for price, line in zip(prices, lines, strict=True) if line[2] == "fees"), Decimal(0))
    assert sheet.total(table, table.column("price")) == total
    told = [item for item in completeness.measure(FORM, answers, rows, {}).findings if "Frais de" in item.message]
    assert bool(told) == (fees * 100 > total * 8)


A = {"code": "a", "label": "A"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"rules": [{"test": "price", "message": "m"}]}, "n’est ni vrai ni faux"),
        ({"rules": [{"test": "cout > 1", "message": "m"}]}, "« cout » n’est ni une colonne"),
        ({"rules": [{"test": "sum(plan.prix) > 1", "message": "m"}]}, "« prix » n’est pas une colonne de « plan »"),
        ({"rules": [{"test": "sum(what) > 1", "message": "m"}]}, "la colonne what n’a pas de nombres"),
        ({"rules": [{"test": "what > 1", "message": "m"}]}, "compare text et number"),
        ({"rules": [{"test": "what > kind", "message": "m"}]}, "compare text et text"),
        ({"rules": [{"test": "unit + what > 1", "message": "m"}]}, "text là où l’on attend amount ou number"),
        ({"rules": [{"test": "costs > 1", "message": "m"}]}, "« costs » n’est ni"),
        ({"rules": [{"test": "open('x')", "message": "m"}]}, "fonction « open » inconnue"),
        ({"rules": [{"test": "unit > 1"}]}, "« message » manque"),
        ({"rules": [{"test": "unit > 1", "message": "m", "when": "x"}]}, "« when » inconnu"),
        ({"rules": [{"test": "unit > 1", "message": "m", "at": "z"}]}, "« at » vaut « z »"),
        ({"rules": [{"test": "sum(unit) > 1", "message": "m", "at": "unit"}]}, "« at » vaut « unit »"),
        ({"total": True}, "« formula » et « total » sont à une colonne"),
        ({"columns": [A | {"type": "text", "total": True}]}, "« total » est pour une colonne"),
        ({"columns": [A | {"type": "text", "formula": "1"}], "rules": []}, "calculée est un nombre"),
        ({"columns": [A | {"type": "amount", "formula": "a + 1"}], "rules": []}, "qui la précèdent"),
        ({"columns": [A | {"type": "number", "formula": "sum(plan.amount)"}], "rules": []}, "qui la précèdent"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_tried_is_refused_when_the_form_is_read(table, words):
    asked = ASKED | {"rules": []}
    with pytest.raises(FormError) as error:
        parse({"sections": [{"code": "s", "title": "S", "questions": [SHARED, asked, COSTS | table, PLAN]}]})
    assert words in str(error.value)


def test_a_rule_is_announced_before_it_is_broken():
    said = [rule.announced for rule in FORM.by_code["costs"].rules]
    assert said == ["", "Cet objet est déjà dans le tableau.", "", "Une ligne de personnel au moins.", ""]
    rules = [COSTS["rules"][0] | {"says": "5 000 € au plus."}]
    questions = [SHARED, ASKED, COSTS | {"rules": rules}, PLAN]
    costs = parse({"sections": [{"code": "s", "title": "S", "questions": questions}]}).by_code["costs"]
    assert [rule.announced for rule in costs.rules] == ["5 000 € au plus."]


# Conditions

KIND = {"code": "kind", "type": "choice", "label": "Nature", "options": KINDS}
THEN = {
    "code": "later", "title": "Suite",
    "shown_if": {
        "all": [
            {"question": "shared", "values": [True]},
            {"any": [{"question": "kind", "values": [code]} for code in ("fees", "other")]},
        ]
    },
    "questions": [
        {"code": "why", "type": "text", "label": "Pourquoi ?"},
        {"code": "deep", "type": "text", "label": "Encore", "shown_if": {"question": "kind", "values": ["other"]}},
    ],
}  # fmt: skip
TWO = parse({"sections": [{"code": "first", "title": "Début", "questions": [SHARED, KIND]}, THEN]})


@pytest.mark.parametrize(
    ("shared", "kind", "asked"),
    [
        (True, "other", ["why", "deep"]),
        (True, "fees", ["why"]),
        (True, "staff", []),
        (False, "other", []),
        (None, "other", []),
    ],
)
def test_a_hidden_section_is_neither_asked_nor_listed(shared, kind, asked):
    answers = {Address("shared"): shared, Address("kind"): kind, Address("deep"): None}
    measured = completeness.measure(TWO, answers, {}, {})
    assert [item.address.question for item in measured.missing if item.section == "later"] == asked
    assert [progress.section.code for progress in measured.sections] == ["first", "later"][: 1 + bool(asked)]
    assert measured.of("later").section.title == "Suite"


@pytest.mark.parametrize(
    "raw", [{}, {"all": []}, {"question": "a"}, {"all": [], "any": []}, [], {"question": "a", "values": []}]
)
def test_a_condition_of_another_shape_is_refused(raw):
    with pytest.raises(ValueError, match="condition illisible"):
        condition(raw)
    later = THEN | {"shown_if": raw or {"all": []}}
    with pytest.raises(FormError, match="later : condition illisible"):
        parse({"sections": [{"code": "first", "title": "Début", "questions": [SHARED, KIND]}, later]})


def test_a_section_hangs_on_earlier_answers_only():
    with pytest.raises(FormError, match="later : la condition cite « why », qui ne la précède pas"):
        parse({"sections": [THEN | {"shown_if": {"question": "why", "values": ["x"]}}]})
