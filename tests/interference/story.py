"""The story that secrets are changed in, moment after moment."""

from functools import partial

from . import world
from .crawl import Crawl
from .secrets import Flip
from .still import SOURCE, undone
from .told import Line

STORY = {
    "to_declare": lambda scene: None,
    "to_review": world.declare,
    "reviewed": world.submit,
    "deliberation": world.deliberate,
    "frozen": world.freeze,
    "published": world.publish,
}


def lived_until(scene: world.World, moment: str) -> None:
    """Everything that happens until a moment, itself included."""
    for name, act in STORY.items():
        SOURCE.restart(name)
        act(scene)
        if name == moment:
            return


def changed(scene: world.World, crawl: Crawl, secret: Flip, moment: str) -> set[Line]:
    """Who is answered otherwise, and where, once a secret is changed; the world is then as before."""
    with undone():
        other = crawl.moved(partial(secret, scene))
    return {(secret.__name__, moment, *line) for line in crawl.differences(other)}
