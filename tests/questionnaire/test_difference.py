"""The difference of two forms: by stable codes, whatever moves and whatever is reworded."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire.difference import difference
from ami_portal.questionnaire.form import parse
from tests.applications.small import FORM


def edited(edit):
    definition = copy.deepcopy(FORM)
    edit(definition["sections"])
    return difference(parse(FORM), parse(definition))


def codes(items):
    return [item.question.code for item in items]


def test_a_form_is_not_different_from_itself():
    assert not difference(parse(FORM), parse(copy.deepcopy(FORM)))


def test_an_added_and_a_removed_question_are_known_by_their_codes_and_nothing_else_moves():
    def edit(sections):
        del sections[0]["questions"][1]
        sections[1]["questions"].insert(0, {"code": "new", "type": "text", "label": "Nouvelle"})

    found = edited(edit)
    assert (codes(found.added), codes(found.removed), found.changed, found.reordered) == (
        ["new"],
        ["lead_name"],
        (),
        False,
    )
    assert found.added[0].section_title == "Budget"
    assert found.touched == {"new", "lead_name"}


@pytest.mark.parametrize(
    ("edit", "sentence", "touches"),
    [
        (lambda s: s[0]["questions"][0].update(label="Titre du projet"), "l’intitulé", False),
        (lambda s: s[0]["questions"][0].update(characters=60, help="Court."), "l’aide, la limite en caractères", True),
        (lambda s: s[2]["questions"][3].update(required=True), "le caractère obligatoire", True),
        (lambda s: s[2]["questions"][4]["options"].pop(), "les choix", True),
        (lambda s: s[1]["questions"][3]["columns"].pop(), "les colonnes", True),
        (lambda s: s[2]["questions"].append(s[1]["questions"].pop(1)), "la rubrique", False),
    ],
)
def test_a_changed_question_says_what_changed_and_whether_answers_are_touched(edit, sentence, touches):
    found = edited(edit)
    assert [(change.sentence, change.touches_answers) for change in found.changed] == [(sentence, touches)]
    assert (found.added, found.removed) == ((), ())


def test_a_table_says_which_columns():
    def edit(sections):
        columns = sections[1]["questions"][3]["columns"]
        columns[2] = {"code": "hours", "type": "integer", "label": "Heures"}
        columns[0]["label"] = "Sorte"

    (change,) = edited(edit).changed
    assert [column.code for column in change.columns.added] == ["hours"]
    assert [column.code for column in change.columns.removed] == ["price"]
    assert [after.label for _, after in change.columns.changed] == ["Sorte"]


def test_sections_are_compared_too():
    def edit(sections):
        sections[0]["title"] = "Votre projet"
        sections.append({"code": "end", "title": "Fin", "questions": [{"code": "z", "type": "text", "label": "Z"}]})
        sections[1], sections[2] = sections[2], sections[1]

    found = edited(edit)
    assert [(change.after.code, change.sentence) for change in found.sections_changed] == [("project", "le titre")]
    assert [section.code for section in found.sections_added] == ["end"]
    assert found.reordered


QUESTIONS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["text", "date"])), min_size=1, unique_by=lambda pair: pair[0]
)


@given(QUESTIONS, QUESTIONS)
def test_added_and_removed_mirror_each_other(first, second):
    before, after = (
        parse(
            {
                "sections": [
                    {"code": "s", "title": "S", "questions": [{"code": c, "type": t, "label": c} for c, t in qs]}
                ]
            }
        )
        for qs in (first, second)
    )
    there, back = difference(before, after), difference(after, before)
    assert (codes(there.added), codes(there.removed)) == (codes(back.removed), codes(back.added))
    assert {change.code for change in there.changed} == {change.code for change in back.changed}
    assert bool(there) == (first != second)
