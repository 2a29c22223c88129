"""People of the journeys: each has a browser of their own, a mailbox, and a telephone that shows codes."""

import base64
import re
from typing import Any

from django_otp.oath import TOTP

from ami_portal.kernel import clock

from .camera import Camera

PASSWORD = "une phrase de passe bien longue"


class Person:
    """Somebody at a screen. Everything goes through pages and mails, as for anybody."""

    def __init__(
        self, chromium: Any, address: str, smtp: Any, camera: Camera, email: str, first: str, last: str
    ) -> None:
        self.context = chromium.new_context(base_url=address, locale="fr-FR", timezone_id="Europe/Paris")
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        camera.watch(self.page)
        self.smtp, self.camera, self.email, self.first, self.last = smtp, camera, email, first, last
        self.secret = b""
        self.last_step = 0

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path)

    def shoot(self, name: str) -> None:
        """Leave a picture of the present page."""
        self.camera.shoot(self.page, name)

    def says(self, text: str) -> None:
        """Fail unless the page shows `text`."""
        self.page.get_by_text(text).first.wait_for()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def choose(self, name: str, value: str = "", *, inside: Any = None) -> None:
        """Click the words of a radio button or of a box to tick (its own square is drawn by the label)."""
        box = (inside or self.page).locator(f"input[name='{name}']" + (f"[value='{value}']" if value else ""))
        self.page.locator(f"label[for='{box.get_attribute('id')}']").first.click()

    def mail(self, title: str) -> str:
        """The text of the last mail to this person whose title holds `title`."""
        mine = [message for message in self.smtp.messages if self.email in message["X-Envelope-To"]]
        titles = [str(message["Subject"]) for message in mine]
        found = [message for message in mine if title in str(message["Subject"])]
        assert found, f"{self.email} has no mail « {title} » among {titles}"
        return found[-1].get_content()

    def follow_mail(self, title: str) -> None:
        """Open the first address of a mail."""
        address = re.search(r"https?://[^/\s]+(/\S*)", self.mail(title))
        assert address, self.mail(title)
        self.open(address.group(1))

    def sign_up(self, *, shoot: bool = False) -> None:
        """Make an account, verify the address by mail, sign in."""
        self.open("/")
        self.open("/compte/inscription/")
        fill = self.page.get_by_label
        fill("Prénom").fill(self.first)
        fill("Nom", exact=True).fill(self.last)
        fill("Adresse électronique").fill(self.email)
        self.page.locator("#id_password1").fill(PASSWORD)
        self.page.locator("#id_password2").fill(PASSWORD)
        if shoot:
            self.shoot("inscription")
        self.press("Créer mon compte")
        self.page.wait_for_url("**/adresse/")
        if shoot:
            self.shoot("adresse-a-confirmer")
        self.follow_mail("onfirmez")
        if shoot:
            self.shoot("adresse-confirmation")
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/connexion/**")
        self.sign_in(shoot=shoot)

    def sign_in(self, *, shoot: bool = False) -> None:
        """Address and password."""
        if "/connexion/" not in self.page.url:
            self.open("/compte/connexion/")
        self.page.locator("#id_login").fill(self.email)
        self.page.locator("#id_password").fill(PASSWORD)
        if shoot:
            self.shoot("connexion")
        self.press("Se connecter")
        self.page.wait_for_load_state("networkidle")

    def enrol(self, *, shoot: bool = False) -> None:
        """Link a telephone to the account: asked of whoever holds a role, on any page."""
        self.open("/accueil/")
        self.page.wait_for_url("**/code/application/**")
        if shoot:
            self.shoot("second-facteur")
        written = self.page.locator(".portal-secret").inner_text().replace(" ", "")
        self.secret = base64.b32decode(written + "=" * (-len(written) % 8))
        self.page.get_by_label("Code affiché par l’application").fill(self.code())
        self.press("Lier cette application")
        self.page.wait_for_load_state("networkidle")
        if shoot:
            self.shoot("codes-de-secours")

    def code(self) -> str:
        """What the telephone shows now."""
        totp = TOTP(self.secret)
        totp.time = clock.now().timestamp()
        return f"{totp.token():06d}"

    def prove(self) -> None:
        """Sign in again with the code."""
        self.page.locator("#id_code").fill(self.code())
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state("networkidle")

    def sign_in_again(self) -> None:
        """After a long while: address and password, then the code for whoever holds a role."""
        self.open("/compte/connexion/")
        self.sign_in()
        if self.secret:
            self.page.wait_for_url("**/compte/code/**")
            self.prove()
