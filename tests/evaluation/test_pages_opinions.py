"""The partner's pages: what is shown, what is not, and the way to an opinion."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from applications import reading
from datasets.models import Dataset
from evaluation import actions, opening
from evaluation.models import Opinion
from tests.people import a_partner, client_of

from . import scenes
from .helpers import download

LIST = "/evaluation/avis/"


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    secret = "Ceci est confidentiel envers l’industriel."
    dossier = scenes.an_eligible(call, confidential_note=secret, industry_links="Contrat avec un rival.")
    scenes.an_opinion(dossier)
    other = Dataset.objects.exclude(partner=dossier.dossier_datasets.get().version.dataset.partner).first()
    return SimpleNamespace(
        call=call,
        dossier=dossier,
        secret=secret,
        partner=scenes.partner(dossier),
        rival=a_partner(other.partner, "rival@industrie.example"),
        code=dossier.dossier_datasets.get().version.dataset.code,
    )


@pytest.fixture
def url(scene):
    return f"{LIST}{scene.dossier.ref}/{scene.code}/"


@pytest.fixture
def client(scene):
    return client_of(scene.partner)


SAID = {
    "neutrality": "favourable",
    "neutrality_reason": "",
    "feasibility": "unfavourable",
    "feasibility_ground": "missing_variables",
    "feasibility_question": "title",
    "feasibility_quote": scenes.TITLE,
    "feasibility_reason": "<script>alert(1)</script> {{ 7 }}",
    "disclosed_reason": "Effectif\ninsuffisant.",
}


def test_the_list_shows_what_waits_with_the_days_left_then_what_was_given(scene, client):
    page = client.get(LIST).content.decode()
    assert scene.dossier.ref in page
    assert "jours restants" in page
    assert "Repérer les rechutes &lt;b&gt;tôt&lt;/b&gt;" in page
    assert "Vous n’avez pas encore rendu d’avis." in page
    scenes.give(Opinion.objects.get())
    page = client.get(LIST).content.decode()
    assert "Aucun avis n’est attendu." in page
    assert "peut encore changer" in page


def test_the_list_of_another_partner_is_empty_and_its_addresses_do_not_exist(scene, url):
    other = client_of(scene.rival)
    page = other.get(LIST).content.decode()
    assert (scene.dossier.ref in page, "Aucun avis n’est attendu." in page) == (False, True)
    assert other.get(url).status_code == 404
    assert other.post(url, SAID | {"confirme": "oui"}).status_code == 404


def test_an_opinion_is_nobody_else_s(scene, url):
    for person in (scenes.dossier_owner(scene.dossier), scenes.juror(), scenes.instructor(), scenes.secretary()):
        assert client_of(person).get(url).status_code == 404
        assert client_of(person).get(LIST).status_code == 403
    assert client_of(None).get(url).status_code == 302
    assert client_of(scene.partner, verified=False).get(url).status_code == 302


def test_the_dossier_is_shown_without_what_the_call_keeps_from_partners(scene, client, url):
    page = client.get(url).content.decode()
    frozen = reading.frozen(scene.dossier.versions.get())
    shown = {section.title for section in frozen.sections if section.partners}
    hidden = {section.title for section in frozen.sections if not section.partners}
    assert shown
    assert hidden
    assert all(f">{title}</h2>" in page for title in shown)
    assert not any(f">{title}</h2>" in page for title in hidden)
    assert scene.secret not in page
    assert "Contrat avec un rival." not in page
    assert frozen.lead_name not in page
    assert scenes.dossier_owner(scene.dossier).email not in page
    assert "Le projet est-il neutre" in page
    assert "Le projet est-il réalisable" in page


def test_an_opinion_is_checked_then_confirmed_then_kept(scene, client, url):
    checked = client.post(url, SAID)
    assert checked.status_code == 200
    page = checked.content.decode()
    assert "Un avis défavorable refuse votre base à ce dossier" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}" in page
    assert "<strong>Variables absentes de la base</strong>" in page
    assert "Passage cité de la réponse" in page
    assert Opinion.objects.get().state == "requested"
    answer = client.post(url, SAID | {"confirme": "oui"}, follow=True)
    assert "est enregistré" in answer.content.decode()
    row = Opinion.objects.get()
    assert (row.state, row.is_veto, row.feasibility_reason) == ("given", True, SAID["feasibility_reason"])
    assert row.disclosed_reason == "Effectif\ninsuffisant."
    shown = client.get(url).content.decode()
    assert "Vous pouvez le modifier" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}" in shown


def test_going_back_from_the_confirmation_keeps_what_was_typed(scene, client, url):
    page = client.post(url, SAID | {"revoir": "oui"}).content.decode()
    assert "Effectif\ninsuffisant." in page
    assert "Vérifier mon avis" in page


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(scene, client, url):
    answer = client.post(url, {"neutrality": "reserved", "disclosed_reason": "Gardez ceci."})
    page = answer.content.decode()
    assert (answer.status_code, "2 points à corriger" in page, "Gardez ceci." in page) == (422, True, True)
    assert page.count("Donnez le motif") == 2  # in the summary, and beside the field


def test_a_passage_that_is_not_in_the_dossier_is_told_beside_its_field(scene, client, url):
    answer = client.post(url, SAID | {"feasibility_quote": "Repérer les <i>rechutes</i> trop tard"})
    page = answer.content.decode()
    assert (answer.status_code, page.count("ne se trouve pas dans la réponse")) == (422, 2)
    assert "Repérer les &lt;i&gt;rechutes&lt;/i&gt; trop tard" in page
    assert "Points à examiner" in page
    assert "Variables absentes de la base" in page
    assert "confidential_note" not in page


def test_once_the_scoring_is_closed_the_page_only_shows(scene, client, url):
    scenes.give(Opinion.objects.get())
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    page = client.get(url).content.decode()
    assert ("Vérifier mon avis" in page, "votre avis ne change plus" in page) == (False, True)
    answer = client.post(url, SAID | {"confirme": "oui"})
    assert (answer.status_code, "ne peut plus changer" in answer.content.decode()) == (422, False)
    assert Opinion.objects.get().feasibility == "favourable"


def test_a_file_of_a_closed_section_does_not_exist_for_a_partner(scene, client):
    frozen = reading.frozen(scene.dossier.versions.get())
    for file in frozen.all_files():
        assert client.get(f"{LIST}{scene.dossier.ref}/fichiers/{file.uuid}").status_code == 404


def test_a_file_of_an_open_section_is_downloaded_by_its_partner_alone(scene, client, monkeypatch):
    frozen = reading.frozen(scene.dossier.versions.get())
    file = frozen.all_files()[0]
    monkeypatch.setattr(opening, "readings", lambda opinions: {one.pk: frozen for one in opinions})
    address = f"{LIST}{scene.dossier.ref}/fichiers/{file.uuid}"
    assert download(client, address)
    assert client_of(scene.rival).get(address).status_code == 404
    assert client_of(scenes.juror()).get(address).status_code == 404


def test_each_page_and_each_file_that_a_partner_opens_is_noted_and_staff_read_it(scene, client, url, monkeypatch):
    staff = client_of(scenes.instructor())
    tab = reverse("admin:staff_opinions", kwargs={"ref": scene.dossier.ref})
    assert "Le partenaire n’a encore rien consulté du dossier." in staff.get(tab).content.decode()
    client.get(url)
    client.post(url, {"neutrality": "reserved"})  # refused: the dossier is shown again
    client.get(LIST)
    client_of(scene.rival).get(url)
    frozen = reading.frozen(scene.dossier.versions.get())
    file = frozen.all_files()[0]
    monkeypatch.setattr(opening, "readings", lambda opinions: {one.pk: frozen for one in opinions})
    assert download(client, f"{LIST}{scene.dossier.ref}/fichiers/{file.uuid}")
    noted = AuditEvent.objects.filter(verb__startswith="opinion.read").order_by("number")
    subject = f"{scene.dossier.ref}/{scene.code}"
    assert [(event.verb, event.subject, event.actor_id) for event in noted] == [
        ("opinion.read", subject, scene.partner.pk),
        ("opinion.read", subject, scene.partner.pk),
        ("opinion.read_file", subject, scene.partner.pk),
    ]
    assert noted.last().data == {"document": file.uuid, "filename": file.filename}
    page = staff.get(tab).content.decode()
    assert "dossier ouvert 2 fois, 1 téléchargement, en dernier le" in page
    assert page.count(f'<td data-label="Qui">{scene.partner}</td>') == 3
    assert f"{file.filename}\u00a0»</td>" in page


def test_a_partner_sees_neither_reviews_nor_another_partner_s_opinion(scene, client, url):
    scenes.give(Opinion.objects.get())
    scenes.a_submitted_review(scene.dossier, comments={"OPEN_SCIENCE": "Note de jury."}, comment_jury="Secret de jury.")
    other = Dataset.objects.exclude(code=scene.code).first()
    Opinion.objects.create(
        dossier=scene.dossier,
        dataset=other,
        requested_at=scene.call.opens_at,
        due_on="2026-12-31",
        neutrality_reason="Secret du voisin.",
    )
    page = client.get(url).content.decode()
    for words in ("Note de jury.", "Secret de jury.", "Secret du voisin.", scenes.juror().email):
        assert words not in page
