"""What a quotation may differ in from the answer that it is taken from."""

import pytest

from applications.reading import FrozenItem
from evaluation.grounds import is_quoted

pytestmark = pytest.mark.once
TEXT = FrozenItem(
    "aim", "text", "Objet", True, shown="L’étude « pilote » vise 1\u202f200 patients.\n\nElle dure deux ans."
)
TABLE = FrozenItem("team", "table", "Équipe", True, cells=(("Suivi", "12 mois"), ("Analyse", "6 mois")))


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("L’étude « pilote » vise 1\u202f200 patients.", True),
        ("l’étude « pilote »", False),
        ("L'étude « pilote » vise 1 200 patients. Elle dure", True),
        ("L’étude « pilote » […] deux ans", True),
        ("Elle dure […] L’étude", False),
        ("deux ans [...] Elle dure", False),
        ("deux ans.", False),
        ("", False),
        ("[…]", False),
        (TEXT.shown, True),
    ],
)
def test_a_quotation_is_found_to_the_letter_but_for_spaces_quotation_marks_and_dashes(quote, expected):
    assert is_quoted(quote, TEXT) is expected


@pytest.mark.parametrize(("quote", "expected"), [("Suivi\t12 mois", True), ("Analyse 12 mois", False)])
def test_the_rows_of_a_table_are_quoted_as_they_are_read(quote, expected):
    assert is_quoted(quote, TABLE) is expected


def test_a_short_answer_is_quoted_whole():
    short = FrozenItem("n", "integer", "Effectif", True, shown="24")
    assert [is_quoted(quote, short) for quote in ("24", "2")] == [True, False]
