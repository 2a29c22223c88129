"""What an answer becomes when its question changes: the same words, read anew."""

import pytest

from ami_portal.questionnaire.carrying import carried
from ami_portal.questionnaire.form import Question

TWO = (("a", "Cancer"), ("b", "Cœur"))


def q(kind, options=()):
    return Question("q", kind, "Question", options=tuple(options))


@pytest.mark.parametrize(
    ("before", "after", "value", "expected"),
    [
        # the same type
        (q("text"), q("text"), "Un titre", "Un titre"),
        (q("amount"), q("amount"), {"typed": "cent"}, {"typed": "cent"}),
        (q("choice", TWO), q("choice", TWO), "a", "a"),
        # choices that stay, go, are renamed, come back
        (q("choice", TWO), q("choice", [("b", "Cœur")]), "a", {"typed": "Cancer"}),
        (q("choice", TWO), q("choice", [("a", "Tumeur")]), "a", "a"),
        (q("choice", TWO), q("choice", [("x", "cancer")]), "a", "x"),
        (q("choice", [("b", "Cœur")]), q("choice", TWO), {"typed": "Cancer"}, "a"),
        (q("choices", TWO), q("choices", [("b", "Cœur")]), ["a", "b"], {"typed": ["Cancer", "b"]}),
        (q("choices", TWO), q("choices", TWO[::-1]), ["a", "b"], ["b", "a"]),
        # from choices and to them
        (q("choice", TWO), q("choices", TWO), "a", ["a"]),
        (q("choices", TWO), q("choice", TWO), ["b"], "b"),
        (q("choices", TWO), q("choice", TWO), ["a", "b"], {"typed": "a, b"}),
        (q("choice", TWO), q("long_text"), "b", "Cœur"),
        (q("choices", TWO), q("text"), ["a", "b"], "Cancer, Cœur"),
        (q("text"), q("choice", TWO), "cœur", "b"),
        (q("text"), q("choice", TWO), "Foie", {"typed": "Foie"}),
        # other types
        (q("amount"), q("text"), "98500.00", "98\u202f500,00\u00a0€"),
        (q("date"), q("long_text"), "2026-12-31", "31/12/2026"),
        (q("yes_no"), q("text"), False, "non"),
        (q("text"), q("yes_no"), "Oui", True),
        (q("text"), q("amount"), "98 500,5", "98500.50"),
        (q("text"), q("amount"), "cent mille", {"typed": "cent mille"}),
        (q("text"), q("integer"), "24", 24),
        (q("yes_no"), q("declaration"), True, True),
        (q("yes_no"), q("declaration"), False, None),
        (q("long_text"), q("text"), "a\nb", "a b"),
        (q("text"), q("amount"), None, None),
    ],
)
def test_carried(before, after, value, expected):
    found = carried(before, after, value)
    assert (found, type(found)) == (expected, type(expected))
