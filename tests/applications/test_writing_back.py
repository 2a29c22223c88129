"""What is written back to Démarches Simplifiées: only what the call's file says, once each, with refusals as data."""

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from applications import actions
from applications.actions.holding import LEASE
from applications.actions.writing_back import REFUSALS
from applications.enums import DossierState
from applications.models import Dossier, EligibilityCriterion, RemoteAct, SyncPass
from evaluation.actions import ask_completion
from tests import people
from tests.gateways.peer import HOST
from tests.gateways.procedure import TOKEN, Procedure

from . import elsewhere

SIGNED = "SW5zdHJ1Y3RldXItOA=="
WRITE_BACK = [
    {"state": "returned", "act": "ask_correction", "text": "À compléter pour {reference} :\n{points}"},
    {"state": "eligible", "act": "start"},
    {"state": "ineligible", "act": "refuse", "text": "Ne sont pas satisfaits :\n{criteres}"},
    {"state": "laureate", "act": "accept"},
]


@pytest.fixture
def procedure(settings):
    with Procedure().open() as found:
        settings.DEMARCHES_URL, settings.DEMARCHES_TOKEN = f"{found.url}/api/v2/graphql", TOKEN
        settings.DEMARCHES_TRUSTED_HOSTS = [HOST]
        yield found


@pytest.fixture
def call(db):
    return elsewhere.a_call(instructor=SIGNED, write_back=WRITE_BACK)


@pytest.fixture
def dossier(procedure, call):
    """A dossier imported; nothing is to be written yet."""
    elsewhere.deposit(procedure, 11)
    assert actions.sync_call(call).ended_at
    assert procedure.acts == []
    return Dossier.objects.get()


def becomes(dossier, state):
    Dossier.objects.filter(pk=dossier.pk).update(state=state)


def names(procedure):
    return [name for name, _, _ in procedure.acts]


@pytest.mark.once
def test_nothing_is_written_unless_the_file_says_so(procedure, dossier, call):
    elsewhere.joined(call)
    becomes(dossier, DossierState.LAUREATE)
    actions.sync_call(call)
    assert (procedure.acts, RemoteAct.objects.count()) == ([], 0)


def test_an_acceptance_passes_by_the_instruction_and_is_sent_once(procedure, dossier, call):
    becomes(dossier, DossierState.LAUREATE)
    assert actions.sync_call(call).ended_at
    actions.sync_call(call)
    signed = {"dossierId": procedure.dossiers[11]["id"], "instructeurId": SIGNED}
    assert procedure.acts == [("dossierPasserEnInstruction", 11, signed), ("dossierAccepter", 11, signed)]
    act = RemoteAct.objects.get()
    assert (act.act, act.sent_at is not None, act.refused) == ("accept", True, "")
    traced = AuditEvent.objects.filter(verb="dossier.write_elsewhere")
    assert [(event.subject, event.data["act"]) for event in traced] == [(dossier.ref, "accept")]


@pytest.mark.once
@pytest.mark.parametrize("verb", REFUSALS)
def test_a_refusal_says_the_criteria_that_are_not_met(procedure, dossier, call, verb):
    EligibilityCriterion.objects.create(
        call=call, code="MONEY", position=1, group="projet", label="Budget", check_name="manual"
    )
    trail.record(verb, subject=dossier.ref, actor=None, at=clock.now(), criteria=["MONEY"])
    becomes(dossier, DossierState.INELIGIBLE)
    actions.sync_call(call)
    assert procedure.acts[-1][2]["motivation"] == "Ne sont pas satisfaits :\n– Budget"
    assert procedure.dossiers[11]["state"] == "refuse"


def test_a_request_for_completion_is_a_correction_and_its_answer_there_is_the_reply(procedure, dossier, call):
    call.completion = {"days": 10, "working_days": True}
    call.save()
    with time_machine.travel(call.closes_at, tick=True):
        ask_completion(dossier, {"title": "Précisez la pathologie."}, actor=people.staff(Role.INSTRUCTOR))
        actions.sync_call(call)
        actions.sync_call(call)
        ((name, _, given),) = procedure.acts
        assert (name, given["correction"]) == ("dossierEnvoyerMessage", "incomplete")
        assert given["body"] == f"À compléter pour {dossier.ref} :\n– Titre : Précisez la pathologie."
        pdf = procedure.dossiers[11]["champs"][8]["files"][0]
        elsewhere.deposit(procedure, 11, title="Cancer du sein : repérer les rechutes", pdf=pdf)
        procedure.put(11, dateDerniereCorrectionEnAttente=None)
        actions.sync_call(call)
    dossier.refresh_from_db()
    request = dossier.completions.get()
    assert (dossier.state, request.outcome, request.answer.number) == ("submitted", "answered", 2)
    assert len(procedure.acts) == 1


@pytest.mark.once
def test_what_was_done_there_by_hand_is_not_done_again(procedure, dossier, call):
    becomes(dossier, DossierState.LAUREATE)
    procedure.put(11, state="accepte")
    actions.sync_call(call)
    assert (procedure.acts, RemoteAct.objects.get().sent_at is not None) == ([], True)


def test_killed_between_an_act_and_its_note_it_does_not_do_it_twice(procedure, dossier, call, monkeypatch):
    from applications.actions import writing_back

    becomes(dossier, DossierState.LAUREATE)
    monkeypatch.setattr(writing_back, "_note", lambda *args: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        actions.sync_call(call)
    monkeypatch.undo()
    with time_machine.travel(clock.now() + LEASE, tick=True):
        assert actions.sync_call(call).ended_at
    assert names(procedure) == ["dossierPasserEnInstruction", "dossierAccepter"]


def test_a_refusal_there_is_kept_shown_and_tried_again(procedure, dossier, call):
    becomes(dossier, DossierState.LAUREATE)
    procedure.put(11, state="refuse")
    assert actions.sync_call(call).ended_at
    act = RemoteAct.objects.get()
    assert (act.sent_at, act.refused) == (None, "Le dossier est déjà refuse")
    actions.sync_call(call)
    assert AuditEvent.objects.filter(verb="dossier.refused_elsewhere").count() == 1
    page = people.client_of(people.staff(Role.INSTRUCTOR)).get(reverse("admin:staff_demarche", args=[call.code]))
    assert "Le dossier est déjà refuse" in page.content.decode()
    procedure.put(11, state="en_instruction")
    actions.sync_call(call)
    assert (RemoteAct.objects.get().sent_at is not None, procedure.dossiers[11]["state"]) == (True, "accepte")


@pytest.mark.once
def test_an_annotation_follows_what_it_says(procedure, dossier, call):
    annotation = {"champ": elsewhere.name(90), "text": "{reference} – {titre}"}
    elsewhere.joined(call, instructor=SIGNED, annotations=[annotation])
    actions.sync_call(call)
    actions.sync_call(call)
    ((name, _, given),) = procedure.acts
    assert (name, given["annotations"]) == (
        "dossierModifierAnnotations",
        [{"id": elsewhere.name(90), "value": {"text": f"{dossier.ref} – Repérer les rechutes"}}],
    )


@pytest.mark.once
def test_a_dry_run_and_the_page_show_what_would_be_and_do_nothing(procedure, dossier, call, capsys):
    elsewhere.deposit(procedure, 12)
    elsewhere.deposit(procedure, 13, amount="beaucoup")
    becomes(dossier, DossierState.LAUREATE)
    before, passes, asked = elsewhere.rows(), SyncPass.objects.count(), len(procedure.asked)
    call_command("sync_ds", call.code, "--dry-run")
    said = capsys.readouterr().out
    assert "Dossier n° 12 : nouveau." in said
    assert "Dossier n° 13, Champ 5" in said
    assert "À écrire là-bas, dossier n° 11 : Accepter" in said
    assert said.endswith("Rien n’a été fait.\n")
    assert [name for name, _ in procedure.asked[asked:]] == ["dossiers"]
    assert (elsewhere.rows(), SyncPass.objects.count(), procedure.acts) == (before, passes, [])
    page = people.client_of(people.staff(Role.INSTRUCTOR)).get(reverse("admin:staff_demarche", args=[call.code]))
    assert "À écrire là-bas" in page.content.decode()
    assert "Accepter" in page.content.decode()
