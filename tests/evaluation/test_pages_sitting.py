"""The session on screen: what the secretary holds, what the room looks at, what a member sees, and never of a dossier
that they stand aside from."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluation.models import Attendance, Decision, Hearing
from tests.desk import staff_rows as rows
from tests.people import client_of

from . import scenes, sittings
from .sittings import arrive, hear


@pytest.fixture(scope="module")
def built(module_rows):
    return sittings.a_sitting()


def admin(name, scene):
    by_call = ("staff_sitting", "staff_screen", "staff_sitting_presence", "staff_sitting_pause")
    return reverse(f"admin:{name}", args=[scene.call.code if name in by_call else scene.first.ref])


def page(user, url, **headers):
    return client_of(user).get(url, **headers)


def juror_page(scene, juror):
    return page(juror, reverse("evaluation:sitting", args=[scene.call.code]))


def test_the_secretary_notes_who_is_there_and_reads_the_order_of_the_day(scene):
    client = client_of(scene.secretary)
    sent = {"juror": scene.aside.ref, "present": "oui"}
    said = rows.text_of(client.post(admin("staff_sitting_presence", scene), sent, follow=True))
    assert f"{scene.aside.get_full_name()} : arrivée notée." in said
    assert [stay.juror for stay in Attendance.objects.all()] == [scene.aside]
    assert "Présents 1 sur 3" in said
    assert "Sorties pour déport 1" in said
    assert [item.row.dossier for item in client.get(admin("staff_sitting", scene)).context["items"]] == [
        scene.first,
        scene.second,
    ]
    for unknown in ("", "compte-", "compte-99999999", "J1"):
        assert client.post(admin("staff_sitting_presence", scene), {"juror": unknown}).status_code == 404


def test_a_dossier_is_called_by_its_page_and_decided_there(scene):
    arrive(scene, scene.one, scene.aside)
    client, second = client_of(scene.secretary), reverse("admin:staff_hearing", args=[scene.second.ref])
    said = rows.text_of(client.get(second))
    assert f"{scene.aside.get_full_name()} a quitté la salle" in said
    assert "doivent d’abord quitter la salle" in rows.text_of(client.post(second))
    assert not Hearing.objects.exists()
    said = rows.text_of(client.post(second, {"gone": [scene.aside.ref]}, follow=True))
    assert f"{scene.second.ref} est à l’écran." in said
    name = f"{scene.second.ref}-"
    decide = reverse("admin:staff_hearing_decide", args=[scene.second.ref])
    assert "Choisissez la décision" in rows.text_of(client.post(decide, {f"{name}outcome": ""}))
    refused = client.post(decide, {f"{name}outcome": "rejected", f"{name}rank": "2", f"{name}reason": ""})
    assert refused.status_code == 422
    sent = {f"{name}outcome": "rejected", f"{name}rank": "2", f"{name}reason": "Trop tôt."}
    assert "Décision enregistrée" in rows.text_of(client.post(decide, sent, follow=True))
    assert [(row.dossier, row.outcome) for row in Decision.objects.all()] == [(scene.second, "rejected")]
    assert "L’écran est vide" in rows.text_of(client.post(admin("staff_sitting_pause", scene), follow=True))


def test_the_screen_shows_the_dossier_that_is_heard_and_nobody(scene):
    arrive(scene, scene.one, scene.aside, scene.three)
    url = admin("staff_screen", scene)
    assert "Aucun dossier à l’écran" in rows.text_of(page(scene.secretary, url))
    hear(scene, scene.first)
    shown = page(scene.secretary, url)
    said = rows.text_of(shown)
    for words in (scene.first.ref, "70,00", "Décision en attente", "3 présents pour 2 requis", "Notes moyennes"):
        assert words in said
    people = (scene.one, scene.aside, scene.three, scene.secretary)
    for secret in (scene.second.ref, scene.second.title, *[one.get_full_name() for one in people], "Solide."):
        assert secret not in said
    assert page(scene.secretary, url, headers={"If-None-Match": shown["ETag"]}).status_code == 304
    scenes.decide(scene.session, scene.first)
    decided = page(scene.secretary, url, headers={"If-None-Match": shown["ETag"]})
    assert "Décision enregistrée : Lauréat" in rows.text_of(decided)


def test_a_member_follows_the_session_unless_they_stand_aside(scene):
    assert "Vous n’êtes pas noté présent" in rows.text_of(juror_page(scene, scene.aside))
    arrive(scene, scene.one, scene.aside)
    assert "Aucun dossier n’est examiné" in rows.text_of(juror_page(scene, scene.aside))
    hear(scene, scene.first)
    assert scene.first.ref in rows.text_of(juror_page(scene, scene.aside))
    before = juror_page(scene, scene.one)["ETag"]
    hear(scene, scene.second, scene.aside)
    said = rows.text_of(juror_page(scene, scene.aside))
    assert "Vous quittez la salle" in said
    for secret in (scene.second.ref, scene.second.title, scene.second.lead_name, "40,00", scene.first.ref):
        assert secret not in said
    inside = juror_page(scene, scene.one)
    assert scene.second.ref in rows.text_of(inside)
    assert inside["ETag"] != before
    again = page(scene.one, inside.request["PATH_INFO"], headers={"If-None-Match": inside["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_member_of_the_team_sees_nothing_of_it_either(scene):
    arrive(scene, scene.one)
    scene.first.members.create(email=scene.one.email, role="reader", invited_at=scene.session.opened_at)
    hear(scene, scene.first, scene.one)
    assert "Vous quittez la salle" in rows.text_of(juror_page(scene, scene.one))


def test_the_session_is_closed_to_all_others_and_over_once_frozen(scene):
    url = reverse("evaluation:sitting", args=[scene.call.code])
    strangers = (scenes.juror("inconnu@d.example"), scene.secretary, scenes.partner(scene.first))
    assert [page(person, url).status_code for person in strangers] == [404, 404, 404]
    sittings.frozen(scene)
    assert juror_page(scene, scene.one).status_code == 404
    assert "Les décisions sont arrêtées" in rows.text_of(page(scene.secretary, admin("staff_screen", scene)))
    assert "la séance est finie" in rows.text_of(page(scene.secretary, admin("staff_sitting", scene)))


def test_staff_who_have_a_part_in_a_dossier_see_it_neither_in_the_order_of_the_day_nor_on_the_screen(scene):
    scene.first.members.create(email=scenes.instructor().email, role="reader", invited_at=scene.session.opened_at)
    hear(scene, scene.first)
    for name in ("staff_sitting", "staff_screen"):
        said = rows.text_of(page(scenes.instructor(), admin(name, scene)))
        assert scene.first.ref not in said
        assert "montré" in said
    assert page(scenes.instructor(), admin("staff_hearing", scene)).status_code == 404


def test_the_order_of_the_day_asks_the_same_for_two_dossiers_and_for_four(scene):
    client, url = client_of(scene.secretary), admin("staff_sitting", scene)
    client.get(url)
    with CaptureQueriesContext(connection) as two:
        assert len(client.get(url).context["items"]) == 2
    for number in (3, 4):
        rows.a_row(scene.call, number, "eligible")
    with CaptureQueriesContext(connection) as four:
        assert len(client.get(url).context["items"]) == 4
    assert len(two) == len(four)
