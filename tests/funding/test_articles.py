"""The articles of a convention: which ones answers call for, what two versions say differently, what none may lose."""

import pytest

from ami_portal.kernel.config import Problem
from funding import call_config
from funding.articles import Article, compare, compose, fingerprint, lost_figures, read

TEMPLATE = [
    {"title": "Objet", "text": "{organisme} : {montant}, {duree}, {retenue}."},
    {"title": "Chaînage", "text": "Avec le SNDS.", "shown_if": {"question": "linkage", "values": ["snds"]}},
    {
        "title": "Deux raisons",
        "text": "Et.",
        "shown_if": {"any": [{"question": "firm", "values": [True]}, {"question": "linkage", "values": ["other"]}]},
    },
]
VALUES = {"organisme": "Institut {montant}", "montant": "98 500,50 €", "duree": "24 mois", "retenue": "10 %"}


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({}, ["a1"]),
        ({"linkage": ["snds"]}, ["a1", "a2"]),
        ({"linkage": ["other", "snds"]}, ["a1", "a2", "a3"]),
        ({"firm": True, "linkage": ["none"]}, ["a1", "a3"]),
    ],
)
def test_an_article_is_there_when_the_answers_meet_its_condition(answers, codes):
    found = compose(TEMPLATE, answers.get, VALUES)
    assert [article.code for article in found] == codes
    assert found[0].text == "Institut {montant} : 98 500,50 €, 24 mois, 10 %."
    assert read([article.as_row for article in found]) == found


def test_two_versions_are_told_apart_article_by_article():
    a, b, c, d = (Article(code, code.upper(), f"Le texte {code}.") for code in ("a", "b", "c", "d"))
    changed = Article("b", "B", "Le texte b, précisé.")
    found = compare([a, b, c], [a, d, changed])
    assert [(one.kind, one.number, one.article.code) for one in found] == [
        ("kept", 1, "a"),
        ("added", 2, "d"),
        ("changed", 3, "b"),
        ("removed", 0, "c"),
    ]
    spans = [(span.kind, span.text) for span in found[2].text]
    assert "".join(text for kind, text in spans if kind != "added") == b.text
    assert "".join(text for kind, text in spans if kind != "removed") == changed.text
    moved = compare([a, b], [b, a])
    assert sorted((one.kind, one.article.code) for one in moved) in (
        [("added", "a"), ("kept", "b"), ("removed", "a")],
        [("added", "b"), ("kept", "a"), ("removed", "b")],
    )
    assert fingerprint([a.as_row]) != fingerprint([changed.as_row])


def test_a_text_does_not_lose_its_figures():
    first = compose(TEMPLATE, {}.get, VALUES)
    said = first[0].text
    assert lost_figures(first, [Article("x", "Autrement", said)], VALUES) == []
    found = lost_figures(first, [Article("a1", "Objet", said.replace("98 500,50", "99 500,50"))], VALUES)
    assert found == ["le montant de l’aide"]
    assert len(lost_figures(first, [], VALUES)) == 3


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"question": "linkage", "values": ["snds"]}, None),
        ({"question": "link", "values": ["snds"]}, "n’est pas une question"),
        ({"question": "linkage", "values": ["autre"]}, "n’est pas une réponse possible"),
        ({"question": "linkage"}, "condition illisible"),
    ],
)
def test_a_condition_cites_a_question_and_answers_that_it_can_have(condition, found):
    options = [{"code": "snds", "label": "SNDS"}]
    asked = {"code": "linkage", "type": "choice", "label": "Chaînage", "options": options}
    form = {"sections": [{"code": "s", "title": "S", "questions": [asked]}]}
    articles = [TEMPLATE[0], {"title": "T", "text": "T", "shown_if": condition}]
    problems: list[Problem] = list(call_config.clauses({"call": {"texts": {"convention": articles}}, "form": form}))
    assert [problem.path for problem in problems] == ([("call", "texts", "convention", 1, "shown_if")] if found else [])
    assert not found or found in problems[0].found
