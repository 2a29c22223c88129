"""A form is revised under its drafts: every answer stays or can be read with the former ones, and people are told."""

import copy
import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import actions, call_config, drafts, news, reading
from applications.enums import MemberRole
from applications.former import former_answers
from applications.models import Answer, CallDataset
from datasets.models import Dataset, DatasetVersion
from tests import people, scenes
from tests.applications import small


def without(*codes, **changes):
    """FORM without some questions or columns, others changed."""
    form = copy.deepcopy(small.FORM)
    for section in form["sections"]:
        section["questions"] = [
            one | changes.get(one["code"], {}) for one in section["questions"] if one["code"] not in codes
        ]
        for question in section["questions"]:
            if "columns" in question:
                question["columns"] = [one for one in question["columns"] if one["code"] not in codes]
    return form


def texts(dossier):
    dossier.refresh_from_db()
    return [(one.label, one.text, one.what) for one in former_answers(dossier, drafts.load(dossier)).texts]


def address(name, dossier, **more):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **more})


# A published form stays


@pytest.mark.parametrize("change", ["UPDATE {} SET published_at = published_at", "DELETE FROM {}"])
def test_a_published_form_is_immutable_in_the_database(call, change):
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(FormRevision._meta.db_table))
    assert FormRevision.objects.get(pk=call.form_revision_id).definition == small.FORM


# Drafts follow


def test_a_draft_follows_and_keeps_every_answer(call, owner):
    dossier = small.a_full_draft(call, owner)
    before = dict(Answer.objects.values_list("question", "value").filter(row=""))
    small.revise(call, without("summary", "what", amount={"type": "text"}, months={"type": "date"}))
    assert texts(dossier) == [
        ("Résumé", "Un premier paragraphe.\n\nUn second.", "question retirée"),
        ("Dépenses – ligne 1 – Description", "Data scientist, 9 mois", "question retirée"),
    ]
    after = dict(Answer.objects.values_list("question", "value").filter(row=""))
    assert after == before | {"amount": "98\u202f500,00\u00a0€", "months": {"typed": "24"}}
    assert (dossier.form_revision, dossier.title) == (call.form_revision, "Repérer les rechutes")
    last = AuditEvent.objects.order_by("number").last()
    assert (last.verb, last.subject, last.actor, last.before, last.after) == (
        "dossier.follow_form", dossier.ref, None, "1", "2"
    )  # fmt: skip


def test_following_twice_is_once(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without("summary"))
    for _ in range(2):
        actions.follow_form(dossier_id=dossier.pk)
    assert (dossier.form_moves.count(), Message.objects.filter(kind="applications.form_revised").count()) == (1, 1)


def test_facts_follow_the_new_form(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without("amount", "datasets", title={"fact": ""}, summary={"fact": "title"}))
    dossier.refresh_from_db()
    assert (dossier.title, dossier.amount_requested, dossier.dossier_datasets.count()) == (
        "Un premier paragraphe.\n\nUn second.", None, 0
    )  # fmt: skip


def test_an_answer_comes_back_with_its_question_and_is_read_as_it_is_asked_now(call, owner):
    small.a_full_draft(call, owner)
    small.revise(call, without("months"))
    small.revise(call, without(months={"type": "text"}))
    assert Answer.objects.get(question="months").value == "24"
    small.revise(call, small.FORM)
    assert Answer.objects.get(question="months").value == 24


def test_words_that_are_the_code_of_a_choice_stay_beside_what_it_says(call, owner):
    dossier = small.a_full_draft(call, owner, title="b")
    choice = {
        "type": "choice",
        "fact": "",
        "options": [{"code": "a", "label": "Cancer"}, {"code": "b", "label": "Cœur"}],
    }
    small.revise(call, without(title=choice))
    assert Answer.objects.get(question="title").value == "b"
    assert texts(dossier) == [("Titre", "b", "question modifiée")]


def test_files_of_a_removed_question_stay(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without("protocol"))
    dossier.refresh_from_db()
    former = former_answers(dossier, drafts.load(dossier))
    assert [file.document.filename for file in former.files] == [dossier.attachments.get().document.filename]


# A save on its way


def test_a_save_from_a_page_of_before_lands(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without("summary"))
    page = people.client_of(owner)
    sent = {"question": "summary", "value": "Tapé entre-temps", "version": 1}
    answer = page.post(address("answer_save", dossier), json.dumps(sent), content_type="application/json")
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert "retirée du formulaire" in answer.json()["problem"]
    assert texts(dossier) == [("Résumé", "Tapé entre-temps", "question retirée")]


def test_a_save_to_a_question_read_anew_is_no_conflict(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without(months={"type": "long_text"}))
    saved = actions.save_answer(dossier, Address("months"), "Deux ans", seen_version=1, actor=owner)
    assert (saved.version, saved.value) == (2, "Deux ans")
    assert texts(dossier) == []  # « 24 » reads the same as a text: nothing had to be kept beside


def test_a_page_of_before_sent_back_without_a_script_is_saved_whole(call, owner):
    dossier = small.a_full_draft(call, owner)
    client = people.client_of(owner)
    sent = {"v.summary": "1:x", "q.summary": "Tapé sur l’ancienne page", "v.title": "1:x", "q.title": "Nouveau titre"}
    small.revise(call, without("summary"))
    client.post(address("dossier_section", dossier, section="project"), sent)
    assert dict(Answer.objects.filter(question__in=["title", "summary"]).values_list("question", "value")) == {
        "title": "Nouveau titre", "summary": "Tapé sur l’ancienne page"
    }  # fmt: skip


def test_a_removed_section_sends_its_answers_to_their_place(call, owner):
    dossier = small.a_full_draft(call, owner)
    form = without()
    form["sections"].pop()
    small.revise(call, form)
    client, url = people.client_of(owner), address("dossier_section", dossier, section="annexes")
    page = client.post(url, {"v.email": "0:x", "q.email": "a@b.fr", "v.nulle.part": "0:x", "v.": "0"}, follow=True)
    assert "Cette rubrique n’est plus dans le formulaire." in page.content.decode()
    assert ("Contact", "a@b.fr", "question retirée") in texts(dossier)
    late = client.post(url, {"v.email": "0:x", "q.email": "autre@b.fr"})
    assert (late.status_code, "autre@b.fr" in late.content.decode()) == (409, True)
    assert client.get(url).status_code == 302
    assert client.get(address("dossier_section", dossier, section="jamais")).status_code == 302


# What people see


def test_each_writer_is_told_once_and_reads_what_changed_until_they_say_so(call, owner):
    dossier = small.a_full_draft(call, owner)
    paul, reader = people.a_person("paul@labo.example"), people.a_person("lectrice@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    actions.invite_member(dossier, reader.email, MemberRole.READER, actor=owner)
    small.revise(call, without("summary", title={"label": "Titre du projet"}))
    mails = Message.objects.filter(kind="applications.form_revised")
    assert sorted(mails.values_list("to_email", flat=True)) == sorted([owner.email, paul.email])
    clients = {user: people.client_of(user) for user in (owner, paul, reader)}
    shown = {user: clients[user].get(address("dossier_detail", dossier)).content.decode() for user in clients}
    assert ["a été révisé" in shown[user] for user in (owner, paul, reader)] == [True, True, False]
    assert "Titre du projet" in shown[owner]
    assert "l’intitulé" in shown[owner]
    assert "Résumé" in clients[owner].get(address("former_list", dossier)).content.decode()
    section = clients[paul].get(address("dossier_section", dossier, section="budget")).content.decode()
    assert "lisez ce qui change" in section
    until = news.news_of(dossier, owner, clock.now()).until
    clients[owner].post(address("news_acknowledge", dossier), {"until": until.isoformat()})
    again = {user: clients[user].get(address("dossier_detail", dossier)).content.decode() for user in (owner, paul)}
    assert ["a été révisé" in again[user] for user in (owner, paul)] == [False, True]


def test_two_revisions_are_told_as_one_difference_and_what_comes_after_is_told_again(call, owner):
    dossier = small.a_full_draft(call, owner)
    small.revise(call, without("summary"))
    seen = clock.now()
    small.revise(call, without("summary", "linkage_other"))
    dossier.refresh_from_db()
    told = news.news_of(dossier, owner, clock.now())
    assert [asked.question.code for asked in told.form.removed] == ["summary", "linkage_other"]
    actions.acknowledge_news(dossier, until=seen, actor=owner)
    told = news.news_of(dossier, owner, clock.now())
    assert [asked.question.code for asked in told.form.removed] == ["linkage_other"]
    actions.acknowledge_news(dossier, until=clock.now() + dt.timedelta(days=9), actor=owner)
    actions.acknowledge_news(dossier, until=seen, actor=owner)  # an older page does not bring it back
    assert news.news_of(dossier, owner, clock.now()) is None
    small.revise(call, small.FORM)
    dossier.refresh_from_db()
    assert news.news_of(dossier, owner, clock.now()) is not None


@pytest.mark.parametrize("until", ["", "hier", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59"])
def test_acknowledging_what_no_page_shows(dossier, owner, until):
    assert people.client_of(owner).post(address("news_acknowledge", dossier), {"until": until}).status_code == 404


def test_acknowledging_is_for_who_writes(dossier, owner):
    reader = people.a_person("lectrice@labo.example")
    actions.invite_member(dossier, reader.email, MemberRole.READER, actor=owner)
    sent = {"until": clock.now().isoformat()}
    assert people.client_of(reader).post(address("news_acknowledge", dossier), sent).status_code == 403
    with pytest.raises(TransitionRefused, match="droit"):
        actions.acknowledge_news(dossier, until=clock.now(), actor=reader)


def test_nothing_is_told_before_anything_changes(dossier, owner):
    page = people.client_of(owner)
    assert "révisé" not in page.get(address("dossier_detail", dossier)).content.decode()
    assert "Aucune : chacune" in page.get(address("former_list", dossier)).content.decode()


# Deposits


def test_a_deposit_stays_on_its_revision_and_follows_once_it_is_taken_back(call, owner):
    dossier = small.a_full_draft(call, owner)
    first = dossier.form_revision
    version = actions.submit_dossier(dossier, actor=owner)
    newest = small.revise(call, without("summary"))
    dossier.refresh_from_db()
    assert (dossier.form_revision, dossier.form_moves.count()) == (first, 0)
    actions.reopen_dossier(dossier, actor=owner)
    dossier.refresh_from_db()
    assert dossier.form_revision == newest
    assert news.news_of(dossier, owner, clock.now()) is not None
    assert texts(dossier) == [("Résumé", "Un premier paragraphe.\n\nUn second.", "question retirée")]
    version.refresh_from_db()
    assert reading.frozen(version).answer("summary") == "Un premier paragraphe.\n\nUn second."
    again = actions.submit_dossier(dossier, actor=owner)
    assert (reading.frozen(again).item("summary"), reading.frozen(again).form_sha256) == (None, newest.sha256)


def test_a_draft_that_has_not_yet_followed_is_not_deposited_on_the_form_of_before(call, owner):
    dossier = small.a_full_draft(call, owner)
    revision = FormRevision.objects.create(
        code="PETIT", number=2, definition=without("summary"), sha256="2" * 64, published_at=clock.now()
    )
    type(call).objects.filter(pk=call.pk).update(form_revision=revision)
    with pytest.raises(TransitionRefused, match="révisé"):
        actions.submit_dossier(dossier, actor=owner)
    actions.follow_form(dossier_id=dossier.pk)
    actions.submit_dossier(dossier, actor=owner)


# Datasets


def test_a_dataset_joins_an_open_call_and_those_who_draft_are_told(call, owner):
    draft, deposited = small.a_full_draft(call, owner), small.a_full_draft(call, owner)
    actions.submit_dossier(deposited, actor=owner)
    dataset = Dataset.objects.create(code="base-c", title="Base C", partner=Dataset.objects.first().partner)
    version = DatasetVersion.objects.create(dataset=dataset, version="1", summary="Une autre.")
    for _ in range(2):
        call_config.open_dataset(call, version, at=clock.now())
        scenes.run_jobs()
    told = Message.objects.filter(kind="applications.dataset_opened")
    assert list(told.values_list("to_email", "subject_ref")) == [(owner.email, draft.ref)]
    assert CallDataset.objects.filter(call=call, version=version).count() == 1
    client = people.client_of(owner)
    assert "Base C" in client.get(address("dossier_detail", draft)).content.decode()
    assert "s’est ouvert à une autre base" not in client.get(address("dossier_detail", deposited)).content.decode()
    client.post(address("news_acknowledge", draft), {"until": clock.now().isoformat()})
    assert "s’est ouvert à une autre base" not in client.get(address("dossier_detail", draft)).content.decode()
