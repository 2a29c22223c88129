"""The step of a dossier, derived from its rows."""

import pytest

from ami_portal.desk.staff import steps
from ami_portal.desk.staff.expected import expected, with_progress
from ami_portal.kernel import clock
from applications.models import Dossier
from evaluation.models import Contradiction, Decision, Opinion, Restriction, Session
from tests import scenes

from . import staff_rows as rows


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


def a_decision(dossier):
    session, _ = Session.objects.get_or_create(call=dossier.call, defaults={"opened_at": rows.AT})
    Decision.objects.create(
        dossier=dossier,
        session=session,
        outcome="reserve",
        rank=1,
        decided_by=rows.somebody("secretariat@hdh.example"),
        decided_at=rows.AT,
    )


def a_question_to_its_team(dossier):
    """Its one dataset is refused, and its team is asked whether it does without."""
    rows.an_opinion(dossier, "unfavourable")
    asked = {"asked_at": rows.AT, "asked_by": rows.somebody("decide@hdh.example"), "due_at": clock.now()}
    Restriction.objects.create(dossier=dossier, number=1, reason="Pourquoi.", **asked)


def an_opinion_told(dossier):
    """Its one dataset would be refused: its team is told, and answers first."""
    opinion = rows.an_opinion(dossier, "unfavourable")
    Opinion.objects.filter(pk=opinion.pk).update(refused_at=None)
    told = {"told": {"reason": "", "parts": []}, "opened_at": rows.AT, "due_at": clock.now()}
    Contradiction.objects.create(opinion=opinion, number=1, opened_by=rows.somebody("decide@hdh.example"), **told)


def a_silence(dossier):
    """Its partner did not answer in time."""
    Opinion.objects.filter(pk=rows.an_opinion(dossier).pk).update(state="silent")


WAYS = {
    "to_check": ("submitted", [lambda row: rows.decided(row, "")]),
    "to_admit": ("submitted", [rows.decided, lambda row: row.declarations.all().delete()]),
    "to_assess": ("submitted", [lambda row: rows.decided(row, ""), rows.admitted]),
    "to_declare": ("submitted", [rows.decided]),
    "opinions_to_ask": ("eligible", []),
    "opinions_awaited": ("eligible", [rows.an_opinion]),
    "silence": ("eligible", [a_silence]),
    "answer_awaited": ("eligible", [an_opinion_told]),
    "consent_awaited": ("eligible", [a_question_to_its_team]),
    "veto": ("eligible", [lambda row: rows.an_opinion(row, "unfavourable")]),
    "ready_for_jury": (
        "eligible",
        [lambda row: rows.an_opinion(row, "favourable"), lambda row: rows.a_review(row, "recused")],
    ),
    "in_review": (
        "eligible",
        [
            lambda row: rows.an_opinion(row, "reserved"),
            rows.a_review,
            lambda row: rows.a_review(row, "submitted", "b@b.fr"),
        ],
    ),
    "reviewed": (
        "eligible",
        [lambda row: rows.an_opinion(row, "reserved"), lambda row: rows.a_review(row, "submitted")],
    ),
    "decided": ("eligible", [lambda row: rows.an_opinion(row, "favourable"), a_decision]),
}


def test_each_step_of_an_open_evaluation(call):
    Session.objects.create(call=call, opened_at=rows.AT)
    for number, (state, ways) in enumerate(WAYS.values(), start=1):
        dossier = rows.a_row(call, number, state)
        for way in ways:
            way(dossier)
    found = steps.with_step(Dossier.objects.order_by("ref")).values_list("step", flat=True)
    assert list(found) == list(WAYS)


def test_a_criterion_left_keeps_the_dossier_to_check(call):
    dossier = rows.a_row(call)
    rows.decided(dossier)
    dossier.declarations.all().delete()
    dossier.versions.get().eligibility_items.filter(criterion__code="COMPLETE").update(
        decision="", decided_by=None, decided_at=None
    )
    assert steps.with_step(Dossier.objects.all()).get().step == "to_check"


def test_a_deposit_taken_back_no_longer_counts(call):
    dossier = rows.a_row(call)
    rows.decided(dossier)
    dossier.versions.update(withdrawn_at=rows.AT)
    rows.a_version(dossier, "porteuse1@labo1.example", 2)
    assert steps.with_step(Dossier.objects.all()).get().step == "to_check"


def test_once_the_scoring_is_closed_only_the_decision_is_left(call):
    Session.objects.create(call=call, opened_at=rows.AT, state="deliberation", scoring_closed_at=rows.AT)
    stopped, unread = rows.a_row(call, 1, "eligible"), rows.a_row(call, 2, "eligible")
    rows.an_opinion(stopped, "unfavourable")
    assert {row.ref: row.step for row in steps.with_step(Dossier.objects.all())} == {
        stopped.ref: "deliberation",
        unread.ref: "deliberation",
    }


@pytest.mark.parametrize(
    "state", ["laureate", "reserve", "rejected", "ineligible", "withdrawn", "renounced", "returned"]
)
def test_an_ended_dossier_stands_at_its_state(call, state):
    rows.a_row(call, state=state)
    assert steps.with_step(Dossier.objects.all()).get().step == state


def test_a_dossier_refused_for_its_form_is_not_called_ineligible(call):
    refused, reopened = rows.a_row(call, 1, "ineligible"), rows.a_row(call, 2, "ineligible")
    for dossier in (refused, reopened):
        rows.admitted(dossier)
        dossier.declarations.update(is_favourable=False)
    again = {
        "reopened_at": rows.AT,
        "reopened_by": rows.somebody("decide@hdh.example"),
        "reopening_reason": "À revoir.",
    }
    reopened.declarations.update(**again)
    found = dict(steps.with_step(Dossier.objects.all()).values_list("ref", "step"))
    assert found == {refused.ref: "inadmissible", reopened.ref: "ineligible"}


def test_every_step_says_who_is_waited_for(call):
    """No step without its words, its tone and its sentence."""
    Session.objects.create(call=call, opened_at=rows.AT)
    for number, (state, ways) in enumerate(WAYS.values(), start=1):
        dossier = rows.a_row(call, number, state)
        for way in ways:
            way(dossier)
    partner = "Medipath"
    waited = [expected(row, clock.today()).who for row in with_progress(Dossier.objects.order_by("ref"))]
    assert waited == [
        "Instruction",
        "Instruction",
        "Instruction",
        "Instruction",
        "Instruction",
        partner,
        "Instruction",
        "Porteur",
        "Porteur",
        "Instruction",
        "Secrétariat du jury",
        "Jury (1/2)",
        "Secrétariat du jury",
        "Secrétariat du jury",
    ]
    assert set(steps.TONES) == set(steps.Step)


def test_counts_are_of_the_database_and_in_the_order_of_life(call):
    for number in (1, 2):
        rows.a_row(call, number)
    rows.a_row(call, 3, "laureate")
    found = steps.counts(steps.with_step(Dossier.objects.all()))
    assert list(found) == list(steps.Step)
    assert {step.value: count for step, count in found.items() if count} == {"to_check": 2, "laureate": 1}
