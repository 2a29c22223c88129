"""A text written from two places at once, or from one and then another; a portal that goes away. In a real Chromium."""

import pytest
from django.contrib.sessions.models import Session

from ami_portal.accounts.enums import Role
from applications.models import Answer
from tests import people
from tests.accounts.codes import code_of
from tests.applications import small
from tests.applications.browsing import OFFLINE, SAVED, kept, open_section, sendings, state, value_of

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVE = "**/reponse"
BASE = "Le projet réutilise des données.\n\nIl dure deux ans."


def summary_of(page):
    return page.get_by_label("Résumé", exact=True)


@pytest.fixture
def written(draft):
    small.type_in(draft, "summary", BASE, actor=draft.owner)
    return draft


def test_a_text_is_merged_under_the_fingers_of_who_types_on(desk, live_server, written):
    """Paul changes the end; Claire, who has not seen it, writes at the head and goes on before the answer."""
    claire, paul = desk(written.owner), desk(written.colleague)
    for page in (claire, paul):
        open_section(page, live_server, written)
    summary_of(paul).fill(BASE.replace("deux", "trois"))
    expect(state(paul)).to_have_text(SAVED)
    on_their_way = []

    def hold(route):
        on_their_way.append(route)

    claire.route(SAVE, hold, times=1)
    summary_of(claire).focus()
    claire.keyboard.press("Control+Home")
    with claire.expect_request(SAVE):
        claire.keyboard.type("Vraiment, ")
    claire.keyboard.type("enfin ")
    on_their_way[0].fulfill(response=on_their_way[0].fetch())
    both = "Vraiment, enfin " + BASE.replace("deux", "trois")
    expect(summary_of(claire)).to_have_value(both)
    expect(summary_of(claire)).to_be_focused()
    claire.keyboard.type("donc, ")  # the caret is where it was
    expect(state(claire)).to_have_text(SAVED)
    expect(summary_of(claire)).to_have_value(both.replace("enfin ", "enfin donc, "))
    claire.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('waiting:'))")
    assert value_of(written, "summary") == both.replace("enfin ", "enfin donc, ")
    assert (claire.locator(".dossier-conflict").count(), claire.faults) == (0, [])


def test_the_same_words_of_a_text_changed_twice_show_both_texts(desk, live_server, written):
    claire, paul = desk(written.owner), desk(written.colleague)
    for page in (claire, paul):
        open_section(page, live_server, written)
    theirs, mine = BASE.replace("deux", "trois"), BASE.replace("deux", "cinq")
    summary_of(paul).fill(theirs)
    expect(state(paul)).to_have_text(SAVED)
    summary_of(claire).fill(mine)
    expect(state(claire)).to_have_text("Conflit à résoudre")
    for text in ("Il dure trois ans.", "Il dure cinq ans."):
        expect(claire.locator(".dossier-conflict")).to_contain_text(text)
    expect(summary_of(claire)).to_have_value(mine)
    assert value_of(written, "summary") == theirs


def test_the_portal_is_stopped_while_one_types_and_starts_again(desk, live_server, draft):
    door = live_server.thread.httpd.get_app()
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    sent = sendings(page.context)
    page.get_by_label("Titre").fill("Avant l’arrêt")
    expect(state(page)).to_have_text(SAVED)
    door.close()
    page.get_by_label("Titre").press_sequentially(", pendant")
    summary_of(page).fill("Tapé sans le portail")
    summary_of(page).blur()
    expect(state(page)).to_have_text(OFFLINE)
    assert [text for _, text in kept(page)] == ["Avant l’arrêt, pendant", "Tapé sans le portail"]
    door.is_open = True
    expect(state(page)).to_have_text(SAVED)
    answered = list(Answer.objects.order_by("saved_at").values_list("question", "value", "version"))
    assert answered == [("title", "Avant l’arrêt, pendant", 2), ("summary", "Tapé sans le portail", 1)]
    assert [text for _, text in dict.fromkeys(sent)] == [
        "Avant l’arrêt", "Avant l’arrêt, pendant", "Tapé sans le portail"
    ]  # fmt: skip
    assert (kept(page), page.faults) == ([], [])


def test_a_session_that_asked_for_a_code_begins_again_beside_the_page(desk, live_server, draft):
    """A member of the jury of one call drafts in another: the password in place, the code in another tab."""
    people.with_role(draft.owner, Role.JUROR)
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    Session.objects.all().delete()
    page.get_by_label("Titre").press_sequentially("Sans session")
    dialog = page.get_by_role("dialog", name="Votre session est terminée")
    dialog.get_by_label("Mot de passe").fill(people.PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    asked = page.locator("[data-way=second_factor]")
    expect(asked).to_be_visible()
    page.get_by_label("Titre").press_sequentially(", puis un code")
    with page.context.expect_page() as opened:
        asked.get_by_role("link").click()
    proof = opened.value
    proof.get_by_label("Code").fill(code_of(draft.owner))
    proof.keyboard.press("Enter")
    proof.wait_for_url(lambda url: "/compte/code" not in url)
    expect(state(page)).to_have_text(SAVED)
    expect(asked).to_be_hidden()
    assert (value_of(draft, "title"), kept(page), page.faults) == ("Sans session, puis un code", [], [])


def test_a_draft_goes_on_from_a_telephone_and_again_at_the_desk(desk, live_server, written):
    """The page left open at the desk has not seen the telephone's words: it puts them together with its own."""
    at_desk, telephone = desk(written.owner), desk(written.owner, viewport={"width": 390, "height": 844})
    open_section(at_desk, live_server, written)
    open_section(telephone, live_server, written)
    expect(summary_of(telephone)).to_have_value(BASE)
    summary_of(telephone).fill(BASE + " Puis il est publié.")
    expect(state(telephone)).to_have_text(SAVED)
    summary_of(at_desk).fill(BASE.replace("Le projet", "Notre projet"))
    both = BASE.replace("Le projet", "Notre projet") + " Puis il est publié."
    expect(summary_of(at_desk)).to_have_value(both)
    expect(state(at_desk)).to_have_text(SAVED)
    assert value_of(written, "summary") == both
    assert telephone.evaluate("document.documentElement.scrollWidth <= innerWidth")
