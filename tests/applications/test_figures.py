"""The budget computed and drawn, the plan against it, the milestones on a line of time, typed or frozen."""

import re
from decimal import Decimal

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire.form import FormError, parse
from ami_portal.ui import charts
from ami_portal.ui.charts import Bar, Span, Tick
from applications import actions, budget, figures, reading
from applications.budget import Entry
from applications.figures import Line
from tests import people
from tests.applications import ruled, small

CATEGORIES = [
    {"code": "staff", "label": "Personnel", "cap_percent": None, "help": "Salaires."},
    {"code": "fees", "label": "Frais de gestion", "cap_percent": "8"},
    {"code": "travel", "label": "Missions", "cap_percent": "10"},
]
REGULATION = {"max_grant": "100000.00", "cost_categories": CATEGORIES}


def measured(*lines, requested=None, ways=("category", "year", "organisation")):
    entries = [Entry(Decimal(amount), *more) for amount, *more in lines]
    return budget.measure(entries, REGULATION, requested=requested, ways=ways)


def test_a_budget_is_summed_each_way_and_its_caps_are_told_in_euros_and_percent():
    found = measured(
        ("90000.00", "staff", "Personnel", "Année 1", ""),
        ("9000.00", "fees", "Frais", "Année 2", "CHU"),
        ("1000.00", "", "", "Année 2", ""),
        requested=Decimal("100000.01"),
    )
    assert [(part.label, str(part.amount), part.share_said, part.cap_said) for part in found.categories] == [
        ("Personnel", "90000.00", "90\u00a0%", ""),
        ("Frais de gestion", "9000.00", "9\u00a0%", "8\u00a0%, soit 8\u202f000,00\u00a0€"),
        ("Missions", "0.00", "0\u00a0%", "10\u00a0%, soit 10\u202f000,00\u00a0€"),
        ("Non précisé", "1000.00", "1\u00a0%", ""),
    ]
    assert [(part.label, str(part.amount)) for part in found.years] == [
        ("Année 1", "90000.00"),
        ("Année 2", "10000.00"),
    ]
    assert [(part.label, str(part.amount)) for part in found.organisations] == [
        ("Porteur", "91000.00"),
        ("CHU", "9000.00"),
    ]
    assert found.remarks == (
        "Frais de gestion : 9\u202f000,00\u00a0€, soit 9\u00a0% du total ; "
        "plafond : 8\u00a0%, soit 8\u202f000,00\u00a0€. Il y a 1\u202f000,00\u00a0€ de trop.",
        "L’aide demandée passe le maximum de 100\u202f000,00\u00a0€ : 0,01\u00a0€ de trop.",
        "L’aide demandée passe le total des dépenses de 0,01\u00a0€.",
    )


def test_only_what_the_columns_tell_is_told():
    found = measured(("10.00", "", "", "", ""), ways=())
    assert (found.categories, found.years, found.organisations, found.remarks) == ((), (), (), ())


@given(
    st.lists(st.tuples(st.decimals(0, 10**6, places=2), st.sampled_from(["staff", "fees", "travel", ""])), max_size=12)
)
def test_the_parts_are_the_whole_and_a_cap_is_passed_exactly_when_it_is_told(lines):
    found = measured(*((amount, code, code, "1", "x") for amount, code in lines))
    for parts in (found.categories, found.years, found.organisations):
        assert sum((part.amount for part in parts), Decimal(0)) == (found.total if lines else 0)
    for part in found.categories:
        told = any(remark.startswith(f"{part.label} :") for remark in found.remarks)
        assert told == (part.cap is not None and part.amount > part.cap)


@pytest.mark.parametrize(
    ("resources", "sentence"),
    [
        (["60.00", "40.00"], "Le plan est équilibré : 100,00\u00a0€ de ressources pour autant de dépenses."),
        (["60.00"], "Ressources : 60,00\u00a0€ ; dépenses : 100,00\u00a0€ : il manque 40,00\u00a0€."),
        (["60.00", "40.01"], "Ressources : 100,01\u00a0€ ; dépenses : 100,00\u00a0€ : 0,01\u00a0€ de trop."),
    ],
)
def test_the_balance_is_said_in_euros(resources, sentence):
    found = budget.balance(Decimal("100.00"), [("Fonds", Decimal(amount)) for amount in resources])
    assert found.sentence == sentence


# Drawings

HOSTILE = "</text><script>alert(1)</script>\u202e&"
texts = st.text(max_size=60) | st.just(HOSTILE)
amounts = st.decimals(0, 10**9, places=2)


@given(st.lists(st.builds(Bar, texts, texts, amounts, st.none() | amounts), max_size=6))
def test_bars_are_well_formed_and_stay_in_their_frame(lines):
    drawn = charts.bars(lines)
    _well_formed(drawn)
    assert drawn.count("charts-over)") == sum(bar.cap is not None and bar.length > bar.cap for bar in lines)


def _span(label, start, wide):
    return Span(label, label, start, start + wide)


@given(st.lists(st.builds(_span, texts, st.integers(0, 900), st.integers(0, 99)), min_size=1, max_size=6))
def test_a_line_of_time_is_well_formed_and_stays_in_its_frame(spans):
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    _well_formed(charts.gantt(spans, [Tick(at, HOSTILE) for at in range(first, last + 1, 90)]))


def _well_formed(drawn):
    assert "<script" not in drawn
    assert "style=" not in drawn
    legible = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", drawn)  # cleaned at the door of the portal
    for rect in ElementTree.fromstring(legible).iter("rect"):
        assert 0 <= float(rect.get("x").rstrip("%")) + float(rect.get("width").rstrip("%")) <= 100.02


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([(1, 9), (8, 13), (13, 24)], "3 jalons, du mois\u00a01 au mois\u00a024. Jusqu’à 2 avancent en même temps."),
        ([(3, 3), (9, 2), (None, 4)], "1 jalon, du mois\u00a03 au mois\u00a03."),
        ([("2027-02", "2027-05")], "1 jalon, de 02/2027 à 05/2027."),
        ([("2027-02-01", "2027-05-31")], "1 jalon, du 01/02/2027 au 31/05/2027."),
        ([(9, 2)], None),
        ([], None),
    ],
)
def test_the_finding_of_a_line_of_time(rows, finding):
    def line(start, end):
        said = lambda value: "/".join(reversed(str(value).split("-")))  # noqa: E731
        values = {"start": start if isinstance(start, str | None) else Decimal(start)}
        values["end"] = end if isinstance(end, str | None) else Decimal(end)
        return Line(values, {"label": "Jalon", "start": said(start), "end": said(end)})

    drawing = figures.draw({"shows": "gantt"}, [line(*row) for row in rows])
    assert (drawing.finding if drawing else None) == finding


# A form that declares them

FORM = {
    "sections": [
        ruled.FORM["sections"][0]
        | {
            "questions": [
                *ruled.FORM["sections"][0]["questions"][:2],
                ruled.FORM["sections"][0]["questions"][2]
                | {"figure": {"shows": "budget", "amount": "price", "category": "kind", "organisation": "what"}},
                {"code": "steps", "type": "table", "label": "Jalons", "of": "milestone", "required": False},
                {
                    "code": "plan",
                    "type": "table",
                    "label": "Plan",
                    "required": False,
                    "columns": [
                        {"code": "who", "type": "text", "label": "Financeur"},
                        {"code": "sum", "type": "amount", "label": "Montant"},
                        {"code": "same", "type": "yes_no", "label": "Ces dépenses ?"},
                    ],
                    "figure": {"shows": "financing", "amount": "sum", "source": "who", "counted": "same"},
                },
            ]
        },
        *ruled.FORM["sections"][1:],
    ]
}


@pytest.fixture
def draft(db):
    owner = people.a_person("claire@labo.example")
    call = ruled.a_ruled_call("DESSIN-2026", FORM, regulation=REGULATION)
    dossier = actions.start_dossier(call, actor=owner)
    dossier.owner = owner
    tables = {
        "costs": [("what", HOSTILE), ("kind", "staff"), ("count", "2"), ("unit", "500")],
        "plan": [("who", "Fonds"), ("sum", "900"), ("same", "true")],
        "steps": [("label", HOSTILE), ("start", "1"), ("end", "9"), ("deliverable", "Rapport")],
    }
    for code, cells in tables.items():
        row = str(actions.add_row(dossier, code, actor=owner).row)
        for column, raw in cells:
            small.type_in(dossier, code, raw, actor=owner, row=row, column=column)
    return dossier


def test_figures_are_drawn_again_while_one_types(draft):
    client = people.client_of(draft.owner)
    told = client.get(f"/dossiers/{draft.ref}/avancement?rubrique=money").json()["figures"]
    assert (
        "Le budget fait 1\u202f000,00\u00a0€. Le premier poste est « Personnel », 100\u00a0% du total." in told["costs"]
    )
    assert "il manque 100,00\u00a0€" in told["plan"]
    assert "1 jalon, du mois\u00a01 au mois\u00a09." in told["steps"]
    assert all(html.count("<svg") == (name != "plan") and "<script" not in html for name, html in told.items())
    page = client.get(f"/dossiers/{draft.ref}/rubriques/money").content.decode()
    assert page.count('<svg class="charts') == 2


def test_a_deposit_is_drawn_from_what_was_frozen_whatever_the_call_says_later(draft):
    for code, raw in {"amount": "1 000", "abroad": "false", "promise": "true"}.items():
        small.type_in(draft, code, raw, actor=draft.owner)
    version = actions.submit_dossier(draft, actor=draft.owner)
    draft.call.regulation = {}
    draft.call.save(update_fields=["regulation"])
    frozen = reading.frozen(version)
    parts = frozen.item("costs").drawing.budget.categories
    assert [(part.label, part.cap_said) for part in parts][1:] == [
        ("Frais de gestion", "8\u00a0%, soit 80,00\u00a0€"), ("Missions", "10\u00a0%, soit 100,00\u00a0€")
    ]  # fmt: skip
    assert frozen.item("plan").drawing.balance.gap == Decimal(-100)
    assert "help" not in version.content.partition('"cost_categories"')[2].partition("]")[0]
    page = people.client_of(draft.owner).get(f"/dossiers/{draft.ref}/apercu").content.decode()
    assert page.count('<svg class="charts') == 2


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ({"shows": "pie"}, "« figure » montre « pie »"),
        ({"shows": "gantt"}, "gantt pour des jalons"),
        ({"shows": "budget"}, "« figure.amount » vaut «  »"),
        ({"shows": "budget", "amount": "what"}, "« figure.amount » vaut « what »"),
        ({"shows": "budget", "amount": "price", "year": "unit"}, "« figure.year » vaut « unit »"),
        ({"shows": "budget", "amount": "price", "source": "what"}, "« source » inconnu"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused_when_the_form_is_read(figure, words):
    table = ruled.FORM["sections"][0]["questions"][2] | {"figure": figure, "rules": []}
    with pytest.raises(FormError) as error:
        parse({"sections": [{"code": "s", "title": "S", "questions": [table]}]})
    assert words in str(error.value)


def test_a_form_has_one_budget():
    table = ruled.FORM["sections"][0]["questions"][2] | {"rules": [], "figure": {"shows": "budget", "amount": "price"}}
    with pytest.raises(FormError, match="deux tableaux montrent « budget »"):
        parse({"sections": [{"code": "s", "title": "S", "questions": [table, table | {"code": "other"}]}]})
