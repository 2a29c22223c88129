"""The form builder's guided conditions, rules and formulas, judged while one types, and in the end by the file."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.accounts.enums import Role
from ami_portal.desk import calls
from ami_portal.desk.staff.logic_forms import gathered, lined
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Place
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import Change, digest_of
from applications.models import FormDraft
from tests import people, scenes
from tests.applications import small

from .forms_read import posted
from .staff_rows import text_of


@pytest.fixture
def admin(db):
    return people.staff(Role.ADMINISTRATOR)


@pytest.fixture
def client(admin):
    return people.client_of(admin)


@pytest.fixture
def call(admin):
    call = small.a_small_call()
    actions.start_form_draft(call, actor=admin)
    return call


def url(call, **place):
    name = "staff_form_column" if "column" in place else "staff_form_question"
    return reverse(f"admin:{name}", kwargs={"code": call.code} | place)


def node(question, column=""):
    return editing.node_at(FormDraft.objects.get().definition, Place(question=question, column=column))


def test_several_conditions_are_met_together_or_one_of_them(call, client):
    where = url(call, question="promise")
    data = posted(client.get(where)) | {"shown_by": "linkage", "shown_values": "Autre base"}
    client.post(where, data)
    data = posted(client.get(where)) | {"shown_by_2": "themes", "shown_values_2": "cancer", "shown_mode": "any"}
    client.post(where, data)
    leaves = [{"question": "linkage", "values": ["other"]}, {"question": "themes", "values": ["a"]}]
    assert node("promise")["shown_if"] == {"any": leaves}
    before = FormDraft.objects.get().definition
    client.post(where, posted(client.get(where)))
    assert FormDraft.objects.get().definition == before
    page = client.post(where, posted(client.get(where)) | {"shown_values_2": "Lune"})
    assert "« Lune » n’est pas proposé" in text_of(page)
    client.post(where, posted(client.get(where)) | {"shown_by": ""})
    assert node("promise")["shown_if"] == leaves[1]


LEAVES = [{"question": "linkage", "values": ["other"]}, {"question": "themes", "values": ["a"]}]
LAST = {"question": "linkage", "values": ["snds"]}


def test_conditions_are_grouped_one_level_deeper_and_said_back(call, client):
    where = url(call, question="promise")
    for number, (by, values, letter) in enumerate(
        [("linkage", "Autre base", "A"), ("themes", "cancer", "A"), ("linkage", "snds", "")], start=1
    ):
        mark = "" if number == 1 else f"_{number}"
        more = {f"shown_by{mark}": by, f"shown_values{mark}": values, f"shown_group{mark}": letter}
        client.post(where, posted(client.get(where)) | more | {"shown_mode": "any"})
    client.post(where, posted(client.get(where)) | {"shown_group": "A", "shown_mode": "any"})
    assert node("promise")["shown_if"] == {"any": [{"all": LEAVES}, LAST]}
    before = FormDraft.objects.get().definition
    client.post(where, posted(client.get(where)))
    assert FormDraft.objects.get().definition == before
    said = text_of(client.get(where))
    first = "(la réponse à « Chaînage » est « Autre base » et si la réponse à « Thèmes » est « Cancer »)"
    assert f"Demandé si {first} ou si la réponse à « Chaînage » est « SNDS »." in said.replace("\u00a0", " ")
    client.post(where, posted(client.get(where)) | {"shown_mode": "all"})
    assert node("promise")["shown_if"] == {"all": [{"any": LEAVES}, LAST]}


def test_conditions_nested_deeper_are_said_and_stay_as_written(call, client, admin):
    deep = {"any": [LAST, {"all": [LAST, {"any": LEAVES}]}]}
    change = Change(
        "change",
        Place(question="promise"),
        lambda form: editing.replaced(form, Place(question="promise"), node("promise") | {"shown_if": deep}),
    )
    actions.edit_form_draft(call, change, actor=admin)
    page = client.get(url(call, question="promise"))
    assert "ou si (la réponse à « Chaînage » est « SNDS » et si (la réponse" in text_of(page).replace("\u00a0", " ")
    client.post(url(call, question="promise"), posted(page))
    assert node("promise")["shown_if"] == deep


CONDITIONS = st.recursive(
    st.sampled_from([*LEAVES, LAST]),
    lambda inside: st.builds(
        lambda mode, parts: {mode: parts}, st.sampled_from(["all", "any"]), st.lists(inside, min_size=2, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.once
@given(CONDITIONS)
def test_what_has_lines_is_gathered_as_it_was(condition):
    lines = lined(condition)
    if lines is not None:
        assert gathered(lines, next(iter(condition))) == condition or "question" in condition


def test_rules_are_written_line_by_line_and_said_beside_what_they_lack(call, client):
    where = url(call, question="costs")
    rule = {"rule_test": "price > 0", "rule_message": "Un montant de zéro.", "rule_at": "price", "rule_remark": "on"}
    client.post(where, posted(client.get(where)) | rule)
    assert node("costs")["rules"] == [
        {"test": "price > 0", "message": "Un montant de zéro.", "at": "price", "blocks": False}
    ]
    data = posted(client.get(where))
    alone = client.post(where, data | {"rule_message_2": "Seule"})
    assert "Écrivez ce qui doit être vrai" in text_of(alone)
    mute = client.post(where, data | {"rule_test_2": "price < 9"})
    assert "Écrivez la phrase à dire" in text_of(mute)
    unknown = client.post(where, data | {"rule_test_2": "prix < 9", "rule_message_2": "Trop."})
    assert (unknown.status_code, "« prix » n’est ni une colonne" in text_of(unknown)) == (422, True)
    client.post(where, data | {"rule_test": "", "rule_message": "", "rule_remark": ""})
    assert "rules" not in node("costs")


def test_a_formula_has_its_field_with_the_names_that_it_may_cite(call, client):
    where = url(call, question="costs", column="price")
    page = client.get(where)
    assert ("Noms et exemples" in text_of(page), "months" in text_of(page)) == (True, True)
    client.post(where, posted(page) | {"formula": "months * 2"})
    assert node("costs", "price")["formula"] == "months * 2"
    for wrong, words in {"months *": "Formule", "nulle * 2": "« nulle » n’est ni une colonne"}.items():
        refused = client.post(where, posted(client.get(where)) | {"formula": wrong})
        assert (refused.status_code, words in text_of(refused)) == (422, True), wrong


def test_what_is_wrong_is_said_while_one_types(call, client):
    where = url(call, question="costs", column="price")
    typed = posted(client.get(where))
    for changes, words in (
        ({"label": "→"}, "Intitulé : Écrivez un intitulé avec des mots"),
        ({"extra": "a:\n\tb"}, "Autres réglages : Ligne 2 : ce n’est pas du YAML (une tabulation)"),
        ({"formula": "nulle + 1"}, "« nulle » n’est ni une colonne"),
    ):
        answer = client.post(where, typed | changes, headers={"X-Apercu": "1"})
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert FormDraft.objects.get().definition == small.FORM


def test_what_a_criterion_reads_does_not_leave_the_form(admin, client):
    call = scenes.a_call()
    actions.start_form_draft(call, actor=admin)
    gone = Place(question="lead_siret")
    draft = actions.edit_form_draft(call, Change("remove", gone, lambda form: editing.removed(form, gone)), actor=admin)
    page = text_of(client.get(reverse("admin:staff_form_publish", args=[call.code])))
    assert ("« lead_siret » n’est pas une question du formulaire" in page, "Publier la révision Revenir" in page) == (
        True,
        False,
    )
    with pytest.raises(TransitionRefused, match="siret : « lead_siret » n’est pas une question"):
        calls.publish_form(call, seen=digest_of(draft), actor=admin)
