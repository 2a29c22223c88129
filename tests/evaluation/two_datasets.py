"""A dossier that asks for two datasets of two partners: the scene of what follows a refusal."""

from types import SimpleNamespace

from applications.models import Call, Dossier
from datasets.models import Dataset
from evaluation import actions
from evaluation.models import Opinion
from tests.people import a_partner

from . import scenes

REFUSED = {"feasibility": "unfavourable", "feasibility_reason": "Trop peu de cas.", "disclosed_reason": "Trop peu."}


def codes(call: Call) -> list[str]:
    """The first dataset of each partner of the call."""
    rows = Dataset.objects.filter(code__in=[code for code, _ in call.dataset_options]).order_by("code")
    return [row.code for row in {row.partner_id: row for row in reversed(rows)}.values()][:2]


def a_scene(call: Call) -> SimpleNamespace:
    """An eligible dossier, both opinions asked for."""
    wanted = codes(call)
    dossier = scenes.an_eligible(call, datasets=wanted)
    datasets = {code: Dataset.objects.select_related("partner").get(code=code) for code in wanted}
    for code, dataset in datasets.items():
        a_partner(dataset.partner, f"avis@{code.lower()}.example")
        actions.request_opinion(dossier, dataset, actor=scenes.instructor())
    return SimpleNamespace(
        call=call,
        dossier=dossier,
        first=datasets[wanted[0]],
        second=datasets[wanted[1]],
        instructor=scenes.instructor(),
        owner=scenes.dossier_owner(dossier),
    )


def give(dossier: Dossier, dataset: Dataset, **said: str) -> Opinion:
    """The opinion of the partner of one dataset, favourable but for what is said."""
    opinion = Opinion.objects.select_related("dossier__call", "dataset").get(dossier=dossier, dataset=dataset)
    actor = scenes.person(f"avis@{dataset.code.lower()}.example")
    actions.give_opinion(opinion, **scenes.founded(dossier, **said), actor=actor)
    return opinion
