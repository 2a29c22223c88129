"""The staff's pages of conflicts and invitations: what waits, the way to decide, who is tied before being invited."""

import datetime as dt
from types import SimpleNamespace

import pytest

from evaluation import actions
from evaluation.models import Conflict, JurorStay, JuryInvitation
from tests.people import client_of
from tests.scenes import run_jobs

from . import scenes

SINCE, QUERIES = dt.date(2018, 9, 1), 8


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call)
    review = scenes.a_draft_review(dossier)
    run_jobs()
    return SimpleNamespace(call=call, dossier=dossier, review=review, juror=review.juror, secretary=scenes.secretary())


def tie(juror):
    JurorStay.objects.create(juror=juror, name="<i>Autre</i> nom", siren="130025265", since=SINCE)
    actions.detect_juror_conflicts(juror.pk)
    return Conflict.objects.get(juror=juror)


def test_a_conflict_waits_on_the_jury_s_page_and_is_lifted_with_a_reason(scene):
    row, client = tie(scene.juror), client_of(scene.secretary)
    assert "attend votre décision" in client.get(f"/admin/jury/{scene.call.code}/").content.decode()
    tab = client.get(f"/admin/dossiers/{scene.dossier.ref}/evaluation/").content.decode()
    assert ("&lt;i&gt;Autre&lt;/i&gt; nom" in tab, "<i>Autre" in tab, "dossier confié" in tab) == (True, False, True)
    url = f"/admin/dossiers/{scene.dossier.ref}/evaluation/liens/{row.uuid}/"
    assert client.post(url, {"suite": "lifted", "reason": ""}).status_code == 422
    assert client.post(url, {"suite": "lifted", "reason": "Homonyme."}).status_code == 302
    row.refresh_from_db()
    page = client.get(url).content.decode()
    assert (row.state, "Homonyme." in page, "Confirmer le lien" in page, "Lever le lien" in page) == (
        "lifted",
        True,
        True,
        False,
    )
    assert client_of(scenes.instructor()).get(url).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_many_queries_whatever_it_shows(scene, django_assert_num_queries, count):
    for number in range(count):
        tie(scenes.juror(f"lie{number}@loin.example"))
    client = client_of(scene.secretary)
    url = f"/admin/jury/{scene.call.code}/liens/"
    client.get(url)
    with django_assert_num_queries(QUERIES):
        page = client.get(url).content.decode()
    assert page.count("Examiner") == count


def test_who_might_be_invited_is_compared_first_then_invited_once(scene):
    client, url = client_of(scene.secretary), f"/admin/jury/{scene.call.code}/invitations/"
    assert "Personne n’est encore invité" in client.get(url).content.decode()
    said = {
        "first_name": "Ana",
        "last_name": "Dubreuil",
        "email": "ana@loin.example",
        "orcid": "",
        "organismes-TOTAL_FORMS": "2",
        "organismes-INITIAL_FORMS": "0",
        "organismes-0-name": "Laboratoire",
        "organismes-0-siren": "130 025 265",
        "organismes-0-since": "2018-09-01",
    }
    page = client.post(url, said).content.decode()
    assert ("1 dossier en conflit" in page, "même organisme que le porteur" in page) == (True, True)
    assert JuryInvitation.objects.count() == 0
    assert client.post(url, said | {"inviter": "oui"}).status_code == 302
    assert "déjà invitée" in client.post(url, said | {"inviter": "oui"}).content.decode()
    assert client.post(url, said | {"organismes-0-siren": "1"}).status_code == 422
    row = JuryInvitation.objects.get()
    assert client.post(f"{url}{row.uuid}/retirer/").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_the_secretary_edits_a_profile(scene):
    client, url = client_of(scene.secretary), f"/admin/jury/{scene.call.code}/membres/{scene.juror.pk}/"
    said = {
        "version": "0",
        "orcid": "0000-0002-1825-0097",
        **{f"{rows}-{name}": value for rows in ("organismes", "absences") for name, value in
           (("TOTAL_FORMS", "2"), ("INITIAL_FORMS", "0"))},
        f"{scene.call.code}-known": "oncology",
        f"{scene.call.code}-offered": "3",
    }  # fmt: skip
    assert client.post(url, said | {"orcid": "0000-0002-1825-0098"}).status_code == 422
    assert client.post(url, said | {"absences-0-first_on": "2026-12-01"}).status_code == 422
    assert client.post(url, said)["Location"] == f"/admin/jury/{scene.call.code}/membres/"
    assert (
        "Dit pouvoir évaluer 3 dossiers au plus"
        in client.get(f"/admin/jury/{scene.call.code}/membres/").content.decode()
    )
    stale = client.post(url, said)
    assert (stale.status_code, "ORCID 0000-0002-1825-0097" in stale.content.decode()) == (422, True)
    assert client.get(url.replace(str(scene.juror.pk), str(scene.secretary.pk))).status_code == 404
