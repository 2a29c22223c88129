"""A later closing in the staff's pages: two steps, nothing typed lost, and what the public reads of it."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.kernel import clock
from applications.call_config import ConfigError, load
from applications.models import Call, Dossier, Extension
from tests import people
from tests.applications import small

from .staff_rows import a_row, text_of

DAY = dt.date(2027, 1, 15)
TYPED = {"scope": "all", "ref": "", "day": "2027-01-15", "time": "12:00", "reason": "Panne du portail."}


@pytest.fixture
def call(db):
    call = small.a_small_call()
    call.regulation |= {"duration_months_max": 24, "retention_percent": "10"}
    call.save(update_fields=["regulation"])
    return call


@pytest.fixture
def client(call):
    return people.client_of(people.staff(Role.INSTRUCTOR))


@pytest.fixture
def url(call):
    return reverse("admin:staff_call_extend", args=[call.code])


def test_the_first_step_shows_who_is_touched_and_does_nothing(call, client, url):
    a_row(call, 1, "draft")
    a_row(call, 2, "draft")
    a_row(call, 3)
    shown = text_of(client.post(url, TYPED))
    assert "15 janvier 2027 à 12 h 00 (heure de Paris)" in shown
    assert "2 brouillons, 1 dossier déposé" in shown
    assert "3 personnes de ces équipes" in shown
    assert not Extension.objects.exists()


def test_the_second_step_extends_for_all_and_says_so_to_everybody(call, client, url):
    response = client.post(url, TYPED | {"confirme": "oui"}, follow=True)
    call.refresh_from_db()
    assert call.closes_at == dt.datetime(2027, 1, 15, 11, 0, tzinfo=dt.UTC)
    assert "La clôture est prolongée jusqu’au 15 janvier 2027" in text_of(response)
    public = text_of(people.client_of(None).get(reverse("call_detail", args=[call.code])))
    assert "Pour tous , le" in public
    assert "Motif : Panne du portail." in public


def test_one_dossier_is_extended_by_its_reference_and_named_nowhere(call, client, url):
    dossier = a_row(call, 7, "draft", title="Projet secret")
    typed = TYPED | {"scope": "one", "ref": dossier.ref}
    shown = text_of(client.post(url, typed))
    assert "Projet secret" not in shown
    client.post(url, typed | {"confirme": "oui"})
    assert Dossier.objects.get(pk=dossier.pk).extended_until == dt.datetime(2027, 1, 15, 11, 0, tzinfo=dt.UTC)
    assert Call.objects.get(pk=call.pk).closes_at == call.closes_at
    public = text_of(people.client_of(None).get(reverse("call_detail", args=[call.code])))
    assert "Pour un dossier , le" in public
    assert dossier.ref not in public


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scope": "one"}, "Donnez la référence du dossier."),
        ({"scope": "one", "ref": "PETIT-2026-9999"}, "Aucun brouillon de cet appel n’a cette référence"),
        ({"scope": "one", "ref": "PETIT-2026-0002"}, "Aucun brouillon de cet appel n’a cette référence"),
        ({"day": "2027-03-28", "time": "02:30"}, "une heure qui existe une seule fois"),
        ({"day": "2027-10-31", "time": "02:30"}, "une heure qui existe une seule fois"),
        ({"reason": ""}, "Ce champ est obligatoire."),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(call, client, url, changes, words):
    a_row(call, 2)
    response = client.post(url, TYPED | {"reason": "<b>Panne</b>"} | changes)
    assert response.status_code == 422
    assert words in text_of(response)
    if "reason" not in changes:
        assert "&lt;b&gt;Panne&lt;/b&gt;" in response.content.decode()
    assert not Extension.objects.exists()


def test_what_cannot_be_given_has_no_button(client, url):
    shown = client.post(url, TYPED | {"day": "2026-01-01"}).content.decode()
    assert "Ce n’est pas encore possible" in shown
    assert 'type="submit">Prolonger' not in shown


def test_a_double_click_extends_once(client, url):
    for _ in range(2):
        response = client.post(url, TYPED | {"confirme": "oui"}, follow=True)
    assert "vient après l’actuelle" in text_of(response)
    assert Extension.objects.count() == 1


def test_an_instructor_who_drafts_in_the_call_does_not_extend_it(call, url):
    someone = people.staff(Role.INSTRUCTOR, email="instructrice@hdh.example")
    a_row(call, 1, "draft", owner=someone.email)
    assert people.client_of(someone).get(url).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_log_asks_as_many_queries_for_one_as_for_three(call, number, django_assert_num_queries):
    given_by = people.staff(Role.INSTRUCTOR, email="autre@hdh.example")
    for rank in range(1, number + 1):
        closed_at = call.closes_at + dt.timedelta(days=rank)
        Extension.objects.create(
            call=call,
            closed_at=closed_at,
            closes_at=closed_at + dt.timedelta(days=1),
            reason="Panne.",
            given_at=clock.now(),
            given_by=given_by,
        )
    with django_assert_num_queries(9):
        people.client_of(None).get(reverse("call_detail", args=[call.code]))


def test_an_older_file_does_not_take_back_what_was_given_to_all(call, client, url):
    client.post(url, TYPED | {"confirme": "oui"})
    calendar = {"opens_at": call.opens_at, "closes_at": call.closes_at}
    with pytest.raises(ConfigError, match="attendu : 2027-01-15T12:00:00"):
        load({"call": {"code": call.code, "calendar": calendar}}, [], at=clock.now())
