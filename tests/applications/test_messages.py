"""Messages between a dossier's team and the operator: who writes, who is told of what, and what is never lost."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff.acts import answer_applicant
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions, conversation
from applications.models import DossierMessage, MessageReading
from tests.documents import files
from tests.evaluation.helpers import download
from tests.people import a_juror, a_person, client_of, staff
from tests.scenes import run_jobs

from . import small

HOSTILE = "Bonjour <script>alert(1)</script> & « merci »\n\nSuite"


@pytest.fixture
def owner(db):
    return a_person("claire@labo.example")


@pytest.fixture
def draft(owner):
    return actions.start_dossier(small.a_small_call(), actor=owner)


@pytest.fixture
def reader(draft, owner):
    actions.invite_member(draft, "lecteur@labo.example", "reader", actor=owner)
    return a_person("lecteur@labo.example")


@pytest.fixture
def thread(draft):
    return reverse("applications:dossier_messages", args=[draft.ref])


def write(draft, owner, body="Bonjour", *uploaded, token=None):
    return actions.write_message(draft, body, uploaded, token=token or uuid4(), actor=owner)


def answer(draft, instructor, body="Bonjour"):
    return answer_applicant(draft, body, [], token=uuid4(), actor=instructor)


def posted(body="Bonjour", *uploaded, token=None):
    return {"q.message": body, "token": str(token or uuid4()), "files": list(uploaded)}


def mails(kind):
    return [(mail.to_email, mail.title) for mail in Message.objects.filter(kind=kind).order_by("to_email")]


def test_the_operator_is_told_that_there_is_a_message_and_never_what_it_says(draft, owner):
    write(draft, owner, "Un secret industriel", files.uploaded())
    told = Message.objects.get(kind="applications.message_to_read")
    assert (told.to_email, told.title) == (
        draft.call.contact,
        f"{draft.ref} – un message d’un porteur attend d’être lu",
    )
    assert "secret" not in told.body
    event = AuditEvent.objects.get(verb="dossier.write_message")
    assert (event.subject, event.actor, list(event.data)) == (draft.ref, owner, ["files"])


def test_the_whole_team_is_told_of_an_answer(draft, owner, reader):
    write(draft, owner)
    answer(draft, staff(Role.INSTRUCTOR), "Un secret")
    title = f"{draft.ref} – un message vous attend"
    assert mails("applications.message_received") == [("claire@labo.example", title), ("lecteur@labo.example", title)]
    assert not Message.objects.filter(body__contains="secret").exists()


def test_who_writes(draft, owner, reader):
    actions.invite_member(draft, "paul@labo.example", "editor", actor=owner)
    write(draft, a_person("paul@labo.example"))
    for other in (reader, a_person("autre@ailleurs.example"), staff(Role.INSTRUCTOR), a_juror()):
        with pytest.raises(TransitionRefused, match="n’écrivent pas"):
            write(draft, other)
    assert DossierMessage.objects.count() == 1


def test_a_reader_reads_and_has_no_form(draft, reader, thread):
    shown = client_of(reader).get(thread).content.decode()
    assert "q.message" not in shown
    assert "Vous lisez ce dossier" in shown
    assert client_of(reader).post(thread, posted()).status_code == 422


def test_the_same_message_twice_is_sent_once(draft, owner, thread):
    token, client = uuid4(), client_of(owner)
    for _ in range(2):
        assert client.post(thread, posted("Une fois", files.uploaded(), token=token)).status_code == 302
    assert [row.body for row in draft.messages.all()] == ["Une fois"]
    assert len(mails("applications.message_to_read")) == 1
    assert Document.objects.filter(kind="message").count() == 1


def test_another_s_token_sends_nothing(draft, owner):
    token = write(draft, owner).token
    actions.invite_member(draft, "paul@labo.example", "editor", actor=owner)
    with pytest.raises(TransitionRefused, match="ne peut pas être envoyé"):
        write(draft, a_person("paul@labo.example"), token=token)


@pytest.mark.parametrize(
    ("body", "uploaded", "words"),
    [
        (" \n", [], "Écrivez un message"),
        ("x" * 10_001, [], "10000 caractères"),
        ("Voici", [("note.exe", b"MZ\x90\x00")], "d’après son contenu"),
        ("Voici", [("vide.pdf", b"")], "vide"),
        ("Voici", [("../etc.pdf", b"%PDF-1.4")], "contient un chemin"),
        ("Voici", [("a.pdf", b"%PDF-1.4")] * 6, "5 fichiers au plus"),
    ],
)
def test_what_is_refused_sends_nothing(draft, owner, body, uploaded, words):
    sent = [SimpleUploadedFile(name, content) for name, content in uploaded]
    for one, (name, _) in zip(sent, uploaded, strict=True):
        one.sent_name = name
    with pytest.raises((TransitionRefused, FileRefused), match=words):
        write(draft, owner, body, *sent)
    assert (DossierMessage.objects.count(), Message.objects.filter(kind__contains="message").count()) == (0, 0)


def test_a_file_over_the_limit_is_refused_and_the_text_stays(draft, owner, thread, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    client = client_of(owner)
    big = SimpleUploadedFile("gros.pdf", b"%PDF-1.4" + b"0" * 2000)
    response = client.post(thread, posted(HOSTILE, big))
    shown = response.content.decode()
    assert response.status_code == 422
    assert "«\u00a0gros.pdf\u00a0» – Ce fichier dépasse" in shown
    assert "Bonjour &lt;script&gt;alert(1)&lt;/script&gt; &amp; « merci »" in shown
    assert not DossierMessage.objects.exists()


def test_a_session_that_ended_gives_the_text_back(draft, thread):
    response = client_of(None).post(thread, posted(HOSTILE))
    assert response.status_code == 401
    assert "Bonjour &lt;script&gt;alert(1)&lt;/script&gt; &amp; « merci »" in response.content.decode()


def test_hostile_text_and_names_are_shown_as_typed(draft, owner, thread):
    owner.last_name = "<b>Martin</b>"
    owner.save()
    write(draft, owner, HOSTILE, SimpleUploadedFile("<i>a</i>.pdf", files.a_pdf()))
    shown = client_of(owner).get(thread).content.decode()
    assert "<p>Bonjour &lt;script&gt;alert(1)&lt;/script&gt; &amp; « merci »</p><p>Suite</p>" in shown
    assert "&lt;b&gt;Martin&lt;/b&gt;" in shown
    assert "<script>alert" not in shown


def test_a_file_is_downloaded_once_it_is_inspected_by_who_sees_the_dossier(draft, owner, reader):
    document = write(draft, owner, "", files.uploaded()).files.get().document
    url = reverse("applications:message_file", args=[draft.ref, document.uuid])
    assert client_of(owner).get(url).status_code == 404
    run_jobs()
    assert download(client_of(reader), url).startswith(b"%PDF-")
    assert client_of(a_person("autre@ailleurs.example")).get(url).status_code == 404


def test_a_refused_file_is_shown_with_its_reason_and_not_served(draft, owner, thread):
    broken = SimpleUploadedFile("casse.pdf", b"%PDF-1.4 rien")
    document = write(draft, owner, "", broken).files.get().document
    run_jobs()
    assert "Ce fichier ne peut pas être lu" in client_of(owner).get(thread).content.decode()
    url = reverse("applications:message_file", args=[draft.ref, document.uuid])
    assert client_of(owner).get(url).status_code == 404


def test_marks_say_who_read_when_and_counts_what_is_left(draft, owner, reader, thread):
    instructor = staff(Role.INSTRUCTOR)
    mine = write(draft, owner)
    theirs = [answer(draft, instructor, f"Réponse {number}") for number in range(2)]
    assert [conversation.unread_by(person).count() for person in (owner, reader)] == [2, 2]
    client = client_of(owner)
    assert "2 messages à lire" in client.get(reverse("applications:dossier_list")).content.decode()
    with time_machine.travel("2026-12-01T10:00:00+01:00", tick=False):
        client = client_of(owner)
        for _ in range(2):
            client.get(thread)
    marks = MessageReading.objects.order_by("pk").values_list("message", "reader", "read_at__day")
    assert list(marks) == [(row.pk, owner.pk, 1) for row in theirs]
    assert [conversation.unread_by(person).count() for person in (owner, reader)] == [0, 2]
    assert mine in conversation.unread_by_staff()
    with time_machine.travel("2026-12-02T10:00:00+01:00", tick=False):
        client_of(reader).get(thread)
    shown = client_of(owner).get(thread).content.decode().replace("\u00a0", " ")
    assert "Lu par Claire Martin, le 1er décembre 2026 à 10 h 00 (heure de Paris) ; Lecteur Martin, le" in shown
    assert "Pas encore lu" in shown


def test_after_the_closing_one_still_writes(draft, owner):
    with time_machine.travel(draft.call.closes_at, tick=False):
        assert write(draft, owner).sent_at == draft.call.closes_at


def test_nobody_floods(draft, owner, monkeypatch):
    monkeypatch.setattr("applications.actions.messages.MAX_A_DAY", 2)
    write(draft, owner)
    write(draft, owner)
    with pytest.raises(TransitionRefused, match="2 messages en un jour"):
        write(draft, owner)


@pytest.mark.parametrize("number", [1, 3])
def test_the_conversation_asks_as_many_queries_for_one_as_for_three(
    draft, owner, reader, thread, number, django_assert_num_queries
):
    instructor = staff(Role.INSTRUCTOR)
    for _ in range(number):
        write(draft, owner, "Voici", files.uploaded())
        answer(draft, instructor)
    for person in (owner, reader):
        client = client_of(person)
        client.get(thread)
    with django_assert_num_queries(10):
        client.get(thread)
