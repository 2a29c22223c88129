"""From the convention to the first payment, by two people of the staff; the laureate sees it."""

from ami_portal.kernel import clock

from .people import Person


def sign_and_pay(grants: Person, accountant: Person, laureate: Person, ref: str) -> None:
    """Generated, signed, service done, paid."""
    convention = f"{ref}-C1"
    grants.open("/admin/funding/convention/a-preparer/")
    grants.shoot("conventions-a-preparer")
    grants.open(f"/admin/funding/convention/a-preparer/{ref}/")
    grants.shoot("generer-la-convention")
    grants.press("Générer la convention")
    grants.page.wait_for_load_state("networkidle")
    laureate.open("/conventions/")
    laureate.shoot("mes-conventions")
    laureate.open(f"/conventions/{convention}/texte/")
    laureate.shoot("texte-de-la-convention")
    grants.open(f"/admin/funding/convention/{convention}/texte/figer/")
    grants.press("Figer le texte")
    grants.page.wait_for_load_state("networkidle")
    grants.open(f"/admin/funding/convention/{convention}/signature/")
    grants.page.locator("[name=signed_on]").fill(clock.today().isoformat())
    grants.page.locator("[name=signatory]").fill("Claire Martin, directrice de la recherche")
    grants.page.locator("[name=despite]").fill("Les attestations sont demandées ; elles arrivent.")
    grants.shoot("enregistrer-la-signature")
    grants.press("Enregistrer la signature")
    grants.page.wait_for_load_state("networkidle")
    grants.open(f"/admin/funding/convention/{convention}/versements/1/service-fait/")
    grants.shoot("service-fait")
    grants.press("Constater le service fait")
    grants.page.wait_for_load_state("networkidle")
    grants.shoot("convention-gestion")
    accountant.sign_in_again()
    accountant.open("/admin/")
    accountant.shoot("comptable-accueil")
    accountant.open(f"/admin/funding/convention/{convention}/versements/1/paiement/")
    accountant.page.locator("[name=payment_reference]").fill("VIR-2026-0001")
    accountant.shoot("payer")
    accountant.page.locator("[name=despite]").fill("Les attestations sont reçues ; leur vérification est en cours.")
    accountant.page.get_by_role("button", name="Enregistrer le paiement de").click()
    accountant.page.wait_for_load_state("networkidle")
    accountant.shoot("convention-payee")
    laureate.open(f"/conventions/{convention}/")
    laureate.says("35 460,00")
    laureate.shoot("ma-convention")
