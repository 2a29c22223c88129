"""The gracious appeal against the jury's decision: filed once it is published, tracked, answered; the reserve list."""

import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ami_portal.documents import store
from ami_portal.kernel import clock
from applications.models import Call, Dossier
from evaluation import actions, letters, reserve
from evaluation.appeals import contestable
from evaluation.models import Appeal, Decision, Letter, QueueEntry
from funding import actions as funding
from tests.desk import staff_rows as rows
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal
from .test_publication import text_of

pytestmark = pytest.mark.once  # who may and what follows; locks have their own tests


@pytest.fixture(scope="module")
def built(module_rows):
    """A laureate and a refusal of the jury, published (their letters are leaf rows)."""
    session, first, second = scenes.frozen(scenes.a_closed_call())
    for dossier in (first, second):
        kept = {"subject": dossier.ref, "content": b"%PDF-1", "filename": "lettre.pdf", "media_type": "application/pdf"}
        document = store.keep("letter", **kept, at=clock.now())
        Letter.objects.create(dossier=dossier, kind=dossier.decision.outcome, document=document)
    rejected = Dossier.objects.select_related("call").get(pk=second.pk)
    return SimpleNamespace(
        session=session, laureate=first, dossier=rejected, owner=scenes.dossier_owner(second), actor=scenes.instructor()
    )


@pytest.fixture
def published(scene):
    actions.publish_results(scene.session, actor=scenes.secretary())
    scene.dossier.refresh_from_db()
    return scene


def file(scene, body="Le jury a mal lu le tableau 2 <b>bis</b>.", dossier=None, actor=None):
    said = {"token": uuid.uuid4(), "actor": actor or scene.owner}
    return actions.file_appeal(dossier or scene.dossier, body, (), **said)


def answer(appeal, scene, accept=True):
    actions.answer_appeal(appeal, is_accepted=accept, reason="Le tableau était lisible.", actor=scene.actor)
    scene.dossier.refresh_from_db()


def test_nothing_is_contested_before_the_publication(scene):
    assert contestable(scene.dossier) is None
    assert refusal(file, scene) == "Aucune décision de ce dossier ne se conteste ici."


def test_it_is_filed_by_the_owner_once_and_waits_in_the_queue(published):
    appeal = file(published)
    assert (appeal.decision, appeal.declaration, appeal.contested.label) == (
        Decision.objects.get(dossier=published.dossier),
        None,
        "Non retenu",
    )
    assert QueueEntry.objects.get(dossier=published.dossier).awaits == "answer"
    assert refusal(file, published) == "Un recours est déjà formé contre cette décision."
    owner = client_of(published.owner)
    page = owner.get(f"/evaluation/resultats/{published.dossier.ref}/recours/").content.decode()
    assert "Le jury a mal lu le tableau 2 &lt;b&gt;bis&lt;/b&gt;." in page
    staff = client_of(published.actor).get(reverse("admin:staff_appeals", args=[published.dossier.ref]))
    assert "contre la décision « non retenu »" in rows.text_of(staff)


def test_a_laureate_and_a_call_that_does_not_admit_it_contest_nothing(published):
    laureate = Dossier.objects.get(pk=published.laureate.pk)
    owner = scenes.dossier_owner(laureate)
    assert refusal(file, published, dossier=laureate, actor=owner).startswith("Aucune décision")
    call = Call.objects.get(pk=published.dossier.call_id)
    call.decisions["appeal"]["jury"] = False
    call.save(update_fields=["decisions"])
    assert refusal(file, published).startswith("Aucune décision")


def test_who_decided_or_reviewed_does_not_answer(published):
    appeal = file(published)
    Decision.objects.filter(dossier=published.dossier).update(decided_by=published.actor)
    assert "Vous avez pris part" in refusal(answer, Appeal.objects.get(pk=appeal.pk), published)


@pytest.mark.drawn
def test_rejected_it_changes_nothing_and_accepted_it_puts_the_dossier_on_the_reserve_list(published):
    appeal = file(published)
    answer(appeal, published)
    assert (published.dossier.state, journal(published.dossier.ref, "dossier.admit")) == (
        "reserve",
        [("dossier.admit_on_appeal", "rejected", "reserve")],
    )
    decision = Decision.objects.get(dossier=published.dossier)
    assert (decision.outcome, letters.shown_rank(decision)) == ("rejected", 1)
    assert [row.dossier for row in reserve.waiting(published.dossier.call)] == [published.dossier]
    assert not QueueEntry.objects.filter(dossier=published.dossier).exists()
    actions.build_letter(dossier_id=published.dossier.pk)
    letter = Letter.objects.get(appeal=appeal)
    assert "inscrit sur la liste complémentaire, au rang 1" in text_of(letter)
    page = client_of(published.owner).get(f"/evaluation/resultats/{published.dossier.ref}/").content.decode()
    assert "Votre projet est sur la liste complémentaire" in page


def test_who_was_admitted_on_appeal_is_called_like_the_others(published):
    answer(file(published), published)
    laureate = Dossier.objects.get(pk=published.laureate.pk)
    funding.renounce_grant(laureate, actor=scenes.dossier_owner(laureate))
    actions.call_reserve(published.dossier, amount=Decimal("50000"), actor=scenes.secretary())
    published.dossier.refresh_from_db()
    assert (published.dossier.state, Decision.objects.get(dossier=published.dossier).amount) == ("laureate", 50000)


def test_an_appeal_that_is_rejected_leaves_the_decision(published):
    answer(file(published), published, accept=False)
    assert (published.dossier.state, Appeal.objects.get().state) == ("rejected", "rejected")
