"""A refusal among several datasets: the team agrees to do without, or does not; staff alone stop a dossier."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications import reading
from applications.models import Dossier
from evaluation import actions, letters
from evaluation.models import EligibilityItem, Opinion, Restriction
from evaluation.rules import opinions_to_give

from . import scenes
from .helpers import journal, refusal
from .two_datasets import REFUSED, a_scene, give

WHY = "Le partenaire estime l’effectif insuffisant."


@pytest.fixture(scope="module")
def built(module_rows):
    scene = a_scene(scenes.a_closed_call())
    give(scene.dossier, scene.second)
    return scene


@pytest.fixture
def refused(scene):
    """The first dataset is refused, the second is not."""
    give(scene.dossier, scene.first, **REFUSED)
    return scene


@pytest.fixture
def asked(refused):
    refused.restriction = actions.ask_restriction(refused.dossier, reason=WHY, actor=refused.instructor)
    return refused


def answer(scene, accepts, said="", actor=None):
    restriction = Restriction.objects.select_related("dossier__call").get()
    actions.answer_restriction(restriction, accepts=accepts, answer=said, actor=actor or scene.owner)


def stop(scene, reason="Aucune base ne reste."):
    return actions.stop_dossier(scene.dossier, reason=reason, actor=scene.instructor)


def perimeter(dossier):
    return list(dossier.dossier_datasets.values_list("version__dataset__code", flat=True))


def test_ask_restriction_tells_the_team_that_something_is_asked_and_not_what(asked):
    row = Restriction.objects.get()
    assert (row.state, row.number, row.reason, [d.code for d in row.datasets.all()]) == (
        "asked",
        1,
        WHY,
        [asked.first.code],
    )
    assert Dossier.objects.get().reply_due_at == row.due_at
    assert journal(row.ref) == [("restriction.ask", "", "asked")]
    message = Message.objects.get(kind="evaluation.restriction_asked")
    assert message.to_email == asked.owner.email
    assert f"/evaluation/consultation/{asked.dossier.ref}/" in message.body
    assert asked.first.title not in message.title + message.body
    assert WHY not in message.body


def test_ten_working_days_are_the_delay_of_the_call(refused):
    with time_machine.travel(dt.datetime(2026, 12, 23, 15, tzinfo=clock.PARIS), tick=False):
        row = actions.ask_restriction(refused.dossier, reason=WHY, actor=refused.instructor)
    assert row.due_at == dt.datetime(2027, 1, 9, 0, 0, tzinfo=clock.PARIS)


def test_a_restriction_is_asked_by_an_instructor_about_what_is_refused_once(scene):
    ask = (actions.ask_restriction, scene.dossier)
    assert "Aucune base demandée n’est refusée" in refusal(*ask, reason=WHY, actor=scene.instructor)
    give(scene.dossier, scene.first, **REFUSED)
    assert "pas le droit" in refusal(*ask, reason=WHY, actor=scenes.secretary())
    assert "pas le droit" in refusal(*ask, reason=WHY, actor=scene.owner)
    assert "Donnez le motif" in refusal(*ask, reason=" \n", actor=scene.instructor)
    assert "4000 caractères" in refusal(*ask, reason="x" * 4001, actor=scene.instructor)
    actions.ask_restriction(scene.dossier, reason=WHY, actor=scene.instructor)
    assert "déjà demandé" in refusal(*ask, reason=WHY, actor=scene.instructor)


def test_nothing_is_asked_in_a_call_that_does_not_foresee_it_nor_when_opinions_are_advisory(refused):
    call = refused.call
    call.consultation = {"consent": {}}
    call.save()
    assert "ne prévoit pas" in refusal(actions.ask_restriction, refused.dossier, reason=WHY, actor=refused.instructor)
    call.opinions = "advisory"
    call.save()
    Opinion.objects.filter(dataset=refused.first).update(refused_at=None)
    assert "attend votre décision" in refusal(
        actions.ask_restriction, refused.dossier, reason=WHY, actor=refused.instructor
    )


def test_until_the_team_agrees_the_dossier_does_not_go_to_the_jury(asked):
    scenes.a_session(asked.call)
    assign = (actions.assign_juror, asked.dossier, scenes.juror())
    assert "si son équipe accepte de s’en passer" in refusal(*assign, actor=scenes.secretary())
    answer(asked, accepts=True)
    dossier = Dossier.objects.select_related("call").get()
    assert actions.assign_juror(dossier, scenes.juror(), actor=scenes.secretary()).state == "to_declare"


def test_the_team_agrees_and_later_stages_read_what_is_left(asked):
    sealed = asked.dossier.versions.get().content
    answer(asked, accepts=True, said=" D’accord. ")
    row = Restriction.objects.get()
    assert (row.state, row.ended_by, row.answer) == ("accepted", asked.owner, "D’accord.")
    assert journal(row.ref, "restriction.accept") == [("restriction.accept", "asked", "accepted")]
    assert AuditEvent.objects.get(verb="restriction.accept").data == {"datasets": [asked.first.code]}
    assert perimeter(asked.dossier) == [asked.second.code]
    version = asked.dossier.versions.get()
    assert version.content == sealed
    assert [one["code"] for one in reading.restricted(version).datasets] == [asked.second.code]
    assert letters._values(asked.dossier, version, None, "", None)["bases"] == asked.second.title
    opinion = Opinion.objects.get(dataset=asked.first)
    assert (opinion.is_veto, opinion.left_out_at == row.ended_at) == (False, True)
    assert Dossier.objects.get().reply_due_at is None
    assert Job.objects.filter(name="evaluation.run_checks", ids={"version_id": version.pk}).exists()
    actions.run_checks(version.pk)
    found = EligibilityItem.objects.filter(criterion__decided_by="partner").values_list("automatic", flat=True)
    assert list(found) == ["met", "met"]


def test_an_opinion_on_a_dataset_left_out_changes_no_more_and_stays_its_partner_s(asked):
    answer(asked, accepts=True)
    assert "ne demande plus votre base" in refusal(give, asked.dossier, asked.first)
    partner = scenes.person(f"avis@{asked.first.code.lower()}.example")
    assert opinions_to_give(partner).filter(dossier=asked.dossier).exists()


@pytest.mark.parametrize("who", ["instructor", "secretary", "partner", "reader"])
def test_the_owner_alone_answers(asked, who):
    asked.dossier.members.create(email="lecteur@valmont.example", role="reader", invited_at=clock.now())
    people = {
        "instructor": asked.instructor,
        "secretary": scenes.secretary(),
        "partner": scenes.person(f"avis@{asked.first.code.lower()}.example"),
        "reader": scenes.person("lecteur@valmont.example"),
    }
    assert "pas le droit" in refusal(answer, asked, accepts=True, actor=people[who])
    assert perimeter(asked.dossier) == sorted([asked.first.code, asked.second.code])


@pytest.mark.parametrize(("seconds", "state"), [(-1, "accepted"), (0, "unanswered"), (1, "unanswered")])
def test_the_delay_ends_to_the_second_and_silence_is_noted_as_silence(asked, seconds, state):
    due_at = Restriction.objects.get().due_at
    with time_machine.travel(due_at + dt.timedelta(seconds=seconds), tick=False):
        if state == "accepted":
            answer(asked, accepts=True)
        else:
            assert "délai est passé" in refusal(answer, asked, accepts=True)
        assert actions.settle_restrictions(at=clock.now()) == (state == "unanswered")
        assert actions.settle_restrictions(at=clock.now()) == 0
    row = Restriction.objects.get()
    assert (row.state, row.ended_by is None) == (state, state == "unanswered")
    assert Message.objects.filter(kind="evaluation.restriction_unanswered").count() == (state == "unanswered")
    assert (Dossier.objects.get().state, len(perimeter(asked.dossier))) == ("eligible", 1 if state == "accepted" else 2)


def test_an_answer_is_given_once_and_a_second_click_gets_a_sentence(asked):
    answer(asked, accepts=False)
    assert "« Accord refusé »" in refusal(answer, asked, accepts=True).replace("\u00a0", " ")


def test_an_opinion_that_changed_leaves_nothing_to_agree_to(asked):
    give(asked.dossier, asked.first)
    assert "Un avis a changé" in refusal(answer, asked, accepts=True)
    actions.withdraw_restriction(Restriction.objects.get(), reason="Avis modifié.", actor=asked.instructor)
    assert (Restriction.objects.get().state, Restriction.objects.get().answer) == ("withdrawn", "Avis modifié.")
    assert Message.objects.filter(kind="evaluation.restriction_withdrawn").exists()
    assert "« Proposition retirée »" in refusal(answer, asked, accepts=True).replace("\u00a0", " ")


def test_a_question_is_withdrawn_by_an_instructor_with_a_reason(asked):
    row = Restriction.objects.get()
    withdraw = (actions.withdraw_restriction, row)
    assert "pas le droit" in refusal(*withdraw, reason="Non.", actor=scenes.secretary())
    assert "Donnez le motif" in refusal(*withdraw, reason="", actor=asked.instructor)


def test_who_declined_is_not_asked_the_same_again(asked):
    answer(asked, accepts=False)
    again = refusal(actions.ask_restriction, asked.dossier, reason=WHY, actor=asked.instructor)
    assert "déjà refusé de se passer" in again


def test_a_dossier_with_another_dataset_is_not_stopped_before_its_team_was_asked(refused):
    assert "proposez d’abord" in refusal(stop, refused)
    actions.ask_restriction(refused.dossier, reason=WHY, actor=refused.instructor)
    assert "déjà demandé" in refusal(stop, refused)
    answer(refused, accepts=False)
    stop(refused)
    assert Dossier.objects.get().state == "ineligible"


def test_after_a_silence_staff_may_ask_again_or_stop(asked):
    with time_machine.travel(Restriction.objects.get().due_at, tick=False):
        actions.settle_restrictions(at=clock.now())
        assert Dossier.objects.get().state == "eligible"
        again = actions.ask_restriction(asked.dossier, reason=WHY, actor=asked.instructor)
        assert again.number == 2
        actions.withdraw_restriction(again, reason="Finalement non.", actor=asked.instructor)
        stop(asked)
    assert Dossier.objects.get().state == "ineligible"


def test_a_dossier_whose_datasets_are_all_refused_is_stopped_by_staff_with_a_letter(refused):
    give(refused.dossier, refused.second, neutrality="unfavourable", neutrality_reason="Dénigrement.")
    assert "Toutes les bases" in refusal(actions.ask_restriction, refused.dossier, reason=WHY, actor=refused.instructor)
    assert Dossier.objects.get().state == "eligible"
    assert "Donnez le motif" in refusal(stop, refused, reason="")
    stop(refused)
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.decided_at is not None) == ("ineligible", True)
    items = EligibilityItem.objects.filter(criterion__decided_by="partner")
    assert {(item.criterion.code, item.decision, item.reason, item.decided_by) for item in items} == {
        ("NEUTRALITY", "not_met", "Aucune base ne reste.", refused.instructor),
        ("SCIENTIFIC_FEASIBILITY", "not_met", "Aucune base ne reste.", refused.instructor),
    }
    assert Job.objects.filter(name="evaluation.build_letter", ids={"dossier_id": dossier.pk}).exists()
    assert "Aucune base ne reste." in letters.ineligible_reason(dossier.versions.get())
    assert journal(dossier.ref, "dossier.stop") == [("dossier.stop", "eligible", "ineligible")]
    assert "« Non éligible »" in refusal(stop, refused).replace("\u00a0", " ")


def test_only_the_aspect_that_is_refused_is_not_met(refused):
    give(refused.dossier, refused.second, **REFUSED)
    stop(refused)
    decided = EligibilityItem.objects.filter(criterion__decided_by="partner").exclude(decision="")
    assert [item.criterion.code for item in decided] == ["SCIENTIFIC_FEASIBILITY"]


@pytest.mark.parametrize("who", ["secretary", "owner", "partner"])
def test_stop_dossier_refuses_the_wrong_person(refused, who):
    give(refused.dossier, refused.second, **REFUSED)
    partner = scenes.person(f"avis@{refused.first.code.lower()}.example")
    people = {"secretary": scenes.secretary(), "owner": refused.owner, "partner": partner}
    assert "pas le droit" in refusal(actions.stop_dossier, refused.dossier, reason="Non.", actor=people[who])


def test_once_the_scoring_is_closed_nothing_is_asked_nor_stopped(refused):
    actions.close_scoring(scenes.a_session(refused.call), actor=scenes.secretary())
    dossier = Dossier.objects.select_related("call").get()
    assert "est close" in refusal(actions.ask_restriction, dossier, reason=WHY, actor=refused.instructor)
    assert "est close" in refusal(actions.stop_dossier, dossier, reason=WHY, actor=refused.instructor)


@pytest.mark.parametrize("change", [{"state": "accepted"}, {"reason": ""}, {"due_at": None}])
def test_the_database_holds_the_rules_too(asked, change):
    change |= {"due_at": asked.restriction.asked_at} if "due_at" in change else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.update(**change)
