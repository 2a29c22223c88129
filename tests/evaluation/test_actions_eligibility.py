"""Eligibility: the checks of a deposit, the decisions of the staff, and every refusal."""

from types import SimpleNamespace

import pytest
import time_machine

from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.models import Job
from applications import actions as dossiers
from applications.checks import RULES_VERSION
from applications.models import Dossier
from evaluation import actions
from evaluation.models import EligibilityItem
from tests.people import a_person
from tests.scenes import items_to_decide, receive

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.a_deposit(call)
    receive(dossier, scenes.instructor())
    return SimpleNamespace(call=call, dossier=dossier, instructor=scenes.instructor(), secretary=scenes.secretary())


def item(dossier, code):
    return EligibilityItem.objects.get(version__dossier=dossier, criterion__code=code)


def decide(dossier, code, decision="met", reason="", **changes):
    return actions.decide_criterion(item(dossier, code), decision=decision, reason=reason, **changes)


def test_the_checks_of_a_deposit_answer_each_criterion_of_the_call(scene):
    found = dict(EligibilityItem.objects.values_list("criterion__code", "automatic"))
    assert found == {
        "FR_LEGAL_PERSON": "unknown",
        "TAX_SOCIAL_UP_TO_DATE": "unknown",
        "COMPLETE": "unknown",
        "FORMAT": "unknown",
        "ON_TIME_ONLINE": "met",
        "USES_PARTNER_DATASET": "met",
        "PUBLIC_INTEREST": "unknown",
        "BUDGET": "met",
        "NOT_STARTED": "met",
        "NO_DOUBLE_FUNDING": "met",
        "DURATION": "met",
        "COHERENT_SUPPORT": "unknown",
        "OPEN_SOURCE": "met",
        "NEUTRALITY": "unknown",
        "SCIENTIFIC_FEASIBILITY": "unknown",
    }
    assert set(EligibilityItem.objects.values_list("rule_version", flat=True)) == {RULES_VERSION}


def test_a_result_is_kept_part_by_part(scene):
    tree = item(scene.dossier, "NO_DOUBLE_FUNDING").tree
    assert [(part["label"], part["result"]) for part in tree["parts"]] == [
        ("Aucun autre financement public des mêmes dépenses", "met"),
        ("Plafond des aides de minimis", "met"),
    ]
    assert tree["result"] == "met"
    assert "mend" not in tree


def test_the_checks_run_twice_change_nothing(scene):
    before = list(EligibilityItem.objects.values())
    actions.run_checks(scene.dossier.versions.get().pk)
    assert list(EligibilityItem.objects.values()) == before
    assert journal(scene.dossier.ref, "dossier.check") == [("dossier.check", "", "")]


def test_the_checks_keep_what_was_decided_with_its_evidence(scene):
    decide(scene.dossier, "BUDGET", actor=scene.instructor)
    EligibilityItem.objects.update(evidence="Ancien constat.")
    actions.run_checks(scene.dossier.versions.get().pk)
    assert item(scene.dossier, "BUDGET").evidence == "Ancien constat."
    assert item(scene.dossier, "DURATION").evidence != "Ancien constat."


def test_decide_criterion_is_signed_and_can_change(scene):
    decide(scene.dossier, "PUBLIC_INTEREST", actor=scene.instructor)
    decide(scene.dossier, "PUBLIC_INTEREST", "not_met", "Un produit <b>privé</b>.\u202e", actor=scene.instructor)
    row = item(scene.dossier, "PUBLIC_INTEREST")
    assert (row.decision, row.reason, row.decided_by) == ("not_met", "Un produit <b>privé</b>.", scene.instructor)
    assert journal(scene.dossier.ref, "criterion")[-2:] == [
        ("criterion.decide", "", "met"),
        ("criterion.decide", "met", "not_met"),
    ]


@pytest.mark.parametrize(
    ("code", "decision", "reason", "words"),
    [
        ("BUDGET", "not_met", "  ", "Donnez le motif"),
        ("BUDGET", "unknown", "Peut-être.", "Choisissez"),
        ("BUDGET", "", "", "Choisissez"),
        ("BUDGET", "met", "x" * 4001, "4000 caractères"),
        ("NEUTRALITY", "met", "", "revient au partenaire"),
    ],
)
def test_decide_criterion_refuses(scene, code, decision, reason, words):
    assert words in refusal(decide, scene.dossier, code, decision, reason, actor=scene.instructor)


def test_overruling_a_check_that_proved_the_contrary_needs_a_reason(scene):
    EligibilityItem.objects.filter(criterion__code="BUDGET").update(automatic="not_met")
    assert "Le contrôle automatique dit le contraire" in refusal(
        decide, scene.dossier, "BUDGET", actor=scene.instructor
    )
    decide(scene.dossier, "BUDGET", "met", "L’écart est justifié.", actor=scene.instructor)
    assert item(scene.dossier, "BUDGET").is_overruled


def test_decide_criterion_refuses_the_wrong_person(scene):
    owner = scenes.dossier_owner(scene.dossier)
    for person in (scene.secretary, owner, a_person("autre@ailleurs.example")):
        assert "pas le droit" in refusal(decide, scene.dossier, "BUDGET", actor=person)


def test_an_instructor_who_takes_part_in_a_dossier_decides_nothing_of_it(scene):
    scene.dossier.members.create(email=scene.instructor.email, role="reader", invited_at=scene.call.opens_at)
    assert "pas le droit" in refusal(decide, scene.dossier, "BUDGET", actor=scene.instructor)
    assert "pas le droit" in refusal(_eligible_anyway, scene.dossier, scene.instructor)


def _eligible_anyway(dossier, actor):
    EligibilityItem.objects.filter(version__dossier=dossier, criterion__decided_by="staff").update(
        decision="met", decided_by=actor, decided_at=dossier.submitted_at
    )
    actions.declare_eligible(dossier, actor=actor)


def test_declare_eligible_once_all_is_decided_and_met(scene):
    scenes.decide_all(scene.dossier)
    actions.declare_eligible(scene.dossier, actor=scene.instructor)
    assert Dossier.objects.get().state == "eligible"
    assert journal(scene.dossier.ref, "dossier.declare") == [
        ("dossier.declare_admissible", "", ""),
        ("dossier.declare_eligible", "submitted", "eligible"),
    ]


def test_declare_eligible_says_what_is_left(scene):
    for row in items_to_decide(scene.dossier, "eligibility"):
        if row.criterion.code != "BUDGET":
            actions.decide_criterion(row, decision="met", reason="", actor=scene.instructor)
    for act in (actions.declare_eligible, actions.declare_ineligible):
        said = refusal(act, scene.dossier, actor=scene.instructor).replace("\u00a0", " ").replace("\u202f", " ")
        assert said == "Il reste à décider : « Budget d’environ 100 000 € »."


def test_declare_eligible_refuses_a_criterion_that_is_not_met(scene):
    scenes.decide_all(scene.dossier)
    decide(scene.dossier, "DURATION", "not_met", "30 mois.", actor=scene.instructor)
    assert "« 24 mois au plus »" in refusal(actions.declare_eligible, scene.dossier, actor=scene.instructor).replace(
        "\u00a0", " "
    )


def test_declare_ineligible_tells_by_a_letter_and_needs_a_refusal(scene):
    scenes.decide_all(scene.dossier)
    assert "le dossier est éligible" in refusal(actions.declare_ineligible, scene.dossier, actor=scene.instructor)
    decide(scene.dossier, "DURATION", "not_met", "30 mois.", actor=scene.instructor)
    actions.declare_ineligible(scene.dossier, actor=scene.instructor)
    scene.dossier.refresh_from_db()
    assert (scene.dossier.state, scene.dossier.decided_at is not None) == ("ineligible", True)
    assert [job.ids for job in Job.objects.filter(name="evaluation.build_letter")] == [{"dossier_id": scene.dossier.pk}]
    event = AuditEvent.objects.get(verb="dossier.declare_ineligible")
    assert event.data == {"criteria": ["DURATION"]}


def test_a_declaration_refuses_twice_the_wrong_person_and_what_comes_after(scene):
    scenes.decide_all(scene.dossier)
    for act in (actions.declare_eligible, actions.declare_ineligible):
        if act is actions.declare_eligible:
            assert "pas le droit" in refusal(act, scene.dossier, actor=scene.secretary)
    actions.declare_eligible(scene.dossier, actor=scene.instructor)
    for act in (actions.declare_eligible, actions.declare_ineligible):
        assert "« Éligible »" in refusal(act, scene.dossier, actor=scene.instructor).replace("\u00a0", " ")
    assert "« Éligible »" in refusal(decide, scene.dossier, "BUDGET", actor=scene.instructor).replace("\u00a0", " ")


def test_nothing_is_declared_while_the_applicant_may_still_correct(scene):
    scenes.decide_all(scene.dossier)
    with time_machine.travel(scene.call.closes_at.timestamp() - 1, tick=False):
        assert "La clôture n’est pas passée" in refusal(actions.declare_eligible, scene.dossier, actor=scene.instructor)
    with time_machine.travel(scene.call.closes_at, tick=False):
        actions.declare_eligible(scene.dossier, actor=scene.instructor)


def test_a_deposit_that_was_taken_back_is_not_decided_any_more(scene):
    owner, old = scenes.dossier_owner(scene.dossier), item(scene.dossier, "BUDGET")
    with time_machine.travel(scene.call.closes_at.timestamp() - 3600, tick=False):
        dossiers.reopen_dossier(scene.dossier, actor=owner)
        assert "« Brouillon »" in refusal(
            actions.decide_criterion, old, decision="met", reason="", actor=scene.instructor
        ).replace("\u00a0", " ")
        version = dossiers.submit_dossier(scene.dossier, actor=owner)
    assert "a été repris" in refusal(actions.decide_criterion, old, decision="met", reason="", actor=scene.instructor)
    assert "La recevabilité vient d’abord" in refusal(actions.declare_eligible, scene.dossier, actor=scene.instructor)
    assert "Il reste à décider" in refusal(actions.declare_admissible, scene.dossier, actor=scene.instructor)
    actions.run_checks(version.pk)
    assert EligibilityItem.objects.filter(version=version).count() == 15
