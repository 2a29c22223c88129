"""Pages of the applicant: who opens them, what they say, in how many queries."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from applications import actions, urls
from applications.enums import DossierState, MemberRole
from applications.models import Dossier
from tests import people
from tests.applications import small
from tests.documents import files

ROW = "00000000-0000-4000-8000-000000000000"
PARTS = {"section": "project", "question": "costs", "row": ROW, "uuid": ROW, "number": 1, "code": "PETIT-2026"}
OPEN_TO_ALL = {"dossier_list", "dossier_start"}  # about oneself


def address(name, dossier, **more):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **more})


def every_address(dossier):
    for pattern in urls.urlpatterns:
        if pattern.name not in OPEN_TO_ALL:
            names = pattern.pattern.converters
            yield (
                pattern.name,
                reverse(
                    f"applications:{pattern.name}",
                    kwargs={"ref": dossier.ref} | {n: PARTS[n] for n in names if n != "ref"},
                ),
            )


@pytest.mark.parametrize("who", ["another", "juror", "partner", "administrator", "instructor"])
def test_another_s_draft_does_not_exist(dossier, owner, who):
    other = {
        "another": lambda: people.a_person("autre@labo.example"),
        "juror": people.a_juror,
        "partner": people.a_partner,
        "administrator": lambda: people.staff(Role.ADMINISTRATOR),
        "instructor": lambda: people.staff(Role.INSTRUCTOR),
    }[who]()
    client = people.client_of(other)
    for name, url in every_address(dossier):
        assert (name, client.get(url).status_code) == (name, 404)
        assert client.post(url, {}, content_type="application/json").status_code in (404, 405), name


def test_without_a_session_nothing_is_said(dossier):
    client = people.client_of(None)
    for name, url in every_address(dossier):
        answer = client.get(url)
        if answer.status_code == 302:
            assert answer["Location"].startswith(reverse("account_login"))
        else:
            assert (name, answer.status_code) == (name, 401)


def test_a_reader_reads_and_changes_nothing(dossier, owner):
    small.type_in(dossier, "title", "Lisible", actor=owner)
    reader = people.a_person("lecteur@labo.example")
    actions.invite_member(dossier, reader.email, MemberRole.READER, actor=owner)
    client = people.client_of(reader)
    page = client.get(address("dossier_section", dossier, section="project")).content.decode()
    assert "Lisible" in page
    assert "Lecture seule" in page
    assert 'name="v.title"' not in page
    sent = {"question": "title", "value": "Changé", "version": 1}
    assert client.post(address("answer_save", dossier), sent, content_type="application/json").status_code == 403
    for name in ("dossier_submit", "dossier_reopen", "dossier_withdraw"):
        assert client.post(address(name, dossier)).status_code == 403
    assert Dossier.objects.get().title == "Lisible"


# The list


def queries_of(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_list_asks_the_same_queries_for_one_and_for_three(call, owner):
    client, url = people.client_of(owner), reverse("applications:dossier_list")
    actions.start_dossier(call, actor=owner)
    one = queries_of(client, url)
    for _ in range(2):
        small.a_full_draft(call, owner)
    assert (queries_of(client, url), one) == (7, 7)


def test_pages_of_a_dossier_ask_the_same_queries_empty_and_full(call, owner):
    client = people.client_of(owner)
    empty, full = actions.start_dossier(call, actor=owner), small.a_full_draft(call, owner)
    for _ in range(2):
        actions.add_row(full, "costs", actor=owner)
        actions.deposit_file(full, "cv", files.uploaded(), actor=owner)
    for name, more, most in (
        ("dossier_detail", {}, 16), ("dossier_section", {"section": "budget"}, 12), ("dossier_team", {}, 11),
        ("dossier_preview", {}, 13), ("dossier_submit", {}, 17),
    ):  # fmt: skip
        for dossier in (empty, full):
            client.get(address(name, dossier, **more))  # once, for what is noted on the way
        counts = [queries_of(client, address(name, dossier, **more)) for dossier in (empty, full)]
        assert counts[0] == counts[1] <= most, name


def test_the_list_says_where_each_stands(call, owner):
    client = people.client_of(owner)
    page = client.get(reverse("applications:dossier_list")).content.decode()
    assert "Vous n’avez pas encore de dossier" in page
    assert "Commencer un dossier" in page
    submitted = small.a_full_draft(call, owner)
    actions.submit_dossier(submitted, actor=owner)
    actions.start_dossier(call, actor=owner)
    page = client.get(reverse("applications:dossier_list")).content.decode()
    for words in (
        submitted.ref, "Dossier sans titre", "0 % rempli", "Ce dossier n’est pas déposé.", "Voir le dossier déposé"
    ):  # fmt: skip
        assert words in page


def test_starting_twice_without_writing_is_one_dossier(call, owner):
    client, url = people.client_of(owner), reverse("applications:dossier_start", kwargs={"code": call.code})
    assert "Commencer le dossier" in client.get(url).content.decode()
    refs = {client.post(url)["Location"] for _ in range(3)}
    assert len(refs) == Dossier.objects.count() == 1
    small.type_in(Dossier.objects.get(), "title", "Écrit", actor=owner)
    client.post(url)
    assert Dossier.objects.count() == 2


def test_starting_in_a_closed_call(call, owner):
    client, url = people.client_of(owner), reverse("applications:dossier_start", kwargs={"code": call.code})
    with time_machine.travel(call.closes_at, tick=False):
        client = people.client_of(owner)
        assert "pas ouvert" in client.get(url).content.decode()
        assert "pas ouvert" in client.post(url, follow=True).content.decode()
    assert not Dossier.objects.exists()


# The overview and the story


def test_an_incomplete_draft_names_what_is_missing(dossier, owner):
    page = people.client_of(owner).get(address("dossier_detail", dossier)).content.decode()
    assert "Ce dossier n’est pas déposé." in page
    assert "Continuer : <span>Titre</span>" in page
    assert f"{address('dossier_section', dossier, section='budget')}#q-costs" in page
    submit = people.client_of(owner).get(address("dossier_submit", dossier)).content.decode()
    assert "12 points à compléter" in submit
    assert "Déposer le dossier</button>" not in submit


def test_depositing_through_the_page(call, owner):
    dossier, client = small.a_full_draft(call, owner), people.client_of(owner)
    page = client.get(address("dossier_submit", dossier)).content.decode()
    for words in ("Je certifie l’exactitude de ce dossier.", "protocole.pdf", "Université de Nulle-Part", "Base A"):
        assert words in page
    page = client.post(address("dossier_submit", dossier), follow=True).content.decode()
    assert f"Le dossier {dossier.ref} est déposé (dépôt n° 1)" in page
    assert "en préparation" in page
    version = dossier.versions.get()
    for name in ("receipt_download", "version_pdf"):
        assert client.get(address(name, dossier, number=1)).status_code == 404  # not made yet
    actions.build_receipt(version_id=version.pk)
    page = client.get(address("dossier_detail", dossier)).content.decode()
    assert version.sha256 in page
    for name in ("receipt_download", "version_pdf"):
        answer = client.get(address(name, dossier, number=1))
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    staff = people.client_of(people.staff(Role.INSTRUCTOR))
    assert b"".join(staff.get(address("version_pdf", dossier, number=1)).streaming_content).startswith(b"%PDF-")
    assert AuditEvent.objects.filter(verb="file.read", subject=dossier.ref).count() == 1
    client.post(address("dossier_reopen", dossier))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.DRAFT


@pytest.mark.parametrize(
    ("state", "closed", "words", "hidden"),
    [
        ("submitted", False, "Déposé", "En cours"),
        ("submitted", True, "En cours d’examen", "Reprendre le dépôt"),
        ("eligible", True, "En cours d’examen", "Éligible"),
        ("laureate", True, "La décision est rendue", "En cours d’examen"),
    ],
)
def test_a_result_is_not_told_before_its_time(call, owner, state, closed, words, hidden):
    dossier = small.a_full_draft(call, owner)
    actions.submit_dossier(dossier, actor=owner)
    Dossier.objects.filter(pk=dossier.pk).update(state=state)
    at = call.closes_at + (dt.timedelta(hours=1) if closed else dt.timedelta(hours=-1))
    with time_machine.travel(at, tick=False):
        client = people.client_of(owner)
        for url in (address("dossier_detail", dossier), reverse("applications:dossier_list")):
            page = client.get(url).content.decode()
            assert words in page
            assert hidden not in page


def test_after_the_closing_everything_is_read_only(dossier, owner):
    small.type_in(dossier, "title", "Écrit à temps", actor=owner)
    with time_machine.travel(dossier.call.closes_at, tick=False):
        client = people.client_of(owner)
        page = client.get(address("dossier_section", dossier, section="project")).content.decode()
        assert "Écrit à temps" in page
        assert "Lecture seule" in page
        overview = client.get(address("dossier_detail", dossier)).content.decode()
        assert "n’a pas été déposé avant la clôture" in overview
        assert "clos depuis" in client.get(address("dossier_submit", dossier)).content.decode()


# Preview


def test_the_preview_and_its_pdf(call, owner):
    dossier, client = small.a_full_draft(call, owner), people.client_of(owner)
    url = address("dossier_preview", dossier)
    page = client.get(url).content.decode()
    assert "Data scientist, 9 mois" in page
    assert "Préparer le PDF" in page
    assert "se prépare" in client.post(url, follow=True).content.decode()
    pdf = address("preview_pdf", dossier)
    assert client.get(pdf).status_code == 404
    assert client.get(pdf, headers={"accept": "application/json"}).json() == {"ready": False}
    actions.build_preview(dossier_id=dossier.pk)
    assert client.get(pdf, headers={"accept": "application/json"}).json() == {"ready": True}
    assert "PDF du brouillon" in client.get(url).content.decode()
    assert b"".join(client.get(pdf).streaming_content).startswith(b"%PDF-")
