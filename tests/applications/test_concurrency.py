"""Two people at the same instant, on real transactions: nothing is lost, nothing is doubled, nothing fails."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.documents.models import Document
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions, reading
from applications.actions import StaleAnswer
from applications.enums import DossierState
from applications.models import Answer, Attachment, Call, Dossier, DossierVersion, PastAnswer, Reminder
from applications.reminders import due_at
from evaluation.actions import ask_completion
from tests import people
from tests.applications import asked, small
from tests.documents import files

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run each act in a thread of its own, all starting at once; answer what each returned or raised, in order."""
    results = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(index, act):
        try:
            ready.wait(10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def owner(transactional_db):
    return people.a_person("claire@labo.example")


@pytest.fixture
def dossier(owner):
    return actions.start_dossier(small.a_small_call(), actor=owner)


def test_two_of_the_staff_ask_once_and_a_reply_at_the_bell_is_sent_or_put_back_whole(owner):
    """The reply and the end of the delay together: one of them is done, and the dossier says which."""
    dossier, instructor = asked.a_deposit(owner), asked.an_instructor()
    with time_machine.travel(asked.ASKED, tick=False):
        outcomes = together(*[lambda: ask_completion(dossier, asked.POINTS, actor=instructor)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CompletionRequest", "TransitionRefused"]
    with time_machine.travel(asked.DUE - asked.SECOND, tick=False):
        small.type_in(dossier, "summary", "Écrit à temps.", actor=owner)
        sent, closed = together(
            lambda: actions.answer_completion(dossier, actor=owner),
            lambda: actions.settle_completions(at=asked.DUE),
        )
    request = Dossier.objects.get(pk=dossier.pk).completions.get()
    is_sent = isinstance(sent, DossierVersion)
    assert (request.outcome, closed) == (("answered", 0) if is_sent else ("unanswered", 1))
    text = Answer.objects.get(dossier=dossier, question="summary").value
    assert text == ("Écrit à temps." if is_sent else small.ANSWERS["summary"])


def save(dossier, owner, code, text, seen=0):
    return lambda: actions.save_answer(dossier, Address(code), text, seen_version=seen, actor=owner)


@pytest.mark.parametrize("seen", [0, 1], ids=["new", "known"])
def test_the_same_field_by_two(dossier, owner, seen):
    if seen:
        small.type_in(dossier, "title", "Avant", actor=owner)
    results = together(*(save(dossier, owner, "title", text, seen) for text in ("Un", "Deux")))
    won, lost = sorted(results, key=lambda result: isinstance(result, Exception))
    assert isinstance(lost, StaleAnswer)
    stored = Answer.objects.get()
    assert (won.value, won.version) == (stored.value, stored.version) == (lost.typed, seen + 1)


def test_the_same_field_sent_by_two_pages(dossier, owner):
    """One is saved; the other is told both texts, and what it sent is in the history."""
    small.type_in(dossier, "title", "Avant", actor=owner)
    url = reverse("applications:answer_save", kwargs={"ref": dossier.ref})
    pages = {text: people.client_of(owner) for text in ("Un", "Deux")}
    sent = {text: {"question": "title", "value": text, "version": 1} for text in pages}
    answers = together(
        *(
            lambda client=client, text=text: client.post(url, sent[text], content_type="application/json")
            for text, client in pages.items()
        )
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json() | {"when": ""} == {
        "error": "stale", "yours": lost.json()["yours"], "typed": won.json()["typed"], "shown": won.json()["typed"],
        "version": 2, "who": owner.get_full_name(), "when": "",
    }  # fmt: skip
    kept = PastAnswer.objects.order_by("pk").values_list("value", flat=True)
    assert list(kept) == ["Avant", lost.json()["yours"]]


def test_the_same_text_by_two_is_one(dossier, owner):
    results = together(*(save(dossier, owner, "title", "Pareil") for _ in range(3)))
    assert [result.version for result in results] == [1, 1, 1]


def test_different_fields_by_several(dossier, owner):
    codes = ["title", "summary", "lead_name", "months"]
    results = together(*(save(dossier, owner, code, "24") for code in codes))
    assert [result.version for result in results] == [1, 1, 1, 1]
    assert Answer.objects.count() == 4


def test_rows_by_several_have_their_place(dossier, owner):
    results = together(*(lambda: actions.add_row(dossier, "costs", actor=owner) for _ in range(6)))
    made = [result for result in results if not isinstance(result, Exception)]
    assert sorted(row.position for row in made) == [1, 2, 3, 4]
    assert all(isinstance(result, TransitionRefused) for result in results if result not in made)


def test_a_file_replaced_by_two_at_once_is_replaced_once(dossier, owner):
    first = actions.deposit_file(dossier, "protocol", files.uploaded("v1.pdf"), actor=owner)
    names = ("v2.pdf", "v3.pdf")
    results = together(
        *(lambda name=name: actions.replace_file(first, files.uploaded(name), actor=owner) for name in names)
    )
    won, lost = sorted(results, key=lambda result: isinstance(result, Exception))
    assert "déjà été retiré ou remplacé" in str(lost)
    assert list(Attachment.objects.filter(removed_at=None)) == [won]
    first.refresh_from_db()
    assert first.replaced_by == won


def test_dossiers_started_at_once_have_their_number(owner, dossier):
    results = together(*(lambda: actions.start_dossier(dossier.call, actor=owner) for _ in range(4)))
    assert sorted(result.ref for result in results) == [f"PETIT-2026-000{number}" for number in (2, 3, 4, 5)]


def test_submitting_at_once_is_once(owner):
    dossier = small.a_full_draft(small.a_small_call(), owner)
    results = together(*(lambda: actions.submit_dossier(Dossier.objects.get(), actor=owner) for _ in range(3)))
    assert [type(result).__name__ for result in results].count("DossierVersion") == 1
    assert DossierVersion.objects.count() == 1
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED


def test_a_save_never_lands_after_the_submission(owner):
    """Whoever comes first wins whole: a save that is acknowledged is in what was deposited."""
    dossier = small.a_full_draft(small.a_small_call(), owner)
    saved, version = together(
        save(dossier, owner, "summary", "Au dernier moment", 1),
        lambda: actions.submit_dossier(Dossier.objects.get(), actor=owner),
    )
    frozen = reading.frozen(version).answer("summary")
    stored = Answer.objects.get(question="summary").value
    assert frozen == stored
    assert isinstance(saved, Exception) == (stored != "Au dernier moment")


def test_receipts_built_at_once_are_one(owner, monkeypatch):
    monkeypatch.setattr("ami_portal.jobs.actions._send", lambda job_id: None)
    dossier = small.a_full_draft(small.a_small_call(), owner)
    version = actions.submit_dossier(dossier, actor=owner)
    results = together(*(lambda: actions.build_receipt(version_id=version.pk) for _ in range(2)))
    assert results == [None, None]
    version.refresh_from_db()
    kept = Document.objects.filter(kind="receipt").values_list("sha256", flat=True)
    assert list(kept) == [version.receipt.sha256] == [version.entry.receipt_sha256]


def test_two_clocks_remind_once(dossier):
    Call.objects.update(reminder_days=[7])
    at = due_at(dossier.call.closes_at, 7)
    decided = together(*[lambda: actions.decide_reminders(at=at)] * 3)
    assert sorted(decided) == [0, 0, 1]
    together(*[lambda: actions.send_reminder(Reminder.objects.get().pk)] * 2)
    assert Job.objects.filter(name="applications.send_reminder").count() == 1
    assert list(Message.objects.values_list("kind", "subject_ref")) == [("applications.closing_comes", dossier.ref)]


def test_two_clocks_tell_of_the_answers_once(dossier, owner):
    question = actions.ask_question(dossier.call, "Deux bases ?")
    actions.answer_question(question, wording="Deux bases ?", answer="Oui.", actor=people.staff(Role.INSTRUCTOR))
    at = clock.from_paris(clock.today() + dt.timedelta(days=1), dt.time(17, 0))
    sent = together(*[lambda: actions.send_digests(at=at)] * 3)
    assert sorted(sent) == [0, 0, 1]
    kinds = Message.objects.filter(kind="applications.answers_published").values_list("to_email", flat=True)
    assert list(kinds) == [owner.email]
