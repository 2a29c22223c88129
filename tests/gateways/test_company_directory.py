"""The company directory: what it says is read in its own shapes; whatever is wrong is an error, never an answer."""

import pytest

from ami_portal.gateways import company_directory
from ami_portal.gateways.company_directory import Busy, Company
from ami_portal.gateways.http import Refused, Unreachable, Unusable

from .directory import Fake, place, unit

pytestmark = pytest.mark.once
SIREN, SIRET, BRANCH = "130025265", "13002526500013", "13002526500021"


@pytest.fixture
def directory(settings):
    fake = Fake()
    with fake.open() as url:
        settings.COMPANY_DIRECTORY_URL = url
        yield fake


def company(**changes):
    found = {
        "siren": SIREN, "name": "PLATEFORME DES DONNEES DE SANTE (HDH)", "legal_category": "7410", "is_open": True,
        "closed_on": "", "establishment_open": True, "head_siret": SIRET, "head_open": True,
    }  # fmt: skip
    return Company(**(found | changes))


@pytest.mark.parametrize(
    ("number", "more", "expected"),
    [
        (SIRET, {}, company()),
        (SIREN, {}, company(establishment_open=None)),
        (BRANCH, {}, company(establishment_open=None)),  # the unit is there, this establishment is not shown
        (BRANCH, {"matching_etablissements": [place(BRANCH, "F")]}, company(establishment_open=False)),
        (
            SIRET,
            {"etat_administratif": "C", "date_fermeture": "2025-03-31"},
            company(is_open=False, closed_on="2025-03-31"),
        ),
        (SIRET, {"siege": None, "nature_juridique": 7410}, company(
            legal_category="", establishment_open=None, head_siret="", head_open=None
        )),
    ],
)  # fmt: skip
def test_a_company_is_read(directory, number, more, expected):
    directory.put(unit(SIREN, SIRET, **more))
    assert (company_directory.look_up(number), directory.asked) == (expected, [number])


def test_absent_is_not_an_error_and_another_company_is_not_taken_for_it(directory):
    assert company_directory.look_up(SIRET) is None
    directory.units[SIREN] = unit("552100554", "55210055400013")
    assert company_directory.look_up(SIRET) is None


@pytest.mark.parametrize(
    ("mood", "error", "said"),
    [
        ("down", Unreachable, "a répondu par l’erreur 502"),
        ("slow", Unreachable, "n’a pas répondu à temps"),
        ("large", Unusable, "dépasse"),
        ("page", Unusable, "autre chose que du JSON"),
        ("list", Unusable, "autre chose qu’une liste d’entreprises"),
        ("moved", Refused, "n’est pas suivie"),
    ],
)
def test_whatever_is_wrong_is_an_error(directory, monkeypatch, mood, error, said):
    monkeypatch.setattr(company_directory, "SECONDS", 0.4)
    directory.mood = mood
    with pytest.raises(error, match=said):
        company_directory.look_up(SIRET)


def test_busy_says_when_to_come_back(directory):
    directory.mood = "busy"
    with pytest.raises(Busy) as refused:
        company_directory.look_up(SIRET)
    assert refused.value.seconds == 900


def test_nothing_is_plugged_unless_the_operator_says_so(settings):
    assert settings.COMPANY_DIRECTORY_URL == ""
    assert not company_directory.is_plugged()
