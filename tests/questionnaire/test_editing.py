"""Edits of a definition, and the fields that a screen reader could not name."""

import pytest

from ami_portal.questionnaire import editing, naming, offers
from ami_portal.questionnaire.editing import Place
from ami_portal.questionnaire.form import TYPES, FormError, parse
from tests.applications.small import FORM


def order(definition):
    return [[one["code"] for one in section["questions"]] for section in definition["sections"]]


DEFINITION = {
    "sections": [
        {"code": "s", "title": "Une", "questions": [{"code": c, "type": "text", "label": c.upper()} for c in "abc"]},
        {"code": "t", "title": "Deux", "questions": [{"code": "d", "type": "text", "label": "D", "fact": "title"}]},
    ]
}


@pytest.mark.parametrize(
    ("code", "to", "expected"),
    [
        ("a", 1, [["b", "a", "c"], ["d"]]),
        ("c", 0, [["c", "a", "b"], ["d"]]),
        ("c", 3, [["a", "b"], ["c", "d"]]),  # out by the end: into the next section
        ("d", -1, [["a", "b", "c", "d"], []]),
        ("a", -1, [["a", "b", "c"], ["d"]]),  # nowhere to go
    ],
)
def test_a_question_moves(code, to, expected):
    assert order(editing.moved(DEFINITION, Place(question=code), to=to)) == expected


def test_a_question_is_dropped_anywhere():
    assert order(editing.placed(DEFINITION, "a", section="t", to=1)) == [["b", "c"], ["d", "a"]]


def test_sections_move_and_edits_leave_what_they_were_given():
    assert [one["code"] for one in editing.moved(DEFINITION, Place("t"), to=0)["sections"]] == ["t", "s"]
    assert order(DEFINITION) == [["a", "b", "c"], ["d"]]


def test_a_copy_has_codes_and_a_label_of_its_own_and_no_fact():
    copied = editing.duplicated(editing.duplicated(DEFINITION, Place("t")), Place("t"))
    assert [one["title"] for one in copied["sections"]] == ["Une", "Deux", "Deux (copie 2)", "Deux (copie)"]
    assert order(copied)[2:] == [["d_3"], ["d_2"]]
    assert [one["questions"][0].get("fact") for one in copied["sections"][1:]] == ["title", None, None]
    assert parse(copied)


def test_a_node_keeps_its_code_and_what_it_holds():
    renamed = editing.replaced(DEFINITION, Place("s"), {"code": "x", "title": "Autre"})
    assert (renamed["sections"][0]["code"], renamed["sections"][0]["title"], order(renamed)) == (
        "s", "Autre", order(DEFINITION)
    )  # fmt: skip
    text = editing.replaced(FORM, Place(question="costs"), {"code": "costs", "type": "text", "label": "Dépenses"})
    assert "columns" not in editing.node_at(text, Place(question="costs"))


def test_what_is_under_work_may_have_gaps():
    bare = editing.added(
        editing.removed(DEFINITION, Place(question="d")), Place("s"), {"code": "e", "type": "table", "label": "E"}
    )
    assert editing.gaps(bare) == [
        "La rubrique « Deux » n’a pas de question : ajoutez-en une, ou retirez-la.",
        "Le tableau « E » n’a pas de colonne : ajoutez-en une, ou retirez-le.",
    ]
    assert list(editing.form_of(bare).by_code) == ["a", "b", "c"]
    assert editing.gaps(FORM) == []


def test_two_nodes_never_share_a_code():
    twice = editing.added(DEFINITION, Place("t"), {"code": "a", "type": "text", "label": "A"})
    with pytest.raises(FormError):
        editing.form_of(twice)


@pytest.mark.parametrize(
    ("words", "taken", "code"),
    [
        ("Été, n° 1 !", set(), "ete_n_1"),
        ("Titre", {"titre"}, "titre_2"),
        ("???", set(), "champ"),
        ("x" * 90, set(), "x" * 40),
    ],
)
def test_fresh_code(words, taken, code):
    assert editing.fresh_code(words, taken) == code


# Names


@pytest.mark.parametrize(
    ("label", "others", "wrong"),
    [
        ("Titre", ["Résumé"], False),
        ("", [], True),
        ("  ", [], True),
        ("*** !", [], True),
        ("Titre", ["titre :"], True),
        ("日本", [], False),
    ],
)
def test_unnamed(label, others, wrong):
    assert bool(naming.unnamed(label, others)) == wrong


@pytest.mark.parametrize(
    ("labels", "wrong"), [(["Oui", "Non"], False), (["Oui", ""], True), (["Oui", "oui !"], True), (["—"], True)]
)
def test_unnamed_option(labels, wrong):
    assert bool(naming.unnamed_option(labels)) == wrong


def test_every_field_of_a_form_is_named():
    assert list(naming.problems(parse(FORM))) == []
    table = {
        "code": "t",
        "type": "table",
        "label": "Tableau",
        "columns": [{"code": c, "type": "text", "label": "€"} for c in "xy"],
    }
    twice = editing.added(
        editing.added(DEFINITION, Place("s"), table), Place("s"), {"code": "z", "type": "text", "label": "a"}
    )
    assert [code for code, _ in naming.problems(parse(twice))] == ["t.x", "t.y", "z"]


def test_every_type_is_offered_under_its_name():
    assert set(offers.OFFERS) == TYPES
    assert [kind for kind, _ in offers.choices()] == list(offers.OFFERS)
