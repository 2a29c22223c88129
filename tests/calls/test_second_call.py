"""A second call, very different, from its file alone: two rounds, other money, another scale, advisory opinions, two
languages, no linkage. It is filled, deposited, checked and scored, and nothing of the first call is met on the way."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from ami_portal.accounts.models import Organisation
from ami_portal.desk import calls
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions, reading
from applications.enums import CheckResult
from applications.models import Dossier
from evaluation import grids, grounds, opening, ranking_rules, scoring
from evaluation.actions import opinions
from evaluation.models import EligibilityItem, Opinion
from evaluation.standing import Quota, Rules
from tests import scenes
from tests.people import a_partner, a_person, client_of, staff

FILE = Path(__file__).with_name("ehds-2027.yaml")
SPRING = dt.datetime(2027, 3, 20, 10, tzinfo=dt.UTC)
BETWEEN = dt.datetime(2027, 6, 1, 10, tzinfo=dt.UTC)
AUTUMN = dt.datetime(2027, 9, 10, 10, tzinfo=dt.UTC)
AFTER = dt.datetime(2027, 11, 2, 10, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return calls.load(calls.read(FILE))


def filled(call, owner, **words):
    dossier = actions.start_dossier(call, actor=owner)
    answers = {"name": "Index ouvert", "audience": "no", "bases": ["NORDIC"], "who": "Équipe", "grant": "12 000"}
    for code, raw in (answers | words).items():
        actions.save_answer(dossier, Address(code), raw, seen_version=0, actor=owner)
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    for column, raw in {"kind": "people", "price": "12 000"}.items():
        actions.save_answer(dossier, Address("costs", row, column), raw, seen_version=0, actor=owner)
    dossier.refresh_from_db()
    return dossier


def test_its_file_comes_back_byte_for_byte(call, capsys):
    call_command("dump_call", call.code)
    assert capsys.readouterr().out == FILE.read_text(encoding="utf-8")


def test_its_public_pages_show_it_and_nothing_of_another_call(call, client):
    with time_machine.travel(SPRING, tick=False):
        page = client.get(reverse("call_detail", args=[call.code])).content.decode()
    said = ["Tour de printemps", "Tour d’automne", "Le jury note chaque point de 1 à 4", "L’avis des partenaires est"]
    assert [words for words in said if words not in page] == []
    assert "Tour de printemps : clôture" in page
    assert [words for words in ("SNDS", "100\u202f000", "100\u00a0000", "AMI-DI") if words in page] == []


def test_its_form_is_read_in_the_language_of_the_address_or_of_the_browser(call, client):
    url = reverse("call_form", args=[call.code])

    def english(query="", accepted=""):
        page = client.get(url + query, headers={"accept-language": accepted}).content.decode()
        return ("Name of the tool" in page, "Nom de l’outil" in page, "Access bodies" in page)

    assert [english(), english("?lang=en"), english(accepted="en-GB,fr;q=0.5")] == [
        (False, True, False),
        (True, False, True),
        (True, False, True),
    ]
    assert (
        english("?lang=fr", "en") == english(accepted="fr,en;q=0.9") == english(accepted="de") == (False, True, False)
    )


def test_a_dossier_belongs_to_the_round_in_which_it_is_deposited(call):
    owner = a_person()
    with time_machine.travel(SPRING, tick=False):
        early, late = filled(call, owner), filled(call, owner)
        actions.submit_dossier(early, actor=owner)
    with time_machine.travel(BETWEEN, tick=False):
        late.refresh_from_db()
        assert (late.is_open(BETWEEN), late.is_closed(BETWEEN), late.reopens_at) == (
            False,
            False,
            call.windows[1].opens_at,
        )
        with pytest.raises(TransitionRefused):
            actions.start_dossier(call, actor=owner)
        with pytest.raises(TransitionRefused):
            actions.submit_dossier(late, actor=owner)
        page = client_of(owner).get(reverse("applications:dossier_detail", args=[late.ref])).content.decode()
        assert "Ce tour est clos." in page
    with time_machine.travel(AUTUMN, tick=False):
        actions.submit_dossier(late, actor=owner)
        early.refresh_from_db()
        with pytest.raises(TransitionRefused):
            actions.reopen_dossier(early, actor=owner)
        actions.reopen_dossier(late, actor=owner)
        actions.submit_dossier(late, actor=owner)
    late.refresh_from_db()
    assert [(dossier.round, dossier.is_closed(AUTUMN)) for dossier in (early, late)] == [
        ("spring", True),
        ("autumn", False),
    ]


@pytest.mark.parametrize(("seconds_before", "is_open"), [(1, True), (0, False)])
def test_a_round_closes_to_the_second(call, seconds_before, is_open):
    with time_machine.travel(SPRING, tick=False):
        dossier = filled(call, a_person())
    at = call.windows[0].closes_at - dt.timedelta(seconds=seconds_before)
    assert (call.is_open(at), dossier.is_open(at)) == (is_open, is_open)


def test_it_is_checked_by_its_own_regulation_and_an_unfavourable_opinion_does_not_stop_it(call):
    owner, instructor = a_person(), staff("instructor")
    with time_machine.travel(AUTUMN, tick=False):
        dossier = filled(call, owner)
        actions.submit_dossier(dossier, actor=owner)
        scenes.run_jobs()
    dossier = Dossier.objects.get(pk=dossier.pk)
    items = {item.criterion.code: item for item in EligibilityItem.objects.select_related("criterion")}
    assert {code: item.automatic for code, item in items.items()} == {
        "IN_TIME": CheckResult.MET,
        "MONEY": CheckResult.UNKNOWN,
        "FEASIBLE": CheckResult.UNKNOWN,
    }
    assert "People : 12\u202f000,00\u00a0€, soit 100,0 % du total ; plafond : 80 %." in items["MONEY"].evidence
    assert reading.frozen(reading.standing_version(dossier)).regulation_version == "A"
    with time_machine.travel(AFTER, tick=False):
        scenes.an_eligible_dossier(dossier, instructor)
        opinion = opinions.request_opinion(dossier, call.datasets.get().dataset, actor=instructor)
        answer = grounds.quotable(opening.opened(opinion))[0]
        said = {"feasibility_question": answer.code, "feasibility_quote": answer.shown, "neutrality": "favourable"}
        partner = a_partner(Organisation.objects.get(code="REGISTRE"))
        opinions.give_opinion(
            opinion, **said, feasibility="unfavourable", feasibility_reason="Trop peu.", actor=partner
        )
    assert Opinion.objects.get().is_veto is False


def test_its_grid_has_its_own_scale_and_weights(call):
    grid = grids.grid_of(call)
    points = [point for heading in grid.headings for point in heading.points]
    marks = dict(zip(points, (4, 1, 4), strict=True))
    assert (grid.scale.marks[0], grid.scale.marks[-1]) == ((1, "Faible"), (4, "Excellent"))
    assert scoring.score(grid.headings, grid.scale, marks) == 65
    assert grid.scale.levels()[0] == (1, "Faible", "Rien n’est démontré.")  # said once, for every point


def test_its_ranking_has_its_own_order_its_envelope_and_its_quotas(call):
    quotas = (Quota("bodies", "audience=bodies", least=1), Quota("nordic", "dataset=NORDIC", most=3))
    assert ranking_rules.rules_of(call) == Rules(
        "corrected", ("TEAM",), False, "optimum", Decimal(250000), Decimal(40), quotas
    )
    assert ranking_rules.rules_of(call, envelope=Decimal(9)).envelope == 9
    assert ranking_rules.labels_of(call)["nordic"] == "Registre nordique"
