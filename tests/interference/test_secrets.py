"""One secret changes, and whoever may not know it is answered the same, byte for byte."""

from collections.abc import Iterable
from functools import partial

from . import secrets, told, world
from .addresses import places
from .crawl import Browser, Crawl
from .still import undone
from .story import STORY, changed, lived_until
from .told import Line

PEOPLE = ("visitor", "claire", "paul", "partner", "other_partner", "juror", "recused")
STAFF = ("accounts", "administrator")
OTHERWISE = {
    "who_is_laureate": {"first": world.REJECTED, "second": world.LAUREATE},
    "how_many_laureates": {"second": world.LAUREATE | {"rank": 2}},
    "who_is_on_the_reserve_list": {"second": world.RESERVE},
    "amount_granted": {"first": world.LAUREATE | {"amount": world.OTHER_AMOUNT}},
}
"""Decisions told otherwise than in the story, by the same acts."""
DECIDED = ("deliberation", "frozen", "published")


def test_nobody_learns_what_is_not_theirs(scene):
    """Each secret changed at each moment at which it is there; then the jury decides otherwise."""
    crawl = _asked(scene, PEOPLE)
    assert [place for place, answer in crawl.answers.items() if answer.status >= 500] == []
    found: set[Line] = set()
    others: dict[str, dict[str, Crawl]] = {}
    known = list(secrets.SECRETS)
    for moment, act in STORY.items():
        crawl = crawl.moved(partial(act, scene))
        if moment == "reviewed":
            others = _decided_otherwise(scene, crawl)
        known += secrets.SINCE.get(moment, ())
        if moment == "published":
            known = [secret for secret in known if secret not in secrets.DRAWN]
        for secret in known:
            found |= changed(scene, crawl, secret, moment)
        for name, lives in others.items():
            if moment in lives:
                found |= {(name, moment, *line) for line in crawl.differences(lives[moment])}
    assert told.written(found) == told.written(line for line in told.table() if line[2] not in STAFF)


def test_the_staff_outside_the_session_learn_no_decision_before_its_publication(scene):
    """Whoever pays, and whoever keeps accounts, knows of a jury neither its reviews nor, before time, its results."""
    lived_until(scene, "reviewed")
    crawl = _asked(scene, STAFF)
    found: set[Line] = set()
    for secret in (*secrets.OF_A_REVIEW, secrets.name_of_a_juror, secrets.conflict_declared):
        found |= changed(scene, crawl, secret, "reviewed")
    with undone():
        usual = crawl.moved(partial(_frozen, scene, {}))
    for name in ("who_is_laureate", "how_many_laureates"):
        with undone():
            other = crawl.moved(partial(_frozen, scene, OTHERWISE[name]))
        found |= {(name, "frozen", *line) for line in usual.differences(other)}
    assert told.written(found) == told.written(line for line in told.table() if line[2] in STAFF)


def _frozen(scene: world.World, decisions: dict) -> None:
    world.deliberate(scene, **decisions)
    world.freeze(scene)


def _asked(scene: world.World, people: Iterable[str]) -> Crawl:
    crawl = Crawl({one: Browser(scene.people[one]) for one in people})
    crawl.ask(places(scene, crawl.browsers))
    return crawl


def _decided_otherwise(scene: world.World, crawl: Crawl) -> dict[str, dict[str, Crawl]]:
    """What everybody would be answered at each moment, had the jury decided otherwise; one of these is published."""
    lives = {}
    for name, decisions in OTHERWISE.items():
        lives[name] = {}
        with undone():
            now = crawl
            for moment in DECIDED if name == "who_is_laureate" else DECIDED[:2]:
                act = partial(STORY[moment], scene, **(decisions if moment == "deliberation" else {}))
                lives[name][moment] = now = now.moved(act)
    return lives
