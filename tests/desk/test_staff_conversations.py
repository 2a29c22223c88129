"""The messages of dossiers as the staff reads and answers them, and what of a draft is never shown."""

from uuid import uuid4

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.desk.staff.acts import answer_applicant
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions, conversation
from applications.models import DossierMessage
from evaluation.models import Review
from tests.applications import small
from tests.documents import files
from tests.evaluation.helpers import download
from tests.people import a_juror, a_partner, client_of, staff
from tests.scenes import run_jobs

from . import staff_rows as rows
from .staff_rows import text_of


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def dossier(call):
    return rows.a_row(call)


@pytest.fixture
def draft(call):
    return rows.a_row(call, 2, "draft", title="Projet secret", lead_name="Institut secret")


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def url_of(dossier):
    return reverse("admin:staff_messages", args=[dossier.ref])


def write(dossier, body="Une question", *uploaded):
    owner = User.objects.get(email=dossier.members.get(role="owner").email)
    return actions.write_message(dossier, body, uploaded, token=uuid4(), actor=owner)


def posted(body="Réponse", token=None):
    return {"q.message": body, "token": str(token or uuid4())}


def fail(message, delivery="failed"):
    Message.objects.filter(pk=message.pk).update(delivery=delivery, error="550 inconnu")


@pytest.mark.parametrize("duty", [Role.INSTRUCTOR, Role.JURY_SECRETARY, Role.GRANT_OFFICER, Role.DATA_STEWARD])
def test_whoever_reads_dossiers_writes_first_about_a_deposited_one(dossier, duty):
    client = client_of(staff(duty, email="quelquun@hdh.example"))
    response = client.post(url_of(dossier), posted("Bonjour"), follow=True)
    assert "Votre message est envoyé" in text_of(response)
    assert list(dossier.messages.values_list("body", "from_staff")) == [("Bonjour", True)]


def test_nobody_else_reads_or_writes(dossier, draft):
    write(dossier)
    juror = a_juror()
    Review.objects.create(dossier=dossier, juror=juror, assigned_at=rows.AT, state="to_declare")
    administrator = staff(Role.ADMINISTRATOR)
    for person, answer in ((juror, 302), (a_partner(), 302), (administrator, 404)):
        for url in (url_of(dossier), url_of(draft)):
            assert client_of(person).get(url).status_code == answer
        with pytest.raises(TransitionRefused):
            answer_applicant(dossier, "Bonjour", [], token=uuid4(), actor=person)


def test_a_juror_who_stood_aside_reads_nothing_even_with_a_duty(dossier, instructor):
    write(dossier)
    Review.objects.create(
        dossier=dossier, juror=instructor, assigned_at=rows.AT, state="recused", conflict="Lien.", declared_at=rows.AT
    )
    assert client_of(instructor).get(url_of(dossier)).status_code == 404


def test_a_draft_that_did_not_write_has_no_page(draft, instructor):
    assert client_of(instructor).get(url_of(draft)).status_code == 404
    with pytest.raises(TransitionRefused):
        answer_applicant(draft, "Bonjour", [], token=uuid4(), actor=instructor)


def test_a_draft_that_wrote_is_answered_and_shows_its_reference_alone(draft, instructor):
    write(draft, "Puis-je demander deux bases ?")
    client = client_of(instructor)
    shown = text_of(client.get(url_of(draft)))
    assert (draft.ref in shown, "Puis-je demander deux bases ?" in shown) == (True, True)
    assert "secret" not in shown
    client.post(url_of(draft), posted("Oui."))
    assert [row.body for row in draft.messages.all()] == ["Puis-je demander deux bases ?", "Oui."]
    listed = text_of(client.get(reverse("admin:staff_conversations")))
    assert ("Non déposé" in listed, "secret" in listed) == (True, False)
    assert client.get(reverse("admin:staff_content", args=[draft.ref])).status_code == 404


def test_a_double_click_answers_once(dossier, instructor):
    token, client = uuid4(), client_of(instructor)
    for _ in range(2):
        client.post(url_of(dossier), posted(token=token))
    assert DossierMessage.objects.count() == 1


def test_what_is_refused_stays_as_typed(dossier, instructor):
    text = "<b>x</b>" * 2000
    response = client_of(instructor).post(url_of(dossier), posted(text))
    assert response.status_code == 422
    assert "&lt;b&gt;x&lt;/b&gt;" * 2000 in response.content.decode()


def test_a_session_that_ended_gives_the_text_back(dossier):
    response = client_of(None).post(url_of(dossier), posted("Une longue <b>réponse</b>"))
    assert response.status_code == 401
    assert "Une longue &lt;b&gt;réponse&lt;/b&gt;" in response.content.decode()


def test_one_reading_is_for_all_and_counts_go_down(dossier, instructor):
    write(dossier)
    index, client = reverse("admin:index"), client_of(instructor)
    assert "Messages à lire" in text_of(client.get(index))
    assert "1 à lire" in text_of(client.get(reverse("admin:staff_dossier", args=[dossier.ref])))
    client.get(url_of(dossier))
    assert conversation.unread_by_staff().count() == 0
    assert "Messages à lire" not in text_of(client_of(staff(Role.JURY_SECRETARY)).get(index))


def test_the_queue_begins_with_what_nobody_read_the_oldest_first(call, instructor):
    dossiers = [rows.a_row(call, number) for number in range(1, 5)]
    for dossier in dossiers[:3]:
        write(dossier)
    client = client_of(instructor)
    client.get(url_of(dossiers[0]))
    page = client.get(reverse("admin:staff_conversations"))
    assert [(row.ref, row.unread) for row in page.context["page_obj"]] == [
        (dossiers[1].ref, 1),
        (dossiers[2].ref, 1),
        (dossiers[0].ref, 0),
    ]


def test_a_file_is_served_once_inspected_and_the_journal_says_to_whom(dossier, instructor):
    document = write(dossier, "", files.uploaded()).files.get().document
    url = reverse("admin:staff_message_file", args=[dossier.ref, document.uuid])
    client = client_of(instructor)
    assert client.get(url).status_code == 404
    run_jobs()
    assert download(client, url).startswith(b"%PDF-")
    other = rows.a_row(dossier.call, 9)
    assert client.get(reverse("admin:staff_message_file", args=[other.ref, document.uuid])).status_code == 404


@pytest.mark.parametrize("delivery", ["failed", "uncertain"])
def test_a_mail_that_was_not_delivered_says_whom_to_call(dossier, instructor, delivery):
    rows.somebody("paul@labo.example")
    dossier.members.create(email="paul@labo.example", role="editor", invited_at=rows.AT)
    answer_applicant(dossier, "Bonjour", [], token=uuid4(), actor=instructor)
    fail(Message.objects.get(to_email="porteuse1@labo1.example"), delivery)
    shown = text_of(client_of(instructor).get(url_of(dossier)))
    assert "1 courriel peut-être pas reçu" in shown
    assert "à porteuse1@labo1.example" in shown
    assert "Prévenez autrement : Paul Martin (paul@labo.example)" in shown


def test_of_a_draft_only_those_who_wrote_are_known(draft, instructor):
    write(draft)
    draft.members.create(email="inconnu@labo.example", role="reader", invited_at=rows.AT)
    answer_applicant(draft, "Bonjour", [], token=uuid4(), actor=instructor)
    fail(Message.objects.get(to_email="inconnu@labo.example"))
    shown = text_of(client_of(instructor).get(url_of(draft)))
    assert "Prévenez autrement : Porteuse2 Martin (porteuse2@labo2.example)" in shown
    listed = text_of(client_of(instructor).get(reverse("admin:notifications_message_changelist")))
    assert "inconnu@labo.example" in listed
    assert f"Qui prévenir au sujet de {draft.ref}" in listed


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_asks_as_many_queries_for_one_as_for_three(call, instructor, number, django_assert_num_queries):
    for one in range(1, number + 1):
        write(rows.a_row(call, one))
    client = client_of(instructor)
    with django_assert_num_queries(6):
        client.get(reverse("admin:staff_conversations"))


@pytest.mark.parametrize("number", [1, 3])
def test_a_conversation_asks_as_many_queries_for_one_as_for_three(
    dossier, instructor, number, django_assert_num_queries
):
    for _ in range(number):
        write(dossier, "Voici", files.uploaded())
        answer_applicant(dossier, "Merci", [], token=uuid4(), actor=instructor)
    client = client_of(instructor)
    client.get(url_of(dossier))
    with django_assert_num_queries(25):
        client.get(url_of(dossier))
