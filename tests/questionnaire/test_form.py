"""A form read from its mapping: what is wrong is named by its place."""

import pytest

from ami_portal.questionnaire.form import FormError, parse

TEXT = {"code": "a", "type": "text", "label": "A"}
CHOICE = {"code": "c", "type": "choice", "label": "C", "options": [{"code": "x", "label": "X"}]}


def form(*questions, **section):
    return {"sections": [{"code": "s", "title": "Section", "questions": list(questions)} | section]}


def test_a_form_is_read():
    read = parse(form(TEXT, CHOICE, partners=True, help="Aide"))
    assert [question.code for question in read.questions()] == ["a", "c"]
    assert (read.section("s").partners, read.section_of("c").code) == (True, "s")
    for wrong in (read.section, read.section_of):
        with pytest.raises(KeyError):
            wrong("inconnue")


def test_dataset_questions_offer_what_a_call_opens():
    read = parse(form({"code": "d", "type": "dataset", "label": "D"}, TEXT))
    opened = read.with_datasets([("base", "La base")])
    assert (opened.by_code["d"].options, opened.by_code["a"]) == ((("base", "La base"),), read.by_code["a"])
    assert read.by_code["d"].options == ()


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({}, "formulaire : « sections » manque"),
        ({"sections": []}, "une liste est attendue"),
        (form(), "s : « questions » manque"),
        (form(TEXT, TEXT), "deux questions portent ce code"),
        (form(TEXT | {"type": "roman"}), "type « roman » inconnu"),
        (form(TEXT | {"label": " "}), "a : « label » manque"),
        (form(TEXT | {"couleur": "bleu"}), "« couleur » inconnu"),
        (form({"code": "c", "type": "choice", "label": "C"}), "donne ses « options »"),
        (form({"code": "t", "type": "table", "label": "T"}), "donne ses « columns »"),
        (form(TEXT | {"columns": [TEXT]}), "donne ses « columns »"),
        (
            form(
                {"code": "t", "type": "table", "label": "T", "columns": [{"code": "f", "type": "file", "label": "F"}]}
            ),
            "type",
        ),
        (form({"code": "p", "type": "person", "label": "P", "columns": [TEXT]}), "donne ses « columns »"),
        (form({"code": "t", "type": "table", "label": "T", "of": "roman"}), "« of » vaut 'roman'"),
        (form(TEXT | {"of": "person"}), "« of » vaut 'person'"),
        (form({"code": "t", "type": "table", "label": "T", "columns": [TEXT, TEXT]}), "deux colonnes"),
        (form(TEXT | {"min": 1}), "attendu pour le type « text » : aucune limite"),
        (form({"code": "n", "type": "number", "label": "N", "max": 0.5}), "« max » vaut 0.5"),
        (form({"code": "d", "type": "date", "label": "D", "min": "demain"}), "« min » vaut 'demain'"),
        (form(TEXT | {"shown_if": {"question": "z", "values": ["x"]}}), "ne la précède pas"),
        (form(TEXT | {"shown_if": {"question": "a", "values": ["x"]}}), "ne la précède pas"),
        (form(TEXT | {"shown_if": {"question": "c", "values": ["x"]}}, CHOICE), "ne la précède pas"),
        (form(CHOICE, TEXT | {"shown_if": {"question": "c", "values": ["y"]}}), "n’est pas une réponse possible"),
        (
            form(
                {"code": "o", "type": "yes_no", "label": "O"}, TEXT | {"shown_if": {"question": "o", "values": ["oui"]}}
            ),
            "n’est pas une réponse possible",
        ),
    ],
)
def test_what_is_no_form_is_named(definition, words):
    with pytest.raises(FormError) as error:
        parse(definition)
    assert words in str(error.value)


def test_a_composed_question_has_its_parts():
    person = parse(form({"code": "p", "type": "person", "label": "P"})).by_code["p"]
    assert person.is_composed
    assert [(part.code, part.type, part.required) for part in person.columns] == [
        ("given_name", "text", True), ("family_name", "text", True), ("email", "email", True), ("orcid", "orcid", False)
    ]  # fmt: skip


def test_a_table_of_composed_rows_begins_with_their_parts():
    own = {"code": "owner", "type": "text", "label": "Responsable"}
    changed = {"code": "end", "type": "month", "label": "Fin", "min": "2026-01"}
    raw = {"code": "t", "type": "table", "label": "T", "of": "milestone", "columns": [changed, own]}
    with pytest.raises(FormError, match="min"):  # the milestone's own limit is a month of the project
        parse(form(raw | {"columns": [changed | {"min": 1}]}))
    with pytest.raises(FormError, match="compare month et number"):  # it ends in a calendar, it starts in another
        parse(form(raw))
    raw = raw | {"columns": [{"code": "start", "type": "month", "min": "2026-01"}, changed, own]}
    columns = parse(form(raw)).by_code["t"].columns
    assert [(column.code, column.type) for column in columns] == [
        ("label", "text"), ("start", "month"), ("end", "month"), ("deliverable", "text"), ("owner", "text")
    ]  # fmt: skip
    assert (columns[2].label, columns[2].min) == ("Fin", "2026-01")


def test_two_sections_of_one_code():
    one = form(TEXT)["sections"][0]
    with pytest.raises(FormError, match="deux sections"):
        parse({"sections": [one, one | {"questions": [CHOICE]}]})
