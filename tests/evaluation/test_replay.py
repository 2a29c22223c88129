"""A decision is found again from what was kept alone; a byte that changed is told, and the command fails."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from applications.models import DossierVersion, EligibilityCriterion
from evaluation import actions
from evaluation.models import CheckRun, EligibilityItem

from . import scenes


@pytest.fixture(scope="module")
def built(module_rows):
    dossier = scenes.a_deposit(scenes.a_closed_call(), duration_months="26")
    scenes.decide_all(dossier, "not_met", reason="26 mois.")
    return SimpleNamespace(dossier=dossier)


def replayed(dossier):
    out = io.StringIO()
    call_command("replay_decision", dossier.ref, stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def refused(dossier):
    with pytest.raises(CommandError) as refusal:
        replayed(dossier)
    return str(refusal.value).replace("\u00a0", " ")


def test_a_decision_is_found_again_with_its_rules_evidence_and_reason(scene):
    shown = replayed(scene.dossier)
    assert "24 mois au plus : Non satisfait, règles 2026-3" in shown
    assert "Durée déclarée : 26 mois" in shown
    assert "Décision : Non satisfait, " in shown
    assert "motif : 26 mois." in shown
    assert "Rien n’a changé" in shown


def test_nothing_of_today_counts(scene):
    """The call changes, its regulation and its closing too: the deposit is judged as it was."""
    call = scene.dossier.call
    EligibilityCriterion.objects.filter(call=call, code="DURATION").update(params={"duration": "title", "table": "x"})
    type(call).objects.filter(pk=call.pk).update(regulation=call.regulation | {"duration_months_max": 60})
    assert "Rien n’a changé" in replayed(scene.dossier)


def test_the_checks_run_again_keep_the_first_run(scene):
    before = CheckRun.objects.count()
    actions.run_checks(scene.dossier.versions.get().pk)
    assert CheckRun.objects.count() == before == 1


def changed_snapshot(dossier):
    version = dossier.versions.get()
    content = version.content.replace('"value":26', '"value":24', 1)
    assert content != version.content
    DossierVersion.objects.filter(pk=version.pk).update(content=content)


def changed_evidence(dossier):
    EligibilityItem.objects.filter(criterion__code="DURATION").update(evidence="Durée déclarée : 24 mois.")


def changed_result(dossier):
    EligibilityItem.objects.filter(criterion__code="DURATION").update(automatic="met")


def changed_basis(dossier):
    run = CheckRun.objects.get()
    CheckRun.objects.update(basis=run.basis.replace('"duration_months_max":24', '"duration_months_max":12'))


def changed_reason(dossier):
    EligibilityItem.objects.filter(criterion__code="DURATION").update(reason="Autre motif.")


def nothing_kept(dossier):
    EligibilityItem.objects.filter(criterion__code="DURATION").update(run=None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed_snapshot, "La copie figée du dépôt n° 1 n’est plus celle qui fut déposée."),
        (changed_evidence, "« 24 mois au plus » : le constat n’est plus celui qui est au journal."),
        (changed_result, "« 24 mois au plus » : le résultat gardé n’est pas celui du contrôle."),
        (changed_basis, "« 24 mois au plus » : ce que le contrôle avait lu a changé."),
        (changed_reason, "« 24 mois au plus » : la décision ou son motif n’est plus celui du journal."),
        (nothing_kept, "n’a pas été gardé, il ne se rejoue pas."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_byte_that_changed_is_told(scene, change, said):
    change(scene.dossier)
    assert said in refused(scene.dossier)


def test_a_file_that_changed_is_told(scene, monkeypatch):
    monkeypatch.setattr("evaluation.replay.store.read", lambda document: b"autre")
    assert "n’est plus celui qui fut déposé." in refused(scene.dossier)


def test_other_rules_are_compared_with_what_is_kept_only(scene, monkeypatch):
    monkeypatch.setattr("applications.checks.RULES_VERSION", "2027-1")
    assert "Ces règles ne sont plus celles d’aujourd’hui" in replayed(scene.dossier)


def test_an_unknown_dossier_is_said(scene):
    with pytest.raises(CommandError, match="Aucun dépôt du dossier AMI-0 n’est connu"):
        call_command("replay_decision", "AMI-0", stdout=io.StringIO())
