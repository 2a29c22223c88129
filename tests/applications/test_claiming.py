"""A dossier deposited on Démarches Simplifiées, found again by who deposited it there, and by nobody else."""

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff.rules import dossiers_worked_on_by
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import DossierMember, ImportFault, RemoteDossier, SyncPass
from tests import people
from tests.applications import small

USAGER = "usager@labo.example"


@pytest.fixture
def imported(call, owner):
    """A deposit whose team is taken away, as if it had come from there."""
    dossier = small.a_full_draft(call, owner)
    actions.submit_dossier(dossier, actor=owner)
    DossierMember.objects.all().delete()
    dossier.versions.update(submitted_by=None)
    told = {"email": USAGER, "sha256": "0" * 64, "seen_at": clock.now(), "imported_at": clock.now()}
    RemoteDossier.objects.create(call=call, number=4242, dossier=dossier, state="en_instruction", **told)
    dossier.refresh_from_db()
    return dossier


def claim_url(dossier):
    return reverse("applications:dossier_claim", kwargs={"ref": dossier.ref})


def test_who_deposited_it_finds_it_again_once(imported):
    person = people.a_person(USAGER)
    client = people.client_of(person)
    page = client.get(reverse("applications:dossier_list")).content.decode()
    assert "Retrouver le dossier n° 4242, «\u00a0Repérer les rechutes\u00a0»" in page
    assert "Vous en deviendrez le porteur" in client.get(claim_url(imported)).content.decode()
    answer = client.post(claim_url(imported), follow=True)
    assert f"Le dossier {imported.ref} est dans votre espace." in answer.content.decode()
    assert "Repris de Démarches Simplifiées, qui vous en a accusé réception." in answer.content.decode()
    assert "C’est là-bas qu’il se corrige" in answer.content.decode()
    assert "Reprendre le dépôt" not in answer.content.decode()
    with pytest.raises(TransitionRefused, match="c’est là-bas qu’il se corrige"):
        actions.reopen_dossier(imported, actor=person)
    assert list(imported.members.values_list("email", "role")) == [(USAGER, "owner")]
    assert list(AuditEvent.objects.filter(verb="dossier.claim").values_list("subject", "actor")) == [
        (imported.ref, person.pk)
    ]
    assert Message.objects.filter(kind="applications.dossier_claimed", to_email=USAGER).count() == 1
    again = client.post(claim_url(imported))
    assert (again.status_code, again.url) == (302, reverse("applications:dossier_detail", kwargs={"ref": imported.ref}))
    with pytest.raises(TransitionRefused, match="ou il a déjà un porteur ici"):
        actions.claim_dossier(imported, actor=person)
    assert "Retrouver" not in client.get(reverse("applications:dossier_list")).content.decode()


def test_nobody_else_can(imported):
    stranger, unsure = people.a_person("autre@labo.example"), people.a_person(USAGER)
    unsure.emailaddress_set.update(verified=False)
    for person in (stranger, unsure):
        with pytest.raises(TransitionRefused):
            actions.claim_dossier(imported, actor=person)
    assert people.client_of(stranger).post(claim_url(imported)).status_code == 404
    assert not imported.members.exists()


def test_an_instructor_never_works_on_what_they_deposited_there(imported):
    own, other = people.staff(Role.INSTRUCTOR, email=USAGER), people.staff(Role.INSTRUCTOR, email="i@hdh.example")
    assert [imported in dossiers_worked_on_by(user) for user in (own, other)] == [False, True]


def _fault(call, number):
    remote = RemoteDossier.objects.create(call=call, number=number, seen_at=clock.now(), state="en_construction")
    ImportFault.objects.create(remote=remote, field=f"Montant {number}", said="« x » : nombre", since=clock.now())


def test_staff_read_what_could_not_be_imported(imported, settings, django_assert_num_queries):
    settings.DEMARCHES_TOKEN = "jeton"
    client, call = people.client_of(people.staff(Role.INSTRUCTOR)), imported.call
    url = reverse("admin:staff_demarche", kwargs={"code": call.code})
    assert "Cet appel n’a pas de démarche." in client.get(url).content.decode()
    call.demarches = {"demarche": 77}
    call.save()
    page = client.get(url).content.decode()
    said = ("Rien n’a encore été lu.", "Aucune passe n’a eu lieu.", "1 sur 1", "Dans la minute", "n° 77")
    assert [words for words in said if words not in page] == []
    at = clock.now()
    SyncPass.objects.create(call=call, since=at, started_at=at, ended_at=at, config_sha256="", created=1)
    assert "Tout ce qui a été lu a été repris." in client.get(url).content.decode()
    _fault(call, 1)
    with django_assert_num_queries(QUERIES):
        page = client.get(url).content.decode()
    assert ("Montant 1" in page, "« x » : nombre" in page, "Jamais repris" in page) == (True, True, True)
    _fault(call, 2)
    _fault(call, 3)
    RemoteDossier.objects.filter(dossier=imported).update(gone_at=at, gone_reason="expired", is_gone_for_good=True)
    with django_assert_num_queries(QUERIES):
        page = client.get(url).content.decode()
    assert "délai de conservation écoulé, vu le" in page
    assert client.post(reverse("admin:staff_demarche_sync", kwargs={"code": call.code}), follow=True).status_code == 200


QUERIES = 13


def test_a_dossier_from_there_is_marked_so_on_the_board_and_on_its_page(imported):
    client = people.client_of(people.staff(Role.INSTRUCTOR))
    board = client.get(reverse("admin:applications_dossier_changelist")).content.decode()
    head = client.get(reverse("admin:staff_content", kwargs={"ref": imported.ref})).content.decode()
    assert "Démarches Simplifiées n° 4242" in board
    assert "Démarches Simplifiées, n° 4242" in head
    assert "en instruction" in head
