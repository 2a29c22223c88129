"""Lists ask as many queries for one row as for three."""

import pytest

from evaluation import board
from tests.people import client_of

from . import scenes

OWNERS = ["claire@valmont.example", "paul@lab.example", "lea@inst.example"]


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    first = scenes.ready_for_jury(call, OWNERS[0])
    scenes.a_submitted_review(first)
    return call


def three(call):
    for email in OWNERS[1:]:
        dossier = scenes.ready_for_jury(call, email)
        scenes.a_submitted_review(dossier)
        scenes.a_draft_review(dossier, "autre@b.example")


@pytest.mark.parametrize(
    ("path", "who", "queries"), [("/evaluation/avis/", "partner", 10), ("/evaluation/jury/", "juror", 8)]
)
def test_a_list_asks_the_same_for_one_row_and_for_three(scene, django_assert_num_queries, path, who, queries):
    person = scenes.juror() if who == "juror" else scenes.partner(scene.dossiers.first())
    client = client_of(person)
    client.get(path)
    with django_assert_num_queries(queries):
        page = client.get(path).content.decode()
    assert page.count('class="portal-ref"') == 1
    three(scene)
    with django_assert_num_queries(queries):
        page = client.get(path).content.decode()
    assert page.count('class="portal-ref"') == 3


def test_the_ranking_asks_the_same_for_one_dossier_and_for_three(scene, django_assert_num_queries):
    session, secretary = scenes.a_session(scene), scenes.secretary()
    session = type(session).objects.select_related("call").get(pk=session.pk)
    with django_assert_num_queries(7):
        assert len(board.ranking_of(session, reader=secretary)) == 1
    three(scene)
    with django_assert_num_queries(7):
        assert len(board.ranking_of(session, reader=secretary)) == 3
