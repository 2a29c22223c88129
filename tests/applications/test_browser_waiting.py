"""What is typed while the network, the server or the session is away, in a real Chromium: it is kept, then sent.

In order and once: nothing typed is lost, nothing is sent twice, and nothing of one account is seen or sent by another.
"""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse

from ami_portal.kernel import clock
from applications.models import Answer, AnswerRow, Call
from tests import people
from tests.applications.browsing import OFFLINE, SAVED, kept, open_section, sendings, state, value_of

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVE = "**/reponse"


def test_the_network_is_pulled_while_typing_and_given_back(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "budget")
    page.context.set_offline(True)
    page.get_by_label("Durée (mois)").press_sequentially("24")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Description (ligne 1)").fill("Ingénieur")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_role("button", name="Supprimer la ligne 2").click()
    expect(state(page)).to_have_text(OFFLINE)
    assert [what for what, _ in kept(page)][::2] == ["months", kept(page)[2][0], "remove"]
    sent = sendings(page.context)
    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    assert sent == [("reponse", "24"), ("ajouter", ""), ("reponse", "Ingénieur"), ("ajouter", ""), ("supprimer", "")]
    assert (kept(page), page.faults, value_of(draft, "months")) == ([], [], 24)
    assert [(line.position, line.deleted_at is None) for line in AnswerRow.objects.all()] == [(1, True), (2, False)]


def test_an_answer_lost_on_its_way_back_is_asked_again_and_is_no_conflict(desk, live_server, draft):
    """The server saves, dies before it says so, then answers 500: what was typed meanwhile follows."""
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    failures = ["lost", "500"]

    def fail(route):
        failure = failures.pop(0)
        if failure == "lost":
            route.fetch()
            route.abort()
        else:
            route.fulfill(status=500, body="<h1>Erreur</h1>")

    page.route(SAVE, fail, times=2)
    page.get_by_label("Titre").press_sequentially("Un")
    expect(state(page)).to_have_text(OFFLINE)
    page.get_by_label("Titre").press_sequentially(" titre")
    expect(state(page)).to_have_text(SAVED)
    assert (failures, page.locator(".dossier-conflict").count(), kept(page)) == ([], 0, [])
    assert Answer.objects.values_list("value", "version").get() == ("Un titre", 2)


def test_a_page_that_is_no_answer_of_the_portal_saves_nothing(desk, live_server, draft):
    """A hotel's Wi-Fi answers every address with its own page, and says 200."""
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    page.route(SAVE, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Bienvenue</h1>"))
    page.get_by_label("Titre").fill("Un titre")
    page.get_by_label("Résumé", exact=True).focus()
    expect(state(page)).to_have_text(OFFLINE)
    page.close()
    page = page.context.new_page()
    with page.expect_response(SAVE):
        page.goto(live_server.url)  # any page of the portal sends what an earlier one could not
    assert value_of(draft, "title") == "Un titre"


def test_two_tabs_of_one_browser_share_what_waits_and_send_it_once(desk, live_server, draft):
    first = desk(draft.owner)
    second = first.context.new_page()
    for page in (first, second):
        open_section(page, live_server, draft)
    first.context.set_offline(True)
    first.get_by_label("Titre").fill("Du premier onglet")
    first.get_by_label("Résumé", exact=True).focus()
    expect(second.get_by_label("Titre")).to_have_value("Du premier onglet")
    for page in (first, second):
        expect(state(page)).to_have_text(OFFLINE)
    sent = sendings(first.context)
    first.context.set_offline(False)
    for page in (first, second):
        expect(state(page)).to_have_text(SAVED)
    assert sent == [("reponse", "Du premier onglet")]
    second.get_by_label("Titre").fill("Du second")  # upon the version that the first tab's answer brought
    expect(first.get_by_label("Titre")).to_have_value("Du second")
    expect(state(second)).to_have_text(SAVED)
    assert Answer.objects.values_list("value", "version").get() == ("Du second", 2)


def end_session(page, text):
    """The session ends; what is typed then waits, and the dialog opens once the fingers rest."""
    Session.objects.all().delete()
    page.get_by_label("Titre").press_sequentially(text)
    dialog = page.get_by_role("dialog", name="Votre session est terminée")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("Titre")).to_have_value(text)
    return dialog


def test_the_session_ends_while_typing_and_begins_again_in_place(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    dialog = end_session(page, "Sans session")
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Titre")).to_be_focused()
    expect(state(page)).to_have_text(OFFLINE)
    page.get_by_role("button", name="Se reconnecter ici").click()
    dialog.get_by_label("Mot de passe").fill("pas le bon")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("mot de passe")
    dialog.get_by_label("Mot de passe").fill(people.PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_role("button", name="Se reconnecter ici")).to_be_hidden()
    assert (value_of(draft, "title"), kept(page), page.faults) == ("Sans session", [], [])


def test_another_account_never_sees_nor_sends_what_waits(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    end_session(page, "De Claire")
    page.keyboard.press("Escape")
    desk.sign_in(page.context, draft.colleague)  # in the same browser, in another tab
    sent = sendings(page.context)
    other = page.context.new_page()
    open_section(other, live_server, draft)
    expect(other.get_by_label("Titre")).to_have_value("")
    page.get_by_label("Titre").press_sequentially(" encore")
    expect(page.locator("[data-way=other_account]")).to_be_visible()
    assert (value_of(draft, "title"), "De Claire" in other.content()) == (None, False)
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other).to_have_url(live_server.url + reverse("home"))
    assert [text for _, text in kept(page)] == ["De Claire", "De Claire encore"]  # another's sign-out leaves it
    desk.sign_in(page.context, draft.owner)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state(page)).to_have_text(SAVED)
    assert (value_of(draft, "title"), {text for _, text in sent}) == (
        "De Claire encore", {"De Claire", "De Claire encore"},
    )  # fmt: skip


def test_the_closing_is_crossed_while_typing(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    page.get_by_label("Titre").fill("À temps")
    expect(state(page)).to_have_text(SAVED)
    Call.objects.update(closes_at=clock.now())
    page.get_by_label("Résumé", exact=True).fill("Trop tard")
    expect(state(page)).to_have_text("Lecture seule")
    expect(page.locator("[data-read-only]")).to_contain_text("L’appel est clos")
    expect(page.get_by_label("Résumé", exact=True)).to_have_value("Trop tard")
    expect(page.get_by_label("Résumé", exact=True)).not_to_be_editable()
    assert (value_of(draft, "title"), value_of(draft, "summary")) == ("À temps", None)
    page.reload()
    held = page.locator("[data-held]")
    expect(held.get_by_role("textbox", name="Texte non enregistré : Résumé")).to_have_value("Trop tard")
    expect(held.get_by_role("button", name="Copier tout")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    Call.objects.update(closes_at=clock.now() + dt.timedelta(days=1))  # an extension
    page.reload()
    expect(page.get_by_label("Résumé", exact=True)).to_have_value("")
    held.get_by_role("button", name="Envoyer maintenant").click()
    expect(state(page)).to_have_text(SAVED)
    expect(held).to_be_hidden()
    assert (value_of(draft, "summary"), kept(page)) == ("Trop tard", [])


def test_the_closing_is_learnt_from_the_portal_s_clock(desk, live_server, draft):
    """The device's clock is a day late; nothing is typed at the bell: the page asks the portal, and says so."""
    Call.objects.update(closes_at=clock.now() + dt.timedelta(hours=1))
    page = desk(draft.owner)
    page.clock.install(time=clock.now() - dt.timedelta(days=1))
    open_section(page, live_server, draft)
    expect(page.locator("[data-time-left]")).to_have_text("il reste 59 minutes")
    Call.objects.update(closes_at=clock.now())
    page.clock.fast_forward("01:00:01")
    expect(page.locator("[data-time-left]")).to_have_text("l’instant de la clôture est passé")
    page.clock.fast_forward("00:01")
    expect(state(page)).to_have_text("Lecture seule")
    expect(page.get_by_label("Titre")).not_to_be_editable()


def test_signing_out_clears_the_device_after_saying_what_would_be_lost(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    page.get_by_label("Titre").fill("Juste avant de partir")  # not sent yet: the sign-out sends it first
    page.route("**/reponse", lambda route: route.abort() if "Perdu" in route.request.post_data else route.fallback())
    page.get_by_label("Résumé", exact=True).fill("Perdu")
    page.get_by_role("button", name="Se déconnecter").click()
    dialog = page.get_by_role("dialog", name="Des textes n’ont pas pu être enregistrés")
    expect(dialog.get_by_role("textbox", name="Texte non enregistré : Résumé")).to_have_value("Perdu")
    expect(dialog.get_by_role("listitem").filter(has_text="Titre")).to_have_count(0)
    assert (value_of(draft, "title"), Axe().run(page).response["violations"]) == ("Juste avant de partir", [])
    dialog.get_by_role("button", name="Effacer et me déconnecter").click()
    expect(page).to_have_url(live_server.url + reverse("home"))
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert (kept(page), value_of(draft, "summary")) == ([], None)
