"""The page of a dossier: each tab by each duty, what it says, what the journal keeps of its readings."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import store
from ami_portal.kernel import clock
from applications.models import DossierMember
from evaluation.models import Letter
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import a_juror, a_partner, a_person, client_of, staff

from . import staff_rows as rows

TABS = [
    "staff_dossier",
    "staff_content",
    "staff_files",
    "staff_opinions",
    "staff_reviews",
    "staff_messages",
    "staff_journal",
]
POSTS = [
    ("staff_decide_criteria", []),
    ("staff_check_again", []),
    ("staff_criterion", ["BUDGET"]),
    ("staff_criterion_confirm", ["BUDGET"]),
    ("staff_criterion_send_back", ["BUDGET"]),
    ("staff_declare_admissible", []),
    ("staff_declare_inadmissible", []),
    ("staff_declare_eligible", []),
    ("staff_declare_ineligible", []),
    ("staff_request_opinion", ["PRM-SEIN"]),
    ("staff_contradiction", ["PRM-SEIN"]),
    ("staff_contradiction_settle", ["PRM-SEIN"]),
    ("staff_silence", ["PRM-SEIN"]),
    ("staff_second_look", ["PRM-SEIN"]),
    ("staff_ruling", ["PRM-SEIN"]),
    ("staff_restrict", []),
    ("staff_restrict_withdraw", []),
    ("staff_stop", []),
    ("staff_assign", []),
    ("staff_unassign", []),
]
DUTIES = [
    Role.INSTRUCTOR,
    Role.JURY_SECRETARY,
    Role.GRANT_OFFICER,
    Role.ACCOUNTING_OFFICER,
    Role.DATA_STEWARD,
    Role.ADMINISTRATOR,
]


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def url(name, ref, *args):
    return reverse(f"admin:{name}", args=[ref, *args])


def read(user, name, ref, *args, **query):
    return client_of(user).get(url(name, ref, *args), query)


def status(user, name, ref, *args):
    """The answer's code, its file read to the end and so closed."""
    response = read(user, name, ref, *args)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def test_each_tab_opens_to_its_duties(call):
    dossier = rows.a_row(call)
    found = {
        role: [client_of(person).get(url(tab, dossier.ref)).status_code for tab in TABS]
        for role in DUTIES
        for person in [staff(role)]
    }
    ranking, others = [200] * 7, [200] * 4 + [403] + [200] * 2
    assert found == {
        Role.INSTRUCTOR: ranking,
        Role.JURY_SECRETARY: ranking,
        Role.GRANT_OFFICER: others,
        Role.ACCOUNTING_OFFICER: others,
        Role.DATA_STEWARD: others,
        Role.ADMINISTRATOR: [404] * 7,
    }


def test_each_act_is_of_its_duty(call):
    """POST without data: 403 for who may not, anything but 403 and 404 for who may."""
    dossier = rows.a_row(call)
    instructing, secretarial = set(range(18)), {18, 19}
    for role, mine in ((Role.INSTRUCTOR, instructing), (Role.JURY_SECRETARY, secretarial), (Role.GRANT_OFFICER, set())):
        client = client_of(staff(role))
        codes = [client.post(url(name, dossier.ref, *args)).status_code for name, args in POSTS]
        assert [index for index, code in enumerate(codes) if code != 403] == sorted(mine)


def test_only_the_declarations_answer_a_get_among_acts(call, instructor):
    dossier = rows.a_row(call)
    everything = staff(Role.INSTRUCTOR, Role.JURY_SECRETARY, email="deux@hdh.example")
    codes = [read(everything, name, dossier.ref, *args).status_code for name, args in POSTS]
    assert codes == [405, 405, 404, 405, 405, 200, 200, 200, 200, *[405] * 11]


def test_outside_the_staff_every_page_is_closed(call, instructor):
    dossier = rows.a_row(call)
    owner = rows.somebody("porteuse1@labo1.example")
    clients = [client_of(person) for person in (None, owner, a_person(), a_juror(), a_partner())]
    clients.append(client_of(instructor, verified=False))
    assert {client.get(url(tab, dossier.ref)).status_code for client in clients for tab in TABS} == {302}


@pytest.mark.parametrize("way", ["unknown", "draft", "withdrawn_draft", "own", "recused"])
def test_what_is_not_worked_on_does_not_exist(call, instructor, way):
    dossier = rows.a_row(call, state="draft" if way == "draft" else "submitted")
    ref = "AMI-DI-2026-9999" if way == "unknown" else dossier.ref
    if way == "withdrawn_draft":
        dossier = rows.a_row(call, 2, "withdrawn", submitted_at=None)
        ref = dossier.ref
    if way == "own":
        DossierMember.objects.create(dossier=dossier, email=instructor.email, role="reader", invited_at=rows.AT)
    if way == "recused":
        rows.a_review(dossier, "recused", instructor.email)
    client = client_of(instructor)
    assert {client.get(url(tab, ref)).status_code for tab in TABS} == {404}
    assert {client.post(url(name, ref, *args)).status_code for name, args in POSTS[:5]} == {404}


def test_the_head_says_where_the_dossier_stands_and_who_acts(call, instructor):
    dossier = rows.a_row(call, title="Repérer <i>tôt</i>")
    mine = rows.text_of(read(instructor, "staff_content", dossier.ref))
    theirs = rows.text_of(read(staff(Role.JURY_SECRETARY), "staff_content", dossier.ref))
    base = call.dataset_options[0][1]
    for words in (
        "Repérer <i>tôt</i>",
        "Porteur Institut 1 SIRET 13002526500013",
        "Montant demandé 98 500,00 €",
        "Durée 18 mois",
        f"Bases {base}",
        "Déposé le 1er novembre 2026 à 11 h 30 (heure de Paris)",
        "Étape : Recevabilité à instruire",
        "Chaque critère de recevabilité est à décider, puis le dossier à déclarer recevable ou non.",
    ):
        assert words in mine
    assert ("Examiner les critères" in mine, "Examiner les critères" in theirs) == (True, False)
    assert "Attend : Instruction" in theirs


def test_a_reading_is_noted_once_an_hour_for_each_person(call, instructor):
    dossier, secretary = rows.a_row(call), staff(Role.JURY_SECRETARY)
    start = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    for minutes, person in ((0, instructor), (10, instructor), (20, secretary), (59, instructor), (61, instructor)):
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            read(person, "staff_content", dossier.ref)
            read(person, "staff_journal", dossier.ref)
    events = AuditEvent.objects.filter(verb="dossier.read").values_list("subject", "actor", "at")
    assert list(events) == [
        (dossier.ref, person.pk, start + dt.timedelta(minutes=minutes))
        for minutes, person in ((0, instructor), (20, secretary), (61, instructor))
    ]
    assert trail.first_broken() is None


def test_a_page_that_is_refused_notes_no_reading(call):
    dossier = rows.a_row(call)
    read(staff(Role.GRANT_OFFICER), "staff_reviews", dossier.ref)
    read(staff(Role.ADMINISTRATOR), "staff_content", dossier.ref)
    assert not AuditEvent.objects.filter(verb="dossier.read").exists()


def test_the_content_is_the_frozen_deposit_with_its_fingerprint(call, instructor):
    dossier = rows.a_row(call, title="=1+1 <script>alert(1)</script>")
    dossier.title = "Titre changé depuis"
    version = dossier.versions.get()
    response = read(instructor, "staff_content", dossier.ref)
    assert version.sha256 in rows.text_of(response)
    assert "=1+1 &lt;script&gt;alert(1)&lt;/script&gt;" in response.content.decode()
    assert "Copie figée du dépôt n° 1" in rows.text_of(response)


def test_a_deposit_taken_back_is_named_and_not_read(call, instructor):
    dossier = rows.a_row(call, state="withdrawn", title="Titre du dépôt")
    dossier.versions.update(withdrawn_at=rows.AT)
    texts = [
        rows.text_of(read(instructor, tab, dossier.ref)) for tab in ("staff_dossier", "staff_content", "staff_files")
    ]
    assert ["Aucun dépôt n’est en vigueur" in text for text in texts] == [True] * 3
    assert "Dépôt n° 1" in texts[1]


def test_files_are_downloads_of_the_standing_deposit_and_leave_a_trace(call, instructor):
    dossier = evaluation.a_deposit(call)
    document = dossier.attachments.first().document
    other = store.keep(
        "attachment", subject="X", content=b"x", filename="x.pdf", media_type="application/pdf", at=clock.now()
    )
    text = rows.text_of(read(instructor, "staff_files", dossier.ref))
    response = read(instructor, "staff_file", dossier.ref, document.uuid)
    assert (document.filename in text, document.sha256 in text) == (True, True)
    assert response["Content-Disposition"].startswith("attachment;")
    assert b"".join(response.streaming_content) == store.read(document)
    event = AuditEvent.objects.get(verb="dossier.read_file")
    assert (event.subject, event.actor, event.data) == (
        dossier.ref,
        instructor,
        {"document": str(document.uuid), "filename": document.filename},
    )
    codes = [read(instructor, "staff_file", dossier.ref, key).status_code for key in (other.uuid, uuid.uuid4())]
    assert codes == [404, 404]
    elsewhere = rows.a_row(call, 7)
    assert read(instructor, "staff_file", elsewhere.ref, document.uuid).status_code == 404


def test_the_pdf_of_a_deposit_when_there_is_one(call, instructor):
    dossier = rows.a_row(call)
    assert read(instructor, "staff_version_document", dossier.ref, 1, "dossier").status_code == 404
    pdf = store.keep(
        "dossier", subject=dossier.ref, content=b"%PDF", filename="d.pdf", media_type="application/pdf", at=rows.AT
    )
    dossier.versions.update(pdf=pdf)
    response = read(instructor, "staff_version_document", dossier.ref, 1, "dossier")
    assert b"".join(response.streaming_content) == b"%PDF"
    codes = [
        read(instructor, "staff_version_document", dossier.ref, *args).status_code
        for args in ((1, "recepisse"), (2, "dossier"))
    ]
    assert codes == [404, 404]


def test_a_letter_before_its_release_is_for_those_who_see_the_ranking(call, instructor):
    dossier = rows.a_row(call, state="eligible")
    pdf = store.keep(
        "letter", subject=dossier.ref, content=b"%PDF", filename="l.pdf", media_type="application/pdf", at=rows.AT
    )
    letter = Letter.objects.create(dossier=dossier, kind="laureate", document=pdf)
    people = [instructor, staff(Role.JURY_SECRETARY), staff(Role.GRANT_OFFICER)]
    before = [status(person, "staff_letter", dossier.ref) for person in people]
    letter.released_at = clock.now()
    letter.save()
    after = [status(person, "staff_letter", dossier.ref) for person in people]
    assert (before, after) == ([200, 200, 404], [200, 200, 200])


def test_opinions_show_reasons_veto_and_delay(call, instructor):
    vetoed, late = rows.a_row(call, 1, "eligible"), rows.a_row(call, 2, "eligible")
    opinion = rows.an_opinion(vetoed, "unfavourable")
    opinion.neutrality_reason, opinion.disclosed_reason = "Vise un <b>fabricant</b>.", "Reformuler."
    opinion.save()
    rows.an_opinion(late, due_on=clock.today() - dt.timedelta(days=1))
    text = rows.text_of(read(instructor, "staff_opinions", vetoed.ref))
    for words in (
        "Base refusée",
        "Toutes les bases demandées sont refusées",
        "Vise un <b>fabricant</b>.",
        "Reformuler.",
        "Étape : Avis défavorable",
    ):
        assert words in text
    assert "– en retard" in rows.text_of(read(instructor, "staff_opinions", late.ref))


def test_the_journal_speaks_french_and_can_hide_readings(call, instructor):
    dossier = evaluation.a_deposit(call)
    evaluation.decide_all(dossier)
    read(instructor, "staff_dossier", dossier.ref)
    whole = rows.text_of(read(instructor, "staff_journal", dossier.ref))
    assert ("Dossier déposé" in whole, "Critère décidé" in whole, "Dossier lu" in whole) == (True, True, True)
    assert "critère : COMPLETE" in whole
    without = rows.text_of(read(instructor, "staff_journal", dossier.ref, lectures="non"))
    assert "Dossier lu" not in without


def test_acts_of_the_jury_are_hidden_from_other_duties(call):
    dossier = evaluation.ready_for_jury(call)
    review = evaluation.a_review(dossier)
    tabs = ("staff_journal", "staff_messages")
    seen = {
        role: [
            review.juror.email in text or "Évaluation confiée" in text
            for text in (rows.text_of(read(evaluation.officer(role), tab, dossier.ref)) for tab in tabs)
        ]
        for role in (Role.INSTRUCTOR, Role.GRANT_OFFICER)
    }
    assert seen == {Role.INSTRUCTOR: [True, True], Role.GRANT_OFFICER: [False, False]}


@pytest.mark.parametrize("count", [1, 3])
def test_the_tabs_ask_as_many_queries_for_one_as_for_three(call, instructor, count):
    dossier = rows.a_row(call, state="eligible")
    rows.decided(dossier)
    rows.an_opinion(dossier, "favourable")
    for number in range(count):
        rows.a_review(dossier, "to_declare", f"jure{number}@universite.example")
        trail.record("dossier.check", subject=dossier.ref, actor=instructor, at=rows.AT)
    client = client_of(instructor)
    client.get(url("staff_content", dossier.ref))
    found = {}
    for tab in TABS:
        with CaptureQueriesContext(connection) as queries:
            client.get(url(tab, dossier.ref))
        found[tab] = len(queries)
    assert found == {
        "staff_dossier": 17,
        "staff_content": 16,
        "staff_files": 19,
        "staff_opinions": 23,
        "staff_reviews": 21,
        "staff_messages": 18,
        "staff_journal": 15,
    }
