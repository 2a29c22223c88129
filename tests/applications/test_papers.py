"""What a call asks of a file, and what was measured of it: said to its team before the deposit, and to the staff."""

import copy
import io

import docx
import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import measure, store
from ami_portal.jobs.models import Job
from ami_portal.questionnaire.form import FormError, parse
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts
from applications.papers import papers_of
from tests import people
from tests.applications import small
from tests.documents import files

RULES = {"margins_mm": 25, "font_points_min": 11, "headings": ["1. Contexte", "2. Méthode"], "template": True}
GOOD = "@page { margin: 26mm } h2, p { font-size: 11pt }"
TEXT = "<h2>1. Contexte</h2><p>Un texte assez long.</p>"


def a_form(**rules):
    """The small form, the file of its protocol under rules."""
    form = copy.deepcopy(small.FORM)
    asked = next(one for section in form["sections"] for one in section["questions"] if one["code"] == "protocol")
    asked["file_rules"] = RULES | rules
    return form


@pytest.fixture
def ruled(db, monkeypatch):
    """A draft whose protocol has rules."""

    def build(**rules):
        monkeypatch.setattr(small, "FORM", a_form(**rules))
        owner = people.a_person("claire@labo.example")
        return actions.start_dossier(small.a_small_call(), actor=owner), owner

    return build


def deposit(dossier, owner, content, name="protocole.pdf"):
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded(name, content), actor=owner)
    measure.inspect(attachment.document_id)
    return attachment


def page(dossier, owner, url_name="dossier_section", **more):
    kwargs = {"ref": dossier.ref} | (more or {"section": "annexes"})
    return people.client_of(owner).get(reverse(f"applications:{url_name}", kwargs=kwargs))


def test_the_rules_are_said_before_any_file(ruled):
    dossier, owner = ruled()
    words = page(dossier, owner).content.decode()
    assert "Marges d’au moins 25 mm." in words
    assert "Parties attendues, chacune suivie d’un texte : « 1. Contexte », « 2. Méthode »." in words
    assert "sans empêcher de déposer" in words
    assert f"/appels/{dossier.call.code}/modeles/protocol" in words


def test_what_was_measured_is_shown_with_its_place(ruled):
    dossier, owner = ruled()
    attachment = deposit(dossier, owner, files.a_written_pdf(GOOD.replace("26mm", "12mm"), TEXT))
    words = page(dossier, owner).content.decode()
    for said in (
        "Marges trop étroites (25 mm demandés, à 2 mm près).",
        "page 1 : gauche 12",
        "Taille des caractères respectée sur toutes les pages",
        "« 2. Méthode » : absente",
        'alt="Première page de protocole.pdf"',
    ):
        assert said in words
    picture = page(dossier, owner, "file_picture", uuid=attachment.document.uuid)
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")


def test_a_warning_lets_deposit_and_a_blocking_rule_does_not(ruled):
    dossier, owner = ruled(blocking=True)
    small.fill(dossier, actor=owner)
    [missing] = drafts.load(dossier).completeness.missing
    assert (missing.label, missing.todo.startswith("Un fichier ne respecte pas le format")) == ("Protocole", True)
    with pytest.raises(TransitionRefused, match="1 point est"):
        actions.submit_dossier(dossier, actor=owner)
    actions.remove_file(dossier.attachments.get(removed_at=None), actor=owner)
    good = files.a_written_pdf(GOOD, TEXT + "<h2>2. Méthode</h2><p>Un autre texte.</p>")
    deposit(dossier, owner, good)
    assert drafts.load(dossier).completeness.is_complete
    actions.submit_dossier(dossier, actor=owner)


def test_a_revision_has_the_file_looked_at_for_what_it_asks_now(ruled):
    dossier, owner = ruled()
    attachment = deposit(dossier, owner, files.a_written_pdf(GOOD, TEXT))
    small.revise(dossier.call, a_form(headings=["1. Contexte", "3. Calendrier"]))
    dossier.refresh_from_db()
    assert headings_of(dossier) == ("not_met", ("« 3. Calendrier » : absente",))
    small.revise(dossier.call, a_form(headings=["1. Contexte"], margins_mm=20))
    dossier.refresh_from_db()
    assert headings_of(dossier) == ("met", ())
    assert Job.objects.filter(name="documents.inspect", ids={"document_id": attachment.document_id}).count() == 3


def headings_of(dossier):
    """What is said of the headings of the protocol: result, places."""
    draft = drafts.load(dossier)
    [paper] = papers_of(draft.form.by_code["protocol"], draft)
    [found] = [(one.result, one.places) for one in paper.findings if one.rule == "headings"]
    return found


def test_without_blocking_the_same_file_is_a_warning(ruled):
    dossier, owner = ruled()
    small.fill(dossier, actor=owner)
    assert drafts.load(dossier).completeness.is_complete


def test_identity_is_told_to_the_team_and_how_to_remove_it(ruled):
    dossier, owner = ruled()
    document = docx.Document()
    document.core_properties.author = "Claire <b>Martin</b>"
    deposit(dossier, owner, files.saved(document), "protocole.docx")
    words = page(dossier, owner).content.decode()
    assert "Ce fichier dit son auteur : Claire &lt;b&gt;Martin&lt;/b&gt;." in words
    assert "Inspecter le document" in words


def test_a_picture_is_only_for_those_who_see_the_file(call, owner):
    dossier = small.a_full_draft(call, owner)
    attachment = dossier.attachments.get()
    url = reverse("applications:file_picture", kwargs={"ref": dossier.ref, "uuid": attachment.document.uuid})
    answer = people.client_of(owner).get(url)
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "image/png",
        "nosniff",
    )
    assert (answer["Content-Security-Policy"], "attachment" in answer.get("Content-Disposition", "")) == (
        "sandbox; default-src 'none'", False
    )  # fmt: skip
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert people.client_of(people.a_person("autre@labo.example")).get(url).status_code == 404
    staff = people.client_of(people.staff(Role.INSTRUCTOR))
    assert staff.get(url).status_code == 404  # a draft
    actions.submit_dossier(dossier, actor=owner)
    b"".join(staff.get(url).streaming_content)
    assert AuditEvent.objects.filter(verb="file.read", subject=dossier.ref).count() == 1
    other = actions.start_dossier(call, actor=owner)
    elsewhere = reverse("applications:file_picture", kwargs={"ref": other.ref, "uuid": attachment.document.uuid})
    assert people.client_of(owner).get(elsewhere).status_code == 404


def test_a_file_without_picture(dossier, owner):
    attachment = deposit(dossier, owner, files.a_docx(), "protocole.docx")
    assert page(dossier, owner, "file_picture", uuid=attachment.document.uuid).status_code == 404
    with pytest.raises(ValueError, match="not a picture of ours"):
        store.show(attachment.document)


def test_the_blank_file_is_made_of_the_rules(ruled, client):
    dossier, _ = ruled()
    answer = client.get(reverse("call_template", kwargs={"code": dossier.call.code, "question": "protocol"}))
    assert answer["Content-Disposition"] == 'attachment; filename="protocol-modele.docx"'
    document = docx.Document(io.BytesIO(answer.content))
    assert [one.text for one in document.paragraphs if one.text] == ["Protocole", "1. Contexte", "2. Méthode"]
    for question in ("cv", "title", "unknown"):
        url = reverse("call_template", kwargs={"code": dossier.call.code, "question": question})
        assert client.get(url).status_code == 404


def test_a_filled_blank_file_obeys_the_call(ruled, client):
    dossier, owner = ruled()
    answer = client.get(reverse("call_template", kwargs={"code": dossier.call.code, "question": "protocol"}))
    document = docx.Document(io.BytesIO(answer.content))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text or "Un texte assez long."
    deposit(dossier, owner, files.saved(document), "protocole.docx")
    draft = drafts.load(dossier)
    [paper] = papers_of(draft.form.by_code["protocol"], draft)
    assert [finding.result for finding in paper.findings] == ["met", "met", "met"]


@pytest.mark.parametrize(
    ("code", "words"), [("title", "ne vaut que pour un fichier"), ("protocol", "« marges » inconnue")]
)
def test_rules_that_are_none_are_refused_with_the_form(code, words):
    form = copy.deepcopy(small.FORM)
    asked = next(one for section in form["sections"] for one in section["questions"] if one["code"] == code)
    asked["file_rules"] = {"marges": 2}
    with pytest.raises(FormError, match=words):
        parse(form)
