"""What an applicant learns, and when."""

from types import SimpleNamespace

import pytest

from evaluation import actions
from tests.people import a_person, client_of

from . import scenes
from .helpers import download


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    first, second = scenes.ready_for_jury(call), scenes.ready_for_jury(call, "paul@lab.example", title="Autre projet")
    third = scenes.ready_for_jury(call, "lea@inst.example", title="Réserve")
    for dossier, mark in ((first, 4), (second, 1), (third, 3)):
        scenes.a_submitted_review(
            dossier, mark=mark, comment_jury="Entre nous.", comment_applicant=f"Note {mark} <i>!</i>"
        )
    scenes.give(first.opinions.get(), disclosed_reason="Voir le dictionnaire.", feasibility_reason="Entre partenaires.")
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    scenes.decide(session, first)
    scenes.decide(session, third, outcome="reserve", rank=2, amount=None)
    scenes.decide(session, second, **(scenes.REJECTED | {"rank": 3}))
    actions.freeze_decisions(session, actor=scenes.secretary())
    for dossier in (first, second, third):
        actions.build_letter(dossier_id=dossier.pk)
    return SimpleNamespace(call=call, session=session, first=first, second=second, third=third)


def page_of(dossier, email=""):
    person = a_person(email) if email else scenes.dossier_owner(dossier)
    return client_of(person).get(f"/evaluation/resultats/{dossier.ref}/")


def publish(scene):
    actions.publish_results(scene.session, actor=scenes.secretary())


def test_before_the_publication_only_what_is_public_is_said(scene):
    page = page_of(scene.first).content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    assert "Le résultat de ce dossier n’est pas encore connu." in page
    assert scene.call.steps[1]["label"] in page
    for words in ("Lauréat", "Note 4", "Voir le dictionnaire.", "Télécharger ma lettre", "90 000"):
        assert words not in page


def test_a_laureate_reads_the_amount_the_letter_and_the_comments_without_a_name(scene):
    publish(scene)
    answer = page_of(scene.first)
    page = answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    assert "Votre projet est lauréat." in page
    assert "90 000,00 €" in page
    assert "Note 4 &lt;i&gt;!&lt;/i&gt;" in page
    assert "Voir le dictionnaire." in page
    for words in ("Entre nous.", "Entre partenaires.", scenes.juror().email, scenes.juror().get_full_name(), "80,00"):
        assert words not in page
    owner = client_of(scenes.dossier_owner(scene.first))
    assert download(owner, f"/evaluation/resultats/{scene.first.ref}/lettre.pdf").startswith(b"%PDF-")


def test_the_reserve_list_has_its_own_ranks(scene):
    publish(scene)
    assert "sur la liste complémentaire, au rang 1." in page_of(scene.third).content.decode()


def test_a_refusal_gives_no_rank_and_no_amount(scene):
    publish(scene)
    page = page_of(scene.second).content.decode()
    assert ("Votre projet n’est pas retenu." in page, "rang" in page) == (True, False)


def test_an_outcome_is_the_team_s_alone(scene):
    publish(scene)
    for person in (
        scenes.dossier_owner(scene.second),
        scenes.juror(),
        scenes.partner(scene.first),
        a_person("x@y.example"),
    ):
        client = client_of(person)
        assert client.get(f"/evaluation/resultats/{scene.first.ref}/").status_code == 404
        assert client.get(f"/evaluation/resultats/{scene.first.ref}/lettre.pdf").status_code == 404
    assert client_of(None).get(f"/evaluation/resultats/{scene.first.ref}/").status_code == 302


def test_a_letter_is_read_by_staff_too_and_before_the_publication_by_the_session_alone(scene):
    address = f"/evaluation/resultats/{scene.first.ref}/lettre.pdf"
    reader = client_of(scenes.officer("accounting_officer"))
    assert reader.get(address).status_code == 404
    assert download(client_of(scenes.secretary()), address)
    publish(scene)
    assert download(reader, address)
    assert client_of(scenes.officer("administrator")).get(address).status_code == 404


def test_a_dossier_that_is_not_eligible_reads_each_criterion_once_the_letter_is_made(scene):
    dossier = scenes.a_deposit(scenes.a_closed_call("AUTRE-2026"), "eva@ined.example")
    scenes.decide_all(dossier)
    item = dossier.versions.get().eligibility_items.get(criterion__code="DURATION")
    actions.decide_criterion(item, decision="not_met", reason="Marges de <b>1 cm</b>.", actor=scenes.instructor())
    actions.declare_ineligible(dossier, actor=scenes.instructor())
    assert "Marges de" not in page_of(dossier).content.decode()
    actions.build_letter(dossier_id=dossier.pk)
    page = page_of(dossier).content.decode()
    assert "Marges de &lt;b&gt;1 cm&lt;/b&gt;." in page
    assert page.count('class="evaluation-refused"') == 1
