"""Leaks are planted, one at a time, and each is caught: the harness sees what it must see."""

import pytest

from . import told
from .addresses import places
from .crawl import Browser, Crawl
from .leaks import LEAKS
from .story import changed, lived_until


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.plant.__name__.strip("_"))
def test_a_planted_leak_is_caught(scene, monkeypatch, leak):
    lived_until(scene, leak.moment)
    asked = [place for place in places(scene, [leak.person]) if place.name == leak.name]
    caught = {(leak.secret.__name__, leak.moment, leak.person, leak.name)}
    found = []
    for plant in (lambda patch: None, leak.plant):
        plant(monkeypatch)
        crawl = Crawl({leak.person: Browser(scene.people[leak.person])})
        crawl.ask(asked)
        assert {answer.status for answer in crawl.answers.values()} <= {200, 302, 404}
        found.append(changed(scene, crawl, leak.secret, leak.moment))
    assert found == [set(), caught]
    assert not caught & told.table()
