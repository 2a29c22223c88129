"""Mails, journal, background work, calls: read by duty; a mail sent again; questions answered; the chain checked."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import CONTENT_ROLES, Role
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent, AuditHead
from ami_portal.jobs.models import Job
from ami_portal.notifications.models import Message
from applications.models import CallQuestion
from tests import scenes
from tests.people import client_of, staff

from . import staff_rows as rows
from .test_staff_index import a_mail

LISTS = {
    "notifications_message": 6,
    "audit_auditevent": 6,
    "applications_call": 6,
    "jobs_job": 1,
}


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


def listed(user, name, **query):
    return client_of(user).get(reverse(f"admin:{name}_changelist"), query)


def test_each_list_opens_to_its_duties(call):
    roles = [role for role in Role if role not in (Role.JUROR, Role.PARTNER)]
    people = [staff(role) for role in roles]
    codes = {name: sum(listed(person, name).status_code == 200 for person in people) for name in LISTS}
    assert codes == LISTS
    assert listed(people[-1], "jobs_job").status_code == 200


def test_no_row_is_added_changed_or_deleted(call):
    client = client_of(staff(*[role for role in Role if role not in (Role.JUROR, Role.PARTNER)]))
    paths = [
        reverse(f"admin:{name}_changelist") + path for name in LISTS for path in ("add/", "1/change/", "1/delete/")
    ]
    assert {client.get(path).status_code for path in paths} == {404}


# Mails


def test_mails_of_worked_on_dossiers_for_content_of_accounts_for_administrators(call):
    rows.a_row(call, 1)
    rows.a_row(call, 2, "draft")
    a_mail("sent", ref="AMI-DI-2026-0001", body="Texte du courriel")
    a_mail("sent", ref="AMI-DI-2026-0002")
    a_mail("sent", "account.password_reset_key", "", title="Nouveau mot de passe", body="https://lien-secret")
    found = {
        role: [message.title + message.subject_ref for message in response.context["cl"].result_list]
        for role in (Role.INSTRUCTOR, Role.ADMINISTRATOR)
        for response in [listed(staff(role), "notifications_message")]
    }
    assert found == {Role.INSTRUCTOR: ["RécépisséAMI-DI-2026-0001"], Role.ADMINISTRATOR: ["Nouveau mot de passe"]}
    assert (
        "lien-secret"
        not in listed(staff(Role.ADMINISTRATOR, email="b@hdh.example"), "notifications_message").content.decode()
    )


def resend(user, message, **data):
    code = message.message_id[1:41]
    return client_of(user).post(reverse("admin:staff_resend", args=[code]), data, follow=True)


@pytest.mark.parametrize("delivery", ["uncertain", "failed"])
def test_a_mail_that_may_not_have_arrived_is_sent_again_with_its_trace(call, delivery):
    rows.a_row(call, 1)
    message, instructor = a_mail(delivery, error="Interrompu", transmitting_at=rows.AT), staff(Role.INSTRUCTOR)
    text = rows.text_of(resend(instructor, message))
    message.refresh_from_db()
    assert (message.delivery, message.error, "remis en file d’envoi" in text) == ("queued", "", True)
    assert Job.objects.filter(name="notifications.send", ids={"message_id": message.pk}, done_at=None).exists()
    event = AuditEvent.objects.get(verb="message.resend")
    assert (event.subject, event.actor, event.before, event.after) == (
        message.subject_ref,
        instructor,
        delivery,
        "queued",
    )


@pytest.mark.parametrize(
    ("delivery", "word"), [("queued", "En attente"), ("transmitting", "En cours d’envoi"), ("sent", "Envoyé")]
)
def test_a_mail_that_waits_or_left_is_not_sent_again(call, delivery, word):
    rows.a_row(call, 1)
    text = rows.text_of(resend(staff(Role.INSTRUCTOR), a_mail(delivery)))
    assert f"Ce courriel n’a pas à être renvoyé : « {word} »." in text
    assert not AuditEvent.objects.filter(verb="message.resend").exists()


def test_a_mail_that_is_not_seen_is_not_sent_again(call):
    rows.a_row(call, 2, "draft")
    message = a_mail("failed", ref="AMI-DI-2026-0002")
    people = [staff(Role.INSTRUCTOR), staff(Role.ADMINISTRATOR)]
    assert [resend(person, message).status_code for person in people] == [404, 404]
    client = client_of(people[0])
    assert client.post("/admin/courriels/inconnu/renvoyer/").status_code == 404


def test_the_way_back_is_on_this_site(call):
    rows.a_row(call, 1)
    person = client_of(staff(Role.INSTRUCTOR))
    for number, (back, target) in enumerate(
        [
            ("/admin/dossiers/x/messages/", "/admin/dossiers/x/messages/"),
            ("https://ailleurs.example/", "/admin/notifications/message/"),
        ]
    ):
        message = a_mail("failed")
        url = reverse("admin:staff_resend", args=[message.message_id[1:41]])
        assert (number, person.post(url, {"retour": back})["Location"]) == (number, target)


def test_mails_are_filtered_by_delivery(call):
    rows.a_row(call, 1)
    for delivery in ("sent", "failed", "uncertain", "queued"):
        a_mail(delivery)
    person = staff(Role.INSTRUCTOR)
    found = {
        value: [
            message.delivery
            for message in listed(person, "notifications_message", envoi=value).context["cl"].result_list
        ]
        for value in ("trouble", "queued", "")
    }
    assert found == {
        "trouble": ["uncertain", "failed"],
        "queued": ["queued"],
        "": ["queued", "uncertain", "failed", "sent"],
    }


# Journal


def noted(verb, subject):
    return trail.record(verb, subject=subject, actor=None, at=rows.AT, reason="<b>x</b>")


def test_the_journal_by_duty(call):
    rows.a_row(call, 1, "eligible")
    rows.a_row(call, 2, "draft")
    for verb, subject in [
        ("dossier.submit", "AMI-DI-2026-0001"),
        ("opinion.give", "AMI-DI-2026-0001/PRM-SEIN"),
        ("review.assign", "AMI-DI-2026-0001/J3"),
        ("convention.sign", "AMI-DI-2026-0001-C9"),
        ("dossier.start", "AMI-DI-2026-0002"),
        ("session.open", call.code),
        ("account.grant_role", "compte-3"),
    ]:
        noted(verb, subject)
    found = {
        role: [row["event"].verb for row in listed(staff(role), "audit_auditevent").context["cl"].rows]
        for role in (Role.INSTRUCTOR, Role.GRANT_OFFICER, Role.ADMINISTRATOR)
    }
    assert found == {
        Role.INSTRUCTOR: ["session.open", "review.assign", "opinion.give", "dossier.submit", "call.load"],
        Role.GRANT_OFFICER: ["opinion.give", "dossier.submit", "call.load"],
        Role.ADMINISTRATOR: ["account.grant_role", "call.load"],
    }


def test_the_journal_is_searched_by_subject_and_escapes_what_it_shows(call):
    rows.a_row(call, 1)
    noted("dossier.submit", "AMI-DI-2026-0001")
    response = listed(staff(Role.INSTRUCTOR), "audit_auditevent", q="2026-0001")
    assert [row["event"].subject for row in response.context["cl"].rows] == ["AMI-DI-2026-0001"]
    assert "motif : &lt;b&gt;x&lt;/b&gt;" in response.content.decode()
    assert AuditHead.objects.get().sha256 in response.content.decode()


def test_check_trail_says_whether_the_chain_holds(call):
    out = io.StringIO()
    call_command("check_trail", stdout=out)
    head = AuditHead.objects.get()
    assert out.getvalue().strip() == f"La chaîne tient : {head.number} événements, dernière empreinte {head.sha256}."
    AuditHead.objects.update(sha256="f" * 64)
    with pytest.raises(CommandError, match=f"rompue à l’événement n° {head.number + 1}"):
        call_command("check_trail", stdout=out)


# Background work


def test_jobs_are_filtered_by_what_became_of_them(call):
    administrator = staff(Role.ADMINISTRATOR)
    for attempts, done in ((0, None), (3, None), (12, None), (0, rows.AT)):
        Job.objects.create(name="x.y", created_at=rows.AT, due_at=rows.AT, attempts=attempts, done_at=done)
    found = {
        value: [
            (job.attempts, job.done_at is None)
            for job in listed(administrator, "jobs_job", suivi=value).context["cl"].result_list
        ]
        for value in ("attente", "echec", "abandonnee", "faite", "autre")
    }
    assert found == {
        "attente": [(0, True)],
        "echec": [(3, True)],
        "abandonnee": [(12, True)],
        "faite": [(0, False)],
        "autre": [],
    }


# Calls


def test_a_call_is_read_by_every_duty_and_its_questions_kept_by_instructors(call):
    roles = [role for role in Role if role not in (Role.JUROR, Role.PARTNER)]
    clients = {role: client_of(staff(role)) for role in roles}
    names = ("staff_call", "staff_call_questions")
    found = {
        role: [client.get(reverse(f"admin:{n}", args=[call.code])).status_code for n in names]
        for role, client in clients.items()
    }
    assert found == {role: [200, 200 if role == Role.INSTRUCTOR else 403] for role in roles}
    assert clients[Role.INSTRUCTOR].get(reverse("admin:staff_call", args=["INCONNU"])).status_code == 404


def test_the_page_of_a_call_says_all_that_its_file_says(call):
    text = rows.text_of(client_of(staff(Role.DATA_STEWARD)).get(reverse("admin:staff_call", args=[call.code])))
    words = [
        call.title,
        "Aide maximale 100 000,00 €",
        "Personne morale enregistrée en France",
        "Notes de 0 à 5",
        call.dataset_options[0][1],
    ]
    assert [word for word in words if word.replace("\u00a0", " ").replace("\u202f", " ") not in text] == []
    assert "Modifier les questions et réponses" not in text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INSTRUCTOR, Role.DATA_STEWARD])
def test_the_page_of_a_call_offers_only_links_that_open(call, role):
    client = client_of(staff(role))
    page = BeautifulSoup(client.get(reverse("admin:staff_call", args=[call.code])).content, "html.parser")
    links = [link["href"] for link in page.select(".staff-links a")]
    assert [href for href in links if client.get(href).status_code != 200] == []
    assert any("appel=" in href for href in links) == (role in CONTENT_ROLES)


def questions(rows_typed, initial):
    data = {"questions-TOTAL_FORMS": len(rows_typed), "questions-INITIAL_FORMS": initial}
    for number, (question, answer, position) in enumerate(rows_typed):
        values = {"question": question, "answer": answer, "position": position}
        data |= {f"questions-{number}-{name}": value for name, value in values.items()}
    return data


def test_questions_are_changed_added_removed_and_ordered_with_their_trace(call):
    call.faq.all().delete()
    for position, word in enumerate(("Un", "Deux", "Trois"), start=1):
        CallQuestion.objects.create(call=call, position=position, question=f"{word} ?", answer=f"{word}.")
    instructor = staff(Role.INSTRUCTOR)
    sent = questions(
        [("Un ?", "Un <b>changé</b>.", 3), ("", "", 2), ("Trois ?", "Trois.", 1), ("Quatre ?", "Quatre.", "")], 3
    )
    url = reverse("admin:staff_call_questions", args=[call.code])
    client_of(instructor).post(url, sent)
    assert list(call.faq.values_list("position", "question", "answer")) == [
        (1, "Trois ?", "Trois."),
        (2, "Un ?", "Un <b>changé</b>."),
        (3, "Quatre ?", "Quatre."),
    ]
    event = AuditEvent.objects.get(verb="call.answer_questions")
    assert (event.subject, event.actor, event.data) == (
        call.code,
        instructor,
        {"count": 3, "replaced": [["Un ?", "Un."], ["Deux ?", "Deux."]]},
    )


def test_half_a_question_is_refused_and_nothing_changes(call):
    before = list(call.faq.values_list("question", flat=True))
    url = reverse("admin:staff_call_questions", args=[call.code])
    response = client_of(staff(Role.INSTRUCTOR)).post(url, questions([("Sans réponse ?", "", 1)], 0))
    assert response.status_code == 422
    assert "Écrivez la réponse, ou videz aussi la question pour la supprimer." in rows.text_of(response)
    assert list(call.faq.values_list("question", flat=True)) == before


# Queries


def test_lists_ask_as_many_queries_for_one_as_for_three(call):
    person = client_of(staff(*[role for role in Role if role not in (Role.JUROR, Role.PARTNER)]))
    found = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            dossier = rows.a_row(call, number)
            a_mail("failed", ref=dossier.ref)
            noted("dossier.submit", dossier.ref)
            Job.objects.create(name="x.y", created_at=rows.AT, due_at=rows.AT)
            scenes.a_call(f"AUTRE-{number}")
        counts = {}
        for name in LISTS:
            person.get(reverse(f"admin:{name}_changelist"))
            with CaptureQueriesContext(connection) as queries:
                person.get(reverse(f"admin:{name}_changelist"))
            counts[name] = len(queries)
        found.append(counts)
    assert found == [found[0]] * 2
    assert found[0] == {"notifications_message": 6, "audit_auditevent": 7, "applications_call": 6, "jobs_job": 6}
    assert Message.objects.count() == 3
