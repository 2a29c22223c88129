"""A juror's work: charter accepted, interests declared, dossier read, each point scored, review submitted for good."""

from .people import Person


def review(juror: Person, ref: str, *, mark: int, shoot: bool = False) -> None:
    """No conflict; the same mark for every point; comments."""
    page = juror.page
    juror.sign_in_again()
    juror.open("/evaluation/jury/")
    if shoot:
        juror.shoot("jury-liste")
    page.get_by_role("link", name="Lire et accepter la charte").click()
    if shoot:
        juror.shoot("charte-du-jury")
    juror.choose("accepted")
    juror.press("Accepter la charte")
    juror.open(f"/evaluation/jury/{ref}/liens")
    if shoot:
        juror.shoot("liens-d-interets")
    juror.choose("choice", "no")
    juror.press("Déclarer")
    page.wait_for_load_state("networkidle")
    juror.open(f"/evaluation/jury/{ref}/")
    if shoot:
        juror.shoot("grille-vide")
    with page.expect_download() as download:
        page.locator("a[href$='dossier.pdf']").first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    for point in page.locator(".score-point").all():
        option = point.locator(f"input[value='{mark}']")
        point.locator(f'label[for="{option.get_attribute("id")}"]').click()
    for comment in page.locator(".score-form textarea").all():
        comment.fill("Projet clair ; la méthode est solide et les jalons tiennent.")
        comment.blur()
    page.wait_for_timeout(1_000)
    if shoot:
        juror.shoot("grille-notee")
    juror.press("Vérifier et remettre")
    page.wait_for_load_state("networkidle")
    if shoot:
        juror.shoot("remettre")
    juror.press("Remettre mon évaluation")
    page.wait_for_load_state("networkidle")
    if shoot:
        juror.shoot("evaluation-remise")
