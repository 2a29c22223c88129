"""Fields drawn by the hundred are those that their template draws, whatever is typed in them."""

from dataclasses import replace

import pytest
from django.db import connection
from django.template import Context, Template
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.kernel.text import English
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question
from applications import drafts, field_html, fields
from applications.models import Dossier
from tests import people
from tests.applications import small
from tests.bench import big_form

HOSTILE = ["100 %(row)s % {x}", "</textarea><script>alert(1)</script>", "\ue000\ue001", '" onfocus="x', "é'&amp;<b>"]


def drawn_by_the_template(field, editable):
    return get_template(field_html.FIELD).render({"field": field, "editable": editable})


def fields_of(dossier):
    draft = drafts.load(dossier)
    for section in draft.form.sections:
        for block in fields.blocks_of(section, draft):
            yield from filter(None, [block.field, *block.parts])
            for row in block.rows:
                yield from row.fields


@pytest.mark.parametrize("editable", [True, False])
def test_a_field_is_drawn_as_its_template_draws_it(call, owner, editable):
    dossier = small.a_full_draft(call, owner)
    small.type_in(dossier, "months", "deux ans", actor=owner)  # with a problem
    for code in ("title", "summary"):
        for text in HOSTILE:
            small.type_in(dossier, code, text, actor=owner)
            seen = list(fields_of(dossier))
            assert [str(field_html.draw_field(field, editable=editable)) for field in seen] == [
                drawn_by_the_template(field, editable) for field in seen
            ]
    assert len({field.widget for field in seen}) >= 5


def test_the_same_words_in_two_languages_are_drawn_each_in_its_own():
    french = Question(code="budget", type="choice", label="Budget", options=(("total", "Total"),))
    english = replace(french, label=English("Budget"), options=(("total", English("Total")),))
    assert french == english
    for question in (french, english, french):
        field = fields.Field(Address("budget"), question, "")
        drawn = str(field_html.draw_field(field, editable=True))
        assert drawn == drawn_by_the_template(field, True)
        assert ('lang="en"' in drawn) == (question is english)


def test_the_thousandth_save_of_an_answer_still_says_its_version(call, owner):
    """However it is drawn: « 1 234 » is no version, and the save that sends it would be a conflict with oneself."""
    dossier = small.a_full_draft(call, owner)
    small.type_in(dossier, "months", "deux ans", actor=owner)  # with a problem: drawn by the template
    dossier.answers.update(version=1234)
    seen = {field.address.question: field for field in fields_of(dossier)}
    for code in ("months", "title"):
        drawn = str(field_html.draw_field(seen[code], editable=True))
        assert ('data-version="1234"' in drawn, "1\u202f234" in drawn) == (True, False)
    small.type_in(dossier, "title", "Un autre titre", actor=owner)
    page = people.client_of(owner).get(f"/dossiers/{dossier.ref}/historique/title").content.decode()
    assert 'name="version" value="1235"' in page


@pytest.mark.parametrize("partners", [True, False])
@pytest.mark.parametrize("condition", ["", '{"question": "a\'b", "values": ["%s"]}'])
@pytest.mark.parametrize("is_shown", [True, False])
def test_a_question_is_drawn_as_its_template_draws_it(call, owner, partners, condition, is_shown):
    """Shown to partners or not, hanging on an answer or not, rewritten or not."""
    dossier = small.a_full_draft(call, owner)
    small.type_in(dossier, "title", HOSTILE[0], actor=owner)
    draft = drafts.load(dossier)
    drawn_once = 0
    for section in draft.form.sections:
        page = {"dossier": dossier, "section": replace(section, partners=partners), "editable": True}
        for block in fields.blocks_of(section, draft):
            asked = replace(block.question, partners=not partners)
            shown = replace(block, question=asked, condition=condition, is_shown=is_shown)
            if shown.field is None:
                continue
            drawn_once += 1
            by_template = {**page, "block": shown, "drawn": field_html.draw_field(shown.field, editable=True)}
            context = Context({**page, "block": shown})
            drawn = Template("{% load dossier %}{% draw_block block %}").render(context)
            assert drawn == get_template(field_html.BLOCK).render(by_template)
    assert drawn_once > 5


def test_the_page_of_a_large_dossier_asks_no_more_queries_than_a_small_one(call, owner):
    """120 questions and 5 tables of 40 rows, against one question."""
    counts = []
    client = people.client_of(owner)
    for size in ({"tables": 0, "questions": 1}, {}):
        dossier: Dossier = big_form.a_draft(call, owner, **size)
        url = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": "all"})
        client.get(url)  # keeps how complete it is
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
