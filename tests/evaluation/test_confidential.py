"""What a team keeps from the partners: offered by the call, marked in the draft, frozen with the deposit."""

from types import SimpleNamespace

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel.text import sha256_of
from ami_portal.questionnaire.form import FormError, parse
from ami_portal.workflow import TransitionRefused
from applications import actions, partners, reading
from applications.actions import NotEditable
from applications.models import ConfidentialMark, Dossier
from tests.people import a_person, client_of
from tests.scenes import a_call

from . import scenes

SECRET = "Un modèle à brevet."


@pytest.fixture(scope="module")
def built(module_rows):
    call = a_call("AMI-DI-2026")
    owner = a_person()
    dossier = actions.start_dossier(call, actor=owner)
    scenes._fill(dossier, {"datasets": ["PRM-SEIN", "CBNPC-BIOMOL"], "algorithms": SECRET})
    return SimpleNamespace(call=call, owner=owner, dossier=dossier)


def test_the_team_marks_answers_lifts_them_and_each_deposit_keeps_the_marks_of_then(scene):
    client, dossier = client_of(scene.owner), Dossier.objects.get(pk=scene.dossier.pk)
    page = f"/dossiers/{dossier.ref}/rubriques/method"
    shown = client.get(page).content.decode()
    assert shown.count('name="confidential_mark"') == 2
    assert "Garder confidentielles les 2 réponses" in shown
    answer = client.post(page, {"confidential_mark": "algorithms"})
    assert (answer.status_code, answer.url) == (302, f"{page}#q-algorithms")
    client.post(page, {"confidential_mark": "algorithms"})  # twice is once
    shown = client.get(page).content.decode()
    assert "Confidentiel à l’égard des partenaires.</strong>" in shown
    assert (shown.count('name="confidential_mark"'), shown.count('name="confidential_lift"')) == (1, 1)
    first = actions.submit_dossier(dossier, actor=scene.owner)
    marked = [item.code for item in reading.frozen(first).items() if item.confidential]
    assert marked == ["algorithms"]
    with pytest.raises(NotEditable):
        actions.lift_confidential(dossier, "algorithms", actor=scene.owner)
    actions.reopen_dossier(dossier, actor=scene.owner)
    client.post(page, {"confidential_lift": "algorithms"})
    client.post(page, {"confidential_section": "method"})
    assert sorted(ConfidentialMark.objects.values_list("question", flat=True)) == ["algorithms", "risks"]
    for code in ("algorithms", "risks"):
        client.post(page, {"confidential_lift": code})
    second = actions.submit_dossier(Dossier.objects.get(pk=dossier.pk), actor=scene.owner)
    assert '"confidential"' not in second.content  # a deposit that marks nothing is what it was before marks were
    assert first.content.replace('"confidential":true,', "").count('"confidential"') == 0
    assert second.sha256 == sha256_of(second.content)
    said = AuditEvent.objects.filter(verb__endswith="confidential").order_by("number")
    assert [(event.verb.partition(".")[2], event.data["questions"]) for event in said] == [
        ("mark_confidential", ["algorithms"]), ("lift_confidential", ["algorithms"]),
        ("mark_confidential", ["algorithms", "risks"]),
        ("lift_confidential", ["algorithms"]), ("lift_confidential", ["risks"]),
    ]  # fmt: skip


def test_who_may_not_and_what_the_call_does_not_offer(scene):
    client = client_of(scene.owner)
    page = f"/dossiers/{scene.dossier.ref}/rubriques/method"
    assert client.post(page, {"confidential_mark": "nothing"}).status_code == 404
    with pytest.raises(TransitionRefused, match="ne permet pas"):
        actions.mark_confidential(scene.dossier, ["approach"], actor=scene.owner)
    with pytest.raises(TransitionRefused, match="droit"):
        actions.mark_confidential(scene.dossier, ["algorithms"], actor=a_person("autre@labo.example"))
    assert client_of(a_person("tiers@labo.example")).post(page, {"confidential_mark": "risks"}).status_code == 404
    assert not ConfidentialMark.objects.exists()


def test_the_team_reads_what_each_partner_will_read(scene):
    client, page = client_of(scene.owner), f"/dossiers/{scene.dossier.ref}/apercu"
    actions.mark_confidential(scene.dossier, ["algorithms"], actor=scene.owner)
    actions.submit_dossier(scene.dossier, actor=scene.owner)
    whole = client.get(page).content.decode()
    assert SECRET in whole
    assert "ils ne lisent pas cette réponse" in whole
    assert [one.code for one in partners.partners_of(scene.dossier)] == ["MEDIPATH", "ROCHE"]
    read = client.get(page, {"partenaire": "ROCHE"}).content.decode()
    assert "Réponse confidentielle à l’égard des partenaires" in read
    assert "Base PRM (remboursement personnalisé) – cancer du sein" in read
    assert (SECRET in read, "biologie moléculaire" in read, "Budget et financement" in read) == (False, False, False)
    mine = client.get(page, {"partenaire": "MEDIPATH"}).content.decode()
    assert ("biologie moléculaire" in mine, "cancer du sein" in mine) == (True, False)


QUESTION = {"code": "a", "type": "text", "label": "A", "confidential": True}


@pytest.mark.parametrize(
    ("section", "question", "said"),
    [
        ({}, QUESTION, "que les partenaires lisent"),
        ({"partners": True}, QUESTION | {"partners": False}, "que les partenaires lisent"),
        ({"partners": True}, QUESTION | {"type": "dataset"}, "un autre type"),
        (
            {"partners": True},
            {"code": "t", "type": "table", "label": "T", "columns": [QUESTION]},
            "au tableau entier",
        ),
    ],
)
def test_a_form_offers_it_where_it_means_something(section, question, said):
    with pytest.raises(FormError, match=said):
        parse({"sections": [{"code": "s", "title": "S", "questions": [question]} | section]})
