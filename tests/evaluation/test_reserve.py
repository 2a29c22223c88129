"""A laureate renounced: the next of the reserve list is called, in order, with its letter, and everybody reads it."""

import copy
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier, DossierMember
from evaluation import actions, reserve, results
from evaluation.models import Decision, Letter
from funding import actions as funding
from funding.rules import dossiers_to_prepare
from tests.people import client_of

from . import scenes
from .helpers import download, journal, refusal
from .test_publication import text_of

AMOUNT = Decimal("80000.00")


@pytest.fixture(scope="module")
def built(module_rows):
    """One laureate, two on the reserve list, published (their letters are leaf rows: they have their own tests)."""
    call = scenes.a_closed_call()
    dossiers = [
        scenes.ready_for_jury(call, f"{name}@lab.example", title=name.title()) for name in ("claire", "paul", "lea")
    ]
    for mark, dossier in zip((4, 3, 2), dossiers, strict=True):
        scenes.a_submitted_review(dossier, mark=mark)
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    scenes.decide(session, dossiers[0])
    for rank, dossier in enumerate(dossiers[1:], start=2):
        scenes.decide(session, dossier, outcome="reserve", rank=rank, amount=None)
    actions.freeze_decisions(session, actor=scenes.secretary())
    for dossier in dossiers:
        kept = {"subject": dossier.ref, "content": b"%PDF-1", "filename": "lettre.pdf", "media_type": "application/pdf"}
        document = store.keep("letter", **kept, at=clock.now())
        Letter.objects.create(dossier=dossier, kind=dossier.decision.outcome, document=document)
    actions.publish_results(session, actor=scenes.secretary())
    first, second, third = (Dossier.objects.select_related("call").get(pk=dossier.pk) for dossier in dossiers)
    return SimpleNamespace(
        call=Call.objects.get(pk=call.pk), first=first, second=second, third=third, secretary=scenes.secretary()
    )


@pytest.fixture
def freed(scene):
    """The laureate has renounced."""
    funding.renounce_grant(copy.copy(scene.first), actor=scenes.dossier_owner(scene.first))
    return scene


def call_it(scene, dossier, **said):
    return actions.call_reserve(dossier, **({"amount": AMOUNT, "actor": scene.secretary} | said))


def url(scene, name="staff_jury_reserve"):
    return reverse(f"admin:{name}", args=[scene.call.code])


def words(response):
    text = response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def test_a_place_is_free_once_a_laureate_renounced_until_it_is_filled(scene):
    assert (reserve.free_places(scene.call), list(reserve.calls_with_places())) == (0, [])
    funding.renounce_grant(copy.copy(scene.first), actor=scenes.dossier_owner(scene.first))
    assert (reserve.free_places(scene.call), reserve.freed_amount(scene.call)) == (1, Decimal("90000.00"))
    assert [(call.code, places) for call, places in reserve.calls_with_places()] == [(scene.call.code, 1)]
    call_it(scene, scene.second)
    assert (reserve.free_places(scene.call), reserve.freed_amount(scene.call)) == (0, Decimal("10000.00"))
    scene.second.refresh_from_db()
    funding.renounce_grant(scene.second, actor=scenes.dossier_owner(scene.second))
    assert (reserve.free_places(scene.call), reserve.waiting(scene.call).get().dossier) == (1, scene.third)


@pytest.mark.drawn
def test_who_is_called_is_a_laureate_with_its_letter_then_its_mail(freed):
    call_it(freed, freed.second)
    freed.second.refresh_from_db()
    decision = Decision.objects.get(dossier=freed.second)
    assert (freed.second.state, freed.second.decided_at) == ("laureate", decision.called_at)
    assert (decision.outcome, decision.rank, decision.amount, decision.called_by) == (
        "reserve",
        2,
        AMOUNT,
        freed.secretary,
    )
    assert journal(freed.second.ref, "dossier.call") == [("dossier.call_from_reserve", "reserve", "laureate")]
    assert not Message.objects.filter(kind="evaluation.reserve_called").exists()
    for _ in range(2):
        actions.build_letter(dossier_id=freed.second.pk)
    before, letter = Letter.objects.filter(dossier=freed.second)
    assert [(row.number, row.kind, row.released_at is not None) for row in (before, letter)] == [
        (1, "reserve", True),
        (2, "called", True),
    ]
    said = text_of(letter)
    assert "figurait au rang 1 de la liste complémentaire" in said
    assert "est de 80 000,00 €" in said
    (mail,) = Message.objects.filter(kind="evaluation.reserve_called")
    assert (mail.to_email, "auréat" in mail.title + mail.body) == ("paul@lab.example", False)
    officer = scenes.officer("grant_officer")
    assert list(dossiers_to_prepare(officer)) == [freed.second]
    assert funding.prepare_convention(freed.second, actor=officer).amount == AMOUNT


@pytest.mark.drawn
def test_a_call_without_such_a_letter_tells_it_as_it_tells_every_laureate(freed):
    texts = {name: text for name, text in freed.call.texts.items() if name != "letter_called"}
    Call.objects.filter(pk=freed.call.pk).update(texts=texts)
    call_it(freed, freed.second)
    actions.build_letter(dossier_id=freed.second.pk)
    assert "Le jury l’a retenu au rang 2." in text_of(Letter.objects.get(dossier=freed.second, number=2))


@pytest.mark.drawn
def test_the_order_of_the_list_or_a_reason(freed):
    said = refusal(call_it, freed, freed.third)
    assert said == f"Le premier de la liste complémentaire est {freed.second.ref} : dites pourquoi un autre est appelé."
    call_it(freed, freed.third, reason=" Le premier a trouvé un autre financement. ")
    decision = Decision.objects.get(dossier=freed.third)
    assert decision.call_reason == "Le premier a trouvé un autre financement."
    assert "figurait au rang 2" in letters_text(freed.third)


def letters_text(dossier):
    actions.build_letter(dossier_id=dossier.pk)
    return text_of(Letter.objects.get(dossier=dossier, kind="called"))


def test_no_place_no_list_no_right_too_much(scene):
    assert "Aucune place n’est libre" in refusal(call_it, scene, scene.second)
    funding.renounce_grant(copy.copy(scene.first), actor=scenes.dossier_owner(scene.first))
    assert "pas le droit" in refusal(call_it, scene, scene.second, actor=scenes.instructor())
    assert "« Renoncement »" in refusal(call_it, scene, scene.first)
    assert "dépasse le maximum" in refusal(call_it, scene, scene.second, amount=Decimal("100000.01"))
    assert "Donnez le montant" in refusal(call_it, scene, scene.second, amount=Decimal(0))
    assert "4000 caractères" in refusal(call_it, scene, scene.third, reason="x" * 4001)
    call_it(scene, scene.second)
    assert "« Lauréat »" in refusal(call_it, scene, scene.second)
    assert "Aucune place n’est libre" in refusal(call_it, scene, scene.third)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(dossier=scene.third).update(called_at=clock.now())


def test_a_secretary_of_the_team_calls_neither_it_nor_sees_it(freed):
    DossierMember.objects.create(
        dossier=freed.second, email=freed.secretary.email, role="reader", invited_at=clock.now()
    )
    assert "pas le droit" in refusal(call_it, freed, freed.second)
    page = words(client_of(freed.secretary).get(url(freed)))
    assert (freed.second.title in page, freed.third.title in page) == (False, True)


def test_the_staff_is_shown_the_place_and_calls_after_a_page_that_says_what_is_done(freed):
    client = client_of(freed.secretary)
    assert f"Places à pourvoir ({freed.call.code})" in words(client.get("/admin/"))
    page = words(client.get(url(freed, "staff_jury")))
    assert "1 place est libre" in page
    assert "Appeler un dossier de la liste" in page
    assert 'Montant accordé</dt><dd class="staff-number">0,00 €' in page
    form = words(client.get(url(freed)))
    assert "montant libéré : 90 000,00 €" in form
    assert form.index(freed.second.ref) < form.index(freed.third.ref)
    sent = {"ref": freed.second.ref, "amount": "80 000", "reason": ""}
    assert client.post(url(freed), sent | {"amount": "0"}).status_code == 422
    shown = words(client.post(url(freed), sent))
    assert "Montant accordé : 80 000,00 €." in shown
    assert "Ce n’est pas encore possible" in words(client.post(url(freed), sent | {"ref": freed.third.ref}))
    done = words(client.post(url(freed), sent | {"confirme": "oui"}, follow=True))
    assert f"Le dossier {freed.second.ref} est lauréat." in done
    assert "Aucune place n’est libre" in words(client.get(url(freed)))
    assert "Appelé le" in words(client.get(url(freed, "staff_jury")))


def test_the_page_asks_the_same_for_one_dossier_and_for_two(freed):
    client = client_of(freed.secretary)
    found = []
    for _ in range(2):
        client.get(url(freed))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(freed))
        found.append(len(queries))
        Dossier.objects.filter(pk=freed.third.pk).update(state="withdrawn")
    assert found == [found[0]] * 2


def test_only_a_secretary_opens_the_page(freed):
    found = [client_of(person).get(url(freed)).status_code for person in (scenes.instructor(), scenes.juror())]
    assert found == [403, 302]


def test_the_public_reads_who_is_called_and_how_many_renounced(freed, client):
    address = f"/appels/{freed.call.code}/"
    page = words(client.get(address))
    assert "1 lauréat a renoncé à l’aide depuis la publication des résultats." in page
    assert freed.first.lead_name not in page
    call_it(freed, freed.second)
    (result,) = results.published_results(freed.call)
    assert (result.title, result.amount) == ("Paul", AMOUNT)
    assert "Appelé de la liste complémentaire le" in words(client.get(address))


def test_the_team_reads_both_its_letters(freed):
    call_it(freed, freed.second)
    owner = client_of(scenes.dossier_owner(freed.second))
    address = f"/evaluation/resultats/{freed.second.ref}/"
    assert "La lettre qui vous l’annonce se prépare" in words(owner.get(address))
    actions.build_letter(dossier_id=freed.second.pk)
    page = words(owner.get(address))
    for said in ("il est appelé de la liste complémentaire", "80 000,00 €", "Lettre précédente", "Renoncer à l’aide"):
        assert said in page
    assert download(owner, f"{address}lettre-1.pdf") == b"%PDF-1"
    assert download(owner, f"{address}lettre-2.pdf") == download(owner, f"{address}lettre.pdf") != b"%PDF-1"
    assert owner.get(f"{address}lettre-3.pdf").status_code == 404
    other = client_of(scenes.dossier_owner(freed.third))
    assert [other.get(f"{address}lettre{number}.pdf").status_code for number in ("", "-1", "-2")] == [404] * 3


def test_the_team_that_renounced_keeps_its_letter(freed):
    owner = client_of(scenes.dossier_owner(freed.first))
    address = f"/evaluation/resultats/{freed.first.ref}/"
    page = words(owner.get(address))
    for said, expected in {"Votre équipe a renoncé à l’aide.": True, "Votre projet est lauréat": False}.items():
        assert (said in page) == expected
    assert download(owner, f"{address}lettre.pdf") == b"%PDF-1"
