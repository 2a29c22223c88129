"""The page of the ranking: raw beside corrected, flags, the envelope and what it moves, the pictures; blindness."""

import hashlib
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from applications.models import DossierMember
from evaluation import actions
from evaluation.models import Ranking, Session
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import a_juror, a_partner, client_of

from . import staff_rows as rows
from .judged import JURORS, MARKS, judged


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def secretary(db):
    return evaluation.secretary()


def url(call, name="staff_ranking"):
    return reverse(f"admin:{name}", args=[call.code])


def page(user, call, **asked):
    return client_of(user).get(url(call), asked)


def refs(call, *numbers):
    return [f"{call.code}-{number:04}" for number in numbers]


def test_it_opens_to_those_who_read_a_ranking(call, secretary):
    judged(call)
    roles = [Role.GRANT_OFFICER, Role.ACCOUNTING_OFFICER, Role.DATA_STEWARD, Role.ADMINISTRATOR]
    assert {page(evaluation.officer(role), call).status_code for role in roles} == {404}
    assert {
        page(person, call).status_code for person in (None, a_juror(), a_partner(email="autre@partenaire.example"))
    } == {302}
    reader = client_of(evaluation.instructor())
    assert [reader.get(url(call)).status_code, client_of(secretary).get(url(call)).status_code] == [200, 200]
    posts = [url(call, name) for name in ("staff_ranking_ask", "staff_envelope")]
    assert [reader.post(address).status_code for address in posts] == [403, 403]
    assert "Recalculer le classement" not in rows.text_of(reader.get(url(call)))
    assert client_of(secretary).get(reverse("admin:staff_ranking", args=["INCONNU"])).status_code == 404


def test_before_and_while_it_is_computed(call, secretary):
    assert page(secretary, call).status_code == 404
    evaluation.a_session(call)
    assert "Aucun classement n’est encore calculé" in rows.text_of(page(secretary, call))
    said = rows.text_of(client_of(secretary).post(url(call, "staff_ranking_ask"), follow=True))
    assert "Le calcul est demandé" in said
    assert "Vous pouvez quitter cette page" in said
    scenes.run_jobs()
    said = rows.text_of(page(secretary, call))
    assert "Trop peu de dossiers ont été lus par plusieurs personnes" in said
    assert "Recalculer le classement" in said


def test_raw_and_corrected_side_by_side_with_what_they_change(call, secretary):
    judged(call)
    actions.set_envelope(Session.objects.get(), envelope=Decimal(200000), reason="Deux projets.", actor=secretary)
    scenes.run_jobs()
    response = page(secretary, call)
    lines = response.context["page_obj"]
    found = [(line.row.ref, line.row.rank, line.row.corrected_rank, line.is_funded, line.changes) for line in lines]
    first, second, third, fourth, fifth = refs(call, 1, 2, 3, 4, 5)
    assert found == [
        (first, 1, 1, True, False),
        (fourth, 2, 4, True, True),
        (second, 3, 2, False, True),
        (third, 4, 3, False, False),
        (fifth, 5, 5, False, False),
    ]
    assert [line.row.ref for line in response.context["flagged"]] == [fourth, second]
    said = rows.text_of(response)
    assert "L’ordre change tout" in said
    assert "Enveloppe de la séance : « Deux projets. »" in said
    assert len(response.context["method"]) == 10


def test_the_columns_sort_both_ways_by_links(call, secretary):
    judged(call)
    order = [line.row.ref for line in page(secretary, call, tri="dossier", sens="desc").context["page_obj"]]
    assert order == refs(call, 5, 4, 3, 2, 1)
    html = page(secretary, call, tri="corrigee", enveloppe="150000").content.decode()
    assert 'aria-sort="ascending"' in html
    assert 'href="?tri=corrigee&amp;sens=desc&amp;enveloppe=150000#classement"' in html
    assert page(secretary, call, tri="<b>", sens="x", page="zz").status_code == 200


@pytest.mark.parametrize(
    ("asked", "count", "enter", "leave"),
    [
        ({"enveloppe": "100000"}, 1, [], [4, 0]),
        ({"enveloppe": "1000000"}, 5, [0, 0], []),
        ({"enveloppe": "300000,00", "vue": "300000.00", "curseur": "100000"}, 1, [], [4, 0]),
        ({"enveloppe": "beaucoup"}, 3, [], []),
        ({"enveloppe": "-5"}, 3, [], []),
        ({"enveloppe": "NaN"}, 3, [], []),
    ],
)
def test_what_another_envelope_moves(call, secretary, asked, count, enter, leave):
    judged(call)
    moves = page(secretary, call, **asked, partie="enveloppe").context["moves"]
    assert (moves.count, len(moves.enter), len(moves.leave)) == (count, len(enter), len(leave))


def test_the_envelope_of_the_session_and_one_that_is_refused(call, secretary):
    judged(call)
    client = client_of(secretary)
    refused = client.post(url(call, "staff_envelope"), {"envelope": "120 000", "reason": ""})
    assert (refused.status_code, 'value="120 000"' in refused.content.decode()) == (422, True)
    same = client.post(url(call, "staff_envelope"), {"envelope": "300 000", "reason": "Parce que."})
    assert (same.status_code, "déjà" in rows.text_of(same)) == (422, True)
    client.post(url(call, "staff_envelope"), {"envelope": "120 000,00 €", "reason": "Un don."})
    assert Session.objects.get().envelope == 120000


def test_a_dossier_that_the_reader_has_a_part_in_is_nowhere(call, secretary):
    session = judged(call)
    hidden = refs(call, 1)[0]
    DossierMember.objects.create(
        dossier=session.call.dossiers.get(ref=hidden), email=secretary.email, role="reader", invited_at=rows.AT
    )
    for asked in ({}, {"enveloppe": "100000"}, {"enveloppe": "1000000", "partie": "enveloppe"}):
        html = page(secretary, call, **asked).content.decode()
        assert (hidden in html, "disponibles" in html) == (False, False)
    response = page(secretary, call)
    assert [line.row.rank for line in response.context["page_obj"]] == [2, 3, 4, 5]
    assert response.context["hidden"] == 1
    circles = re.findall(r"<circle", str(response.context["pictures"][1].drawing))
    assert len(circles) == 8


def test_pictures_state_a_finding_and_name_no_juror(call, secretary):
    judged(call)
    response = page(secretary, call)
    found = {one.code: one for one in response.context["pictures"]}
    assert list(found) == ["rangs", "ecarts", "rubriques", "severite"]
    assert re.match(r"Par rapport à l’ensemble, Siège \d note [\d,]+ points plus bas", found["severite"].finding)
    assert "points, sur AMI" in found["ecarts"].finding
    assert all(picture.rows or picture.code == "rangs" for picture in found.values())
    html = response.content.decode()
    people = [evaluation.juror(email) for email in JURORS]
    assert not [person for person in people if person.email in html or person.get_full_name() in html]
    assert "<svg" in html


def test_the_draw_of_the_page_is_redone_by_hand(call, secretary):
    session = judged(call, ((3, 3, 3),) * 4)
    order = [line.row.ref for line in page(secretary, call).context["page_obj"]]
    assert order == sorted(order, key=lambda ref: hashlib.sha256(f"{session.seed} {ref}".encode()).hexdigest())
    assert f"{session.seed} {order[0]}" in page(secretary, call).content.decode()


def test_rules_of_the_optimum_with_their_cost(call, secretary):
    code = call.dataset_options[0][0]
    bare = {"dataset": "", "question": "", "option": "", "least": 0, "most": None}
    quota = {**bare, "code": "base", "label": "Base <b>rare</b>", "dataset": code, "most": 2}
    call.texts["ranking"] |= {"method": "optimum", "minimum": "50", "quotas": [quota]}
    call.save(update_fields=["texts"])
    judged(call)
    said = rows.text_of(page(secretary, call))
    assert "Base <b>rare</b> : 2 au plus" in said
    assert "note minimale de 50,00 sur 100" in said
    quota |= {"least": 9, "most": None}
    call.save(update_fields=["texts"])
    actions.compute_ranking(Session.objects.get().pk)
    assert "Ces règles ne tiennent pas ensemble" in rows.text_of(page(secretary, call))


def test_what_came_since_is_said(call, secretary):
    judged(call)
    rows.a_review(rows.a_row(call, 9, "eligible"), "submitted", JURORS[0])
    assert "ont changé depuis ce calcul" in rows.text_of(page(secretary, call))


def test_the_page_asks_as_many_queries_for_one_as_for_three(call, secretary):
    client, found = client_of(secretary), []
    for start, marks in ((1, MARKS[:1]), (2, MARKS[1:3])):
        judged(call, marks, start)
        client.get(url(call))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(call))
        found.append(len(queries))
    assert found[0] == found[1] <= 14
    assert Ranking.objects.count() == 1
