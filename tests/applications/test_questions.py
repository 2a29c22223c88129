"""Questions of visitors: asked by anyone, dealt with once, told to who asked and, once a day, to those who draft."""

import datetime as dt

import pytest
import time_machine

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.actions import tick
from ami_portal.kernel import clock
from ami_portal.kernel.clock import PARIS
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import AnswersDigest, VisitorQuestion
from tests.evaluation.helpers import journal, refusal
from tests.people import a_person, staff

from . import small

MONDAY = dt.datetime(2026, 12, 7, tzinfo=PARIS)


def on(day, hour, minute=0):
    return MONDAY + dt.timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def call(db):
    with time_machine.travel(on(0, 8), tick=False):
        return small.a_small_call()


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


@pytest.fixture
def owner(call):
    return a_person("claire@labo.example")


@pytest.fixture
def draft(call, owner):
    with time_machine.travel(on(0, 9), tick=False):
        return actions.start_dossier(call, actor=owner)


def ask(call, text="Peut-on demander deux bases ?", email=""):
    with time_machine.travel(on(0, 10), tick=False):
        return actions.ask_question(call, text, email=email)


def answer(question, instructor, at=None, answer="Oui."):
    with time_machine.travel(at or on(1, 10), tick=False):
        actions.answer_question(question, wording="Deux bases ?", answer=answer, actor=instructor)


def told(kind="applications.question_dealt_with"):
    return [(mail.to_email, mail.title) for mail in Message.objects.filter(kind=kind).order_by("pk")]


def test_a_question_answered_is_published_and_told_to_who_asked_once(call, instructor):
    question = ask(call, email="Curieux@Ailleurs.example")
    assert (question.ref, question.email) == ("PETIT-2026/question-1", "curieux@ailleurs.example")
    answer(question, instructor)
    question.refresh_from_db()
    assert (question.state, question.question, question.answer, question.email) == (
        "answered", "Deux bases ?", "Oui.", "",
    )  # fmt: skip
    assert told() == [("curieux@ailleurs.example", "PETIT-2026/question-1 – votre question a sa réponse")]
    answer(question, instructor, answer="Oui, trois au plus.")
    assert len(told()) == 1
    assert journal(question.ref) == [
        ("question.ask", "", "waiting"),
        ("question.answer", "waiting", "answered"),
        ("question.answer", "answered", "answered"),
    ]
    assert AuditEvent.objects.last().data["replaced"] == ["Deux bases ?", "Oui."]


def test_a_question_put_aside_says_why(call, instructor):
    question = ask(call, email="curieux@ailleurs.example")
    actions.ignore_question(question, reason="Elle porte sur un dossier.", actor=instructor)
    assert told() == [("curieux@ailleurs.example", "PETIT-2026/question-1 – votre question n’est pas publiée")]
    assert "Elle porte sur un dossier." in Message.objects.get().body
    assert "Action impossible" in refusal(actions.merge_question, question, ask(call, "Autre ?"), actor=instructor)


def test_a_double_is_told_of_the_answer_of_the_other_given_or_to_come(call, instructor):
    first, second, third = (ask(call, f"Question {n} ?", f"p{n}@ailleurs.example") for n in range(3))
    actions.merge_question(second, first, actor=instructor)
    assert told() == []
    answer(first, instructor)
    actions.merge_question(third, first, actor=instructor)
    assert [email for email, _ in told()] == [f"p{n}@ailleurs.example" for n in range(3)]
    assert not VisitorQuestion.objects.exclude(email="").exists()


def test_what_is_refused(call, instructor):
    question, other = ask(call), ask(call, "Autre ?")
    secretary = staff(Role.JURY_SECRETARY)
    merge, ignore = actions.merge_question, actions.ignore_question
    assert "autre question" in refusal(merge, question, question, actor=instructor)
    assert "autre question" in refusal(merge, question, ask(small.a_small_call("AUTRE")), actor=instructor)
    assert "le motif" in refusal(ignore, question, reason=" ", actor=instructor)
    said = {"wording": "Q ?", "answer": "R."}
    for wrong, words in (
        ({"answer": ""}, "la réponse"),
        ({"wording": " "}, "la question"),
        ({"answer": "x" * 8001}, "8000"),
    ):
        assert words in refusal(actions.answer_question, question, **(said | wrong), actor=instructor)
    assert "droit" in refusal(actions.answer_question, question, **said, actor=secretary)
    merge(other, question, actor=instructor)
    assert "rattachées à celle-ci" in refusal(merge, question, ask(call, "Encore ?"), actor=instructor)
    assert "n’aura pas" in refusal(merge, ask(call, "Toujours ?"), other, actor=instructor)
    assert "Action impossible" in refusal(actions.answer_question, other, **said, actor=instructor)


@pytest.mark.parametrize(("text", "email"), [(" ", ""), ("x" * 2001, ""), ("Oui ?", "pas une adresse")])
def test_what_cannot_be_asked(call, text, email):
    with pytest.raises(TransitionRefused):
        ask(call, text, email)


def test_the_same_question_twice_is_one_and_none_is_asked_after_the_closing(call):
    assert ask(call) == ask(call)
    with time_machine.travel(call.closes_at - dt.timedelta(seconds=1), tick=False):
        actions.ask_question(call, "À temps ?")
    with time_machine.travel(call.closes_at, tick=False), pytest.raises(TransitionRefused, match="clos"):
        actions.ask_question(call, "Trop tard ?")
    assert VisitorQuestion.objects.count() == 2


def at(instant):
    """What the clock's minute does; the digests sent by then."""
    with time_machine.travel(instant, tick=False):
        tick(at=clock.now())
    return [email for email, _ in told("applications.answers_published")]


def test_those_who_draft_are_told_once_a_day_at_five(call, draft, owner, instructor):
    first, second = ask(call), ask(call, "Autre ?")
    answer(first, instructor, on(1, 10))
    answer(second, instructor, on(1, 16, 59))
    assert at(on(1, 16, 59)) == []
    for minute in range(3):
        assert at(on(1, 17, minute)) == [owner.email]
    mail = Message.objects.get(kind="applications.answers_published")
    assert f"{call.title} : 2 réponses nouvelles ou modifiées." in mail.body
    assert at(on(2, 17)) == [owner.email]  # nothing new
    answer(ask(call, "Encore ?"), instructor, on(2, 18))
    assert at(on(2, 18, 30)) == [owner.email]
    assert at(on(3, 17)) == [owner.email] * 2


def test_a_clock_that_was_down_tells_the_next_morning_and_never_twice_a_day(call, draft, owner, instructor):
    answer(ask(call), instructor, on(1, 10))
    assert at(on(2, 7, 59)) == []
    assert at(on(2, 8)) == [owner.email]
    answer(ask(call, "Autre ?"), instructor, on(2, 10))
    assert at(on(2, 17)) == [owner.email]
    assert at(on(3, 8)) == [owner.email] * 2


def test_only_those_who_draft_with_an_account_and_wish_it_are_told(call, draft, owner, instructor):
    answer(ask(call), instructor, on(0, 8, 30))  # before the dossier was begun: no news
    assert at(on(0, 17)) == []
    actions.invite_member(draft, "sans-compte@labo.example", "editor", actor=owner)
    reader = a_person("lecteur@labo.example")
    with time_machine.travel(on(0, 18), tick=False):
        actions.invite_member(draft, reader.email, "reader", actor=owner)
        other = a_person("paul@labo.example")
        withdrawn = actions.start_dossier(call, actor=other)
        actions.withdraw_dossier(withdrawn, actor=other)
        actions.choose_digests(wanted=False, actor=reader)
    answer(ask(call, "Autre ?"), instructor, on(1, 10))
    assert at(on(1, 17)) == [owner.email]
    with time_machine.travel(on(1, 18), tick=False):
        for _ in range(2):
            actions.choose_digests(wanted=True, actor=reader)
    assert at(on(2, 17)) == [owner.email]  # what came meanwhile is no news
    answer(ask(call, "Encore ?"), instructor, on(3, 10))
    assert sorted(at(on(3, 17))) == sorted([owner.email, owner.email, reader.email])


def test_one_mail_for_two_calls(call, draft, owner, instructor):
    with time_machine.travel(on(0, 9), tick=False):
        other = small.a_small_call("AUTRE")
        actions.start_dossier(other, actor=owner)
    answer(ask(call), instructor)
    answer(ask(other), instructor)
    assert at(on(1, 17)) == [owner.email]
    assert Message.objects.get(kind="applications.answers_published").body.count("1 réponse nouvelle ou modifiée.") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_quiet_minute_asks_as_many_queries_for_one_as_for_three(call, instructor, count, django_assert_num_queries):
    for number in range(count):
        with time_machine.travel(on(0, 9), tick=False):
            actions.start_dossier(call, actor=a_person(f"p{number}@labo.example"))
    answer(ask(call), instructor, on(1, 10))
    assert len(at(on(1, 17))) == AnswersDigest.objects.count() == count
    with time_machine.travel(on(1, 17, 1), tick=False), django_assert_num_queries(2):
        actions.send_digests(at=clock.now())
