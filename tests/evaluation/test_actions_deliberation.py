"""The deliberation: decisions recorded, frozen, published, and every refusal."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.models import Job
from evaluation import actions, board
from evaluation.models import Decision

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    session, first, second = scenes.two_judged(call)
    return SimpleNamespace(call=call, session=session, first=first, second=second, secretary=scenes.secretary())


def record(scene, dossier, **decision):
    return actions.record_decision(
        scene.session, dossier, **(scenes.LAUREATE | decision), actor=decision.pop("actor", scene.secretary)
    )


def test_record_decision_can_change_and_its_traces_stay(scene):
    record(scene, scene.first)
    record(scene, scene.first, amount=Decimal("80000"), rank=2, reason=" Ramené au nécessaire. ")
    row = Decision.objects.get()
    assert (row.outcome, row.rank, row.amount, row.reason) == (
        "laureate",
        2,
        Decimal("80000.00"),
        "Ramené au nécessaire.",
    )
    assert journal(scene.first.ref, "decision") == [
        ("decision.record", "", "laureate"),
        ("decision.record", "laureate", "laureate"),
    ]
    assert AuditEvent.objects.filter(verb="decision.record").last().data["amount"] == "80000.00"
    assert scene.first.state == "eligible"


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({"outcome": "peut-être"}, "Choisissez"),
        ({"rank": 0}, "Le rang"),
        ({"amount": None}, "Donnez le montant"),
        ({"amount": Decimal(0)}, "Donnez le montant"),
        ({"amount": Decimal("100000.01")}, "dépasse le maximum"),
        ({"outcome": "rejected", "amount": None}, "Donnez le motif"),
        ({"outcome": "rejected", "reason": "Non."}, "Seul un lauréat"),
        ({"outcome": "reserve"}, "Seul un lauréat"),
        ({"reason": "x" * 4001}, "4000 caractères"),
    ],
)
def test_record_decision_refuses_what_is_not_whole(scene, decision, words):
    assert words in refusal(record, scene, scene.first, **decision)
    assert not Decision.objects.exists()


def test_a_laureate_gets_no_more_than_was_asked(scene):
    scene.first.amount_requested = Decimal("85000.00")
    scene.first.save()
    assert "dépasse ce qui est demandé" in refusal(record, scene, scene.first, amount=Decimal("85000.01"))
    record(scene, scene.first, amount=Decimal("85000.00"))


def test_record_decision_is_the_secretary_s_in_deliberation_on_an_eligible_dossier_of_the_call(scene):
    act = (actions.record_decision, scene.session)
    assert "pas le droit" in refusal(*act, scene.first, **scenes.LAUREATE, actor=scenes.instructor())
    deposit = scenes.a_deposit(scene.call, "lea@inst.example")
    assert "« Déposé »" in refusal(*act, deposit, **scenes.LAUREATE, actor=scene.secretary).replace("\u00a0", " ")
    other = scenes.a_closed_call("AUTRE-2026")
    stranger = scenes.an_eligible(other, "zoe@inst.example")
    assert "n’est pas ouverte" in refusal(*act, stranger, **scenes.LAUREATE, actor=scene.secretary)
    early = scenes.a_session(other)
    assert "La notation n’est pas close" in refusal(
        actions.record_decision, early, stranger, **scenes.LAUREATE, actor=scene.secretary
    )


def test_a_dossier_that_nobody_reviewed_or_that_a_partner_stops_can_only_be_refused(scene):
    scene.first.reviews.all()[0].scores.all().delete()
    scene.first.reviews.all().delete()
    assert "Aucun membre du jury" in refusal(record, scene, scene.first)
    opinion = scene.second.opinions.get()
    opinion.neutrality, opinion.neutrality_reason = "unfavourable", "Non."
    opinion.refused_at = opinion.given_at
    opinion.save()
    assert "Un avis défavorable arrête" in refusal(record, scene, scene.second)
    record(scene, scene.first, **scenes.REJECTED)
    record(scene, scene.second, **(scenes.REJECTED | {"rank": 3}))


def test_freeze_decisions_queues_one_letter_for_each_dossier(scene):
    record(scene, scene.first)
    record(scene, scene.second, **scenes.REJECTED)
    actions.freeze_decisions(scene.session, actor=scene.secretary)
    assert [job.ids["dossier_id"] for job in Job.objects.filter(name="evaluation.build_letter")] == [
        scene.first.pk,
        scene.second.pk,
    ]
    assert journal(scene.call.code, "session.f") == [("session.freeze", "deliberation", "frozen")]
    assert "ne changent plus" in refusal(record, scene, scene.first)
    assert "« Décisions arrêtées »" in refusal(actions.freeze_decisions, scene.session, actor=scene.secretary).replace(
        "\u00a0", " "
    )


def freezing(scene, actor=None):
    return refusal(actions.freeze_decisions, scene.session, actor=actor or scene.secretary)


def test_freeze_decisions_refuses_a_decision_missing(scene):
    record(scene, scene.first)
    assert freezing(scene) == f"La décision manque pour : {scene.second.ref}."


def test_freeze_decisions_refuses_a_dossier_whose_eligibility_is_not_decided(scene):
    late = scenes.a_deposit(scene.call, "lea@inst.example")
    assert freezing(scene) == f"L’éligibilité n’est pas décidée pour : {late.ref}."


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({"rank": 1}, {"rank": 1}, "à revoir : 1"),
        ({"rank": 2}, {"rank": 1}, "Les rangs suivent cet ordre"),
        ({"outcome": "reserve", "amount": None, "rank": 2}, {"rank": 1}, "Les rangs suivent cet ordre"),
    ],
)
def test_freeze_decisions_refuses_ranks_that_contradict_the_decisions(scene, first, second, words):
    record(scene, scene.first, **first)
    record(scene, scene.second, **(scenes.REJECTED | second))
    assert words in freezing(scene)


def test_freeze_decisions_is_the_secretary_s_after_the_scoring(scene):
    record(scene, scene.first)
    record(scene, scene.second, **scenes.REJECTED)
    assert "pas le droit" in freezing(scene, scenes.instructor())
    other = scenes.a_closed_call("AUTRE-2026")
    early = scenes.a_session(other)
    assert "Aucun dossier éligible" in refusal(actions.freeze_decisions, early, actor=scene.secretary)
    scenes.an_eligible(other, "zoe@inst.example")
    assert "La décision manque" in refusal(actions.freeze_decisions, early, actor=scene.secretary)


def test_the_ranking_puts_the_best_first_and_shows_each_review(scene):
    rows = board.ranking_of(scene.session)
    assert [(row.dossier.ref, row.rank, str(row.score)) for row in rows] == [
        (scene.first.ref, 1, "80.00"),
        (scene.second.ref, 2, "40.00"),
    ]
    (review,) = rows[0].reviews
    assert (str(review.score), [str(mean) for mean in review.headings]) == ("80.00", ["4.00"] * 5)
    assert (rows[0].submitted, rows[0].expected, rows[0].spread, rows[0].is_stopped) == (1, 1, None, False)


def test_equal_scores_are_drawn_or_share_a_rank_and_what_has_no_score_comes_last(scene):
    for dossier in (scene.first, scene.second):
        dossier.reviews.get().scores.update(value=4)
    third = scenes.an_eligible(scene.call, "lea@inst.example")
    assert [row.rank for row in board.ranking_of(scene.session)] == [1, 2, None]
    call = scene.session.call
    call.texts["ranking"] |= {"draw": False}
    call.save()
    assert [(row.dossier.ref, row.rank) for row in board.ranking_of(scene.session)] == [
        (scene.first.ref, 1),
        (scene.second.ref, 1),
        (third.ref, None),
    ]
