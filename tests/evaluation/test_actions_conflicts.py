"""Detected conflicts as rows: what writes them down, whom they stop, what staff make of them, what brings one back."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from ami_portal.desk.staff.rules import dossiers_worked_on_by
from ami_portal.notifications.models import Message
from evaluation import actions, board, interests, seating
from evaluation.models import Conflict, ConflictRuling, JurorStay, Proposal, Review
from evaluation.rules import jurors_aside, own_reviews, readable_reviews, reviews_visible_to
from tests.people import with_role
from tests.scenes import run_jobs

from . import scenes
from .helpers import journal, refusal

LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call, "claire@valmont.example")
    review = scenes.a_draft_review(dossier)
    run_jobs()
    return SimpleNamespace(call=call, dossier=dossier, review=review, juror=review.juror, secretary=scenes.secretary())


def works_at(juror, name="Autre nom", siren="130025265", until=None):
    """The juror is, or was, where the scene's lead is."""
    JurorStay.objects.create(juror=juror, name=name, siren=siren, since=LONG_AGO, until=until)
    actions.detect_juror_conflicts(juror.pk)


def test_a_detected_conflict_closes_the_dossier_until_it_is_lifted(scene):
    assert (Conflict.objects.count(), readable_reviews(scene.juror).count()) == (0, 1)
    works_at(scene.juror)
    row = Conflict.objects.get()
    assert (row.kind, row.state, row.dossier, row.juror) == ("organisation", "detected", scene.dossier, scene.juror)
    assert row.path == "même organisme que le porteur et le participant Organisme (Autre nom)"
    for rows in (own_reviews, readable_reviews, reviews_visible_to):
        assert list(rows(scene.juror)) == []
    assert "pas le droit" in refusal(actions.submit_review, scene.review, actor=scene.juror)
    assert jurors_aside([scene.dossier.pk], [scene.juror]) == {scene.dossier.pk: frozenset({scene.juror.pk})}
    actions.lift_conflict(row, reason="Homonyme vérifié.", actor=scene.secretary)
    assert list(readable_reviews(scene.juror)) == [scene.review]
    assert jurors_aside([scene.dossier.pk], [scene.juror]) == {}
    assert journal(row.ref, "conflict") == [("conflict.detect", "", ""), ("conflict.lift", "detected", "lifted")]


def test_the_same_facts_are_found_once_and_other_facts_bring_it_back(scene):
    works_at(scene.juror)
    actions.lift_conflict(Conflict.objects.get(), reason="Vérifié.", actor=scene.secretary)
    actions.detect_juror_conflicts(scene.juror.pk)
    actions.detect_conflicts(scene.dossier.pk)
    assert (Conflict.objects.count(), own_reviews(scene.juror).count()) == (1, 1)
    scene.juror.first_name, scene.juror.last_name = "Prénom", "et nom"  # somebody of the team
    scene.juror.save()
    actions.detect_juror_conflicts(scene.juror.pk)
    assert list(Conflict.objects.values_list("kind", "state")) == [("organisation", "lifted"), ("person", "detected")]
    assert own_reviews(scene.juror).count() == 0


def test_facts_that_are_gone_still_block(scene):
    works_at(scene.juror)
    JurorStay.objects.all().delete()
    actions.detect_juror_conflicts(scene.juror.pk)
    assert (Conflict.objects.get().state, own_reviews(scene.juror).count()) == ("detected", 0)


def test_confirmed_it_takes_the_review_away_and_the_ranking_forgets_it(scene):
    scenes.save(scene.review)
    actions.submit_review(scene.review, actor=scene.juror)
    works_at(scene.juror)
    session = scenes.a_session(scene.call)
    assert "confirmez ou levez" in refusal(actions.close_scoring, session, actor=scene.secretary)
    actions.confirm_conflict(Conflict.objects.get(), reason="Avéré.", actor=scene.secretary)
    scene.review.refresh_from_db()
    assert (scene.review.state, scene.review.submitted_at) == ("recused", None)
    assert board.ranking_of(session)[0].score is None
    assert journal(scene.review.ref, "review")[-1] == ("review.set_aside", "submitted", "recused")
    actions.close_scoring(session, actor=scene.secretary)


def test_it_is_ruled_by_a_secretary_apart_with_a_reason_before_the_decisions_are_frozen(scene):
    works_at(scene.juror)
    row = Conflict.objects.get()
    for act in (actions.confirm_conflict, actions.lift_conflict):
        assert "Donnez le motif" in refusal(act, row, reason=" ", actor=scene.secretary)
        assert "4000 caractères" in refusal(act, row, reason="x" * 4001, actor=scene.secretary)
        for person in (scene.juror, scenes.instructor()):
            assert "pas le droit" in refusal(act, row, reason="Non.", actor=person)
    both = with_role(scene.juror, "jury_secretary")
    assert "pas le droit" in refusal(actions.lift_conflict, row, reason="Mon propre lien.", actor=both)
    assert not dossiers_worked_on_by(both).exists()
    actions.lift_conflict(row, reason="Vérifié.", actor=scene.secretary)
    assert "Action impossible" in refusal(actions.lift_conflict, row, reason="Encore.", actor=scene.secretary)
    actions.confirm_conflict(row, reason="Finalement avéré.", actor=scene.secretary)
    assert list(ConflictRuling.objects.values_list("state", "reason")) == [
        ("confirmed", "Finalement avéré."),
        ("lifted", "Vérifié."),
    ]
    scenes.a_session(scene.call).__class__.objects.update(state="frozen", scoring_closed_at=scene.call.closes_at)
    assert "décisions sont arrêtées" in refusal(actions.lift_conflict, row, reason="Tard.", actor=scene.secretary)


def test_what_was_found_cannot_be_rewritten_nor_deleted(scene):
    works_at(scene.juror)
    row = Conflict.objects.get()
    actions.lift_conflict(row, reason="Vérifié.", actor=scene.secretary)
    for rows, change in (
        (Conflict.objects, {"path": "rien"}),
        (Conflict.objects, None),
        (ConflictRuling.objects, {"reason": "autre"}),
        (ConflictRuling.objects, None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change) if change else rows.all()._raw_delete("default")


def test_secretaries_apart_are_told_once_of_an_entrusted_dossier_without_a_name(scene):
    other = scenes.juror("autre@loin.example")
    works_at(other)
    assert not Message.objects.filter(kind="evaluation.conflict_to_examine").exists()
    works_at(scene.juror)
    message = Message.objects.get(kind="evaluation.conflict_to_examine")
    assert (message.to_email, scene.juror.last_name in message.body) == (scene.secretary.email, False)
    assert f"/admin/dossiers/{scene.dossier.ref}/evaluation/" in message.body


def test_the_assignment_has_no_such_pair_and_reads_it_again(scene):
    other = scenes.juror("autre@loin.example")
    session = scenes.a_session(scene.call)
    leaving = {"leaving_out": scene.secretary}
    assert (scene.dossier.ref, other.ref) in seating.problem_of(session, **leaving)[0].affinity
    JurorStay.objects.create(juror=other, name="Autre nom", siren="130025265", since=LONG_AGO)  # not yet detected
    assert (scene.dossier.ref, other.ref) not in seating.problem_of(session, **leaving)[0].affinity
    pairs = [[scene.dossier.ref, other.pk, 1]]
    at = scene.call.closes_at
    said = {"asked_by": scene.secretary, "asked_at": at, "solved_at": at}
    proposal = Proposal.objects.create(session=session, number=1, state="ready", pairs=pairs, **said)
    assert "même organisme" in refusal(actions.apply_proposal, proposal, actor=scene.secretary)
    assert Review.objects.count() == 1
    actions.detect_juror_conflicts(other.pk)
    actions.lift_conflict(Conflict.objects.get(), reason="Vérifié.", actor=scene.secretary)
    assert (scene.dossier.ref, other.ref) in seating.problem_of(session, **leaving)[0].affinity
    assert actions.apply_proposal(proposal, actor=scene.secretary) == 1


def test_a_deposit_is_compared_by_its_job_with_every_juror(scene):
    near = scenes.juror("jure@labo-paul.example")
    dossier = scenes.a_deposit(scene.call, "paul@labo-paul.example")
    run_jobs()
    assert list(Conflict.objects.values_list("dossier", "juror", "kind")) == [(dossier.pk, near.pk, "domain")]
    found = interests.paths_against(dossier, [near, scene.juror], LONG_AGO)
    assert list(found) == [near.pk]
