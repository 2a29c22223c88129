"""Supporting documents after the deposit: asked again when they expire, sent, verified, told before an act."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import supporting
from applications.models import Call, Dossier, PieceRenewal
from applications.reading import frozen, standing_version
from evaluation.actions import verify_piece
from evaluation.actions.pieces import mark_of
from funding import actions, pieces
from tests import scenes as portal
from tests.desk.staff_rows import text_of
from tests.evaluation import scenes
from tests.people import a_person, client_of, staff

from . import laureates

OWNER = "claire@valmont.example"
TAX = "tax_certificate"


@pytest.fixture
def convention(db):
    """The convention of a laureate whose certificate was valid at the deposit, a year ago."""
    call = portal.a_call(closes_in_days=-365)
    on = (clock.paris(call.closes_at).date() - dt.timedelta(days=30)).isoformat()
    said = {"tax_certificate_status": "certificate", "social_certificate_status": "not_applicable"}
    dossier = scenes.a_deposit(call, OWNER, **said, tax_certificate_on=on, social_absence_reason="Aucun salarié.")
    Call.objects.filter(pk=call.pk).update(results_published_at=clock.now() - dt.timedelta(days=40))
    dossier.call.refresh_from_db()
    Dossier.objects.filter(pk=dossier.pk).update(state="laureate")
    dossier.refresh_from_db()
    laureates.add_decision(dossier, "90000.00")
    return laureates.a_frozen_convention(dossier, laureates.a_grant_officer())


def owner():
    return scenes.person(OWNER)


def send(convention, kind=TAX, **changes):
    said = {"uploaded": portal.a_file("attestation.pdf"), "issued_on": clock.today(), "actor": owner()} | changes
    return actions.send_piece(convention, kind, **said)


def standings(convention):
    return {one.piece.kind.code: one.standing for one in pieces.awaited(convention)}


def verify(convention, kind=TAX, *, actor=None, **changes):
    dossier = convention.dossier
    held = supporting.pieces_now(dossier, frozen(standing_version(dossier)))
    piece = next(one for one in held if one.kind.code == kind)
    said = {"seen": mark_of(piece), "issued_on": piece.declared_on} | changes
    return verify_piece(dossier, kind, **said, actor=actor or laureates.a_grant_officer("autre-gestion@hdh.example"))


def test_an_expired_piece_is_asked_sent_verified_and_the_former_stays(convention):
    assert standings(convention) == {TAX: "expired", "social_certificate": "to_verify"}
    sent = send(convention)
    portal.inspect(sent.document_id)
    assert standings(convention)[TAX] == "to_verify"
    verify(convention)
    assert standings(convention)[TAX] == "valid"
    dossier = convention.dossier
    first, *_ = supporting.pieces_of(dossier, frozen(standing_version(dossier)))
    assert (first.uuid != str(sent.document.uuid), first.standing(clock.today())) == (True, "expired")
    event = AuditEvent.objects.get(verb="piece.send")
    assert (event.subject, event.actor, event.data["sha256"]) == (dossier.ref, owner(), sent.document.sha256)


def test_what_cannot_be_sent_is_refused(convention):
    tomorrow = clock.today() + dt.timedelta(days=1)
    for changes, said in (
        ({"issued_on": tomorrow}, "dans l’avenir"),
        ({"kind": "kbis"}, "pas demandée"),
        ({"actor": a_person("autre@ailleurs.example")}, "pas le droit"),
        ({"actor": staff(Role.INSTRUCTOR)}, "pas le droit"),
    ):
        with pytest.raises(TransitionRefused, match=said):
            send(convention, **changes)
    with pytest.raises(FileRefused):
        send(convention, uploaded=portal.a_file("attestation.docx"))
    assert not PieceRenewal.objects.exists()


WHY = "L’attestation est demandée ; la trésorerie a confirmé par téléphone."


def test_what_is_not_met_stops_a_signature_unless_staff_say_why(convention):
    officer = laureates.a_grant_officer("autre-gestion@hdh.example")
    address = reverse("admin:funding_convention_sign", args=[convention.ref])
    text = text_of(client_of(officer).get(address))
    assert ("Non remplie" in text, "n’est plus valable depuis le" in text, "en envoie une plus récente" in text) == (
        True,
        True,
        True,
    )
    said = {"signed_on": clock.today().isoformat(), "signatory": "Anne Morel"}
    stopped = client_of(officer).post(address, said)
    assert (stopped.status_code, "dites pourquoi vous passez outre" in text_of(stopped)) == (422, True)
    convention.refresh_from_db()
    assert convention.state == "frozen"
    assert client_of(officer).post(address, {**said, "despite": f" {WHY} "}).status_code == 302
    event = AuditEvent.objects.get(verb="convention.sign")
    assert ("Attestation de régularité fiscale" in event.data["unmet"], event.data["despite"]) == (True, WHY)


def test_a_piece_that_expired_stops_a_payment_unless_the_accounting_officer_says_why(convention):
    officer = laureates.a_grant_officer("autre-gestion@hdh.example")
    signed = actions.record_signature(
        convention, signed_on=clock.today(), signatory="Anne Morel", despite=WHY, actor=officer
    )
    line = actions.certify_service(signed.instalments.get(number=1), actor=officer)
    pay = {"paid_on": clock.today(), "payment_reference": "V-1", "actor": laureates.an_accountant()}
    with pytest.raises(TransitionRefused, match=r"régularité fiscale.*passez outre"):
        actions.record_payment(line, **pay)
    with pytest.raises(TransitionRefused, match="caractères"):
        actions.record_payment(line, **pay, despite="a" * 1001)
    assert actions.record_payment(line, **pay, despite=WHY).state == "paid"
    assert AuditEvent.objects.get(verb="instalment.pay").data["despite"] == WHY


def test_with_all_its_pieces_an_act_asks_for_no_reason_and_keeps_none(convention):
    officer = laureates.a_grant_officer("autre-gestion@hdh.example")
    verify(convention, "social_certificate", actor=officer)
    portal.inspect(send(convention).document_id)
    verify(convention, actor=officer)
    actions.record_signature(convention, signed_on=clock.today(), signatory="Anne Morel", despite=WHY, actor=officer)
    assert {"unmet", "despite"}.isdisjoint(AuditEvent.objects.get(verb="convention.sign").data)


def test_the_laureate_sees_what_to_send_and_sends_it(convention):
    client = client_of(owner())
    page = reverse("funding:convention_detail", args=[convention.ref])
    assert "À envoyer" in text_of(client.get(page))
    address = reverse("funding:convention_piece", args=[convention.ref, TAX])
    assert client.post(address, {"issued_on": "2026-01-01"}).status_code == 422
    said = {"issued_on": clock.today().isoformat(), "document": portal.a_file("attestation.pdf")}
    done = client.post(address, said, follow=True)
    assert ("est envoyée" in text_of(done), "En vérification" in text_of(done)) == (True, True)
    assert "attestation.pdf" in text_of(client.get(address))
    assert client.get(reverse("funding:convention_piece", args=[convention.ref, "kbis"])).status_code == 404


def test_a_piece_that_will_have_expired_is_asked_once_a_month_before(convention):
    send(convention, issued_on=clock.today() - dt.timedelta(days=60))
    officer = laureates.a_grant_officer("autre-gestion@hdh.example")
    actions.record_signature(convention, signed_on=clock.today(), signatory="Anne Morel", despite=WHY, actor=officer)
    first = convention.instalments.order_by("number").first()
    until = next(one.piece.expires_on for one in pieces.awaited(convention) if one.piece.kind.code == TAX)
    convention.instalments.filter(pk=first.pk).update(due_on=until + dt.timedelta(days=10))
    counts = []
    for days, hour in ((31, 9), (30, 8), (30, 9), (29, 9)):
        at = clock.from_paris(until - dt.timedelta(days=days), dt.time(hour))
        with time_machine.travel(at, tick=False):
            actions.remind_pieces(at=at)
        counts.append(Message.objects.filter(kind="funding.piece_expires").count())
    assert counts == [0, 0, 1, 1]


def test_the_pieces_of_an_event_are_read_in_as_many_queries_for_one_as_for_three(convention, django_assert_num_queries):
    for _ in range(3):
        send(convention)
        with django_assert_num_queries(3):
            pieces.awaited(convention)
