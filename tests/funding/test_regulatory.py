"""The regulatory path (pure): its steps by route, legal delays, what a silence is, when the data would be there."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding import regulatory
from funding.regulatory import LegalDelay, Passage, Pause, Standing, graph_from, last_day, path_on

pytestmark = pytest.mark.once

BLANK = {
    "after": [], "who": "", "event": "", "delay": None, "extension": None, "usual": None, "silence": "", "answers": [],
    "redo": "", "routes": ["short", "full"],
}  # fmt: skip
REFUSAL = {"code": "no", "label": "Refus", "then": "stop", "tacit": False}
CHOICE = {"code": "reserved", "label": "Réservé", "then": "choice", "tacit": False}
SAID = {
    "routes": [
        {"code": "full", "label": "Autorisation", "detail": "", "when": {"question": "linkage", "values": ["snds"]}},
        {"code": "short", "label": "Aucune formalité", "detail": "", "when": None},
    ],
    "kit": [{"code": "protocol", "label": "Protocole type"}],
    "steps": [
        BLANK | {"code": "space", "label": "Espace projet", "after": ["cnil"], "usual": {"count": 2, "unit": "months"}},
        BLANK | {"code": "filed", "label": "Demande déposée", "usual": {"count": 30, "unit": "days"}},
        BLANK
        | {
            "code": "committee", "label": "Comité", "routes": ["full"], "after": ["filed"],
            "delay": {"count": 1, "unit": "months"}, "extension": {"count": 1, "unit": "months"},
            "silence": "Avis réputé favorable, non exprès.", "redo": "filed",
            "answers": [{"code": "yes", "label": "Favorable", "then": "next", "tacit": True}, CHOICE],
        },
        BLANK
        | {
            "code": "cnil", "label": "CNIL", "routes": ["full"], "after": ["committee"],
            "delay": {"count": 2, "unit": "months"}, "answers": [REFUSAL],
        },
    ],
}  # fmt: skip
GRAPH = graph_from(SAID)
DAY = dt.date


def codes(route):
    return [(rule.code, rule.after) for rule in GRAPH.steps(route)]


def test_a_route_keeps_its_steps_in_order_and_looks_through_those_it_passes_over():
    assert codes("full") == [
        ("filed", ()),
        ("committee", ("filed",)),
        ("cnil", ("committee",)),
        ("space", ("cnil",)),
    ]
    assert codes("short") == [("filed", ()), ("space", ("filed",))]
    assert GRAPH.proposed({"linkage": "snds"}) == "full"
    assert GRAPH.proposed({"linkage": ["other", "snds"]}) == "full"
    assert GRAPH.proposed({"linkage": "none"}) == GRAPH.proposed({}) == ""


@pytest.mark.parametrize(
    ("start", "delay", "extra", "end"),
    [
        # 7 working days from Friday 3 April 2026: Easter Monday (the 6th) does not count.
        (DAY(2026, 4, 3), LegalDelay(7, "working_days"), {}, DAY(2026, 4, 15)),
        # A month from 31 January ends on the last day of February, a Saturday: it goes on to Monday.
        (DAY(2026, 1, 31), LegalDelay(1, "months"), {}, DAY(2026, 3, 2)),
        # The same in a leap year: 29 February 2028 is a Tuesday.
        (DAY(2028, 1, 31), LegalDelay(1, "months"), {}, DAY(2028, 2, 29)),
        # Extended by a month from the end of the first.
        (DAY(2026, 6, 10), LegalDelay(1, "months"), {"extension": LegalDelay(1, "months")}, DAY(2026, 8, 10)),
        # Ten days of suspension push a month by ten days.
        (DAY(2026, 6, 1), LegalDelay(1, "months"), {"pauses": [Pause(DAY(2026, 6, 11), DAY(2026, 6, 20))]},
         DAY(2026, 7, 13)),
        # Suspended on two working days of the week.
        (DAY(2026, 6, 1), LegalDelay(3, "working_days"), {"pauses": [Pause(DAY(2026, 6, 2), DAY(2026, 6, 3))]},
         DAY(2026, 6, 8)),
        # A suspension that lasts has not pushed anything yet: the step is said to be suspended instead.
        (DAY(2026, 6, 1), LegalDelay(3, "working_days"), {"pauses": [Pause(DAY(2026, 6, 2))]}, DAY(2026, 6, 4)),
        # A suspension after the end changes nothing.
        (DAY(2026, 6, 1), LegalDelay(3, "working_days"), {"pauses": [Pause(DAY(2026, 7, 2), DAY(2026, 7, 3))]},
         DAY(2026, 6, 4)),
    ],
)  # fmt: skip
def test_a_legal_delay_ends_on_its_day(start, delay, extra, end):
    assert last_day(start, delay, **extra) == end


@settings(max_examples=60, deadline=None)
@given(
    start=st.dates(DAY(2024, 1, 1), DAY(2030, 12, 31)),
    count=st.integers(1, 20),
    unit=st.sampled_from(["working_days", "days", "months"]),
    gap=st.integers(1, 40),
    length=st.integers(1, 40),
)
def test_a_delay_is_never_shorter_for_being_suspended_and_ends_on_a_working_day(start, count, unit, gap, length):
    delay, since = LegalDelay(count, unit), start + dt.timedelta(days=gap)
    plain = last_day(start, delay)
    paused = last_day(start, delay, pauses=[Pause(since, since + dt.timedelta(days=length - 1))])
    assert start < plain <= paused
    assert (plain == paused) or since <= plain
    for day in (plain, paused):
        assert regulatory.is_working_day(day)


def standings(passages, *, today, route="full"):
    path = path_on(GRAPH.steps(route), passages, today=today)
    return [step.standing for step in path.steps], path


def test_a_path_is_forecast_from_its_first_day_to_its_last():
    found, path = standings({}, today=DAY(2026, 3, 2))
    assert found == [Standing.READY, Standing.WAITING, Standing.WAITING, Standing.WAITING]
    # 30 days (1 April), one month (1 May is a holiday: Monday 4), two (Monday 6 July), two (Monday 7 September).
    assert [step.expected_on for step in path.steps] == [
        DAY(2026, 4, 1),
        DAY(2026, 5, 4),
        DAY(2026, 7, 6),
        DAY(2026, 9, 7),
    ]
    assert (path.ends_on, path.is_over) == (DAY(2026, 9, 7), False)
    assert [path.margin(limit) for limit in (DAY(2026, 11, 6), DAY(2026, 11, 7), DAY(2026, 8, 1), None)] == [
        1, 2, -1, None,
    ]  # fmt: skip


FILED = Passage(DAY(2026, 3, 2), DAY(2026, 3, 2))


def test_time_alone_never_authorises():
    passages = {"filed": FILED, "committee": Passage(DAY(2026, 3, 2))}
    found, path = standings(passages, today=DAY(2026, 4, 2))
    assert found[1] == Standing.RUNNING
    assert path.steps[1].due_on == DAY(2026, 4, 2)
    found, path = standings(passages, today=DAY(2026, 12, 1))
    assert found == [Standing.DONE, Standing.SILENT, Standing.WAITING, Standing.WAITING]
    assert not path.is_over
    cnil = {"filed": FILED, "committee": Passage(DAY(2026, 3, 2), DAY(2026, 4, 1), "yes")}
    found, _ = standings(cnil | {"cnil": Passage(DAY(2026, 4, 1))}, today=DAY(2026, 12, 1))
    assert found[2:] == [Standing.LATE, Standing.WAITING]  # the call says nothing of a silence there


def test_an_answer_goes_on_stops_or_leaves_the_applicant_a_choice():
    answered = Passage(DAY(2026, 3, 2), DAY(2026, 4, 1), "reserved")
    found, path = standings({"filed": FILED, "committee": answered}, today=DAY(2026, 4, 2))
    assert found[1:3] == [Standing.CHOICE, Standing.WAITING]
    assert path.ends_on is not None
    chosen = {
        goes_on: Passage(DAY(2026, 3, 2), DAY(2026, 4, 1), "reserved", goes_on=goes_on) for goes_on in (True, False)
    }
    found, _ = standings({"filed": FILED, "committee": chosen[True]}, today=DAY(2026, 4, 2))
    assert found[1:3] == [Standing.DONE, Standing.READY]
    found, path = standings({"filed": FILED, "committee": chosen[False]}, today=DAY(2026, 4, 2))
    assert (found[1], path.ends_on, path.margin(DAY(2027, 1, 1))) == (Standing.STOPPED, None, None)


def test_a_suspended_step_says_so_and_a_path_ends():
    paused = Passage(DAY(2026, 3, 2), pauses=(Pause(DAY(2026, 3, 5)),))
    found, _ = standings({"filed": FILED, "committee": paused}, today=DAY(2027, 3, 2))
    assert found[1] == Standing.PAUSED
    over = {"filed": FILED, "space": Passage(DAY(2026, 3, 3), DAY(2026, 3, 20))}
    found, path = standings(over, today=DAY(2026, 4, 1), route="short")
    assert (found, path.is_over, path.ends_on) == ([Standing.DONE] * 2, True, DAY(2026, 3, 20))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda steps: steps[0].update(after=["nowhere"]), "nowhere n’est pas une étape"),
        (lambda steps: steps[0].update(routes=["other"]), "other n’est pas une voie"),
        (lambda steps: steps[1].update(after=["space"]), "s’attendent en rond"),
        (lambda steps: steps[2].update(redo=""), "un choix sans étape à refaire"),
        (lambda steps: steps[2].update(redo="ailleurs"), "ailleurs n’est pas une étape"),
        (lambda steps: steps[2].update(delay=None), "une prolongation sans délai"),
        (lambda steps: steps[2].update(delay=None), "une réponse tacite sans délai"),
        (lambda steps: [step.update(routes=["full"]) for step in steps], "la voie « short » n’a aucune étape"),
    ],
)
def test_a_graph_that_does_not_hold_is_said(change, words):
    said = SAID | {"steps": [dict(step) for step in SAID["steps"]]}
    assert not list(regulatory.faults(said))
    change(said["steps"])
    assert any(words in found for _, found, _ in regulatory.faults(said))
