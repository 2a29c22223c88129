"""A form in words: what an answer may be, and when it is asked."""

import pytest

from ami_portal.questionnaire import outline
from ami_portal.questionnaire.conditions import Condition
from ami_portal.questionnaire.form import TYPES, Question, parse
from tests.applications import small


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"type": "long_text", "words": 300}, "Texte, 300 mots au plus"),
        ({"type": "text", "characters": 80, "required": False}, "Texte court, 80 caractères au plus, facultatif"),
        ({"type": "integer", "min": "1", "max": "24"}, "Nombre entier, au moins 1, au plus 24"),
        ({"type": "date", "min": "2027-01-31"}, "Date, au moins 31/01/2027"),
        ({"type": "table", "rows": (1, 4)}, "Tableau, de 1 à 4 lignes"),
        ({"type": "table", "rows": (0, 4)}, "Tableau, 4 lignes au plus"),
        ({"type": "file", "formats": ("pdf", "docx")}, "Fichier, PDF ou DOCX, un fichier"),
        ({"type": "file", "files": 3}, "Fichier, PDF, 3 fichiers au plus"),
        ({"type": "amount", "formula": "a * b"}, "Montant en euros, calculé par le portail"),
    ],
)
def test_the_limits_of_an_answer(question, words):
    assert outline.limits(Question(code="q", label="Q", **question)) == words


def test_every_type_of_question_has_its_words():
    assert set(outline.KINDS) == TYPES


def plain(text):
    return text.replace("\u00a0", " ")


def test_when_a_question_is_asked():
    form = parse(small.FORM)
    one, two = Condition("linkage", ("snds", "other")), Condition("public", (True,))
    assert outline.when(None, form) == ""
    assert "«\u00a0SNDS\u00a0»" in outline.when(one, form)
    assert plain(outline.when(one, form)) == "Demandé si la réponse à « Chaînage » est « SNDS » ou « Autre base »."
    both = "la réponse à « Chaînage » est « SNDS » ou « Autre base »{} la réponse à « Organisme public ? » est oui."
    assert plain(outline.when(Condition(all=(one, two)), form)) == "Demandé si " + both.format(" et si")
    assert plain(outline.when(Condition(any=(one, two)), form)) == "Demandé si " + both.format(" ou si")
    nested = plain(outline.when(Condition(all=(two, Condition(any=(one, two)))), form))
    assert nested == f"Demandé si la réponse à « Organisme public ? » est oui et si ({both.format(' ou si')[:-1]})."
