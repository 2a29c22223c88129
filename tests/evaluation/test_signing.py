"""Several people answer for one partner: all read and draft, one signs, and the others learn who did and when."""

from types import SimpleNamespace

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused
from evaluation import actions
from evaluation.models import Opinion, OpinionDraft
from tests.people import a_partner, client_of

from . import scenes
from .test_pages_opinions import LIST

SAID = {"neutrality": "favourable", "feasibility": "favourable"}


@pytest.fixture(scope="module")
def built(module_rows):
    dossier = scenes.an_eligible(scenes.a_closed_call())
    opinion = scenes.an_opinion(dossier)
    first, code = scenes.partner(dossier), opinion.dataset.code
    second = a_partner(opinion.dataset.partner, "paul@partenaire.example")
    url = f"{LIST}{dossier.ref}/{code}/"
    return SimpleNamespace(dossier=dossier, opinion=opinion, first=first, second=second, url=url)


def test_two_who_sign_at_once_make_one_opinion_and_the_other_is_told_who_signed_and_when(scene):
    one, other = client_of(scene.first), client_of(scene.second)
    for client in (one, other):
        assert '<input type="hidden" name="vu" value="none">' in client.get(scene.url).content.decode()
    confirm = one.post(scene.url, SAID | {"vu": "none"}).content.decode()
    assert f"Vous signez cet avis pour <strong>{scene.opinion.dataset.partner.name}</strong>" in confirm
    assert f"Votre nom, {scene.first}, y figure." in confirm
    sent = SAID | {"vu": "none", "confirme": "oui"}
    assert one.post(scene.url, sent).status_code == 302
    late = other.post(scene.url, sent | {"disclosed_reason": "Mon mot."})
    page = late.content.decode()
    row = Opinion.objects.get()
    assert (late.status_code, row.given_by, row.disclosed_reason) == (422, scene.first, "")
    said = f"{scene.first} a signé l’avis de {row.dataset.partner.name} le {instant(row.given_at)}"
    assert (said in page, "Mon mot." in page) == (True, True)
    assert f'name="vu" value="{row.mark}"' in page  # the page now shows what was signed: signing again changes it
    assert other.post(scene.url, sent | {"vu": row.mark, "disclosed_reason": "Mon mot."}).status_code == 302
    assert Opinion.objects.get().given_by == scene.second
    signed = AuditEvent.objects.filter(verb="opinion.give").order_by("number")
    assert [event.actor for event in signed] == [scene.first, scene.second]
    shown = one.get(scene.url).content.decode()
    assert f"Avis signé par {scene.second} pour {row.dataset.partner.name} le" in shown


def test_the_same_sent_twice_is_once(scene):
    for _ in range(2):
        actions.give_opinion(scene.opinion, actor=scene.first, seen="none", **SAID)
    assert AuditEvent.objects.filter(verb="opinion.give").count() == 1


def test_a_draft_is_shared_by_the_people_of_the_partner_and_gone_once_one_signs(scene):
    one, other = client_of(scene.first), client_of(scene.second)
    half = {"neutrality": "reserved", "neutrality_reason": "À préciser.", "brouillon": "oui", "version": "0"}
    assert one.post(scene.url, half).status_code == 302
    page = other.get(scene.url).content.decode()
    assert ("À préciser." in page, f"enregistré par {scene.first} le" in page) == (True, True)
    assert '<input type="hidden" name="version" value="1">' in page
    stale = other.post(scene.url, half | {"neutrality_reason": "Autrement."})  # their page was older
    words = stale.content.decode()
    assert (stale.status_code, "À préciser." in words, "Autrement." in words) == (409, True, True)
    assert f"{scene.first} a enregistré ce brouillon le" in words
    assert other.post(scene.url, half | {"neutrality_reason": "Autrement.", "version": "1"}).status_code == 302
    draft = OpinionDraft.objects.get()
    assert (draft.version, draft.saved_by, draft.said["neutrality_reason"]) == (2, scene.second, "Autrement.")
    assert Opinion.objects.get().state == "requested"
    assert (
        "Autrement."
        not in client_of(scenes.instructor()).get(f"/admin/dossiers/{scene.dossier.ref}/avis/").content.decode()
    )
    actions.give_opinion(scene.opinion, actor=scene.first, **SAID)
    assert not OpinionDraft.objects.exists()


def test_a_draft_is_nobody_else_s_and_has_a_limit(scene):
    with pytest.raises(TransitionRefused, match="droit"):
        actions.save_opinion_draft(scene.opinion, actor=scenes.juror(), seen_version=0)
    with pytest.raises(TransitionRefused, match="8000 caractères"):
        actions.save_opinion_draft(scene.opinion, actor=scene.first, seen_version=0, neutrality_reason="a" * 8001)
    assert not OpinionDraft.objects.exists()
