"""What the page of a section does under the fingers of people, in a real Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from applications import actions
from applications.models import Answer, AnswerRow, Attachment
from tests.applications import ruled
from tests.applications.browsing import SAVED, kept, open_section, state, value_of
from tests.documents import files

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_each_field_is_saved_as_it_is_left(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    page.get_by_label("Titre").press_sequentially("Repérer les rechutes")
    expect(state(page)).to_have_text(SAVED)  # within a second of a pause, the field not left yet
    assert value_of(draft, "title") == "Repérer les rechutes"
    page.locator("label", has_text="Base B").click()
    page.get_by_label("Résumé").fill("Trois mots ici")
    page.get_by_label("Titre").focus()
    expect(page.locator("#q-summary-count")).to_have_text("3 / 50 mots")
    expect(state(page)).to_have_text(SAVED)
    page.wait_for_load_state("networkidle")
    assert (value_of(draft, "datasets"), value_of(draft, "summary")) == (["base-b"], "Trois mots ici")
    assert (kept(page), page.faults) == ([], [])
    expect(page.locator("[data-missing]")).not_to_contain_text("Titre")


def test_a_number_is_tidied_when_left_and_a_wrong_one_is_kept(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "budget")
    page.get_by_label("Montant demandé (€)").fill("98500")
    page.get_by_label("Durée (mois)").fill("deux ans")
    page.get_by_label("Montant demandé (€)").focus()
    expect(page.get_by_text("Écrivez un nombre entier, par exemple 24.")).to_be_visible()
    page.get_by_label("Durée (mois)").focus()
    expect(page.get_by_label("Montant demandé (€)")).to_have_value("98\u202f500,00")
    assert value_of(draft, "months") == {"typed": "deux ans"}
    page.reload()
    expect(page.get_by_label("Durée (mois)")).to_have_value("deux ans")


def test_a_question_under_a_condition_appears(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft)
    other = page.get_by_label("Quelle autre base ?")
    expect(other).to_be_hidden()
    page.locator("label", has_text="Autre base").first.click()
    expect(other).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "expected"), [("Garder le mien", "De Claire"), ("Prendre le texte enregistré", "De Paul")]
)
def test_two_people_on_one_field(desk, live_server, draft, choice, expected):
    claire, paul = desk(draft.owner), desk(draft.colleague)
    for page in (claire, paul):
        open_section(page, live_server, draft)
    paul.get_by_label("Titre").fill("De Paul")
    expect(state(paul)).to_have_text(SAVED)
    claire.get_by_label("Titre").fill("De Claire")
    expect(state(claire)).to_have_text("Conflit à résoudre")
    conflict = claire.locator(".dossier-conflict")
    expect(conflict).to_contain_text("De Paul")
    expect(conflict).to_contain_text("De Claire")
    expect(conflict).to_contain_text(draft.colleague.get_full_name())
    assert value_of(draft, "title") == "De Paul"
    assert not Axe().run(claire).response["violations"]
    claire.get_by_role("button", name=choice).click()
    expect(conflict).to_have_count(0)
    expect(state(claire)).to_have_text(SAVED)
    expect(claire.get_by_label("Titre")).to_have_value(expected)
    assert (value_of(draft, "title"), kept(claire)) == (expected, [])


def test_two_people_on_two_fields(desk, live_server, draft):
    claire, paul = desk(draft.owner), desk(draft.colleague)
    for page in (claire, paul):
        open_section(page, live_server, draft)
    paul.get_by_label("Titre").fill("De Paul")
    claire.get_by_label("Résumé").fill("De Claire")
    for page in (claire, paul):
        expect(state(page)).to_have_text(SAVED)
    assert (value_of(draft, "title"), value_of(draft, "summary")) == ("De Paul", "De Claire")
    expect(claire.locator("[data-others]")).to_contain_text(draft.colleague.get_full_name())


def test_a_table_row_by_row(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "budget")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Description (ligne 1)").fill("Ingénieur")
    page.get_by_label("Montant (€) (ligne 1)").fill("1 000,50")
    page.get_by_label("Montant (€) (ligne 1)").press("Enter")  # the next row
    page.get_by_label("Montant (€) (ligne 2)").fill("2000")
    expect(page.locator("[data-total]")).to_have_text("3\u202f000,50\u00a0€")
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Supprimer la ligne 1").click()
    expect(page.locator("[data-total]")).to_have_text("2\u202f000,00\u00a0€")
    page.get_by_role("button", name="Annuler la suppression de la ligne 1").click()
    expect(page.get_by_label("Description (ligne 1)")).to_have_value("Ingénieur")
    expect(page.locator("[data-total]")).to_have_text("3\u202f000,50\u00a0€")
    expect(state(page)).to_have_text(SAVED)
    assert AnswerRow.objects.filter(dossier=draft, deleted_at=None).count() == 2
    assert page.faults == []


def test_a_block_pasted_from_a_spreadsheet(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "budget")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Nature (ligne 1)").evaluate(
        """(field) => {
            const data = new DataTransfer();
            data.setData("text/plain", "Personnel\\tIngénieur\\t1 000,00\\r\\nautre\\tServeur\\t500\\r\\n");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.get_by_label("Description (ligne 2)")).to_have_value("Serveur")
    expect(page.get_by_label("Nature (ligne 2)")).to_have_value("other")
    expect(page.locator("[data-total]")).to_have_text("1\u202f500,00\u00a0€")
    expect(state(page)).to_have_text(SAVED)
    page.wait_for_load_state("networkidle")
    cells = Answer.objects.filter(dossier=draft, question="costs").values_list("value", flat=True)
    assert sorted(cells) == ["1000.00", "500.00", "Ingénieur", "Serveur", "other", "staff"]


def test_a_file_is_sent_controlled_and_removed(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "annexes")
    pdf = {"name": "protocole.pdf", "mimeType": "application/pdf", "buffer": files.a_pdf()}
    wrong = {"name": "protocole.pdf", "mimeType": "application/pdf", "buffer": b"ceci n'est pas un PDF"}
    place = page.locator("#q-protocol")
    place.locator("#f-protocol").set_input_files(wrong)
    expect(place).to_contain_text("d’un autre type, d’après son contenu")
    place.locator("#f-protocol").set_input_files(pdf)
    expect(place.get_by_role("link", name=re.compile("protocole.pdf"))).to_be_visible()
    expect(place).to_contain_text("Contrôlé", ignore_case=True)
    place.get_by_role("button", name="Retirer protocole.pdf").click()
    expect(place).to_contain_text("est retiré")
    place.get_by_role("button", name="Annuler").click()
    expect(place).to_contain_text("Contrôlé", ignore_case=True)
    assert Attachment.objects.get().removed_at is None
    assert page.faults == []


def test_without_a_script_the_form_is_sent_whole(desk, live_server, draft):
    page = desk(draft.owner, java_script_enabled=False)
    open_section(page, live_server, draft, "budget")
    page.get_by_label("Durée (mois)").fill("24")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Description (ligne 1)").fill("Ingénieur")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    assert page.get_by_label("Description (ligne 1)").input_value() == "Ingénieur"
    assert value_of(draft, "months") == 24
    open_section(page, live_server, draft, "annexes")
    pdf = {"name": "protocole.pdf", "mimeType": "application/pdf", "buffer": files.a_pdf()}
    page.locator("#f-protocol").set_input_files(pdf)
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    assert "protocole.pdf" in page.locator("#q-protocol").inner_text()


COPIED = "Data scientist\tPERSONNEL\t2\t1\u202f500,50\t3001\n" + '"Frais ""fixes"""\tfrais de gestion\t1\t400\n'
PASTE = """(field, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_rules_and_computed_cells_follow_what_is_typed_and_pasted(desk, live_server, draft):
    dossier = actions.start_dossier(ruled.a_ruled_call(), actor=draft.owner)
    page = desk(draft.owner)
    open_section(page, live_server, dossier, "money")
    page.get_by_role("button", name="Ajouter une ligne").first.click()
    first, second = (page.locator("#q-costs tr[data-row-id]").nth(rank) for rank in (0, 1))
    first.get_by_label("Objet").evaluate(PASTE, COPIED)
    expect(second.get_by_label("Objet")).to_have_value('Frais "fixes"')
    expect(second.get_by_label("Nature")).to_have_value("fees")
    expect(first.locator("[data-computed]")).to_have_text("3\u202f001,00\u00a0€")
    expect(page.locator("#q-costs [data-total]")).to_have_text("3\u202f401,00\u00a0€")
    expect(page.locator("#q-costs-rule")).to_contain_text("Frais de plus de 8 %.")
    second.get_by_label("Prix (€)").fill("5 000,10")
    expect(second.get_by_text("5 000 € au plus : 0,10\u00a0€ de trop.")).to_be_visible()
    second.get_by_label("Prix (€)").fill("200")
    expect(page.locator("#q-costs-rule")).not_to_contain_text("Frais de plus")
    expect(second.locator("[data-rule]")).to_be_empty()
    assert (Axe().run(page).response["violations"], page.faults) == ([], [])


def test_files_are_dropped_cut_sent_again_and_cancelled(desk, live_server, draft):
    page = desk(draft.owner)
    open_section(page, live_server, draft, "annexes")
    place = page.locator("#q-cv")
    page.context.set_offline(True)
    drop(page, "#q-cv [data-deposit]", ["un.pdf", "deux.pdf", "trois.pdf"])
    expect(place.locator(".dossier-transfer")).to_have_count(3)
    expect(place).to_contain_text("un.pdf : L’envoi est coupé.")
    place.get_by_role("button", name="Annuler l’envoi de deux.pdf").click()
    expect(place.locator(".dossier-transfer")).to_have_count(2)
    page.context.set_offline(False)  # nothing to click, nothing to choose again
    expect(place.get_by_role("link", name=re.compile("un.pdf"))).to_be_visible()
    expect(place.get_by_role("link", name=re.compile("trois.pdf"))).to_be_visible()
    expect(place.locator(".dossier-transfer")).to_have_count(0)
    drop(page, "#q-cv [data-deposit]", ["notes.txt"])
    expect(place).to_contain_text("notes.txt : déposez un fichier PDF.")
    place.get_by_label("Remplacer un.pdf").set_input_files(
        {"name": "mieux.pdf", "mimeType": "application/pdf", "buffer": files.a_pdf()}
    )
    expect(place).to_contain_text("Versions précédentes (1)")
    kept = Attachment.objects.filter(removed_at=None).order_by("document__filename")
    assert [one.document.filename for one in kept] == ["mieux.pdf", "trois.pdf"]


def drop(page, selector, names):
    """Let files fall on a place, as from a folder."""
    page.evaluate(
        """([selector, names, bytes]) => {
            const data = new DataTransfer();
            for (const name of names) data.items.add(new File([new Uint8Array(bytes)], name));
            const event = (kind) => new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            const zone = document.querySelector(selector);
            zone.dispatchEvent(event("dragover"));
            zone.dispatchEvent(event("drop"));
        }""",
        [selector, names, list(files.a_pdf())],
    )
