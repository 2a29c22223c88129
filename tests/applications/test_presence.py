"""Who is where in a dossier: seen by colleagues within seconds, forgotten alone, less by readers, never written."""

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.kernel import clock
from applications import actions
from applications.enums import MemberRole
from applications.presence import SECONDS
from tests import people
from tests.applications import small
from tests.servers import free_port


@pytest.fixture(autouse=True)
def nobody_is_here():
    cache.clear()


def text_of(html):
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def a_member(dossier, owner, email, role=MemberRole.EDITOR):
    actions.invite_member(dossier, email, role, actor=owner)
    return people.a_person(email)


def page_of(user, dossier, section="project"):
    url = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": section})
    return people.client_of(user).get(url).content.decode()


def seen_by(user, dossier, section="project", **more):
    url = reverse("applications:progress", kwargs={"ref": dossier.ref})
    answer = people.client_of(user).get(url, {"rubrique": section, "bref": "1", **more})
    assert list(answer.json()) == ["others"]
    return text_of(answer.json()["others"])


def test_each_sees_who_is_where(dossier, owner):
    paul, anne = (a_member(dossier, owner, f"{name}@labo.example") for name in ("paul", "anne"))
    assert seen_by(owner, dossier) == ""
    page_of(anne, dossier, "budget")
    seen_by(paul, dossier, champ="summary")
    expected = "Paul Martin est aussi dans cette rubrique, à « Résumé » ; Anne Martin est dans « Budget »"
    assert seen_by(owner, dossier) == expected
    seen_by(paul, dossier, champ="inconnue")
    assert seen_by(owner, dossier).startswith("Paul Martin est aussi dans cette rubrique ;")
    detail = people.client_of(owner).get(reverse("applications:dossier_detail", args=[dossier.ref])).content.decode()
    assert "Paul Martin est dans « Projet »" in text_of(detail)
    assert "Claire Martin est aussi dans cette rubrique" in text_of(page_of(paul, dossier))
    assert 'data-together="1"' in page_of(paul, dossier)


def test_it_expires_alone(dossier, owner):
    paul, start = a_member(dossier, owner, "paul@labo.example"), clock.now()
    with time_machine.travel(start, tick=False):
        seen_by(paul, dossier)
    for seconds, expected in ((SECONDS - 1, "Paul Martin est aussi dans cette rubrique"), (SECONDS + 1, "")):
        with time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False):
            assert seen_by(owner, dossier) == expected


def test_a_reader_sees_who_writes_what_they_read_and_no_more(dossier, owner):
    paul = a_member(dossier, owner, "paul@labo.example")
    lise, leo = (a_member(dossier, owner, f"{name}@labo.example", MemberRole.READER) for name in ("lise", "leo"))
    seen_by(paul, dossier, champ="summary")
    seen_by(lise, dossier, champ="title")
    seen_by(owner, dossier, section="budget")
    assert seen_by(leo, dossier) == "Paul Martin est aussi dans cette rubrique"
    assert seen_by(leo, dossier, section="annexes") == ""
    expected = "Leo Martin est dans « Annexes » ; Lise Martin est dans « Projet » ; Paul Martin est dans « Projet »"
    assert seen_by(owner, dossier, section="budget") == expected
    assert seen_by(paul, dossier, champ="summary").startswith("Lise Martin lit cette rubrique ;")


def test_who_left_the_team_or_closed_dossiers_show_nobody(dossier, owner):
    paul = a_member(dossier, owner, "paul@labo.example")
    other = actions.start_dossier(dossier.call, actor=owner)
    seen_by(paul, dossier)
    assert seen_by(owner, other) == ""
    with time_machine.travel(dossier.closes_at, tick=False):
        seen_by(paul, dossier)
        assert seen_by(owner, dossier) == ""
        assert 'data-together=""' in page_of(owner, dossier)
    seen_by(paul, dossier)
    actions.remove_member(dossier.members.get(email=paul.email), actor=owner)
    assert seen_by(owner, dossier) == ""


def test_a_section_that_is_none(dossier, owner):
    url = reverse("applications:progress", kwargs={"ref": dossier.ref})
    assert people.client_of(owner).get(url, {"rubrique": "inconnue", "bref": "1"}).status_code == 404


def test_a_glance_costs_the_same_for_one_and_for_three_and_writes_nothing(dossier, owner):
    small.type_in(dossier, "title", "Écrit", actor=owner)
    client, url, counts = people.client_of(owner), reverse("applications:progress", args=[dossier.ref]), []
    for number in range(3):
        seen_by(a_member(dossier, owner, f"p{number}@labo.example"), dossier)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url, {"rubrique": "project", "bref": "1"}).status_code == 200
        counts.append([query["sql"].split()[0] for query in seen])
    assert counts[0] == counts[2] == ["SELECT"] * 6


def test_without_the_cache_everything_else_works(dossier, owner):
    a_member(dossier, owner, "paul@labo.example")
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    with override_settings(CACHES={"default": away}):
        assert seen_by(owner, dossier) == ""
        assert "Résumé" in page_of(owner, dossier)
