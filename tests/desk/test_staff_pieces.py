"""The supporting documents of a dossier on the staff's side: the table, who reads a piece, what that changes."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from applications import supporting
from applications.models import PieceReading
from applications.reading import frozen, standing_version
from evaluation import actions
from evaluation.actions.pieces import mark_of
from evaluation.models import EligibilityItem
from tests import scenes as portal
from tests.evaluation import scenes
from tests.people import client_of, staff

from . import staff_rows as rows

CODE = "A1B2 C3D4 E5F6 G7H"
ISSUED_ON = dt.date(2026, 1, 1)


@pytest.fixture
def dossier(db):
    call = scenes.a_closed_call()
    on = (clock.paris(call.closes_at).date() - dt.timedelta(days=60)).isoformat()
    files = {"tax_certificate_status": "certificate", "social_certificate_status": "certificate"}
    return scenes.a_deposit(call, **files, tax_certificate_on=on, social_certificate_on=on)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def the_piece(dossier, kind="social_certificate"):
    held = supporting.pieces_of(dossier, frozen(standing_version(dossier)))
    return next(piece for piece in held if piece.kind.code == kind)


def verify(dossier, actor, kind="social_certificate", **changes):
    piece = the_piece(dossier, kind)
    said = {"seen": mark_of(piece), "issued_on": piece.declared_on, "security_code": CODE} | changes
    return actions.verify_piece(dossier, kind, **said, actor=actor)


def criterion(dossier):
    return EligibilityItem.objects.get(version__dossier=dossier, criterion__code="TAX_SOCIAL_UP_TO_DATE")


def test_a_criterion_is_met_only_once_a_person_has_read_every_piece(dossier, instructor):
    assert criterion(dossier).automatic == "unknown"
    verify(dossier, instructor)
    portal.run_jobs()
    assert criterion(dossier).automatic == "unknown"
    verify(dossier, instructor, "tax_certificate", security_code="")
    portal.run_jobs()
    item = criterion(dossier)
    assert (item.automatic, "Extrait Kbis : non demandée." in item.evidence) == ("met", True)
    piece = the_piece(dossier, "tax_certificate")
    actions.refuse_piece(dossier, "tax_certificate", seen=mark_of(piece), reason="Illisible.", actor=instructor)
    portal.run_jobs()
    assert criterion(dossier).automatic == "not_met"


def test_a_reading_keeps_who_when_the_day_the_end_and_the_code(dossier, instructor):
    reading = verify(dossier, instructor, issued_on=ISSUED_ON, reason="  Lue <b>en entier</b>.  ")
    kept = (reading.issued_on, reading.expires_on, reading.security_code, reading.reason, reading.by)
    assert kept == (ISSUED_ON, dt.date(2026, 7, 31), "A1B2C3D4E5F6G7H", "Lue <b>en entier</b>.", instructor)
    event = AuditEvent.objects.get(verb="piece.verify")
    piece = the_piece(dossier)
    assert (event.subject, event.actor, event.data["kind"], event.data["sha256"]) == (
        dossier.ref,
        instructor,
        "social_certificate",
        piece.sha256,
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seen": "autre"}, "depuis que vous l’avez ouverte"),
        ({"issued_on": None}, "la date lue"),
        ({"issued_on": dt.date(2100, 1, 1)}, "dans l’avenir"),
        ({"security_code": "123"}, "15 lettres et chiffres"),
        ({"security_code": ""}, "15 lettres et chiffres"),
        ({"reason": "x" * 2001}, "2000 caractères"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(dossier, instructor, changes, said):
    with pytest.raises(TransitionRefused, match=said):
        verify(dossier, instructor, **changes)
    assert not PieceReading.objects.exists()


def test_what_is_not_there_is_not_read(dossier, instructor):
    with pytest.raises(TransitionRefused, match="rien à vérifier"):
        actions.verify_piece(dossier, "kbis", seen=":", actor=instructor)
    with pytest.raises(TransitionRefused, match="pourquoi"):
        actions.refuse_piece(
            dossier,
            "tax_certificate",
            seen=mark_of(the_piece(dossier, "tax_certificate")),
            reason=" ",
            actor=instructor,
        )


@pytest.mark.parametrize("role", [Role.JURY_SECRETARY, Role.ACCOUNTING_OFFICER, Role.ADMINISTRATOR])
def test_other_duties_read_and_do_not_verify(dossier, role):
    with pytest.raises(TransitionRefused, match="pas le droit"):
        verify(dossier, staff(role))


def test_nobody_verifies_the_pieces_of_their_own_dossier(dossier, instructor):
    dossier.members.create(email=instructor.email, role="reader", invited_at=clock.now())
    with pytest.raises(TransitionRefused, match="pas le droit"):
        verify(dossier, instructor)


def test_a_reason_of_absence_is_accepted_by_a_person(db, instructor):
    call = scenes.a_closed_call()
    dossier = scenes.a_deposit(
        call, tax_certificate_status="not_applicable", tax_absence_reason="Établissement <i>public</i>."
    )
    reading = verify(dossier, instructor, "tax_certificate", issued_on=None, security_code="")
    assert (reading.accepted, reading.document, reading.issued_on) == (True, None, None)
    page = client_of(instructor).get(reverse("admin:staff_files", args=[dossier.ref]))
    assert "« Établissement <i>public</i>. »" in rows.text_of(page).replace("&lt;", "<")
    assert "Sans objet" in rows.text_of(page)


def test_the_table_and_the_page_of_a_piece(dossier, instructor, django_assert_num_queries):
    client = client_of(instructor)
    address = reverse("admin:staff_piece", args=[dossier.ref, "social_certificate"])
    text = rows.text_of(client.get(reverse("admin:staff_files", args=[dossier.ref])))
    assert ("Personne encore" in text, "À vérifier" in text, "6 mois, jusqu’à la fin du mois" in text) == (True,) * 3
    mark = mark_of(the_piece(dossier))
    sent = {"seen": mark, "verifier-issued_on": "2026-01-01", "verifier-security_code": "trop court", "verifier": "oui"}
    refused = client.post(address, sent)
    assert (refused.status_code, "15 lettres et chiffres" in rows.text_of(refused)) == (422, True)
    done = client.post(address, sent | {"verifier-security_code": CODE}, follow=True)
    text = rows.text_of(done)
    assert ("vaut jusqu’au 31 juillet 2026" in text, "A1B2C3D4E5F6G7H" in text, "Expirée" in text) == (True,) * 3
    again = client.post(address, sent | {"verifier-security_code": CODE})
    assert (again.status_code, PieceReading.objects.count()) == (422, 1)
    late = client.post(address, {"seen": mark_of(the_piece(dossier)), "refuser-reason": "", "refuser": "oui"})
    assert late.status_code == 422
    assert client.get(reverse("admin:staff_piece", args=[dossier.ref, "inconnue"])).status_code == 404


def test_the_pieces_are_read_in_one_query_whatever_was_said_of_them(dossier, instructor, django_assert_num_queries):
    held = frozen(standing_version(dossier))
    for expected in (1, 3):
        with django_assert_num_queries(1):
            supporting.pieces_of(dossier, held)
        for _ in range(expected):
            verify(dossier, instructor)
