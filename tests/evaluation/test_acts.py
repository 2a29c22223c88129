"""The acts before the jury: recevabilité then éligibilité; two people; who decides and who may overrule."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from applications.models import Call, Dossier, EligibilityCriterion
from evaluation import actions
from evaluation.models import DecisionProposal, Declaration, EligibilityItem, Letter
from tests.people import staff
from tests.scenes import items_to_decide, receive, run_jobs

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    dossier = scenes.a_deposit(scenes.a_closed_call())
    scenes.instructor()
    return SimpleNamespace(dossier=dossier, other=staff(Role.INSTRUCTOR, email="autre.instruction@hdh.example"))


@pytest.fixture
def dossier(scene):
    return scene.dossier


@pytest.fixture
def other(scene):
    return scene.other


def item(dossier, code):
    return EligibilityItem.objects.get(version__dossier=dossier, criterion__code=code)


def said_of(code):
    row = EligibilityItem.objects.get(criterion__code=code)
    return (row.decision, row.reason, row.decided_by, row.confirmed_by)


def test_a_new_deposit_has_evidence_and_no_decision(dossier):
    """Nothing is decided by the silence of the machine, even where it is sure."""
    assert EligibilityItem.objects.filter(automatic="met").count() > 5
    assert not EligibilityItem.objects.exclude(decision="").exists()
    assert not Declaration.objects.exists()
    words = refusal(actions.declare_admissible, dossier, actor=scenes.instructor())
    assert words.startswith("Il reste à décider : ")


def test_eligibility_waits_for_the_recevabilite(dossier):
    instructor = scenes.instructor()
    refused = refusal(actions.decide_criterion, item(dossier, "BUDGET"), decision="met", reason="", actor=instructor)
    assert refused == "La recevabilité vient d’abord : déclarez le dossier recevable."
    for act in (actions.declare_eligible, actions.declare_ineligible):
        assert refusal(act, dossier, actor=instructor) == refused
    receive(dossier, instructor)
    actions.decide_criterion(item(dossier, "BUDGET"), decision="met", reason="", actor=instructor)
    late = refusal(actions.decide_criterion, item(dossier, "COMPLETE"), decision="met", reason="", actor=instructor)
    assert late == "Le dossier est déclaré recevable : ce critère ne change plus."
    assert refusal(actions.declare_admissible, dossier, actor=instructor) == "Le dossier est déjà déclaré recevable."


def test_receiving_keeps_the_dossier_deposited_and_tells_nobody(dossier):
    receive(dossier, scenes.instructor())
    row = Declaration.objects.get()
    assert (row.act, row.is_favourable, row.declared_by, row.label) == (
        "admissibility",
        True,
        scenes.instructor(),
        "Recevable",
    )
    assert Dossier.objects.get().state == "submitted"
    event = AuditEvent.objects.get(verb="dossier.declare_admissible")
    assert (event.actor, event.at) == (row.declared_by, row.declared_at)


@pytest.mark.drawn
def test_an_inadmissible_dossier_ends_with_its_own_letter(dossier):
    instructor = scenes.instructor()
    for one in items_to_decide(dossier, "admissibility"):
        said = ("not_met", "Marges de 1 cm.") if one.criterion.code == "FORMAT" else ("met", "Vu.")
        actions.decide_criterion(one, decision=said[0], reason=said[1], actor=instructor)
    assert "ne sont pas satisfaits" in refusal(actions.declare_admissible, dossier, actor=instructor)
    actions.declare_inadmissible(dossier, actor=instructor)
    run_jobs()
    dossier.refresh_from_db()
    letter = Letter.objects.get(dossier=dossier)
    assert (dossier.state, letter.kind, Declaration.objects.get().label) == (
        "ineligible",
        "inadmissible",
        "Irrecevable",
    )
    assert journal(dossier.ref, "dossier.declare") == [("dossier.declare_inadmissible", "submitted", "ineligible")]
    assert "« Non éligible »" in refusal(actions.declare_inadmissible, dossier, actor=instructor).replace("\u00a0", " ")


def two_for_refusals(dossier):
    Call.objects.filter(pk=dossier.call_id).update(decisions={"two_people_refusals": True})
    receive(dossier, scenes.instructor())


def test_a_refusal_is_proposed_by_one_and_confirmed_by_another(dossier, other):
    two_for_refusals(dossier)
    instructor = scenes.instructor()
    assert not actions.decide_criterion(
        item(dossier, "DURATION"), decision="not_met", reason="30 mois.", actor=instructor
    )
    assert said_of("DURATION") == ("", "", None, None)
    proposal = DecisionProposal.objects.get()
    own = refusal(actions.confirm_decision, proposal, actor=instructor)
    assert own == "Vous avez proposé cette décision : une autre personne la confirme ou la renvoie."
    actions.confirm_decision(proposal, actor=other)
    assert said_of("DURATION") == ("not_met", "30 mois.", instructor, other)
    assert "Aucune décision n’est proposée" in refusal(actions.confirm_decision, proposal, actor=other)
    verbs = ["criterion.propose", "criterion.decide"]
    found = AuditEvent.objects.filter(verb__in=verbs, data__criterion="DURATION").order_by("number")
    assert list(found.values_list("verb", "actor")) == [
        ("criterion.propose", instructor.pk),
        ("criterion.decide", other.pk),
    ]


def test_a_proposal_sent_back_says_why_and_another_one_replaces_one_s_own(dossier, other):
    two_for_refusals(dossier)
    instructor, row = scenes.instructor(), item(dossier, "DURATION")
    actions.decide_criterion(row, decision="not_met", reason="30 mois.", actor=instructor)
    actions.decide_criterion(row, decision="not_met", reason="31 mois.", actor=instructor)
    first, second = DecisionProposal.objects.all()
    assert (first.outcome, second.outcome) == ("replaced", "")
    words = refusal(actions.decide_criterion, row, decision="not_met", reason="Moi aussi.", actor=other)
    assert words == "Une décision est déjà proposée sur ce critère : confirmez-la, ou renvoyez-la."
    assert "Dites pourquoi" in refusal(actions.send_back_decision, second, answer=" ", actor=other)
    assert "Vous avez proposé" in refusal(actions.send_back_decision, second, answer="Non.", actor=instructor)
    actions.send_back_decision(second, answer="Le jalon est une faute de frappe.", actor=other)
    assert said_of("DURATION") == ("", "", None, None)
    actions.decide_criterion(row, decision="met", reason="Vu avec l’équipe.", actor=instructor)
    assert said_of("DURATION")[0] == "met"


def test_a_declaration_waits_for_the_second_person(dossier):
    two_for_refusals(dossier)
    scenes.decide_all(dossier)
    actions.decide_criterion(
        item(dossier, "DURATION"), decision="not_met", reason="30 mois.", actor=scenes.instructor()
    )
    for act in (actions.declare_eligible, actions.declare_ineligible):
        assert "attend une seconde personne" in refusal(act, dossier, actor=scenes.instructor())


def test_a_criterion_of_two_people_takes_two_for_each_decision(dossier, other):
    EligibilityCriterion.objects.filter(code="PUBLIC_INTEREST").update(two_people=True)
    receive(dossier, scenes.instructor())
    row = item(dossier, "PUBLIC_INTEREST")
    assert not actions.decide_criterion(row, decision="met", reason="", actor=scenes.instructor())
    actions.confirm_decision(DecisionProposal.objects.get(), actor=other)
    assert said_of("PUBLIC_INTEREST") == ("met", "", scenes.instructor(), other)


def test_the_duties_of_a_criterion_decide_it(dossier):
    EligibilityCriterion.objects.filter(code="BUDGET").update(decided_by="grant_officer")
    receive(dossier, scenes.instructor())
    row, officer = item(dossier, "BUDGET"), scenes.officer(Role.GRANT_OFFICER)
    assert "pas le droit" in refusal(
        actions.decide_criterion, row, decision="met", reason="", actor=scenes.instructor()
    )
    assert actions.decide_criterion(row, decision="met", reason="", actor=officer)
    assert "pas le droit" in refusal(
        actions.decide_criterion, item(dossier, "DURATION"), decision="met", reason="", actor=officer
    )


def test_only_the_duty_named_decides_against_the_check(dossier):
    EligibilityCriterion.objects.filter(code="BUDGET").update(overruled_by="jury_secretary")
    receive(dossier, scenes.instructor())
    against = {"decision": "not_met", "reason": "Deux lignes comptent double."}
    words = refusal(actions.decide_criterion, item(dossier, "BUDGET"), **against, actor=scenes.instructor())
    assert words == "Décider contre le contrôle automatique revient à : Secrétaire du jury."
    actions.decide_criterion(item(dossier, "BUDGET"), **against, actor=scenes.secretary())
    assert item(dossier, "BUDGET").is_overruled


def test_the_database_refuses_one_person_for_two(dossier):
    instructor = scenes.instructor()
    for change in (
        {"decision": "met", "decided_by": instructor, "decided_at": dossier.submitted_at, "confirmed_by": instructor},
        {"confirmed_by": instructor},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            EligibilityItem.objects.filter(criterion__code="BUDGET").update(**change)
