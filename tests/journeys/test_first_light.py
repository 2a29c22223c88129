"""The whole story in a real browser: one call, from its publication to a paid convention, by people and pages only."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.core.management import call_command

from ami_portal.kernel import clock
from applications.models import Dossier
from tests import scenes

from . import jurors, money, opinion, staff
from .camera import Camera
from .drafting import fill_dossier
from .people import Person

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def camera():
    return Camera("premiere-lumiere")


@pytest.fixture
def mail_by_smtp(settings, smtp_server, live_server):
    """Mails leave by a real server; the addresses in them are those of the server under test."""
    settings.LOCAL_MAILBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.PORTAL_URL = live_server.url
    return smtp_server


@pytest.fixture
def person(chromium, live_server, mail_by_smtp, camera):
    """Somebody comes: `person(email, first name, last name)`. All leave at the end."""
    people = []

    def comes(email, first, last):
        people.append(Person(chromium, live_server.url, mail_by_smtp, camera, email, first, last))
        return people[-1]

    yield comes
    for one in people:
        one.context.close()


def test_from_the_call_to_the_paid_convention(person, camera):
    call = scenes.a_call("AMI-DI-2026", closes_in_days=20)
    visitor = person("personne@exemple.example", "Personne", "Personne")
    visitor.open("/")
    visitor.shoot("accueil")
    visitor.follow("Lire le formulaire")
    visitor.shoot("formulaire")

    claire = person("claire@valmont.example", "Claire", "Martin")
    claire.sign_up(shoot=True)
    claire.shoot("mes-dossiers-vide")
    ref = deposit(claire, call)
    claire.shoot("dossier-depose")
    assert Dossier.objects.get(ref=ref).versions.get().sha256 in claire.mail(ref)

    team = appoint(person)
    later = clock.now() + dt.timedelta(days=22)
    with time_machine.travel(later, tick=True):
        staff.declare_eligible(team["instructor"], ref)
        opinion.give(team["partner"], team["instructor"], ref)
        staff.open_the_jury(team["instructor"], ref, call, [team["first_juror"], team["second_juror"]])
        jurors.review(team["first_juror"], ref, mark=4, shoot=True)
        jurors.review(team["second_juror"], ref, mark=3)
        claire.sign_in_again()
        claire.open(f"/evaluation/resultats/{ref}/")
        claire.shoot("resultat-attendu")
        assert claire.page.locator(".fr-badge", has_text="Lauréat").count() == 0
        staff.publish(team["instructor"], ref, call)
        claire.open(f"/evaluation/resultats/{ref}/")
        claire.says("Lauréat")
        claire.shoot("resultat-publie")
        visitor.open(f"/appels/{call.code}/")
        visitor.shoot("appel-resultats")
        money.sign_and_pay(team["instructor"], team["accountant"], claire, ref)
    assert (camera.faults, camera.complaints) == ([], [])


def appoint(person):
    """An administrator gives each their role, and each links a telephone to their account."""
    admin = person("admin@hdh.example", "Alix", "Moreau")
    admin.sign_up()
    call_command("grant_role", admin.email, "administrator", stdout=io.StringIO())
    admin.enrol(shoot=True)
    roles = {
        "instructor": ("nadia@hdh.example", "Nadia", "Benali", ["instructor", "jury_secretary", "grant_officer"], ""),
        "accountant": ("paul@hdh.example", "Paul", "Roux", ["accounting_officer"], ""),
        "partner": ("avis@roche.example", "Romain", "Petit", ["partner"], "Roche"),
        "first_juror": ("juree@univ-nord.example", "Jeanne", "Faure", ["juror"], ""),
        "second_juror": ("jure@univ-sud.example", "Karim", "Haddad", ["juror"], ""),
    }
    team = {}
    for name, (email, first, last, held, organisation) in roles.items():
        team[name] = person(email, first, last)
        team[name].sign_up()
        staff.give_roles(admin, email, held, organisation)
        team[name].enrol()
    admin.open("/admin/")
    admin.shoot("administration")
    return team


def deposit(applicant, call):
    """Start a dossier, fill it, read it again, submit it; give its reference."""
    applicant.open("/")
    applicant.follow("Commencer un dossier")
    applicant.shoot("commencer")
    applicant.press("Commencer le dossier")
    applicant.page.wait_for_url("**/dossiers/*-0001/**")
    ref = re.search(r"/dossiers/([^/]+)/", applicant.page.url).group(1)
    applicant.shoot("dossier-brouillon")
    applicant.open(f"/dossiers/{ref}/deposer")
    applicant.says("n’est pas complet")
    applicant.shoot("depot-incomplet")
    fill_dossier(applicant, ref, call, shoot=("lead", "data", "budget", "attachments"), datasets=["PRM-SEIN"])
    applicant.open(f"/dossiers/{ref}/apercu")
    applicant.shoot("apercu")
    applicant.open(f"/dossiers/{ref}/deposer")
    applicant.shoot("deposer")
    applicant.press("Déposer le dossier")
    applicant.page.wait_for_load_state("networkidle")
    return ref
