"""The promise of a revision, for any edits of a form and any answers: what was acknowledged can still be read."""

import copy
import itertools

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.carrying import asked
from applications import actions, drafts, former
from applications.models import Answer
from tests import people
from tests.applications import small

OPTIONS = [{"code": "a", "label": "Cancer"}, {"code": "b", "label": "Cœur"}, {"code": "c", "label": "Autre"}]
KINDS = (
    "text",
    "long_text",
    "choice",
    "choices",
    "yes_no",
    "date",
    "amount",
    "integer",
    "declaration",
    "table",
    "person",
)
CELLS = ("text", "amount", "choice", "yes_no")
CODES = ("q1", "q2", "q3", "q4")
WORDS = ["oui", "non", "a", "b", "Cancer", "24", "98 500,50", "31/12/2026", "un\n\ndeux", "texte libre", "🙂 é"]
EXAMPLES = 60 if connection.vendor == "sqlite" else 15  # as in test_nothing_is_lost.py
NUMBERS = itertools.count(1)


@st.composite
def questions(draw, code, kinds=KINDS):
    kind = draw(st.sampled_from(kinds))
    question = {"code": code, "type": kind, "label": f"Question {code}", "required": False}
    if kind in ("choice", "choices"):
        question["options"] = draw(st.lists(st.sampled_from(OPTIONS), min_size=1, unique_by=lambda one: one["code"]))
    if kind == "table":
        columns = draw(st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True))
        question["columns"] = [draw(questions(column, CELLS)) for column in columns]
    return question


@st.composite
def forms(draw):
    """Any order and choice of questions over one or two sections; a code may change its type from one to another."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    asked_now = [draw(questions(code)) for code in codes]
    cut = draw(st.integers(0, len(asked_now) - 1))
    parts = [part for part in (asked_now[:cut], asked_now[cut:]) if part]
    sections = [{"code": f"s{n}", "title": f"Rubrique {n}", "questions": part} for n, part in enumerate(parts)]
    return {"sections": sections}


SAVES = st.tuples(
    st.sampled_from(CODES),
    st.sampled_from(["", "x", "y", "email"]),
    st.sampled_from(WORDS) | st.lists(st.sampled_from("abc")),
)
STEPS = st.lists(SAVES | forms(), min_size=2, max_size=10)


def words_of(text):
    return " ".join(str(text).split())


def save(dossier, rows, step, owner):
    """Type one answer; what was acknowledged, as it is read under the question that was asked."""
    code, column, raw = step
    address = Address(code, rows[code] if column in ("x", "y") else "", column)
    stored = Answer.objects.filter(dossier=dossier, question=code, row=address.row, column=column).first()
    try:
        actions.save_answer(dossier, address, raw, seen_version=stored.version if stored else 0, actor=owner)
    except KeyError:  # no form of this dossier ever asked it: no page could send it
        return None
    dossier.refresh_from_db()
    value = Answer.objects.filter(dossier=dossier, question=code, row=address.row, column=column).values_list("value")
    question = former.question_of(dossier, address)
    return address, words_of(answers.shown(question, value[0][0]) if value else "")


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=forms(), steps=STEPS)
def test_no_acknowledged_answer_is_lost_by_any_revisions(first, steps):
    number = next(NUMBERS)
    owner = people.a_person(f"claire{number}@labo.example")
    call = small.a_small_call(f"PETIT-{number}")
    small.revise(call, copy.deepcopy(first))
    dossier = actions.start_dossier(call, actor=owner)
    lines = {code: dossier.rows.create(question=code, position=1) for code in CODES}
    rows = {code: str(line.row) for code, line in lines.items()}
    said = {}
    for step in steps:
        if isinstance(step, dict):
            small.revise(call, step)
            dossier.refresh_from_db()
        elif acknowledged := save(dossier, rows, step, owner):
            said[acknowledged[0]] = acknowledged[1]
    draft = drafts.load(dossier)
    kept = {words_of(one.text) for one in former.former_answers(dossier, draft).texts}
    for address, text in said.items():
        question = asked(draft.form, address)
        stored = draft.stored.get(address)
        live = words_of(answers.shown(question, stored.value)) if question and stored else ""
        assert text == live or text in kept, (address, text, live, kept)
