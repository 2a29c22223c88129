"""The gracious appeal: who may file it, until when, who answers it; a final decision reopened; the sealed letters."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import seal, store
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Dossier
from evaluation import actions, appeals
from evaluation.models import Appeal, Declaration, Letter, QueueEntry
from tests import scenes as files
from tests.people import a_person, client_of, staff
from tests.scenes import items_to_decide, receive, run_jobs

from . import scenes
from .helpers import journal, refusal

pytestmark = pytest.mark.drawn
TEXT = "Le jalon de fin est une <b>faute</b> de frappe."


@pytest.fixture(scope="module")
def built(module_rows):
    dossier = scenes.a_deposit(scenes.a_closed_call())
    refuse(dossier)
    dossier.refresh_from_db()
    other = staff(Role.INSTRUCTOR, email="autre.instruction@hdh.example")
    return SimpleNamespace(dossier=dossier, other=other, owner=scenes.dossier_owner(dossier))


def refuse(dossier):
    """Declared not eligible for its duration, the letter made."""
    instructor = scenes.instructor()
    receive(dossier, instructor)
    for item in items_to_decide(dossier, "eligibility"):
        said = ("not_met", "30 mois.") if item.criterion.code == "DURATION" else ("met", "Vu.")
        actions.decide_criterion(item, decision=said[0], reason=said[1], actor=instructor)
    actions.declare_ineligible(dossier, actor=instructor)
    run_jobs()


def file(scene, body=TEXT, uploaded=(), **more):
    said = {"token": uuid.uuid4(), "actor": scene.owner} | more
    return actions.file_appeal(scene.dossier, body, uploaded, **said)


def answer(appeal, scene, *, accept=True, reason="Le jalon est corrigé.", actor=None):
    actions.answer_appeal(appeal, is_accepted=accept, reason=reason, actor=actor or scene.other)
    run_jobs()
    scene.dossier.refresh_from_db()


def contents_of(letter):
    return store.read(letter.document)


def test_the_letter_of_a_refusal_is_sealed_and_names_the_service(scene):
    letter = Letter.objects.get(dossier=scene.dossier)
    assert (letter.kind, letter.declaration, seal.is_whole(contents_of(letter))) == (
        "ineligible",
        Declaration.objects.get(act="eligibility"),
        True,
    )


def test_an_appeal_gets_its_receipt_its_mails_and_its_place_in_the_queue(scene):
    appeal = file(scene, uploaded=[files.a_file("preuve.pdf")])
    run_jobs()
    appeal.refresh_from_db()
    today = clock.today()
    assert (appeal.ref, appeal.body, appeal.due_on) == (f"{scene.dossier.ref}/R1", TEXT, clock.add_months(today, 2))
    assert seal.is_whole(store.read(appeal.receipt))
    kinds = Message.objects.filter(kind__startswith="evaluation.appeal").values_list("kind", "to_email")
    assert set(kinds) == {
        ("evaluation.appeal_to_read", scene.dossier.call.contact),
        ("evaluation.appeal_received", scene.owner.email),
    }
    entry = QueueEntry.objects.get()
    assert (entry.act, entry.awaits, entry.due_on) == ("appeal", "answer", appeal.due_on)
    assert journal(appeal.ref, "appeal") == [("appeal.file", "", "filed")]


def test_the_same_sending_twice_is_one_appeal_and_another_one_is_refused(scene):
    token = uuid.uuid4()
    assert file(scene, token=token) == file(scene, token=token)
    assert refusal(file, scene) == "Un recours est déjà formé contre cette décision."


@pytest.mark.parametrize(("body", "words"), [("  ", "Écrivez pourquoi"), ("x" * 20_001, "20000 caractères")])
def test_an_appeal_says_why(scene, body, words):
    assert words in refusal(file, scene, body)
    assert not Appeal.objects.exists()


def test_only_the_owner_files_it(scene):
    for person in (a_person("autre@ailleurs.example"), scenes.instructor()):
        assert "pas le droit" in refusal(file, scene, actor=person)


def test_it_is_received_to_the_end_of_its_last_day(scene):
    contested = appeals.contestable(scene.dossier)
    end = clock.from_paris(contested.last_day + dt.timedelta(days=1), dt.time())
    with time_machine.travel(end, tick=False):
        assert refusal(file, scene) == "Le délai du recours gracieux est passé."
    with time_machine.travel(end - dt.timedelta(seconds=1), tick=False):
        assert file(scene).state == "filed"


def test_a_call_that_admits_none_receives_none(scene):
    scene.dossier.call.decisions = {}
    scene.dossier.call.save(update_fields=["decisions"])
    assert refusal(file, scene) == "Aucune décision de ce dossier ne se conteste ici."


def test_who_refused_does_not_answer(scene):
    appeal = file(scene)
    said = refusal(answer, appeal, scene, actor=scenes.instructor())
    assert said.startswith("Vous avez pris part à la décision contestée")
    assert "Donnez le motif" in refusal(answer, appeal, scene, reason=" ")
    assert "pas le droit" in refusal(answer, appeal, scene, actor=scenes.secretary())


def test_accepted_it_reopens_the_decision_and_what_was_before_stays_readable(scene):
    appeal = file(scene)
    answer(appeal, scene)
    refused = Declaration.objects.get(act="eligibility")
    assert (scene.dossier.state, scene.dossier.decided_at, refused.reopening_reason) == (
        "submitted",
        None,
        "Le jalon est corrigé.",
    )
    kinds = Letter.objects.filter(dossier=scene.dossier).values_list("kind", "number")
    assert list(kinds) == [("ineligible", 1), ("appeal_accepted", 2)]
    assert journal(scene.dossier.ref, "dossier.reopen") == [("dossier.reopen_decision", "ineligible", "submitted")]
    assert QueueEntry.objects.get().awaits == "declaration"
    page = client_of(scene.owner).get(reverse("evaluation:dossier_outcome", args=[scene.dossier.ref]))
    assert "est rouverte" in page.content.decode()
    assert page.content.decode().count("fr-link--download") == 2
    assert "L’état est" in refusal(answer, appeal, scene).replace("l’état", "L’état")
    row = items_to_decide(scene.dossier, "eligibility")
    again = next(item for item in row if item.criterion.code == "DURATION")
    actions.decide_criterion(again, decision="not_met", reason="31 mois.", actor=scene.other)
    actions.declare_ineligible(scene.dossier, actor=scene.other)
    run_jobs()
    assert Letter.objects.filter(dossier=scene.dossier, kind="ineligible").count() == 2
    assert Message.objects.filter(kind="evaluation.eligibility_decided").count() == 2


def test_rejected_the_decision_stays_and_a_letter_says_why(scene):
    answer(file(scene), scene, accept=False, reason="Le jalon est bien de 30 mois.")
    letter = Letter.objects.get(kind="appeal_rejected")
    assert (scene.dossier.state, seal.is_whole(contents_of(letter))) == ("ineligible", True)
    assert not QueueEntry.objects.exists()
    assert Message.objects.filter(kind="evaluation.appeal_answered", to_email=scene.owner.email).count() == 1


def test_a_final_decision_is_reopened_with_a_reason(scene):
    assert "Donnez le motif" in refusal(actions.reopen_decision, scene.dossier, reason=" ", actor=scene.other)
    assert "pas le droit" in refusal(actions.reopen_decision, scene.dossier, reason="x", actor=scenes.secretary())
    actions.reopen_decision(scene.dossier, reason="Erreur sur la date.", actor=scene.other)
    event = AuditEvent.objects.get(verb="dossier.reopen_decision")
    assert (event.actor, event.data["reason"], Dossier.objects.get().state) == (
        scene.other,
        "Erreur sur la date.",
        "submitted",
    )
    assert Message.objects.filter(kind="evaluation.decision_reopened", to_email=scene.owner.email).count() == 1
    again = refusal(actions.reopen_decision, scene.dossier, reason="Encore.", actor=scene.other)
    assert again == "Aucune décision défavorable n’est à rouvrir."


def test_an_appeal_that_waits_is_answered_before_the_decision_is_reopened(scene):
    file(scene)
    said = refusal(actions.reopen_decision, scene.dossier, reason="Erreur.", actor=scene.other)
    assert said.startswith("Un recours attend une réponse")


def test_the_database_ties_an_answer_to_its_reason(scene):
    appeal = file(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(state="rejected")


def test_the_pages_of_the_applicant(scene):
    client, url = client_of(scene.owner), reverse("evaluation:dossier_appeal", args=[scene.dossier.ref])
    empty = client.get(url).content.decode()
    assert "Former le recours" in empty
    refused = client.post(url, {"q.message": "", "token": uuid.uuid4()})
    assert (refused.status_code, refused.content.decode().count("Erreur – ")) == (422, 1)
    sent = {"q.message": TEXT, "token": uuid.uuid4(), "files": files.a_file("preuve.pdf")}
    filed = client.post(url, sent, follow=True).content.decode()
    assert "Votre recours est en cours d’examen." in filed
    assert "Le jalon de fin est une &lt;b&gt;faute&lt;/b&gt; de frappe." in filed
    document = Appeal.objects.get().files.get().document
    download = reverse("evaluation:appeal_file", args=[scene.dossier.ref, document.uuid])
    assert client.get(download).status_code == 404  # hostile until it is examined
    run_jobs()
    found = client.get(download)
    assert (found.status_code, b"".join(found.streaming_content)[:4]) == (200, b"%PDF")
    assert client_of(a_person("autre@ailleurs.example")).get(url).status_code == 404
    answer(Appeal.objects.get(), scene, accept=False)
    assert "Votre recours est rejeté." in client.get(url).content.decode()


def test_a_dossier_that_was_not_admissible_is_not_called_ineligible(scene):
    Letter.objects.filter(dossier=scene.dossier).update(kind="inadmissible")
    client = client_of(scene.owner)
    pages = [reverse(f"evaluation:{name}", args=[scene.dossier.ref]) for name in ("dossier_outcome", "dossier_appeal")]
    said = [client.get(url).content.decode() for url in pages]
    assert [("Non recevable" in page, "Non éligible" in page) for page in said] == [(True, False)] * 2


def test_too_late_the_page_says_since_when(scene):
    contested = appeals.contestable(scene.dossier)
    with time_machine.travel(contested.last_day + dt.timedelta(days=2), tick=False):
        page = client_of(scene.owner).get(reverse("evaluation:dossier_appeal", args=[scene.dossier.ref]))
    said = page.content.decode()
    assert ("Le délai est passé depuis le" in said, "Envoyer le recours" in said) == (True, False)


def test_the_pages_of_the_staff(scene):
    file(scene, uploaded=[files.a_file("preuve.pdf")])
    run_jobs()
    ref, client = scene.dossier.ref, client_of(scene.other)
    tab = reverse("admin:staff_appeals", args=[ref])
    read = client.get(tab).content.decode()
    assert ("Une autre personne" in read, "Un recours gracieux attend une réponse." in read) == (False, True)
    home = client.get(reverse("admin:index")).context["todo"]
    assert [(tile.label, tile.count) for tile in home.duties] == [("Recours sans réponse", 1)]
    assert "une autre personne réponde" in client_of(scenes.instructor()).get(tab).content.decode()
    url = reverse("admin:staff_appeal_answer", args=[ref])
    assert client.post(url, {"answer": "accepted", "reason": ""}).status_code == 422
    shown = client.post(url, {"answer": "accepted", "reason": "Vu."})
    assert "Accepter le recours</button>" in shown.content.decode()
    client.post(url, {"answer": "accepted", "reason": "Vu.", "confirme": "1"})
    assert (Appeal.objects.get().state, Dossier.objects.get().state) == ("accepted", "submitted")
    assert "Réponse de" in client.get(tab).content.decode()
    assert "Aucune décision défavorable" in client.get(reverse("admin:staff_reopen", args=[ref])).content.decode()
