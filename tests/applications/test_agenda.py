"""The calendar file: same bytes, stable identifiers, numbers that grow, and the night when the clocks change."""

import datetime as dt

import pytest
from django.urls import reverse
from icalendar import Calendar

from ami_portal.accounts.enums import Role
from ami_portal.kernel.clock import PARIS
from applications import actions, agenda
from applications.models import Call, Dossier
from evaluation.actions import extend_call, extend_dossier
from tests import scenes
from tests.people import a_person, client_of, staff

from . import small

PAGE = "https://appels.example/appels/PETIT-2026/"


def events(content):
    """Each event by the beginning of its summary: identifier, number, start, end."""
    found = {}
    for event in Calendar.from_ical(content).walk("VEVENT"):
        end = event.get("DTEND")
        found[str(event["SUMMARY"]).partition(" – ")[0]] = (
            str(event["UID"]),
            event["SEQUENCE"],
            event["DTSTART"].dt,
            end.dt if end else None,
        )
    return found


@pytest.fixture
def call(db):
    call = small.a_small_call()
    call.closes_at = call.closes_at.replace(microsecond=0)  # a calendar's file has seconds
    call.save(update_fields=["closes_at"])
    return call


def closing(call, at):
    Call.objects.filter(pk=call.pk).update(closes_at=at)
    call.refresh_from_db()
    return agenda.of_call(call, address=PAGE)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (dt.datetime(2027, 3, 27, 12, tzinfo=PARIS), b"20270327T110000Z"),  # the day before summer time
        (dt.datetime(2027, 3, 28, 12, tzinfo=PARIS), b"20270328T100000Z"),
        (dt.datetime(2027, 10, 30, 12, tzinfo=PARIS), b"20271030T100000Z"),
        (dt.datetime(2027, 10, 31, 2, 30, tzinfo=PARIS), b"20271031T003000Z"),  # the first of the two half past two
        (dt.datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=1), b"20271031T013000Z"),
        (dt.datetime(2027, 10, 31, 12, tzinfo=PARIS), b"20271031T110000Z"),
    ],
)
def test_an_instant_is_the_same_across_the_change_of_hour(call, local, utc):
    content = closing(call, local)
    assert b"DTSTART:" + utc in content
    assert events(content)["Clôture"][2] == local.astimezone(dt.UTC)


def test_the_same_rows_make_the_same_bytes(call):
    assert agenda.of_call(call, address=PAGE) == agenda.of_call(Call.objects.get(pk=call.pk), address=PAGE)


def test_an_event_that_moves_keeps_its_identifier_and_its_number_grows(call):
    before = events(agenda.of_call(call, address=PAGE))
    assert before["Clôture"][:2] == ("PETIT-2026.closes_at@appels.example", 0)
    later = call.closes_at + dt.timedelta(days=3)
    extend_call(call, closes_at=later, reason="Panne.", actor=staff(Role.INSTRUCTOR))
    call.refresh_from_db()
    after = events(agenda.of_call(call, address=PAGE))
    assert after["Clôture"][:3] == ("PETIT-2026.closes_at@appels.example", 1, later)
    assert after["Ouverture"] == before["Ouverture"]


def test_a_dossier_has_its_own_closing(call):
    draft = actions.start_dossier(call, actor=a_person())
    later = call.closes_at + dt.timedelta(days=3)
    extend_dossier(draft, closes_at=later, reason="Panne.", actor=staff(Role.INSTRUCTOR))
    found = events(agenda.of_dossier(Dossier.objects.select_related("call").get(pk=draft.pk), address=PAGE))
    assert found["Clôture"][:3] == (f"{draft.ref}.closes_at@appels.example", 1, later)
    assert events(agenda.of_call(call, address=PAGE))["Clôture"][1:3] == (0, call.closes_at)


def test_steps_are_whole_days_their_last_included(db):
    call = scenes.a_call(closes_in_days=20)
    found = events(agenda.of_call(call, address=PAGE))
    jury = next(step for step in call.steps if step["code"] == "jury")
    starts, ends = (dt.date.fromisoformat(jury[name]) for name in ("starts_on", "ends_on"))
    assert found["Jury"] == (
        f"{call.code}.steps.jury@appels.example", 0, starts, ends + dt.timedelta(days=1),
    )  # fmt: skip


def test_a_title_cannot_write_another_line(call):
    call.title = "Appel ; « données », santé\r\nBEGIN:VALARM " + "é" * 100
    content = agenda.of_call(call, address=PAGE)
    assert b"\nBEGIN:VALARM" not in content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    titles = [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]
    assert titles[0].startswith("Ouverture – Appel ; « données », santé")


def test_anyone_takes_the_calendar_of_a_call_and_the_team_that_of_its_dossier(call):
    owner = a_person()
    draft = actions.start_dossier(call, actor=owner)
    of_call = reverse("call_calendar", args=[call.code])
    of_dossier = reverse("applications:dossier_calendar", args=[draft.ref])
    for client, url in ((client_of(None), of_call), (client_of(owner), of_dossier)):
        response = client.get(url)
        assert (response["Content-Type"], response["Content-Disposition"][:10]) == (
            "text/calendar; charset=utf-8",
            "attachment",
        )
        assert "Clôture" in events(response.content)
    assert client_of(a_person("autre@ailleurs.example")).get(of_dossier).status_code == 404
    assert of_call in client_of(None).get(reverse("call_detail", args=[call.code])).content.decode()
    assert of_dossier in client_of(owner).get(reverse("applications:dossier_list")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_many_queries_for_one_move_as_for_three(call, count, django_assert_num_queries):
    for days in range(1, count + 1):
        call.refresh_from_db()
        later = call.closes_at + dt.timedelta(days=days)
        actor = staff(Role.INSTRUCTOR, email=f"i{days}@hdh.example")
        extend_call(call, closes_at=later, reason="Panne.", actor=actor)
    with django_assert_num_queries(1):
        agenda.of_call(call, address=PAGE)
