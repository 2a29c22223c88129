"""What HDH's staff do in the admin: roles, eligibility, the jury's session, the publication."""

from typing import Any

from applications.models import Call

from .people import Person


def give_roles(admin: Person, email: str, roles: list[str], organisation: str) -> None:
    """On the page of the person, one line a role."""
    for role in roles:
        admin.open(f"/admin/accounts/user/?q={email}")
        admin.page.get_by_role("link", name=email).click()
        lines = admin.page.locator("[name^='role_grants-'][name$='-role']:visible")
        lines.last.select_option(role)
        if organisation:
            admin.page.locator("[name^='role_grants-'][name$='-organisation']:visible").last.select_option(
                label=organisation
            )
            vouched = admin.page.locator("[name^='role_grants-'][name$='-vouched_for']:visible")
            vouched.last.fill("Désignée par le partenaire")
        admin.page.locator("[name=_save]").click()
        admin.page.wait_for_url("**/admin/accounts/user/?**")


def declare_eligible(instructor: Person, ref: str) -> None:
    """Each criterion of the call, then the declaration."""
    instructor.sign_in_again()
    instructor.open("/admin/")
    instructor.shoot("gestion-accueil")
    instructor.open("/admin/applications/dossier/")
    instructor.shoot("tableau-de-bord")
    instructor.follow(ref)
    instructor.page.wait_for_load_state("networkidle")
    page = instructor.page
    instructor.shoot("recevabilite")
    for tab in ("contenu", "pieces", "journal"):
        instructor.open(f"/admin/dossiers/{ref}/{tab}/")
        instructor.shoot(f"gestion-{tab}")
    instructor.open(f"/admin/dossiers/{ref}/")
    meet_all(instructor)
    instructor.follow("Déclarer recevable")
    page.wait_for_load_state("networkidle")
    confirm(instructor)
    instructor.says("Recevable")
    meet_all(instructor)
    instructor.shoot("criteres-decides")
    instructor.follow("Déclarer éligible")
    page.wait_for_load_state("networkidle")
    instructor.shoot("declarer-eligible")
    confirm(instructor)
    instructor.says("Éligible")


def meet_all(instructor: Person) -> None:
    """Every criterion of the act that comes now is met."""
    page = instructor.page
    for met in page.locator("input[type=radio][name$='-decision'][value=met]").all():
        page.locator(f'label[for="{met.get_attribute("id")}"]').click()
    for reason in page.locator("textarea[name$='-reason']").all():
        reason.fill("Constaté à la lecture du dossier.")
    instructor.press("Enregistrer les décisions")
    page.wait_for_load_state("networkidle")


def confirm(person: Person) -> None:
    """The one button with the verb of a page of confirmation."""
    person.page.locator("main form button[type=submit].fr-btn").first.click()
    person.page.wait_for_load_state("networkidle")


def open_the_jury(secretary: Person, ref: str, call: Call, jurors: list[Person]) -> None:
    """The session opens, the dossier is entrusted."""
    secretary.open(f"/admin/jury/{call.code}/")
    secretary.shoot("jury-ferme")
    secretary.press("Ouvrir la séance du jury")
    secretary.page.wait_for_load_state("networkidle")
    for juror in jurors:
        secretary.open(f"/admin/dossiers/{ref}/evaluation/")
        secretary.page.get_by_role("button", name=f"Confier à {juror.first} {juror.last}").click()
        secretary.page.wait_for_load_state("networkidle")
    secretary.shoot("evaluations-confiees")


def publish(secretary: Person, ref: str, call: Call) -> None:
    """Scoring closed, decision recorded, frozen, published."""
    page: Any = secretary.page
    secretary.open(f"/admin/jury/{call.code}/")
    secretary.shoot("jury-notation")
    secretary.open(f"/admin/dossiers/{ref}/evaluation/")
    secretary.shoot("notes-cote-a-cote")
    secretary.open(f"/admin/jury/{call.code}/clore/")
    secretary.shoot("clore-la-notation")
    confirm(secretary)
    secretary.shoot("classement")
    page.locator("[name$='-outcome']").first.select_option("laureate")
    page.locator("[name$='-rank']").first.fill("1")
    page.locator("[name$='-amount']").first.fill("98 500,00")
    page.locator("[name$='-reason']").first.fill("Premier du classement.")
    secretary.press("Enregistrer les décisions")
    page.wait_for_load_state("networkidle")
    secretary.shoot("decisions")
    secretary.open(f"/admin/jury/{call.code}/arreter/")
    secretary.shoot("arreter-les-decisions")
    confirm(secretary)
    secretary.open(f"/admin/jury/{call.code}/publier/")
    secretary.shoot("publier")
    confirm(secretary)
    secretary.shoot("jury-publie")
