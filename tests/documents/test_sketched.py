"""The sketch that stands for a drawing in the tests that do not read it."""

import inspect

from tests import sketched


def test_a_sketch_takes_what_the_drawing_takes():
    assert inspect.signature(sketched.sketch) == inspect.signature(sketched.DRAWN)
