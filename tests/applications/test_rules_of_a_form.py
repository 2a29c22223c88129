"""Rules, computed columns and conditions of a form, from the page to the deposit."""

import contextlib

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, reading
from tests import people
from tests.applications import ruled, small

pytestmark = pytest.mark.django_db
FULL = {"amount": "1 080,00", "abroad": "false", "promise": "true"}
LINES = [
    {"what": "Data scientist", "kind": "staff", "count": "0,5", "unit": "2 000"},
    {"what": "Frais", "kind": "fees", "count": "1", "unit": "80"},
]


@pytest.fixture
def owner(db):
    return people.a_person("claire@labo.example")


@pytest.fixture
def draft(owner):
    dossier = actions.start_dossier(ruled.a_ruled_call(), actor=owner)
    for code, raw in FULL.items():
        small.type_in(dossier, code, raw, actor=owner)
    dossier.lines = [str(actions.add_row(dossier, "costs", actor=owner).row) for _ in LINES]
    for row, cells in zip(dossier.lines, LINES, strict=True):
        for column, raw in cells.items():
            small.type_in(dossier, "costs", raw, actor=owner, row=row, column=column)
    small.type_in(dossier, "costs", "1", actor=owner, row=dossier.lines[0], column="count")
    dossier.refresh_from_db()
    return dossier


def live(client, dossier, section="money"):
    return client.get(f"/dossiers/{dossier.ref}/avancement?rubrique={section}").json()


def test_the_portal_computes_sums_and_judges_while_one_types(draft, owner):
    client = people.client_of(owner)
    first, second = draft.lines
    assert {name: live(client, draft)[name] for name in ("computed", "totals", "said")} == {
        "computed": {
            f"costs.{first}.price": "2\u202f000,00\u00a0€",
            f"costs.{second}.price": "80,00\u00a0€",
        },
        "totals": {"costs": ["2\u202f080,00\u00a0€"], "steps": []},
        "said": {"costs": [{"message": "Écart de 1\u202f000,00\u00a0€.", "blocks": False}]},
    }
    small.type_in(draft, "costs", "5 000,50", actor=owner, row=second, column="unit")
    told = live(client, draft)
    assert told["said"][f"costs.{second}.unit"] == [
        {"message": "5 000 € au plus : 0,50\u00a0€ de trop.", "blocks": True}
    ]
    assert [line["message"] for line in told["said"]["costs"]] == [
        "Frais de plus de 8 %.",
        "Écart de 5\u202f920,50\u00a0€.",
    ]
    assert "Dépenses – Prix (€) (ligne 2)" in told["missing"]


def test_the_page_shows_them_beside_their_place(draft, owner):
    small.type_in(draft, "costs", "6000", actor=owner, row=draft.lines[0], column="unit")
    page = people.client_of(owner).get(f"/dossiers/{draft.ref}/rubriques/money").content.decode()
    assert '<p class="fr-message fr-message--error">5 000 € au plus : 1\u202f000,00\u00a0€ de trop.</p>' in page
    assert f'data-computed="costs.{draft.lines[0]}.price">6\u202f000,00\u00a0€</output>' in page
    assert '<p class="fr-message fr-message--warning">Écart de 5\u202f000,00\u00a0€.</p>' in page
    assert f'name="q.costs.{draft.lines[0]}.price"' not in page


def test_a_computed_cell_cannot_be_typed(draft, owner):
    address = Address("costs", draft.lines[0], "price")
    with pytest.raises(KeyError):
        actions.save_answer(draft, address, "1", seen_version=0, actor=owner)
    sent = {"question": "costs", "row": draft.lines[0], "column": "price", "value": "1", "version": 0}
    answer = people.client_of(owner).post(f"/dossiers/{draft.ref}/reponse", sent, content_type="application/json")
    assert answer.status_code == 404


def test_what_is_computed_is_frozen_and_what_is_hidden_is_not(draft, owner):
    small.type_in(draft, "where", "<i>Ailleurs</i>", actor=owner, column="name")
    version = actions.submit_dossier(draft, actor=owner)
    frozen = reading.frozen(version)
    assert [section.code for section in frozen.sections] == ["money", "end"]
    assert [row["price"] for row in frozen.table("costs")] == ["2000.00", "80.00"]
    assert frozen.item("costs").totals == ["", "", "", "", "2\u202f080,00\u00a0€"]
    assert "Ailleurs" not in version.content


def test_a_hidden_section_leaves_the_menu_and_keeps_what_it_holds(draft, owner):
    client, place = people.client_of(owner), f"/dossiers/{draft.ref}/rubriques/abroad"
    small.type_in(draft, "where", "Institut", actor=owner, column="name")
    page = client.get(place).content.decode()
    assert "cette rubrique n’est pas demandée" in page
    assert f'href="{place}"' not in page
    shown_if = "{&quot;all&quot;: [{&quot;question&quot;: &quot;abroad&quot;, &quot;values&quot;: [&quot;true&quot;], "
    assert page.count(f'data-shown-if="{shown_if}&quot;now&quot;: false}}]}}" hidden>') == 1
    assert f'href="/dossiers/{draft.ref}/rubriques/end"' in page
    small.type_in(draft, "abroad", "true", actor=owner)
    page = client.get(place).content.decode()
    assert "Rubrique 2 sur 3" in page
    assert 'value="Institut"' in page
    assert [item.todo for item in drafts.load(draft).completeness.missing] == [
        "Donnez le SIREN ou le SIRET ; pour un organisme étranger, son pays."
    ]


RAW = st.sampled_from(["", "1", "80", "6000", "2000,5", "beaucoup", "staff", "fees", "true", "false", "Objet"])
PLACES = ("amount", "abroad", "promise", "what", "kind", "count", "unit", "name", "country")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), st.integers(0, 1), RAW), max_size=4), removed=st.booleans())
def test_a_deposit_is_accepted_if_and_only_if_completeness_says_so(draft, owner, changes, removed):
    with transaction.atomic():
        for place, line, raw in changes:
            if place in FULL:
                small.type_in(draft, place, raw, actor=owner)
            elif place in ("name", "country"):
                small.type_in(draft, "where", raw, actor=owner, column=place)
            else:
                small.type_in(draft, "costs", raw, actor=owner, row=draft.lines[line], column=place)
        if removed:
            actions.remove_row(draft, "costs", draft.lines[1], actor=owner)
        complete = drafts.load(draft).completeness.is_complete
        refused = pytest.raises(TransitionRefused, match="n’est pas complet")
        with contextlib.nullcontext() if complete else refused:
            actions.submit_dossier(draft, actor=owner)
        transaction.set_rollback(True)
    draft.state = "draft"
