"""Where opinions are advisory staff decide apart, and say why where they depart from what the partner says."""

import pytest
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from applications.models import Dossier
from evaluation import actions
from evaluation.models import EligibilityItem, Opinion
from tests.desk.staff_rows import text_of
from tests.people import client_of

from . import scenes
from .helpers import refusal
from .two_datasets import REFUSED, a_scene, give

WHY = "L’effectif est suffisant pour une étude pilote."


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    call.opinions = "advisory"
    call.save()
    scene = a_scene(call)
    give(scene.dossier, scene.first, **REFUSED)
    give(scene.dossier, scene.second)
    scenes.a_session(call)
    return scene


def opinion(scene, dataset=None):
    return Opinion.objects.select_related("dossier__call", "dataset").get(dataset=dataset or scene.first)


def rule(scene, dataset=None, *, refuses=False, reason=WHY, actor=None):
    row = opinion(scene, dataset)
    actions.rule_on_opinion(row, refuses=refuses, reason=reason, actor=actor or scene.instructor)


def assigned(scene):
    dossier = Dossier.objects.select_related("call").get()
    return actions.assign_juror(dossier, scenes.juror(), actor=scenes.secretary())


def automatic(scene):
    actions.run_checks(scene.dossier.versions.get().pk)
    found = EligibilityItem.objects.filter(criterion__decided_by="partner")
    return dict(found.values_list("criterion__code", "automatic"))


def test_an_unfavourable_opinion_neither_refuses_nor_lets_pass_before_staff_decide(scene):
    assert (opinion(scene).is_veto, opinion(scene).is_pending) == (False, True)
    assert "n’a pas encore eu sa suite" in refusal(assigned, scene)
    for act in (actions.stop_dossier, actions.ask_restriction):
        assert "attend votre décision" in refusal(act, scene.dossier, reason=WHY, actor=scene.instructor)
    assert "prend effet aussitôt" in refusal(actions.open_contradiction, opinion(scene), actor=scene.instructor)


def test_to_accept_despite_it_takes_a_reason_that_is_kept(scene):
    for actor in (scenes.secretary(), scene.owner, scenes.person(f"avis@{scene.first.code.lower()}.example")):
        assert "pas le droit" in refusal(rule, scene, actor=actor)
    assert "dites pourquoi" in refusal(rule, scene, reason=" \n")
    assert "4000 caractères" in refusal(rule, scene, reason="x" * 4001)
    rule(scene)
    row = opinion(scene)
    assert (row.ruling, row.ruling_reason, row.ruled_by, row.is_departed_from) == ("kept", WHY, scene.instructor, True)
    assert (row.is_veto, row.is_pending, row.feasibility) == (False, False, "unfavourable")
    event = AuditEvent.objects.get(verb="opinion.rule")
    assert event.data == {"ruling": "kept", "departs": True, "reason": WHY}
    assert automatic(scene) == {"NEUTRALITY": "met", "SCIENTIFIC_FEASIBILITY": "unknown"}
    assert "s’en écarte" in EligibilityItem.objects.get(criterion__code="SCIENTIFIC_FEASIBILITY").evidence
    assert assigned(scene).state == "to_declare"


def test_to_follow_it_takes_none_and_the_dataset_is_then_refused_with_all_that_follows(scene):
    rule(scene, refuses=True, reason="")
    row = opinion(scene)
    assert (row.ruling, row.is_veto, row.is_departed_from) == ("refused", True, False)
    assert automatic(scene) == {"NEUTRALITY": "met", "SCIENTIFIC_FEASIBILITY": "not_met"}
    assert "est refusée" in refusal(assigned, scene)
    asked = actions.ask_restriction(scene.dossier, reason=WHY, actor=scene.instructor)
    assert "déjà demandé" in refusal(rule, scene)
    actions.answer_restriction(asked, accepts=False, answer="", actor=scene.owner)
    actions.stop_dossier(scene.dossier, reason=WHY, actor=scene.instructor)
    decided = EligibilityItem.objects.filter(criterion__decided_by="partner", decision="not_met")
    assert [item.criterion.code for item in decided] == ["SCIENTIFIC_FEASIBILITY"]


def test_to_refuse_despite_a_favourable_one_takes_a_reason_and_may_be_decided_otherwise(scene):
    rule(scene)
    assert "dites pourquoi" in refusal(rule, scene, scene.second, refuses=True, reason="")
    rule(scene, scene.second, refuses=True)
    assert opinion(scene, scene.second).is_departed_from
    assert automatic(scene) == {"NEUTRALITY": "not_met", "SCIENTIFIC_FEASIBILITY": "not_met"}
    assert "est refusée" in refusal(assigned, scene)
    rule(scene, scene.second, reason="")
    assert (opinion(scene, scene.second).refused_at, assigned(scene).state) == (None, "to_declare")
    assert AuditEvent.objects.filter(verb="opinion.rule").count() == 3


def test_a_decision_goes_with_the_opinion_that_it_is_about(scene):
    rule(scene)
    give(scene.dossier, scene.first, **REFUSED | {"disclosed_reason": "Autre chose."})
    assert (opinion(scene).ruling, opinion(scene).ruled_by, opinion(scene).is_pending) == ("", None, True)
    rule(scene)
    actions.ask_second_look(opinion(scene), kind="again", reason=WHY, actor=scene.instructor)
    assert (opinion(scene).ruling, opinion(scene).ruling_reason) == ("", "")
    assert "avis rendu" in refusal(rule, scene)


def test_where_the_opinion_decides_or_the_decisions_are_frozen_staff_do_not(scene):
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    rule(scene)  # the jury deliberates: a dossier is not held back by what staff did not do in time
    session = scenes.a_session(scene.call)
    scenes.decide(session, scene.dossier, **scenes.REJECTED)
    actions.freeze_decisions(session, actor=scenes.secretary())
    assert "sont arrêtées" in refusal(rule, scene)
    scene.call.opinions = "veto"
    scene.call.save()
    assert "l’avis du partenaire décide" in refusal(rule, scene)


@pytest.mark.parametrize(
    "change", [{"ruling": "refused"}, {"ruling_reason": ""}, {"ruled_by": None}, {"state": "requested"}]
)
def test_the_database_holds_the_rules_too(scene, change):
    rule(scene)
    rows = Opinion.objects.filter(dataset=scene.first)
    if change == {"ruling": "refused"}:
        rows, change = Opinion.objects.filter(dataset=scene.second), change | {"ruled_at": opinion(scene).ruled_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**change)


def test_the_page_of_staff(scene):
    staff, tab = client_of(scene.instructor), f"/admin/dossiers/{scene.dossier.ref}/avis/"
    act, name = f"{tab}{scene.first.code}/decider/", f"decision-{scene.first.code}"
    shown = text_of(staff.get(tab))
    assert "Cet avis est consultatif : suivez-le, ou dites pourquoi vous vous en écartez." in shown
    assert ("Décider de cet avis consultatif" in shown, "communiqué" in shown) == (True, False)
    wrong = staff.post(act, {f"{name}-choice": "keep"})
    assert (wrong.status_code, "dites pourquoi" in text_of(wrong)) == (422, True)
    done = text_of(staff.post(act, {f"{name}-choice": "keep", f"{name}-reason": WHY}, follow=True))
    assert ("La base reste dans le dossier." in done, "en s’écartant de l’avis" in done, WHY in done) == (True,) * 3
    read = text_of(
        client_of(scenes.person(f"avis@{scene.first.code.lower()}.example")).get(
            f"/evaluation/avis/{scene.dossier.ref}/{scene.first.code}/"
        )
    )
    assert WHY not in read
