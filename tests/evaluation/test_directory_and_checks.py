"""A deposit is never blocked by the company directory: what it says later is read by the checks again."""

import pytest

from ami_portal.kernel import clock
from applications import actions as dossiers
from applications import advice, drafts
from applications.models import DirectoryAnswer
from evaluation.models import CheckRun, EligibilityItem
from evaluation.replay import replay
from tests import scenes as calls
from tests.gateways.directory import Fake, unit

from . import scenes

SIRET = "13002526500013"


@pytest.fixture
def fake(db, settings):
    found = Fake()
    with found.open() as url:
        settings.COMPANY_DIRECTORY_URL = url
        yield found


def result(dossier):
    item = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="FR_LEGAL_PERSON")
    return item.automatic, item.evidence


def test_a_deposit_waits_for_nobody_and_its_criterion_follows_the_answer(fake):
    fake.mood = "down"
    dossier = scenes.a_deposit(scenes.a_closed_call())
    calls.run_jobs()
    assert result(dossier)[0] == "unknown"
    assert "L’inscription n’est pas encore connue" in result(dossier)[1]
    fake.mood = "well"
    fake.put(unit(SIRET[:9], SIRET, "7383"))
    dossiers.ask_directory_again(at=DirectoryAnswer.objects.get().due_at)
    calls.run_jobs()
    assert result(dossier)[0] == "met"
    assert (CheckRun.objects.count(), replay(dossier.versions.get()).faults) == (2, [])
    fake.put(unit(SIRET[:9], SIRET, "1000"))
    DirectoryAnswer.objects.all().delete()
    assert replay(dossier.versions.get()).faults == []  # the answer that was used is kept with the result


@pytest.mark.parametrize(("category", "expected"), [("1000", "not_met"), ("2310", "not_met"), ("3220", "unknown")])
def test_who_is_no_legal_person_is_told(fake, category, expected):
    fake.put(unit(SIRET[:9], SIRET, category))
    dossiers.want_companies([SIRET], at=clock.now())
    calls.run_jobs()
    assert result(scenes.a_deposit(scenes.a_closed_call()))[0] == expected


def test_the_advice_asks_nothing_of_the_directory(fake):
    owner = scenes.person("claire@valmont.example")
    draft = calls.a_draft(calls.a_call(), owner)
    dossiers.save_answer(draft, drafts.Address("lead_siret"), SIRET, seen_version=0, actor=owner)
    found = advice.on(draft, drafts.load(draft), language="fr").criteria[0].found
    assert "n’a pas encore été interrogé" in found.evidence
    assert fake.asked == []
