"""The page where anyone asks a question, floods included; the staff's queue; what everybody reads of it."""

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.kernel import clock
from applications import actions
from applications.models import DigestRefusal, VisitorQuestion
from tests.applications import small
from tests.people import a_person, client_of, staff

from .staff_rows import text_of

HOSTILE = "Et <script>alert(1)</script> ?"


@pytest.fixture(autouse=True)
def _no_flood_before():
    cache.clear()


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def url(call):
    return reverse("call_ask", args=[call.code])


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def page_of(call):
    return client_of(None).get(reverse("call_detail", args=[call.code])).content.decode()


def one(question):
    return reverse("admin:staff_question", args=[question.call.code, question.number])


def test_a_visitor_asks_without_an_account_and_nothing_is_public_before_the_answer(call, url, instructor):
    visitor = client_of(None)
    response = visitor.post(url, {"question": HOSTILE, "email": "a@ailleurs.example"}, follow=True)
    assert "Votre question est reçue" in text_of(response)
    question = VisitorQuestion.objects.get()
    assert (question.asked, question.email) == (HOSTILE, "a@ailleurs.example")
    assert "alert(1)" not in page_of(call)
    actions.answer_question(question, wording=HOSTILE, answer="<b>Oui</b>", actor=instructor)
    shown = page_of(call)
    assert "Et &lt;script&gt;alert(1)&lt;/script&gt; ?" in shown
    assert "<p>&lt;b&gt;Oui&lt;/b&gt;</p>" in shown
    assert "a@ailleurs.example" not in shown


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_not_heard(url):
    response = client_of(None).post(url, {"question": "Achetez", "website": "http://pub.example"}, follow=True)
    assert "Votre question est reçue" in text_of(response)
    assert not VisitorQuestion.objects.exists()


def test_too_many_questions_from_one_address_wait_an_hour_and_keep_their_text(call, url):
    visitor = client_of(None)
    answers = [visitor.post(url, {"question": f"Question {number} ?"}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Question 5 ?" in answers[-1].content.decode()
    assert VisitorQuestion.objects.count() == 5
    other = client_of(None)
    assert other.post(url, {"question": "Une autre ?"}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_many_addresses_do_not_flood_a_call_either(url, monkeypatch):
    monkeypatch.setattr("ami_portal.desk.questions.FOR_ALL", 2)
    codes = [
        client_of(None).post(url, {"question": f"Q {number} ?"}, REMOTE_ADDR=f"192.0.2.{number}").status_code
        for number in range(3)
    ]
    assert codes == [302, 302, 429]


@pytest.mark.parametrize("typed", [{"question": ""}, {"question": HOSTILE, "email": "pas une adresse"}])
def test_what_is_wrong_stays_as_typed(url, typed):
    response = client_of(None).post(url, typed)
    assert response.status_code == 422
    if typed["question"]:
        assert "Et &lt;script&gt;alert(1)&lt;/script&gt; ?" in response.content.decode()


def test_after_the_closing_no_question_is_asked_and_its_text_is_kept(call, url):
    with time_machine.travel(call.closes_at, tick=False):
        assert "ne sont plus reçues" in text_of(client_of(None).get(url))
        response = client_of(None).post(url, {"question": HOSTILE})
        assert "Poser une question" not in page_of(call)
    assert response.status_code == 422
    assert "Et &lt;script&gt;" in response.content.decode()
    assert not VisitorQuestion.objects.exists()


def test_the_instructor_answers_for_all_from_the_queue(call, instructor):
    question = actions.ask_question(call, "Deux bases ?")
    client = client_of(instructor)
    duties = client.get(reverse("admin:index")).context["todo"].duties
    assert [(tile.label, tile.count) for tile in duties] == [("Questions du public", 1)]
    assert "Deux bases ?" in text_of(client.get(reverse("admin:staff_questions")))
    client.post(one(question), {"act": "answer", "wording": "Peut-on demander deux bases ?", "answer": "Oui."})
    assert "Peut-on demander deux bases ?" in page_of(call)
    assert client.get(reverse("admin:index")).context["todo"].duties == []
    assert "Corriger la réponse publiée" in text_of(client.get(one(question)))


def test_the_instructor_puts_aside_and_merges(call, instructor):
    first, second, third = (actions.ask_question(call, f"Question {number} ?") for number in range(3))
    client = client_of(instructor)
    client.post(one(first), {"act": "ignore", "reason": "Hors sujet."})
    client.post(one(second), {"act": "merge", "other": third.number})
    states = VisitorQuestion.objects.order_by("number").values_list("state", "reason", "duplicate_of")
    assert list(states) == [("ignored", "Hors sujet.", None), ("merged", "", third.pk), ("waiting", "", None)]
    assert "Question 1 ?" in text_of(client.get(one(third)))


@pytest.mark.parametrize(
    "typed",
    [
        {"act": "answer", "wording": "", "answer": HOSTILE},
        {"act": "ignore", "reason": ""},
        {"act": "merge", "other": "99"},
    ],
)
def test_a_wrong_act_changes_nothing_and_keeps_what_was_typed(call, instructor, typed):
    question = actions.ask_question(call, "Deux bases ?")
    response = client_of(instructor).post(one(question), typed)
    assert response.status_code == 422
    if "answer" in typed:
        assert "Et &lt;script&gt;" in response.content.decode()
    assert VisitorQuestion.objects.get().state == "waiting"


def test_an_act_that_does_not_exist_is_a_404(call, instructor):
    assert client_of(instructor).post(one(actions.ask_question(call, "Q ?")), {"act": "x"}).status_code == 404


def test_one_chooses_whether_to_be_told_on_one_s_own_page(db):
    person = a_person()
    client = client_of(person)
    choose, home = reverse("choose_digests"), reverse("account_home")
    assert "Ne plus recevoir" in text_of(client.get(home))
    client.post(choose, {"recevoir": "non"})
    assert list(DigestRefusal.objects.values_list("reader", flat=True)) == [person.pk]
    assert "Recevoir ces courriels" in text_of(client.get(home))
    client.post(choose, {"recevoir": "oui"})
    assert not DigestRefusal.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_as_many_queries_for_one_as_for_three(call, instructor, number, django_assert_num_queries):
    for one_of in range(number):
        question = actions.ask_question(call, f"Question {one_of} ?")
        actions.answer_question(question, wording="Q ?", answer=f"{clock.today()}", actor=instructor)
        actions.ask_question(call, f"Encore {one_of} ?")
    client = client_of(instructor)
    with django_assert_num_queries(6):
        client.get(reverse("admin:staff_questions"))
    with django_assert_num_queries(9):
        client_of(None).get(reverse("call_detail", args=[call.code]))
