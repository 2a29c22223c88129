"""The pages of the assignment: the proposal, the wishes, the seats; who sees them, and what is left out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.kernel import clock
from applications.models import DossierMember
from evaluation.models import Proposal, Review, Seat, Wish
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import client_of

from . import staff_rows as rows

JURORS = ("a@univ-a.example", "b@univ-b.example", "c@univ-c.example")


@pytest.fixture
def secretary(db):
    return evaluation.secretary()


@pytest.fixture
def call(secretary):
    call = scenes.a_call(closes_in_days=-20)
    call.texts["jury"] |= {"reviews": 2, "profiles": []}
    call.save(update_fields=["texts"])
    for email in JURORS:
        evaluation.juror(email)
    evaluation.a_session(call)
    return call


def url(name, call):
    return reverse(f"admin:{name}", args=[call.code])


def page(user, call, name="staff_assignment"):
    return client_of(user).get(url(name, call))


def send(user, call, name, **data):
    return rows.text_of(client_of(user).post(url(name, call), data, follow=True))


def test_a_proposal_is_asked_read_and_applied(call, secretary):
    dossier = evaluation.ready_for_jury(call, pathology="Cancer du sein")
    assert "Aucune proposition n’est encore demandée" in rows.text_of(page(secretary, call))
    assert "Le calcul est demandé" in send(secretary, call, "staff_assignment_ask")
    scenes.run_jobs()
    board = page(secretary, call).context["board"]
    assert [(line.dossier.ref, len(line.jurors)) for line in board.lines] == [(dossier.ref, 2)]
    assert (board.added, board.told, sum(load.count for load in board.loads)) == (2, 2, 2)
    confirm = page(secretary, call, "staff_assignment_apply")
    assert "Dossiers confiés à un membre du jury de plus : 2." in rows.text_of(confirm)
    assert "2 évaluations confiées." in send(secretary, call, "staff_assignment_apply", number=1)
    assert Review.objects.count() == 2
    assert "relisez-la" in send(secretary, call, "staff_assignment_apply", number=7)


def test_what_blocks_is_on_the_page(call, secretary):
    evaluation.ready_for_jury(call)
    call.texts["jury"]["load"] = {"min": 2, "max": 5}
    call.save(update_fields=["texts"])
    send(secretary, call, "staff_assignment_ask")
    scenes.run_jobs()
    said = rows.text_of(page(secretary, call))
    assert "Ces règles ne peuvent pas être respectées ensemble" in said
    assert "2 dossiers au moins pour chacun des 3 membres du jury" in said


def test_a_wish_is_noted_then_left_to_the_solver(call, secretary):
    dossier = evaluation.ready_for_jury(call)
    sent = {"ref": dossier.ref, "juror": JURORS[0]}
    assert "noté pour le prochain calcul" in send(secretary, call, "staff_assignment_wish", **sent, kind="forbidden")
    assert list(Wish.objects.values_list("kind", flat=True)) == ["forbidden"]
    assert "Choisissez" in send(secretary, call, "staff_assignment_wish", **sent, kind="autre")
    send(secretary, call, "staff_assignment_wish", **sent, kind="")
    assert not Wish.objects.exists()
    unknown = client_of(secretary).post(url("staff_assignment_wish", call), {"ref": "X", "juror": JURORS[0]})
    assert unknown.status_code == 404


def test_a_seat_is_recorded_and_a_wrong_one_stays_as_typed(call, secretary):
    juror = evaluation.juror(JURORS[0])
    sent = {"juror": juror.email, f"{juror.ref}-fields_known": ["oncology"], f"{juror.ref}-most": "4"}
    assert "enregistré" in send(secretary, call, "staff_seats", **sent)
    assert Seat.objects.values_list("fields", "least", "most").get() == (["oncology"], None, 4)
    answer = client_of(secretary).post(url("staff_seats", call), sent | {f"{juror.ref}-least": "9"})
    assert answer.status_code == 422
    assert "la plus petite d’abord" in rows.text_of(answer)
    assert Seat.objects.get().most == 4


def test_without_rules_the_pages_say_so(call, secretary):
    call.texts.pop("jury")
    call.save(update_fields=["texts"])
    assert "confiez les dossiers un par un" in rows.text_of(page(secretary, call))
    assert "ni domaines ni profils" in rows.text_of(page(secretary, call, "staff_seats"))


def test_once_the_scoring_is_closed_it_is_read_only(call, secretary):
    evaluation.two_judged(call)
    answer = page(secretary, call)
    assert "La notation est close" in rows.text_of(answer)
    assert "Imposer la paire" not in rows.text_of(answer)
    assert "Calculer une proposition" not in rows.text_of(answer)


def test_an_instructor_reads_and_does_not_act(call, secretary):
    evaluation.ready_for_jury(call)
    reader = evaluation.officer(Role.INSTRUCTOR)
    assert "Calculer une proposition" not in rows.text_of(page(reader, call))
    names = ("staff_assignment_ask", "staff_assignment_wish", "staff_assignment_apply", "staff_seats")
    assert {client_of(reader).post(url(name, call)).status_code for name in names} == {403}


def test_a_dossier_of_ones_own_is_neither_shown_nor_counted_in_words(call, secretary):
    mine, other = evaluation.ready_for_jury(call), evaluation.ready_for_jury(call, "paul@lab.example")
    send(secretary, call, "staff_assignment_ask")
    scenes.run_jobs()
    reader = evaluation.officer(Role.INSTRUCTOR)
    DossierMember.objects.create(dossier=mine, email=reader.email, role="reader", invited_at=clock.now())
    answer = page(reader, call)
    assert [line.dossier for line in answer.context["board"].lines] == [other]
    assert mine.ref not in rows.text_of(answer)
    assert answer.context["board"].hidden == 1


def test_the_page_costs_the_same_with_more_dossiers(call, secretary):
    counts = []
    for emails in (["un@labo-1.example"], ["deux@labo-2.example", "trois@labo-3.example"]):
        for email in emails:
            evaluation.ready_for_jury(call, email)
        send(secretary, call, "staff_assignment_ask")
        scenes.run_jobs()
        client = client_of(secretary)
        client.get(url("staff_assignment", call))
        with CaptureQueriesContext(connection) as queries:
            board = client.get(url("staff_assignment", call)).context["board"]
        counts.append((len(board.lines), len(queries)))
    assert counts == [(1, 13), (3, 13)]
    assert Proposal.objects.count() == 2
