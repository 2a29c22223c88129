"""The queue of what waits for a decision: its order, its filters, the way from one dossier to the next."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from applications.models import Call
from evaluation import actions
from evaluation.models import EligibilityItem, QueueEntry
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import client_of, staff

from . import staff_rows as rows

QUEUE = "admin:staff_queue"


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def placed(dossier, days, awaits="criteria", act="admissibility"):
    """A place in the queue, so many days before silence decides."""
    due_on = rows.AT.date() + dt.timedelta(days=days) if days is not None else None
    return QueueEntry.objects.create(
        dossier=dossier, call=dossier.call, act=act, awaits=awaits, due_on=due_on, since=dossier.submitted_at
    )


def read(user, **query):
    return client_of(user).get(reverse(QUEUE), query)


def refs(response):
    return [row["entry"].dossier.ref[-4:] for row in response.context["rows"]]


def place(dossier):
    entry = QueueEntry.objects.filter(dossier=dossier).first()
    return entry and (entry.act, entry.awaits)


def test_the_queue_follows_each_act_of_a_dossier(call, instructor):
    dossier = evaluation.a_deposit(call)
    said = [place(dossier)]
    for item in scenes.items_to_decide(dossier, "admissibility"):
        actions.decide_criterion(item, decision="met", reason="Vu.", actor=instructor)
    said.append(place(dossier))
    actions.declare_admissible(dossier, actor=instructor)
    said.append(place(dossier))
    Call.objects.update(decisions={"two_people_refusals": True})
    for item in scenes.items_to_decide(dossier, "eligibility"):
        decision = "not_met" if item.criterion.code == "DURATION" else "met"
        actions.decide_criterion(item, decision=decision, reason="Vu.", actor=instructor)
    said.append(place(dossier))
    proposal = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="DURATION").waiting
    actions.confirm_decision(proposal, actor=staff(Role.INSTRUCTOR, email="autre@hdh.example"))
    said.append(place(dossier))
    actions.declare_ineligible(dossier, actor=instructor)
    assert [*said, place(dossier)] == [
        ("admissibility", "criteria"),
        ("admissibility", "declaration"),
        ("eligibility", "criteria"),
        ("eligibility", "confirmation"),
        ("eligibility", "declaration"),
        None,
    ]


def test_the_closest_to_its_silence_comes_first_and_a_call_that_says_nothing_last(call, instructor):
    for number, days in enumerate([9, None, 3, 3], start=1):
        placed(rows.a_row(call, number), days)
    response = read(instructor)
    assert refs(response) == ["0003", "0004", "0001", "0002"]
    assert "L’appel n’en dit rien" in rows.text_of(response)


def test_what_its_team_took_back_or_completes_and_what_one_has_a_part_in_is_not_there(call, instructor):
    for number, state in enumerate(["submitted", "withdrawn", "returned"], start=1):
        placed(rows.a_row(call, number, state), number)
    placed(rows.a_row(call, 4, owner=instructor.email), 4)
    assert refs(read(instructor)) == ["0001"]


def test_the_filters_keep_what_they_say_and_nothing_for_an_unknown_value(call, instructor):
    other = scenes.a_call("AUTRE-2026", closes_in_days=-20)
    placed(rows.a_row(call, 1), 1)
    placed(rows.a_row(call, 2), 2, "declaration", "eligibility")
    placed(rows.a_row(other, 3), 3)
    asked = [{"appel": call.code}, {"acte": "eligibility"}, {"qui": "moi"}, {"qui": "toi"}, {"acte": "x"}]
    assert [refs(read(instructor, **query)) for query in asked] == [["0001", "0002"], ["0002"], ["0002"], [], []]
    assert "Rien n’attend de décision avec ces filtres." in rows.text_of(read(instructor, acte="x"))


def test_what_one_proposed_waits_for_somebody_else(call, instructor):
    dossier, other = evaluation.a_deposit(call), staff(Role.INSTRUCTOR, email="autre@hdh.example")
    Call.objects.update(decisions={"two_people_refusals": True})
    for item in scenes.items_to_decide(dossier, "admissibility"):
        decision = "not_met" if item.criterion.code == "FORMAT" else "met"
        actions.decide_criterion(item, decision=decision, reason="Vu.", actor=instructor)
    assert [refs(read(person, qui="moi")) for person in (instructor, other)] == [[], ["0001"]]


def test_one_key_goes_from_a_dossier_to_the_next_with_the_same_filters(call, instructor):
    first, second = evaluation.a_deposit(call), evaluation.a_deposit(call, "paul@lab.example")
    client, query = client_of(instructor), {"acte": "admissibility"}
    opened = client.get(reverse("admin:staff_instruct", args=[first.ref]), query)
    assert opened["Location"] == reverse("admin:staff_criterion", args=[first.ref, "COMPLETE"]) + "?acte=admissibility"
    page = client.get(opened["Location"])
    link = reverse("admin:staff_following", args=[first.ref]) + "?acte=admissibility"
    assert f'data-key="dossier" aria-keyshortcuts="Alt+Shift+PageDown" href="{link}"' in page.content.decode()
    following = client.get(link)
    assert following["Location"] == reverse("admin:staff_instruct", args=[second.ref]) + "?acte=admissibility"
    last = client.get(reverse("admin:staff_following", args=[second.ref]), query)
    assert last["Location"] == reverse(QUEUE) + "?acte=admissibility"


def test_the_pages_of_the_queue_are_slices(call, instructor):
    for number in range(1, 28):
        placed(rows.a_row(call, number), number)
    first, second = read(instructor), read(instructor, page="2")
    assert (len(refs(first)), refs(second), second.context["later"]) == (25, ["0026", "0027"], "")
    assert read(instructor, page="x").status_code == 404


def test_an_empty_queue_says_what_will_come(instructor):
    assert "Les dossiers déposés viendront ici" in rows.text_of(read(instructor))


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_as_many_queries_for_one_as_for_three(call, instructor, count):
    for number in range(1, count + 1):
        placed(rows.a_row(call, number), number)
    client = client_of(instructor)
    client.get(reverse(QUEUE))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(QUEUE), {"qui": "moi"})
    assert len(queries) == 6  # session, account, device, roles; the slice of the queue; the calls
