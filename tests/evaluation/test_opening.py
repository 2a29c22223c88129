"""Nothing that a partner gets (pages, lists, downloads, mails, refusals) tells of the datasets of other partners."""

import json
import re
from types import SimpleNamespace

import pytest

from ami_portal.kernel.text import canonical_json
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import reading
from applications.models import DossierVersion
from datasets.models import Dataset
from evaluation import actions
from evaluation.models import Opinion
from tests.people import client_of

from . import scenes, two_datasets
from .test_pages_opinions import LIST, SAID

NAMES = ("PRM-SEIN", "PRM-POUMON", "remboursement personnalisé")
SECRETS = re.compile(rb'(csrfmiddlewaretoken" value|nonce)="[^"]*"')


@pytest.fixture(scope="module")
def built(module_rows):
    scene = two_datasets.a_scene(scenes.a_closed_call())
    two_datasets.give(scene.dossier, scene.first, **two_datasets.REFUSED)
    mine = Opinion.objects.select_related("dataset", "dossier__call").get(dataset__code="CBNPC-BIOMOL")
    return SimpleNamespace(dossier=scene.dossier, mine=mine, partner=scenes.person("avis@cbnpc-biomol.example"))


def everything(scene) -> list[bytes]:
    """The bytes of all that the partner can ask for."""
    client = client_of(scene.partner)
    page = f"{LIST}{scene.dossier.ref}/{scene.mine.dataset.code}/"
    quoted = SAID | {"feasibility_question": "datasets", "feasibility_quote": "cancer du sein"}
    answers = [
        client.get(LIST),
        client.get(page),
        client.post(page, {"neutrality": "favourable"}),
        client.post(page, quoted),
        client.post(page, SAID),
        client.get("/"),
    ]
    uuids = [file.uuid for file in reading.frozen(scene.dossier.versions.get()).all_files()]
    answers += [client.get(f"{LIST}{scene.dossier.ref}/fichiers/{uuid}") for uuid in uuids]
    mails = Message.objects.filter(to_email=scene.partner.email).order_by("pk").values_list("title", "body")
    return [SECRETS.sub(b"", answer.content) for answer in answers] + [repr(list(mails)).encode()]


def flip(scene, code: str | None, named: str) -> None:
    """Make the deposit ask for another dataset of the other partner, or for none, and name one of them in a text."""
    version = scene.dossier.versions.get()
    content = json.loads(version.content)
    other = Dataset.objects.get(code=code) if code else None
    asked = [row for row in content["datasets"] if row["code"] == scene.mine.dataset.code]
    asked += [{"code": other.code, "title": other.title, "version": "2024-06"}] if other else []
    content["datasets"] = sorted(asked, key=lambda row: row["code"])
    title = Dataset.objects.get(code=named).title
    for item in (item for section in content["sections"] for item in section["items"]):
        if item["code"] == "datasets":
            item["value"] = [row["code"] for row in content["datasets"]]
            item["shown"] = ", ".join(row["title"] for row in content["datasets"])
        if item["code"] == "dataset_justification":
            item["value"] = item["shown"] = f"Notre base, puis {title} ({named})."
    DossierVersion.objects.filter(pk=version.pk).update(content=canonical_json(content))
    rows = scene.dossier.dossier_datasets.exclude(version__dataset=scene.mine.dataset)
    rows.update(version=other.versions.get()) if other else rows.delete()
    others = Opinion.objects.exclude(pk=scene.mine.pk)
    others.update(dataset=other) if other else others.delete()


def test_what_a_partner_gets_is_the_same_byte_for_byte_whatever_the_other_dataset_is(scene):
    flip(scene, "PRM-SEIN", "PRM-SEIN")
    before = everything(scene)
    assert "Notre base, puis [autre base] ([autre base])." in before[1].decode()
    assert "ne se trouve pas dans la réponse" in before[3].decode()  # the other dataset is no passage to be found
    shown = b"".join(before).decode()
    assert scene.mine.dataset.title in shown
    assert [name for name in NAMES if name in shown] == []
    flip(scene, "PRM-POUMON", "PRM-POUMON")
    assert everything(scene) == before
    flip(scene, None, "PRM-SEIN")
    assert everything(scene) == before


def test_a_refusal_cannot_be_founded_on_what_the_partner_does_not_read(scene):
    said = scenes.founded(scene.dossier, **two_datasets.REFUSED)
    for quote in ("cancer du sein", "Base PRM (remboursement personnalisé)"):
        with pytest.raises(TransitionRefused, match="ne se trouve pas"):
            actions.give_opinion(
                scene.mine,
                **said | {"feasibility_question": "datasets", "feasibility_quote": quote},
                actor=scene.partner,
            )
    assert Opinion.objects.get(pk=scene.mine.pk).state == "requested"
