"""What the file of a call says of its ranking: each mistake told with its place, and what is expected instead."""

import pytest

from evaluation import ranking_rules

pytestmark = pytest.mark.once

QUOTA = {"code": "a", "label": "A", "dataset": "", "question": "", "option": "", "least": 1, "most": None}
RANKING = {
    "order": "raw",
    "ties": [],
    "draw": False,
    "method": "optimum",
    "envelope": None,
    "minimum": None,
    "quotas": [],
}
CONFIG = {
    "selection": {"headings": [{"code": "SCIENCE"}, {"code": "OPEN"}]},
    "datasets": {"items": [{"code": "NORDIC"}]},
    "form": {
        "sections": [
            {
                "questions": [
                    {"code": "title", "type": "text"},
                    {"code": "kind", "type": "choice", "options": [{"code": "rare"}]},
                ]
            }
        ]
    },
}


def said(**ranking):
    selection = {**CONFIG["selection"], "ranking": RANKING | ranking if ranking else {}}
    config = {**CONFIG, "selection": selection}
    checks = (ranking_rules.rules, ranking_rules.answers, ranking_rules.datasets)
    return [str(problem).partition(" : ") for check in checks for problem in check(config)]


def quota(**changed):
    return {"quotas": [QUOTA | changed]}


@pytest.mark.parametrize(
    ("ranking", "place", "words"),
    [
        ({"ties": ["OPENN"]}, "selection.ranking.ties[1]", "vouliez-vous dire « OPEN »"),
        (quota(dataset="NORDIC") | {"method": "line"}, "selection.ranking.method", "sans quota"),
        ({"quotas": [QUOTA | {"dataset": "NORDIC"}] * 2}, "selection.ranking.quotas[2].code", "déjà pris"),
        (quota(dataset="NORDIC", least=3, most=2), "selection.ranking.quotas[1].least", "dépasse le maximum"),
        (quota(dataset="NORDIC", least=0), "selection.ranking.quotas[1]", "ne borne rien"),
        (quota(), "selection.ranking.quotas[1]", "ne dit pas ce qu’il compte"),
        (quota(dataset="NORDIK"), "selection.ranking.quotas[1].dataset", "vouliez-vous dire « NORDIC »"),
        (quota(question="title", option="x"), "selection.ranking.quotas[1].question", "n’est pas une question à choix"),
        (quota(question="kind", option="rar"), "selection.ranking.quotas[1].option", "vouliez-vous dire « rare »"),
    ],
)
def test_each_mistake_is_told_at_its_place(ranking, place, words):
    ((where, _, what),) = said(**ranking)
    assert (where, words in what) == (place, True)


def test_nothing_is_wrong_in_what_holds_together():
    assert said() == []
    assert said(ties=["OPEN", "SCIENCE"], **quota(question="kind", option="rare", most=2)) == []
