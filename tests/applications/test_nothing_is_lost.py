"""No acknowledged answer is lost, none is silently overwritten: thousands of stories, on the real actions.

`DRAFTING_EXAMPLES=10000 .venv/bin/python -m pytest tests/applications/test_nothing_is_lost.py` plays more of them, and
others each time.
"""

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from applications import actions
from applications.enums import MemberRole
from tests import people
from tests.applications import small
from tests.applications.drafting_forms import FIRST, definition
from tests.applications.drafting_machine import BASE, Drafting
from tests.applications.drafting_world import World

ASKED = int(os.environ.get("DRAFTING_EXAMPLES", "0"))
# The acts of a story follow one another, so it says the same of both engines: all stories are played on the one that is
# quicker at it, a sample on the other. What the engines do otherwise, acts at one instant, is in test_concurrency.py.
EXAMPLES = ASKED or (2_000 if connection.vendor == "sqlite" else 120)
PARTS = 4  # so that several processes share them


def play(world, examples, part):
    """Run the machine; without a number asked for, the stories of a part are the same each time."""

    class Here(Drafting):
        pass

    Here.world = world
    played = settings(
        max_examples=examples,
        stateful_step_count=10,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here if ASKED else seed(part)(Here), settings=played)


@pytest.fixture
def world(call, owner):
    small.revise(call, definition(FIRST))
    dossier = actions.start_dossier(call, actor=owner)
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    small.type_in(dossier, "summary", BASE, actor=owner)
    small.type_in(dossier, "title", "Repérer les rechutes", actor=owner)
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    small.type_in(dossier, "costs", "Ingénieur", actor=owner, row=row, column="what")
    return World(dossier, [owner, paul])


@pytest.mark.parametrize("part", range(PARTS))
def test_no_acknowledged_answer_is_lost(world, part):
    play(world, EXAMPLES // PARTS, part)


def test_nor_by_the_address_that_pages_ask(world):
    world.by_address = True
    play(world, max(20, EXAMPLES // 50), PARTS)
