"""A submitted review changes only by being reopened: who asks, who grants, what stays readable."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant, User
from ami_portal.notifications.models import Message
from evaluation import actions
from evaluation.models import Reopening, Review
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal

pytestmark = pytest.mark.once  # who may and what follows; locks have their own tests


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call)
    review = scenes.a_submitted_review(dossier, mark=4, comments={"OPEN_SCIENCE": "Bien <b>fait</b>."})
    other = scenes.a_submitted_review(dossier, "autre@universite.example", mark=2)
    return SimpleNamespace(call=call, dossier=dossier, review=review, other=other, secretary=scenes.secretary())


def ask(scene, reason="J’ai inversé deux notes.", **said):
    return actions.ask_reopening(scene.review, **({"reason": reason, "actor": scene.review.juror} | said))


def told(kind):
    return list(Message.objects.filter(kind=f"evaluation.{kind}").values_list("to_email", flat=True))


def test_a_juror_asks_the_secretary_grants_and_what_was_said_stays(scene):
    ask(scene)
    assert told("review_reopening_asked") == [scene.call.contact]
    actions.reopen_review(scene.review, reason="Erreur de saisie.", actor=scene.secretary)
    reopening, review = Reopening.objects.get(), Review.objects.get(pk=scene.review.pk)
    assert (review.state, review.submitted_at, review.scores.count()) == ("draft", None, 17)
    assert (reopening.is_granted, reopening.others, reopening.request) == (True, 1, "J’ai inversé deux notes.")
    assert set(reopening.content["scores"].values()) == {4}
    assert told("review_reopened") == [review.juror.email]
    scenes.save(review, mark=1)
    actions.submit_review(review, actor=review.juror)
    assert [verb for verb, *_ in journal(review.ref)][-3:] == ["review.ask_reopening", "review.reopen", "review.submit"]
    page = client_of(scene.secretary).get(reverse("admin:staff_reviews", args=[scene.dossier.ref])).content.decode()
    assert "Bien &lt;b&gt;fait&lt;/b&gt;." in page
    assert "Versions conservées" in page


def test_the_others_are_hidden_again_until_the_review_is_submitted_again(scene):
    juror = client_of(scene.review.juror)
    url = f"/evaluation/jury/{scene.dossier.ref}/"
    assert len(juror.get(url).context["others"]) == 1
    actions.reopen_review(scene.review, reason="Erreur.", actor=scene.secretary)
    page = juror.get(url)
    assert (len(page.context["others"]), "Ce que disait l’évaluation remise" in page.content.decode()) == (0, True)
    review = Review.objects.get(pk=scene.review.pk)
    actions.submit_review(review, actor=review.juror)
    assert len(juror.get(url).context["others"]) == 1


def test_a_request_is_declined_with_a_reason_and_the_review_counts_as_it_is(scene):
    ask(scene)
    actions.decline_reopening(scene.review, reason="La séance est demain.", actor=scene.secretary)
    assert (Reopening.objects.get().is_granted, Review.objects.get(pk=scene.review.pk).state) == (False, "submitted")
    assert told("review_reopening_declined") == [scene.review.juror.email]
    page = client_of(scene.review.juror).get(f"/evaluation/jury/{scene.dossier.ref}/").content.decode()
    assert "La séance est demain." in page
    ask(scene, "Une autre erreur.")
    assert Reopening.objects.filter(is_granted=None).get().number == 2


def test_who_may_not_and_when_it_is_too_late(scene):
    review, secretary = scene.review, scene.secretary
    assert "pas le droit" in refusal(ask, scene, actor=scene.other.juror)
    assert "Dites ce que" in refusal(ask, scene, " ")
    ask(scene)
    assert "déjà demandé" in refusal(ask, scene)
    assert "pas le droit" in refusal(actions.reopen_review, review, reason="x", actor=scenes.instructor())
    RoleGrant.objects.create(user=review.juror, role=Role.JURY_SECRETARY)
    juror = User.objects.get(pk=review.juror_id)
    assert "pas le droit" in refusal(actions.reopen_review, review, reason="x", actor=juror)
    assert "Donnez le motif" in refusal(actions.reopen_review, review, reason="", actor=secretary)
    assert "Aucune demande" in refusal(actions.decline_reopening, scene.other, reason="x", actor=secretary)
    actions.reopen_review(review, reason="Erreur.", actor=secretary)
    assert "n’est pas remise" in refusal(actions.reopen_review, review, reason="x", actor=secretary)
    actions.close_scoring(scenes.a_session(scene.call), actor=secretary)
    assert "notation est close" in refusal(actions.reopen_review, scene.other, reason="x", actor=secretary)


def test_the_pages_ask_grant_and_refuse(scene):
    juror, secretary = client_of(scene.review.juror), client_of(scene.secretary)
    url = f"/evaluation/jury/{scene.dossier.ref}/"
    assert "2 000 caractères" in juror.post(f"{url}rouvrir", {"reason": ""}, follow=True).content.decode()
    asked = juror.post(f"{url}rouvrir", {"reason": "Deux <i>notes</i>."}, follow=True).content.decode()
    assert "est transmise" in asked
    assert "Deux &lt;i&gt;notes&lt;/i&gt;." in asked
    reopen = reverse("admin:staff_review_reopen", args=[scene.dossier.ref, scene.review.juror.ref])
    shown = secretary.get(reverse("admin:staff_reviews", args=[scene.dossier.ref])).content.decode()
    assert ("Réouverture demandée" in shown, reopen in shown) == (True, True)
    assert "Deux &lt;i&gt;notes&lt;/i&gt;." in secretary.get(reopen).content.decode()
    assert secretary.post(reopen, {"reason": ""}).status_code == 422
    assert secretary.get(reopen.replace(scene.review.juror.ref, "personne")).status_code == 404
    assert client_of(scenes.instructor()).get(reopen).status_code == 403
    done = secretary.post(reopen, {"reason": "Erreur de saisie."}, follow=True).content.decode()
    assert "est rouverte" in done
    assert secretary.get(reopen).status_code == 404
