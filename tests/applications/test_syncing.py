"""A pass over Démarches Simplifiées cut, repeated, doubled or lied to: no dossier lost, none twice, none half."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, connections

from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from applications import actions
from applications.actions.holding import EPOCH, LEASE, HoldLost, take_hold
from applications.models import Call, Dossier, DossierVersion, ImportFault, RemoteDossier, SyncPass
from tests.gateways.peer import HOST, send
from tests.gateways.procedure import TOKEN, Procedure

from . import elsewhere

PAGE = 2


@pytest.fixture
def procedure(settings):
    with Procedure().open() as found:
        settings.DEMARCHES_URL, settings.DEMARCHES_TOKEN = f"{found.url}/api/v2/graphql", TOKEN
        settings.DEMARCHES_TRUSTED_HOSTS = [HOST]
        found.most = PAGE
        yield found


@pytest.fixture
def call(db):
    return elsewhere.a_call()


def filled(procedure):
    """Five dossiers on three pages, one of them in fault, one edited while the first page is read, one purged."""
    pdf = procedure.file("protocole.pdf", elsewhere.PDF)
    for number in (11, 12, 13, 14, 15, 16):
        elsewhere.deposit(procedure, number, pdf=pdf, amount="beaucoup" if number == 13 else "98500.1")
    procedure.delete(16)
    return pdf


def cut_at(place):
    """Let `place` requests be answered, then die at the next; once."""
    left = [place]

    def before(procedure, handler, operation):
        left[0] -= 1
        if left[0] == -1:
            handler.connection.close()
            return True
        return False

    return before


def resumed(call):
    """Run the pass again, once what it waits for has come, until it ends."""
    for _ in range(5):
        last = SyncPass.objects.first()
        if last.ended_at:
            return last
        with time_machine.travel((last.resume_at or clock.now()) + LEASE, tick=True):
            actions.sync_call(Call.objects.get(pk=call.pk))
    raise AssertionError("the pass never ends")


def test_cut_at_every_request_in_turn_then_resumed_is_as_if_it_had_not_been(procedure, call):
    filled(procedure)
    actions.sync_call(call)
    wanted, requests = elsewhere.rows(), len(procedure.asked)
    assert [fault.remote.number for fault in ImportFault.objects.all()] == [13]
    assert sorted(wanted) == [11, 12, 13, 14, 15, 16]
    for place in range(requests):
        forget()
        procedure.asked.clear()
        procedure.before = cut_at(place)
        actions.sync_call(call)
        resumed(call)
        actions.sync_call(call)  # a file that was cut is a fault of its dossier, which the next pass mends
        assert elsewhere.rows() == wanted, place
        assert Dossier.objects.count() == 4, place


def forget():
    """Start again from nothing."""
    ImportFault.objects.all().delete()
    RemoteDossier.objects.all().delete()
    SyncPass.objects.all().delete()
    for dossier in Dossier.objects.all():
        DossierVersion.objects.filter(dossier=dossier).delete()
        dossier.attachments.all().delete()
        dossier.delete()


@pytest.mark.parametrize("place", range(1, 9))
def test_killed_in_the_midst_of_writing_it_leaves_no_half(procedure, call, monkeypatch, place):
    filled(procedure)
    from applications.actions import importing

    whole, calls = importing.advance, []

    def dying(*args, **kwargs):
        calls.append(args)
        if len(calls) == place:
            raise SystemExit
        return whole(*args, **kwargs)

    monkeypatch.setattr(importing, "advance", dying)
    if place <= 4:
        with pytest.raises(SystemExit):
            actions.sync_call(call)
        assert Dossier.objects.count() == RemoteDossier.objects.exclude(dossier=None).count() == place - 1
        assert DossierVersion.objects.count() == place - 1
    else:
        actions.sync_call(call)
    monkeypatch.undo()
    resumed(call)
    assert sorted(Dossier.objects.values_list("remote__number", flat=True)) == [11, 12, 14, 15]


def test_a_dossier_edited_between_two_pages_comes_once_as_it_is_last(procedure, call):
    pdf = filled(procedure)
    edited = []

    def before(procedure, handler, operation):
        if operation == "dossiers" and procedure.asked[-1][1]["after"] and not edited:
            edited.append(elsewhere.deposit(procedure, 11, pdf=pdf, title="Corrigé entre deux pages"))
        return False

    procedure.before = before
    done = actions.sync_call(call)
    dossier = Dossier.objects.get(remote__number=11)
    assert (done.created, done.changed) == (4, 1)
    assert (dossier.title, dossier.versions.count()) == ("Corrigé entre deux pages", 2)


def test_a_pass_goes_on_after_its_last_whole_page(procedure, call):
    filled(procedure)
    procedure.before = cut_at(3)
    first = actions.sync_call(call)
    assert (first.ended_at, first.stage, bool(first.cursor), first.error) == (
        None,
        "dossiers",
        True,
        "127.0.0.1 ne répond pas.",
    )
    procedure.asked.clear()
    with time_machine.travel(first.resume_at + LEASE, tick=True):
        done = actions.sync_call(call)
    assert (done.pk, procedure.asked[0][1]["after"]) == (first.pk, first.cursor)


def test_the_next_pass_begins_a_little_before_the_last_on_their_clock(procedure, call):
    filled(procedure)
    first = actions.sync_call(call)
    assert {asked["updatedSince"] for name, asked in procedure.asked if name == "dossiers"} == {"1970-01-01T00:00:00Z"}
    their_start = first.their_start + dt.timedelta(minutes=20)
    SyncPass.objects.update(their_start=their_start)
    second = actions.sync_call(call)
    assert (first.since, second.since) == (EPOCH, their_start - dt.timedelta(minutes=10))
    assert procedure.asked[-1] == ("oneDossier", {"number": 13})  # in fault, and passed by the cursor
    assert (second.created, second.changed, second.same, second.faulty) == (0, 0, 0, 1)


@pytest.mark.once
def test_a_429_is_waited_for_without_a_sleeping_worker_and_longer_each_time(procedure, call):
    filled(procedure)
    procedure.before = lambda procedure, handler, operation: send(handler, b"", status=429, Retry_After="40") or True
    waits = []
    at = clock.now()
    for _ in range(4):
        with time_machine.travel(at, tick=False):
            done = actions.sync_call(call)
        waits.append((done.resume_at - at).total_seconds())
        at = done.resume_at
    assert waits == [40, 60, 120, 240]
    assert done.error == "127.0.0.1 demande d’attendre (429)."
    procedure.before = None
    assert resumed(call).created == 4


LIES = {
    "partial": b'{"data": {"demarche": null}, "errors": [{"message": "x", "extensions": {"code": "timeout"}}]}',
    "html": b"<html></html>",
    "shapeless": b'{"data": {"demarche": {"dossiers": {"nodes": [1], "pageInfo": {}}}}}',
    "nobody": b'{"data": {"demarche": {"dossiers": {"nodes": [{"id": "x"}], "pageInfo": {"hasNextPage": false}}}}}',
    "huge": b"[" + b"1," * 40_000,
}


@pytest.mark.once
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_changes_nothing_and_is_told(procedure, call, lie, monkeypatch):
    filled(procedure)
    actions.sync_call(call)
    before = elsewhere.rows()
    monkeypatch.setattr("ami_portal.gateways.demarches_simplifiees.MAX_BYTES", 50_000)
    procedure.before = lambda procedure, handler, operation: send(handler, LIES[lie]) or True
    done = actions.sync_call(call)
    assert (done.ended_at, bool(done.error), elsewhere.rows() == before) == (None, True, True)


@pytest.mark.once
def test_a_redirection_is_a_lie_too(procedure, call):
    procedure.before = lambda procedure, handler, operation: (
        send(handler, b"", status=302, Location="http://10.0.0.1/") or True
    )
    done = actions.sync_call(call)
    assert done.error == "127.0.0.1 renvoie vers une autre adresse : elle n’est pas suivie."
    assert len(procedure.asked) == 1


@pytest.mark.once
def test_a_slow_service_is_left_and_told(procedure, call, monkeypatch):
    monkeypatch.setattr("ami_portal.gateways.demarches_simplifiees.SECONDS", 0.2)
    procedure.before = lambda procedure, handler, operation: handler.connection.recv(1) is not None
    done = actions.sync_call(call)
    assert (done.error, done.ended_at) == ("127.0.0.1 n’a pas répondu à temps.", None)


@pytest.mark.once
def test_a_cursor_that_is_refused_begins_its_stage_again(procedure, call):
    filled(procedure)
    procedure.before = cut_at(3)
    first = actions.sync_call(call)
    SyncPass.objects.filter(pk=first.pk).update(cursor="cGVyaW3DqXx4", resume_at=None)
    refused = actions.sync_call(call)
    assert ("refuse la demande" in refused.error, refused.cursor, refused.stage) == (True, "", "dossiers")
    done = resumed(call)
    assert (done.pk, done.created, Dossier.objects.count()) == (first.pk, 4, 4)


@pytest.mark.once
def test_another_dossier_than_the_one_asked_is_not_taken(procedure, call):
    filled(procedure)
    actions.sync_call(call)
    procedure.dossiers[13]["number"], procedure.dossiers[13]["updated_at"] = 17, EPOCH
    procedure.most = 50
    done = actions.sync_call(call)
    assert (done.ended_at is not None, RemoteDossier.objects.filter(number=17).count()) == (True, 0)
    assert "a répondu un autre dossier" in ImportFault.objects.last().said


def test_what_nothing_foresaw_keeps_no_other_dossier_out(procedure, call, monkeypatch):
    filled(procedure)
    from applications.actions import importing

    whole = importing.mirror

    def breaking(dossier, remote, *args, **kwargs):
        if remote.number == 12:
            raise ZeroDivisionError
        return whole(dossier, remote, *args, **kwargs)

    monkeypatch.setattr(importing, "mirror", breaking)
    assert actions.sync_call(call).ended_at
    assert sorted(Dossier.objects.values_list("remote__number", flat=True)) == [11, 14, 15]
    assert ImportFault.objects.filter(remote__number=12).count() == 1


def test_one_runs_at_a_time_and_who_was_taken_over_writes_nothing(procedure, call):
    hold = take_hold(call)
    with pytest.raises(actions.SyncBusy):
        actions.sync_call(call)
    with pytest.raises(CommandError, match="déjà en cours"):
        call_command("sync_ds", call.code)
    filled(procedure)
    with time_machine.travel(clock.now() + LEASE, tick=True):
        assert actions.sync_call(call).created == 4
    with pytest.raises(HoldLost):
        hold.keep()
    hold.release(error="je n’étais pas mort")
    assert SyncPass.objects.get().error == ""


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(procedure, monkeypatch):
    monkeypatch.setattr("applications.actions.importing.later", lambda *args, **ids: None)  # no PDF: it is slow
    call = elsewhere.a_call()
    for number in (11, 12):
        elsewhere.deposit(procedure, number)
    ready, outcomes = threading.Barrier(2), []

    def run():
        try:
            ready.wait(5)
            outcomes.append(actions.sync_call(Call.objects.get(pk=call.pk)).created)
        except actions.SyncBusy:
            outcomes.append("busy")
        finally:
            connections.close_all() if connection.vendor else None

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, outcomes)) in (["2", "busy"], ["0", "2"])
    assert sorted(Dossier.objects.values_list("remote__number", flat=True)) == [11, 12]


def test_the_clock_asks_for_what_is_due_once(procedure, call, settings):
    at = clock.now()
    assert actions.sync_demarches(at=at) == 1
    actions.sync_demarches(at=at)
    assert Job.objects.filter(name="applications.sync_demarche").count() == 1
    actions.sync_demarche(call_id=call.pk)
    Job.objects.all().delete()
    later = SyncPass.objects.get().started_at + dt.timedelta(minutes=15)
    assert (actions.sync_demarches(at=later - dt.timedelta(seconds=1)), actions.sync_demarches(at=later)) == (0, 1)
    settings.DEMARCHES_TOKEN = ""
    assert actions.sync_demarches(at=later) == 0


@pytest.mark.once
def test_the_command_tells_what_came_and_what_is_wrong(procedure, call, capsys):
    filled(procedure)
    call_command("sync_ds", call.code)
    said = capsys.readouterr().out
    assert "Dossier n° 13, Champ 5 (Q2hhbXAtNQ==) : « beaucoup » : Écrivez un nombre" in said
    assert "PETIT-2026 : 4 nouveaux, 0 modifiés, 0 inchangés, 1 en erreur, 1 supprimés là-bas." in said
    with pytest.raises(CommandError, match="appel inconnu ; attendu : PETIT-2026"):
        call_command("sync_ds", "AUTRE")
    Call.objects.update(demarches={})
    with pytest.raises(CommandError, match="n’a pas de démarche"):
        call_command("sync_ds", call.code)
