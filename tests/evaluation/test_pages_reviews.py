"""The juror's pages: nothing before the declaration, nothing after a recusal, no other review before one's own."""

from types import SimpleNamespace

import pytest

from applications import reading
from evaluation import actions
from evaluation.models import Review
from tests.people import client_of

from . import scenes
from .helpers import download

LIST = "/evaluation/jury/"


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call, scientific_summary="Le contenu du dossier.")
    review = scenes.a_review(dossier)
    return SimpleNamespace(call=call, dossier=dossier, review=review, juror=review.juror)


@pytest.fixture
def client(scene):
    return client_of(scene.juror)


@pytest.fixture
def url(scene):
    return f"{LIST}{scene.dossier.ref}/"


def open_dossier(scene):
    actions.deny_conflict(scene.review, actor=scene.juror)


def version(dossier):
    return dossier.versions.get()


def a_file_of(dossier):
    return reading.frozen(version(dossier)).all_files()[0]


def every_mark(scene, mark=3):
    return {
        f"note-{heading.code}-{point.code}": str(mark)
        for heading in scene.call.headings.all()
        for point in heading.points.all()
    }


def test_before_the_declaration_only_title_organisation_and_team_are_shown(scene, client, url):
    page = client.get(f"{url}liens").content.decode()
    frozen = reading.frozen(version(scene.dossier))
    assert "Repérer les rechutes &lt;b&gt;tôt&lt;/b&gt;" in page
    assert frozen.table("team")[0]["name"] in page
    assert "Qu’est-ce qu’un lien d’intérêts" in page
    assert "Le contenu du dossier." not in page
    assert client.get(url)["Location"] == f"{url}liens"
    assert client.get(f"{url}remettre")["Location"] == f"{url}liens"
    assert client.get(f"{url}dossier.pdf").status_code == 404
    assert client.get(f"{url}fichiers/{a_file_of(scene.dossier).uuid}").status_code == 404
    assert "n’est plus" not in client.post(f"{url}brouillon", every_mark(scene)).content.decode()
    assert not Review.objects.get().scores.exists()


def test_no_interest_opens_the_dossier(scene, client, url):
    answer = client.post(f"{url}liens", {"choice": "no"})
    assert answer["Location"] == url
    page = client.get(url).content.decode()
    assert "Le contenu du dossier." in page
    assert page.count('class="score-point"') == 17
    assert len(download(client, f"{url}fichiers/{a_file_of(scene.dossier).uuid}")) > 0


def test_an_interest_is_described_confirmed_and_the_dossier_is_gone(scene, client, url):
    refused = client.post(f"{url}liens", {"choice": "yes"})
    page = refused.content.decode()
    assert (refused.status_code, "quel est ce lien" in page, "de quelle nature" in page) == (422, True, True)
    said = {"choice": "yes", "ties": ["family", "work"], "conflict": "Une <i>amie</i>."}
    confirm = client.post(f"{url}liens", said).content.decode()
    assert "Une &lt;i&gt;amie&lt;/i&gt;." in confirm
    assert Review.objects.get().state == "to_declare"
    client.post(f"{url}liens", said | {"confirme": "oui"})
    assert (Review.objects.get().state, Review.objects.get().ties) == ("recused", ["family", "work"])
    for end in ("", "liens", "remettre", "dossier.pdf", f"fichiers/{a_file_of(scene.dossier).uuid}"):
        assert client.get(f"{url}{end}").status_code == 404
    assert client.post(f"{url}brouillon", every_mark(scene)).status_code == 404
    page = client.get(LIST).content.decode()
    assert (scene.dossier.ref in page, "Repérer les rechutes" in page) == (False, False)


def test_a_review_is_nobody_else_s(scene, url):
    open_dossier(scene)
    stranger = scenes.juror("autre@b.example")
    for person in (stranger, scenes.dossier_owner(scene.dossier), scenes.partner(scene.dossier), scenes.secretary()):
        for end in ("", "liens", "remettre", "dossier.pdf"):
            assert client_of(person).get(f"{url}{end}").status_code == 404
        assert client_of(person).post(f"{url}brouillon").status_code == 404
    assert client_of(None).get(url).status_code == 302
    assert client_of(scene.juror, verified=False).get(url).status_code == 302
    assert client_of(scenes.secretary()).get(LIST).status_code == 403


def test_a_juror_who_joined_the_team_since_sees_nothing_more(scene, client, url):
    open_dossier(scene)
    scene.dossier.members.create(email=scene.juror.email, role="reader", invited_at=scene.call.opens_at)
    assert client.get(url).status_code == 404
    assert scene.dossier.ref not in client.get(LIST).content.decode()


def test_the_draft_is_saved_by_its_button_and_the_total_never_counts_a_missing_mark(scene, client, url):
    open_dossier(scene)
    answer = client.post(
        url, {"note-OPEN_SCIENCE-reusability": "4", "commentaire-OPEN_SCIENCE": "Bien.", "version": "0"}
    )
    assert answer["Location"] == url
    page = client.get(url).content.decode()
    assert "<strong data-earned>12,00</strong> sur <span data-most>15,00</span>" in page
    assert "data-marked>1</span> points notés sur 17" in page
    assert Review.objects.get().comments == {"OPEN_SCIENCE": "Bien."}


def test_a_script_saves_and_learns_the_version(scene, client, url):
    open_dossier(scene)
    first = client.post(f"{url}brouillon", {"note-OPEN_SCIENCE-reusability": "4", "version": "0"})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    stale = client.post(f"{url}brouillon", {"note-OPEN_SCIENCE-reusability": "2", "version": "0"})
    assert (stale.status_code, stale.json()["version"]) == (409, 1)
    assert list(stale.json()["stored"].values()) == ["Très satisfaisant"]
    wrong = client.post(f"{url}brouillon", {"note-OPEN_SCIENCE-reusability": "9", "version": "1"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["note-OPEN_SCIENCE-reusability"])
    assert client.get(f"{url}brouillon").status_code == 405
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    late = client.post(f"{url}brouillon", {"note-OPEN_SCIENCE-reusability": "1", "version": "1"})
    assert (late.status_code, "La notation est close" in late.json()["problem"]) == (422, True)


def test_a_stale_page_is_answered_with_both_texts_and_saving_again_chooses(scene, client, url):
    open_dossier(scene)
    client.post(url, {"comment_jury": "Écrit ailleurs.", "version": "0"})
    answer = client.post(url, {"comment_jury": "Écrit ici.", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Écrit ailleurs." in page
    assert "Écrit ici.</textarea>" in page
    assert 'name="version" value="1"' in page
    assert Review.objects.get().comment_jury == "Écrit ailleurs."
    client.post(url, {"comment_jury": "Écrit ici.", "version": "1"})
    assert Review.objects.get().comment_jury == "Écrit ici."


def test_submission_shows_what_is_missing_then_every_mark_then_is_for_good(scene, client, url):
    open_dossier(scene)
    client.post(url, {"version": "0"})
    page = client.get(f"{url}remettre").content.decode()
    assert ("Il reste 17 points à noter" in page, "Remettre mon évaluation" in page) == (True, False)
    answer = client.post(
        url, every_mark(scene) | {"comment_applicant": "<b>Bravo</b>", "remettre": "oui", "version": "0"}
    )
    assert answer["Location"] == f"{url}remettre"
    page = client.get(f"{url}remettre").content.decode().replace("\u00a0", " ")
    assert "Note pondérée : <strong>60,00</strong> sur 100" in page
    assert "&lt;b&gt;Bravo&lt;/b&gt;" in page
    client.post(f"{url}remettre")
    assert Review.objects.get().state == "submitted"
    again = client.post(f"{url}remettre", follow=True).content.decode()
    assert "« Évaluation remise »" in again.replace("\u00a0", " ")
    assert "Enregistrer</button>" not in client.get(url).content.decode()


def test_no_other_review_is_seen_before_one_s_own_is_submitted(scene, client, url):
    other = scenes.a_submitted_review(
        scene.dossier, "autre@b.example", mark=5, comments={"OPEN_SCIENCE": "Secret."}, comment_jury="Excellent projet."
    )
    open_dossier(scene)
    scenes.save(scene.review)
    page = client.get(url).content.decode()
    assert ("Excellent projet." in page, "100,00 sur 100" in page) == (False, False)
    actions.submit_review(scene.review, actor=scene.juror)
    page = client.get(url).content.decode()
    assert ("Excellent projet." in page, "Évaluation A" in page, "100,00 sur 100" in page) == (True, True, True)
    assert other.juror.email not in page
    assert other.juror.get_full_name() not in page


def test_once_the_scoring_is_closed_the_dossier_is_no_longer_open(scene, client, url):
    open_dossier(scene)
    scenes.save(scene.review)
    actions.submit_review(scene.review, actor=scene.juror)
    file = f"{url}fichiers/{a_file_of(scene.dossier).uuid}"
    assert len(download(client, file)) > 0
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    page = client.get(url).content.decode()
    assert ("Le contenu du dossier." in page, "60,00" in page) == (False, True)
    assert client.get(file).status_code == 404


def test_a_juror_learns_what_partners_said_in_a_word_and_never_why(scene, client, url):
    opinion = scene.dossier.opinions.get()
    scenes.give(opinion, feasibility="reserved", feasibility_reason="Un motif.", disclosed_reason="Pour le porteur.")
    open_dossier(scene)
    page = client.get(url).content.decode()
    assert ("Favorable avec réserves" in page, "Un motif." in page, "Pour le porteur." in page) == (True, False, False)


def test_a_file_of_another_dossier_is_not_served(scene, client, url):
    open_dossier(scene)
    other = scenes.a_deposit(scene.call, "lea@inst.example")
    assert client.get(f"{url}fichiers/{a_file_of(other).uuid}").status_code == 404


def test_the_pdf_of_the_deposit_is_served_once_it_is_made(scene, client, url):
    open_dossier(scene)
    assert client.get(f"{url}dossier.pdf").status_code == 404
    deposit = version(scene.dossier)
    deposit.pdf = scene.dossier.attachments.first().document
    deposit.save(update_fields=["pdf"])
    assert download(client, f"{url}dossier.pdf")


def test_the_list_counts_progress_and_says_when_it_is_empty(scene, client):
    assert "0 évaluation remise sur 1." in client.get(LIST).content.decode()
    open_dossier(scene)
    scenes.save(scene.review, None, scores={scenes.points(scene.call)[0]: 2})
    assert "1 note sur 17" in client.get(LIST).content.decode()
    assert "Aucun dossier ne vous est confié" in client_of(scenes.juror("autre@b.example")).get(LIST).content.decode()


def test_each_mark_says_what_it_means_and_the_amount_and_the_confidence_are_saved_as_typed(scene, client, url):
    open_dossier(scene)
    page = client.get(url).content.decode()
    assert (page.count('class="score-guides"'), page.count('class="score-mark__guide"')) == (17, 17 * 6)
    assert "L’enjeu est affirmé sans source ni chiffre." in page
    assert (
        client.post(f"{url}brouillon", {"recommended_amount": "12 000,50 €", "confidence": "unsure"}).status_code == 200
    )
    review = Review.objects.get()
    assert (str(review.recommended_amount), review.confidence) == ("12000.50", "unsure")
    assert client.post(f"{url}brouillon", {"comment_jury": "Bien."}).status_code == 200
    assert str(Review.objects.get().recommended_amount) == "12000.50"
    for typed, said in (("beaucoup", "Écrivez un montant"), ("900000", "va de 0 à"), ("-5", "au moins 0")):
        answer = client.post(f"{url}brouillon", {"recommended_amount": typed})
        assert (answer.status_code, said in str(answer.json())) == (422, True)
    stale = client.post(url, {"recommended_amount": "12000,50", "confidence": "sure", "version": "0"})
    assert (stale.status_code, list(stale.context["stale"])) == (409, ["Votre assurance dans cette évaluation"])
