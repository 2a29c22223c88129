"""« Ce que j’ai à faire »: what each duty finds there, and nothing that is not theirs."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Dossier
from evaluation.models import Session
from tests import scenes
from tests.people import a_juror, a_partner, a_person, client_of, staff

from . import staff_rows as rows

INDEX = "admin:index"


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


def todo(user):
    return client_of(user).get(reverse(INDEX)).context["todo"]


def a_mail(delivery, kind="applications.receipt", ref="AMI-DI-2026-0001", **fields):
    number = Message.objects.count()
    values = {"sent_at": rows.AT if delivery == "sent" else None, "title": "Récépissé", "body": "Bonjour."} | fields
    return Message.objects.create(
        kind=kind,
        subject_ref=ref,
        to_email="claire@labo.example",
        message_id=f"<{number:040x}@portail>",
        delivery=delivery,
        queued_at=rows.AT,
        **values,
    )


def test_the_index_is_for_the_staff_with_their_code(call):
    people = [None, a_person(), a_juror(), a_partner()]
    clients = [client_of(person) for person in people] + [client_of(staff(Role.INSTRUCTOR), verified=False)]
    assert {client.get(reverse(INDEX)).status_code for client in clients} == {302}


def test_an_instructor_finds_what_waits_the_oldest_first(call):
    Session.objects.create(call=call, opened_at=rows.AT)
    rows.a_row(call, 3)
    declared = rows.a_row(call, 1)
    rows.decided(declared)
    rows.a_row(call, 2, "eligible")
    ready = rows.a_row(call, 4, "eligible")
    rows.an_opinion(ready, "favourable")
    found = todo(staff(Role.INSTRUCTOR))
    assert [(task.ref, task.what) for task in found.waiting] == [
        ("AMI-DI-2026-0001", "Déclarer l’éligibilité"),
        ("AMI-DI-2026-0002", "Demander les avis"),
        ("AMI-DI-2026-0003", "Examiner les critères"),
    ]
    assert found.waiting_count == 3
    assert [(tile.label, tile.count, tile.url) for tile in found.tiles] == [
        (label, 1, f"/admin/applications/dossier/?etape={step}")
        for label, step in [
            ("Recevabilité à instruire", "to_check"),
            ("Éligibilité à déclarer", "to_declare"),
            ("Avis à demander", "opinions_to_ask"),
            ("Prêt pour le jury", "ready_for_jury"),
        ]
    ]


def test_the_secretary_finds_dossiers_to_entrust_and_the_juries(call):
    Session.objects.create(call=call, opened_at=rows.AT)
    rows.a_row(call, 1)
    ready = rows.a_row(call, 2, "eligible")
    rows.an_opinion(ready, "favourable")
    found = todo(staff(Role.JURY_SECRETARY))
    assert [(task.ref, task.what) for task in found.waiting] == [(ready.ref, "Confier au jury")]
    assert [row["url"] for row in found.sessions] == [reverse("admin:staff_jury", args=[call.code])]


def test_late_opinions_and_late_reviews_are_named(call):
    Session.objects.create(call=call, opened_at=rows.AT)
    call.steps = [{"code": "jury", "label": "Jury", "ends_on": (clock.today() - dt.timedelta(days=3)).isoformat()}]
    call.save(update_fields=["steps"])
    late = rows.a_row(call, 1, "eligible")
    rows.an_opinion(late, due_on=clock.today() - dt.timedelta(days=1))
    on_time = rows.a_row(call, 2, "eligible")
    rows.an_opinion(on_time, due_on=clock.today())
    reviewed = rows.a_row(call, 3, "eligible")
    rows.a_review(reviewed)
    secretary, accountant = todo(staff(Role.JURY_SECRETARY)), todo(staff(Role.ACCOUNTING_OFFICER))
    partner = late.opinions.get().dataset.partner.name
    title = late.opinions.get().dataset.title
    assert [(task.ref, task.what) for task in secretary.late] == [
        (call.code, "1 évaluation à remettre"),
        (late.ref, f"Avis de {partner} ({title})"),
    ]
    assert secretary.late_count == 2
    assert [task.ref for task in accountant.late] == [late.ref]


def test_of_drafts_only_their_number_and_their_completeness(call):
    opened = scenes.a_call("OUVERT", closes_in_days=5)
    rows.a_row(opened, 1, "draft", title="Projet secret", percent_complete=100)
    rows.a_row(opened, 2, "draft", title="Autre secret", percent_complete=45)
    text = rows.text_of(client_of(staff(Role.INSTRUCTOR)).get(reverse(INDEX)))
    assert "OUVERT : 2 brouillons, remplis à 72 % en moyenne ; 1 complet." in text
    assert [word for word in ("secret", "OUVERT-0001", "Institut 1", "porteuse1") if word in text] == []


def test_an_administrator_without_content_duty_sees_no_content(call):
    opened = scenes.a_call("OUVERT", closes_in_days=5)
    rows.a_row(opened, 1, "draft")
    rows.a_row(call, 2, title="Projet déposé")
    a_mail("failed", "account.email_confirmation", "")
    a_mail("uncertain", ref="AMI-DI-2026-0002")
    Job.objects.create(name="x.y", created_at=rows.AT, due_at=rows.AT, attempts=12, last_error="OSError")
    Job.objects.create(name="x.y", created_at=rows.AT, due_at=rows.AT, attempts=1, last_error="OSError")
    administrator = staff(Role.ADMINISTRATOR)
    found = todo(administrator)
    assert (found.tiles, found.late, found.waiting, found.drafts, found.sessions) == ([], [], [], [], [])
    assert [(tile.label, tile.count) for tile in found.troubles] == [
        ("Courriels à vérifier", 1),
        ("Tâches de fond abandonnées", 1),
        ("Tâches de fond en échec", 1),
    ]
    text = rows.text_of(client_of(administrator).get(reverse(INDEX)))
    assert [word for word in ("Projet", "AMI-DI-2026", "brouillon") if word in text] == []


SECTIONS = {
    Role.INSTRUCTOR: ["Appels", "Dossiers", "Conventions", "Courriels", "Journal"],
    Role.JURY_SECRETARY: ["Appels", "Dossiers", "Courriels", "Journal"],
    Role.GRANT_OFFICER: ["Appels", "Dossiers", "Conventions", "Courriels", "Journal"],
    Role.ACCOUNTING_OFFICER: ["Appels", "Dossiers", "Conventions", "Courriels", "Journal"],
    Role.DATA_STEWARD: ["Appels", "Dossiers", "Bases", "Versions des bases", "Courriels", "Journal"],
    Role.ADMINISTRATOR: [
        "Appels",
        "Comptes",
        "Organisations",
        "Rôles donnés",
        "Courriels",
        "Journal",
        "Tâches de fond",
    ],
}


@pytest.mark.parametrize("role", SECTIONS)
def test_each_duty_sees_its_own_sections(call, role):
    response = client_of(staff(role)).get(reverse(INDEX))
    names = [str(model["name"]) for app in response.context["app_list"] for model in app["models"]]
    assert sorted(name[:1].upper() + name[1:] for name in names) == sorted(SECTIONS[role])


def test_nothing_to_do_says_so(call):
    assert "Rien ne vous attend." in rows.text_of(client_of(staff(Role.JURY_SECRETARY)).get(reverse(INDEX)))


def test_hostile_text_is_shown_as_typed(call):
    rows.a_row(call, 1, title="<script>alert(1)</script> {{ 7|add:7 }}")
    response = client_of(staff(Role.INSTRUCTOR)).get(reverse(INDEX))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_index_asks_as_many_queries_for_one_as_for_three(call, count, django_assert_num_queries):
    Session.objects.create(call=call, opened_at=rows.AT)
    for number in range(1, count + 1):
        rows.a_row(call, number)
        late = rows.a_row(call, 10 + number, "eligible")
        rows.an_opinion(late, due_on=clock.today() - dt.timedelta(days=1))
        rows.a_review(late, email=f"jure{number}@universite.example")
    everything = staff(*[role for role in Role if role not in (Role.JUROR, Role.PARTNER)])
    client = client_of(everything)
    client.get(reverse(INDEX))
    with django_assert_num_queries(28):
        client.get(reverse(INDEX))
    assert Dossier.objects.count() == 2 * count
