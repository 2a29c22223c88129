"""Completeness: one function of form, answers, rows and files that drafts show and deposits obey."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire import completeness
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.completeness import TO_ADD, TO_ANSWER, TO_DEPOSIT, TO_REPLACE, TO_WAIT, Files
from ami_portal.questionnaire.form import parse

FORM = parse(
    {
        "sections": [
            {
                "code": "one",
                "title": "Une",
                "questions": [
                    {"code": "kind", "type": "choice", "label": "Genre",
                     "options": [{"code": "x", "label": "X"}, {"code": "y", "label": "Y"}]},
                    {"code": "deep", "type": "choice", "label": "Suite",
                     "shown_if": {"question": "kind", "values": ["x"]},
                     "options": [{"code": "more", "label": "Encore"}, {"code": "less", "label": "Assez"}]},
                    {"code": "deeper", "type": "text", "label": "Fin",
                     "shown_if": {"question": "deep", "values": ["more"]}},
                    {"code": "note", "type": "long_text", "label": "Note", "required": False, "words": 2},
                ],
            },
            {
                "code": "two",
                "title": "Deux",
                "questions": [
                    {"code": "lines", "type": "table", "label": "Lignes", "rows": [2, 5],
                     "columns": [{"code": "a", "type": "amount", "label": "Montant"},
                                 {"code": "b", "type": "text", "label": "Libre", "required": False}]},
                    {"code": "spare", "type": "table", "label": "Autres", "required": False, "rows": [0, 5],
                     "columns": [{"code": "a", "type": "text", "label": "Nom"}]},
                    {"code": "proof", "type": "file", "label": "Preuve"},
                    {"code": "extra", "type": "file", "label": "Bonus", "required": False},
                ],
            },
        ]
    }
)  # fmt: skip

FULL = {
    Address("kind"): "y",
    Address("lines", "r1", "a"): "1.00",
    Address("lines", "r2", "a"): "2.00",
}
ROWS = {"lines": ["r1", "r2"]}
FILES = {"proof": Files(accepted=1)}


def missing(answers=FULL, rows=ROWS, files=FILES):
    return [(str(item.address), item.todo) for item in completeness.measure(FORM, answers, rows, files).missing]


def test_complete():
    measured = completeness.measure(FORM, FULL, ROWS, FILES)
    assert (measured.is_complete, measured.percent) == (True, 100)
    assert [section.state for section in measured.sections] == ["complet", "complet"]


def test_empty():
    measured = completeness.measure(FORM, {}, {}, {})
    assert [(str(item.address), item.todo) for item in measured.missing] == [
        ("kind", TO_ANSWER), ("lines", TO_ADD), ("proof", TO_DEPOSIT)
    ]  # fmt: skip
    assert (measured.percent, [section.state for section in measured.sections]) == (0, ["vide", "vide"])
    assert measured.missing[0].anchor == "q-kind"


def test_a_condition_asks_and_stops_asking():
    asked = FULL | {Address("kind"): "x"}
    assert missing(asked) == [("deep", TO_ANSWER)]
    assert missing(asked | {Address("deep"): "more"}) == [("deeper", TO_ANSWER)]
    assert missing(asked | {Address("deep"): "less"}) == []
    # The answer that asked is itself hidden now: what hung on it is hidden too.
    assert missing(FULL | {Address("deep"): "more"}) == []


def test_what_is_wrong_is_missing_even_where_nothing_is_required():
    wrong = missing(FULL | {Address("note"): "un deux trois"})
    assert wrong == [("note", "Le texte compte 3 mots ; 2 au plus sont admis.")]
    measured = completeness.measure(FORM, FULL | {Address("kind"): {"typed": "z"}}, ROWS, FILES)
    assert (measured.of("one").state, measured.percent) == ("à revoir", 75)


@pytest.mark.parametrize(
    ("rows", "answers", "expected"),
    [
        ({"lines": ["r1"]}, FULL, [("lines", TO_ADD)]),
        ({"lines": ["r1", "r2", "r3"]}, FULL, [("lines.r3.a", TO_ANSWER)]),
        (ROWS | {"spare": ["s1"]}, FULL, [("spare.s1.a", TO_ANSWER)]),
        (ROWS | {"spare": ["s1"]}, FULL | {Address("spare", "s1", "a"): "Nom"}, []),
    ],
)
def test_tables(rows, answers, expected):
    assert missing(answers, rows) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"proof": Files(pending=1)}, [("proof", TO_WAIT)]),
        ({"proof": Files(accepted=1, pending=1)}, [("proof", TO_WAIT)]),
        ({"proof": Files(accepted=1, refused=1)}, [("proof", TO_REPLACE)]),
        (FILES | {"extra": Files(refused=1)}, [("extra", TO_REPLACE)]),
        (FILES | {"extra": Files(pending=1)}, [("extra", TO_WAIT)]),
        (FILES | {"extra": Files(accepted=2)}, []),
    ],
)
def test_files(files, expected):
    assert missing(files=files) == expected


PEOPLE = [
    {"code": "lead", "type": "person", "label": "Porteur"},
    {"code": "deputy", "type": "person", "label": "Suppléant", "required": False},
]


@pytest.mark.parametrize(
    ("given_answers", "expected"),
    [
        ({}, ["lead.given_name", "lead.family_name", "lead.email"]),
        ({"lead": "all"}, []),
        ({"lead": "all", ("deputy", "email"): "a@b.example"}, ["deputy.given_name", "deputy.family_name"]),
        (
            {"lead": "all", ("deputy", "orcid"): {"typed": "12"}},
            ["deputy.given_name", "deputy.family_name", "deputy.email", "deputy.orcid"],
        ),
    ],
)
def test_a_composed_answer_is_asked_part_by_part(given_answers, expected):
    form = parse({"sections": [{"code": "s", "title": "S", "questions": PEOPLE}]})
    answers = {}
    for place, value in given_answers.items():
        if value == "all":
            answers |= {Address(place, "", part): "x" for part in ("given_name", "family_name", "email")}
        else:
            answers[Address(place[0], "", place[1])] = value
    measured = completeness.measure(form, answers, {}, {})
    assert [str(item.address) for item in measured.missing] == expected
    assert all(item.label.startswith(("Porteur – ", "Suppléant – ")) for item in measured.missing)


def test_an_unknown_section():
    with pytest.raises(KeyError):
        completeness.measure(FORM, {}, {}, {}).of("trois")


places = st.sampled_from([*FULL, Address("deep"), Address("deeper"), Address("note"), Address("lines", "r1", "b")])
values = st.sampled_from([None, "", "x", "y", "more", "1.00", {"typed": "?"}, [], True, False, 0])


@given(
    st.dictionaries(places, values),
    st.fixed_dictionaries({"lines": st.lists(st.sampled_from(["r1", "r2", "r3"]), unique=True)}),
    st.dictionaries(st.sampled_from(["proof", "extra"]), st.builds(Files, *[st.integers(0, 2)] * 3)),
)
def test_the_percent_tells_the_truth(answers, rows, files):
    measured = completeness.measure(FORM, answers, rows, files)
    assert 0 <= measured.percent <= 100
    assert (measured.percent == 100) == measured.is_complete
    assert measured.is_complete == all(section.state == "complet" for section in measured.sections)
    for item in measured.missing:
        assert item.todo
        assert FORM.section_of(item.address.question).code == item.section
