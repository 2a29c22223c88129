"""A partner's opinion, asked by the staff and given by the partner."""

from .people import Person


def give(partner: Person, instructor: Person, ref: str) -> None:
    """First unfavourable, which stops the dossier; then, having read again, favourable."""
    instructor.open(f"/admin/dossiers/{ref}/avis/")
    instructor.shoot("avis-a-demander")
    instructor.page.get_by_role("button", name="Demander l’avis de").click()
    instructor.page.wait_for_load_state("networkidle")
    partner.sign_in_again()
    partner.follow_mail(ref)
    partner.open("/evaluation/avis/")
    partner.shoot("avis-liste")
    partner.page.locator(f"a[href*='/evaluation/avis/{ref}/']").first.click()
    partner.page.wait_for_load_state("networkidle")
    partner.shoot("avis-page")
    _say(partner, "unfavourable", "Les variables demandées n’existent pas avant 2015.")
    instructor.open(f"/admin/dossiers/{ref}/avis/")
    instructor.shoot("avis-veto")
    partner.page.locator(f"a[href*='/evaluation/avis/{ref}/']").first.click()
    partner.page.wait_for_load_state("networkidle")
    _say(partner, "favourable", "")
    partner.shoot("avis-rendu")


def _say(partner: Person, feasibility: str, reason: str) -> None:
    page = partner.page
    for field, value in (("neutrality", "favourable"), ("feasibility", feasibility)):
        partner.choose(field, value)
    page.locator("[name=feasibility_reason]").fill(reason)
    if feasibility == "unfavourable":
        page.locator("[name=feasibility_ground]").select_option("missing_variables")
        page.locator("[name=feasibility_question]").select_option("title")
        page.locator("[name=feasibility_quote]").fill(page.locator("h1").inner_text())
    partner.press("Vérifier mon avis")
    page.wait_for_load_state("networkidle")
    partner.shoot(f"avis-verifier-{feasibility}")
    partner.press("Rendre cet avis")
    page.wait_for_url("**/evaluation/avis/**")
    page.wait_for_load_state("networkidle")
    partner.open("/evaluation/avis/")
