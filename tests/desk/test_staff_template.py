"""A template given by the operator: deposited in the builder, its rules kept or corrected, then held against files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.documents import given
from ami_portal.documents.models import Document
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Place
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import digest_of
from applications.models import FormDraft
from tests import people, scenes
from tests.applications import small
from tests.documents import files, words

from .staff_rows import text_of

PARTS = ["1. Contexte", "2. Méthode"]
NAME = "protocole.docx"


@pytest.fixture
def call(db):
    given._blank.cache_clear()
    return small.a_small_call()


@pytest.fixture
def admin(call):
    admin = people.staff(Role.ADMINISTRATOR)
    actions.start_form_draft(call, actor=admin)
    return admin


@pytest.fixture
def client(admin):
    return people.client_of(admin)


def page(call, question="protocol"):
    return reverse("admin:staff_form_template", args=[call.code, question])


def deposit(client, call, content, name=NAME):
    return client.post(page(call), {"act": "deposit", "file": SimpleUploadedFile(name, content)})


def node(call):
    return editing.node_at(FormDraft.objects.get(call=call).definition, Place(question="protocol"))


def kept(client, call, **changes):
    """What a browser sends back from the second form, as the page showed it."""
    form = client.get(page(call)).context["rules_form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    document = given.last_for(call.code, "protocol")
    return client.post(page(call), sent | {"seen": editing.digest(node(call)), "document": document.uuid} | changes)


def test_a_template_is_controlled_then_its_rules_are_kept_and_published(call, admin, client):
    content = words.a_word(PARTS)
    deposit(client, call, content)
    assert "Actualiser dans quelques secondes" in text_of(client.get(page(call)))
    scenes.run_jobs()
    said = text_of(client.get(page(call)))
    assert "Lu dans ce fichier : 2 titres, 1 tableau, 2 cellules à remplir." in said
    assert kept(client, call, blocking="on").status_code == 302
    sha256 = Document.objects.get(kind=given.KIND).sha256
    assert node(call)["file_rules"] == {
        "headings": PARTS, "filled_tables": True, "blocking": True, "template": {"file": NAME, "sha256": sha256},
    }  # fmt: skip
    address = reverse("call_template", args=[call.code, "protocol"])
    assert client.get(address).status_code == 404  # nothing is published yet
    calls.publish_form(call, seen=digest_of(FormDraft.objects.get()), actor=admin)
    assert people.client_of(people.a_person()).get(address).getvalue() == content
    verbs = AuditEvent.objects.filter(actor=admin).values_list("verb", flat=True)
    assert [verb for verb in verbs if "template" in verb] == ["call.deposit_template"]


def test_a_file_left_as_the_template_keeps_the_dossier_from_being_deposited(call, admin, client):
    content = words.a_word(PARTS)
    deposit(client, call, content)
    scenes.run_jobs()
    kept(client, call, blocking="on")
    calls.publish_form(call, seen=digest_of(FormDraft.objects.get()), actor=admin)
    call.refresh_from_db()
    owner = people.a_person()
    dossier = actions.start_dossier(call, actor=owner)
    actions.deposit_file(dossier, "protocol", files.uploaded(NAME, content), actor=owner)
    scenes.run_jobs()
    shown = people.client_of(owner).get(reverse("applications:dossier_section", args=[dossier.ref, "annexes"]))
    said = text_of(shown)
    assert "« 1. Contexte » : laissée telle que dans le modèle" in said
    assert "2 cellules de tableau à remplir." in said
    with pytest.raises(TransitionRefused):
        actions.submit_dossier(dossier, actor=owner)


def test_rules_are_corrected_and_the_template_can_be_left_out(call, client):
    deposit(client, call, words.a_word(PARTS))
    scenes.run_jobs()
    kept(client, call, headings="2. Méthode\n")
    assert node(call)["file_rules"]["headings"] == ["2. Méthode"]
    kept(client, call, act="without")
    assert node(call)["file_rules"]["template"] is True


def test_a_hostile_template_is_refused_with_the_reason_and_never_named(call, client):
    deposit(client, call, files.a_docx(**{"word/more.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}))
    scenes.run_jobs()
    assert "Ce fichier contient du XML dangereux" in text_of(client.get(page(call)))
    said = client.post(
        page(call),
        {
            "headings": "A",
            "seen": editing.digest(node(call)),
            "document": given.last_for(call.code, "protocol").uuid,
        },
    )
    assert (said.status_code, "file_rules" in node(call)) == (422, False)
    download = reverse("admin:staff_form_template_file", args=[call.code, "protocol"])
    assert client.get(download).status_code == 404


@pytest.mark.parametrize(("content", "words"), [(b"du texte", "d’un autre type"), (files.a_pdf(), "un fichier PDF")])
def test_what_is_no_word_nor_excel_file_is_refused_at_once(call, client, content, words):
    said = deposit(client, call, content)
    assert (said.status_code, words in text_of(said)) == (422, True)
    assert not Document.objects.filter(kind=given.KIND).exists()


def test_a_page_of_before_writes_nothing(call, client):
    deposit(client, call, words.a_word(PARTS))
    scenes.run_jobs()
    said = kept(client, call, seen="0" * 16)
    assert (said.status_code, "file_rules" in node(call)) == (422, False)


def test_only_a_file_question_has_a_template(call, client, admin):
    assert client.get(page(call, "title")).status_code == 404
    with pytest.raises(KeyError):
        actions.deposit_template(call, "title", files.uploaded(NAME, words.a_word(PARTS)), actor=admin)
    with pytest.raises(TransitionRefused):
        actions.deposit_template(call, "protocol", files.uploaded(NAME, words.a_word(PARTS)), actor=people.a_person())


def test_a_form_names_no_template_that_the_portal_has_not_got(call, admin):
    template = {"file": NAME, "sha256": "ab" * 32}
    change = actions.building.Change(
        "change",
        Place(question="protocol"),
        lambda definition: editing.replaced(
            definition, Place(question="protocol"), node(call) | {"file_rules": {"template": template}}
        ),
    )
    with pytest.raises(TransitionRefused, match="le portail n’a pas le modèle"):
        actions.edit_form_draft(call, change, actor=admin)
