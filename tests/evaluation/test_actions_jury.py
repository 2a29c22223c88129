"""The jury: session, assignment, declarations of interests, and every refusal."""

from types import SimpleNamespace

import pytest
import time_machine

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from evaluation import actions, board
from evaluation.models import Review, Session
from tests.people import a_juror, a_person, staff, with_role

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    return SimpleNamespace(
        call=call, dossier=scenes.ready_for_jury(call), secretary=scenes.secretary(), juror=scenes.juror()
    )


@pytest.fixture
def session(scene):
    return scenes.a_session(scene.call)


@pytest.fixture
def review(scene, session):
    scenes.scenes.accept_charter(scene.call, scene.juror)
    return actions.assign_juror(scene.dossier, scene.juror, actor=scene.secretary)


def test_open_session_once_after_the_closing_by_the_secretary(scene):
    assert "pas le droit" in refusal(actions.open_session, scene.call, actor=scenes.instructor())
    with time_machine.travel(scene.call.closes_at.timestamp() - 1, tick=False):
        assert "L’appel est encore ouvert" in refusal(actions.open_session, scene.call, actor=scene.secretary)
    session = actions.open_session(scene.call, actor=scene.secretary)
    assert (session.state, Session.objects.count()) == ("scoring", 1)
    assert "déjà ouverte" in refusal(actions.open_session, scene.call, actor=scene.secretary)
    assert journal(scene.call.code, "session") == [("session.open", "", "scoring")]


def test_assign_juror_tells_the_juror_without_a_word_of_the_dossier(scene, review):
    assert (review.state, review.juror) == ("to_declare", scene.juror)
    message = Message.objects.get(kind="evaluation.review_assigned")
    assert (message.to_email, scenes.TITLE in message.body) == (scene.juror.email, False)
    assert f"/evaluation/jury/{scene.dossier.ref}/liens" in message.body
    assert journal(review.ref) == [("review.assign", "", "to_declare")]


def test_assign_juror_refuses_the_wrong_person_twice_and_before_the_session(scene):
    act = (actions.assign_juror, scene.dossier)
    assert "n’est pas ouverte" in refusal(*act, scene.juror, actor=scene.secretary)
    scenes.a_session(scene.call)
    assert "pas le droit" in refusal(*act, scene.juror, actor=scenes.instructor())
    assert "n’est pas membre du jury" in refusal(*act, a_person("x@y.example"), actor=scene.secretary)
    actions.assign_juror(scene.dossier, scene.juror, actor=scene.secretary)
    assert "déjà confié" in refusal(*act, scene.juror, actor=scene.secretary)


@pytest.mark.parametrize(
    ("email", "names", "words"),
    [
        ("jure@valmont.example", {}, "du même organisme"),
        ("jeanne@univ.example", {"first_name": "Prénom", "last_name": "et nom"}, "porte le nom"),
    ],
)
def test_assign_juror_refuses_an_interest_that_shows(scene, session, email, names, words):
    juror = a_juror(email)
    for name, value in names.items():
        setattr(juror, name, value)
    juror.save()
    assert words in refusal(actions.assign_juror, scene.dossier, juror, actor=scene.secretary)


def test_assign_juror_refuses_a_member_of_the_dossier(scene, session):
    scene.dossier.members.create(email=scene.juror.email, role="reader", invited_at=scene.call.opens_at)
    assert "est membre du dossier" in refusal(actions.assign_juror, scene.dossier, scene.juror, actor=scene.secretary)


def test_assign_juror_wants_every_opinion_and_no_veto(scene, session):
    opinion = scene.dossier.opinions.get()
    scenes.give(opinion, neutrality="unfavourable", neutrality_reason="Dénigrement.")
    act = (actions.assign_juror, scene.dossier, scene.juror)
    assert "Un avis défavorable arrête ce dossier" in refusal(*act, actor=scene.secretary)
    opinion.delete()
    assert "L’avis du partenaire manque" in refusal(*act, actor=scene.secretary)
    scenes.an_opinion(scene.dossier)
    assert "L’avis du partenaire manque" in refusal(*act, actor=scene.secretary)


def test_assign_juror_wants_an_eligible_dossier_and_the_scoring_open(scene, session):
    deposit = scenes.a_deposit(scene.call, "paul@lab.example")
    assert "« Déposé »" in refusal(actions.assign_juror, deposit, scene.juror, actor=scene.secretary).replace(
        "\u00a0", " "
    )
    actions.close_scoring(session, actor=scene.secretary)
    assert "La notation est close" in refusal(actions.assign_juror, scene.dossier, scene.juror, actor=scene.secretary)


def test_unassign_juror_before_the_declaration_only(scene, review):
    assert "pas le droit" in refusal(actions.unassign_juror, review, actor=scene.juror)
    actions.deny_conflict(review, actor=scene.juror)
    assert "« À évaluer »" in refusal(actions.unassign_juror, review, actor=scene.secretary).replace("\u00a0", " ")
    second = actions.assign_juror(scene.dossier, scenes.juror("autre@b.example"), actor=scene.secretary)
    ref = second.ref
    actions.unassign_juror(second, actor=scene.secretary)
    assert Review.objects.filter(juror__email="autre@b.example").count() == 0
    assert journal(ref, "review.unassign") == [("review.unassign", "to_declare", "")]
    assert "ne vous est plus confiée" in refusal(actions.unassign_juror, second, actor=scene.secretary)


def test_deny_conflict_opens_the_dossier_and_keeps_the_charter_that_was_accepted(scene, review):
    actions.deny_conflict(review, actor=scene.juror)
    review.refresh_from_db()
    assert (review.state, review.declared_at is not None) == ("draft", True)
    event = AuditEvent.objects.get(verb="review.deny_conflict")
    assert len(event.data["charter_sha256"]) == 64
    assert "« À évaluer »" in refusal(actions.deny_conflict, review, actor=scene.juror).replace("\u00a0", " ")


def test_a_declaration_is_the_juror_s_own(scene, review):
    for person in (scene.secretary, scenes.juror("autre@b.example"), scenes.dossier_owner(scene.dossier)):
        assert "pas le droit" in refusal(actions.deny_conflict, review, actor=person)
        assert "pas le droit" in refusal(actions.declare_conflict, review, conflict="Un ami.", actor=person)


def test_deny_conflict_refuses_an_interest_that_appeared_since(scene, review):
    scene.dossier.members.create(email="someone@universite.example", role="reader", invited_at=scene.call.opens_at)
    assert "Déclarez ce lien" in refusal(actions.deny_conflict, review, actor=scene.juror)


def test_declare_conflict_is_for_good(scene, review):
    assert "Dites en une phrase" in refusal(actions.declare_conflict, review, conflict=" \n", actor=scene.juror)
    assert "4000 caractères" in refusal(actions.declare_conflict, review, conflict="x" * 4001, actor=scene.juror)
    actions.declare_conflict(review, conflict="Une ancienne collègue.", actor=scene.juror)
    review.refresh_from_db()
    assert (review.state, review.conflict) == ("recused", "Une ancienne collègue.")
    event = AuditEvent.objects.get(verb="review.recuse")
    assert (event.before, event.after, event.data) == ("to_declare", "recused", {})
    assert "pas le droit" in refusal(actions.declare_conflict, review, conflict="Encore.", actor=scene.juror)
    assert "pas le droit" in refusal(actions.deny_conflict, review, actor=scene.juror)
    assert "déjà confié" in refusal(actions.assign_juror, scene.dossier, scene.juror, actor=scene.secretary)


@pytest.mark.parametrize("is_submitted", [False, True])
def test_an_interest_found_late_takes_the_review_out_of_the_ranking(scene, session, is_submitted):
    other = scenes.a_submitted_review(scene.dossier, "autre@b.example", mark=5)
    review = scenes.a_draft_review(scene.dossier)
    scenes.save(review, 0)
    if is_submitted:
        actions.submit_review(review, actor=scene.juror)
    actions.declare_conflict(review, conflict="Un cousin.", actor=scene.juror)
    review.refresh_from_db()
    assert (review.state, review.submitted_at) == ("recused", None)
    (row,) = board.ranking_of(session)
    assert (str(row.score), row.submitted, row.expected) == ("100.00", 1, 1)
    assert other.juror_id != review.juror_id


def test_no_interest_is_declared_once_the_decisions_are_frozen(scene, session):
    review = scenes.a_submitted_review(scene.dossier)
    actions.close_scoring(session, actor=scene.secretary)
    late = actions.declare_conflict
    scenes.decide(session, scene.dossier)
    actions.freeze_decisions(session, actor=scene.secretary)
    assert "signalez ce lien" in refusal(late, review, conflict="Un cousin.", actor=scene.juror)


def test_close_scoring_once_by_the_secretary(scene, session, review):
    assert "pas le droit" in refusal(actions.close_scoring, session, actor=scene.juror)
    actions.close_scoring(session, actor=scene.secretary)
    session.refresh_from_db()
    assert (session.state, session.scoring_closed_at is not None) == ("deliberation", True)
    assert "« Délibération »" in refusal(actions.close_scoring, session, actor=scene.secretary).replace("\u00a0", " ")
    assert "La notation est close" in refusal(actions.deny_conflict, review, actor=scene.juror)
    assert "La notation est close" in refusal(actions.unassign_juror, review, actor=scene.secretary)


def test_no_duty_ranks_above_a_conflict_of_interest(scene, session):
    """A secretary who is also a juror, and stood aside, decides nothing of that dossier and does not see it ranked."""
    both = with_role(staff(Role.JURY_SECRETARY, email="deux@roles.example"), Role.JUROR)
    review = actions.assign_juror(scene.dossier, both, actor=scene.secretary)
    actions.declare_conflict(review, conflict="Une collègue.", actor=both)
    assert board.ranking_of(session, reader=both) == []
    assert len(board.ranking_of(session, reader=scene.secretary)) == 1
    assert "pas le droit" in refusal(actions.assign_juror, scene.dossier, scene.juror, actor=both)
    actions.close_scoring(session, actor=scene.secretary)
    assert "pas le droit" in refusal(actions.record_decision, session, scene.dossier, **scenes.REJECTED, actor=both)
