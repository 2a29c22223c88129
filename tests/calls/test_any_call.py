"""Any call that a file can say goes from its publication to a paid convention: nothing of one call is in the code.

The suite walks one large call, drawn alike each time, and reads many. As many new ones as asked are walked with
`CALL_EXAMPLES=200 .venv/bin/python -m pytest -n 2 tests/calls/test_any_call.py`.
"""

import os

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.extra.django import TestCase

from ami_portal.desk import calls
from ami_portal.desk.calls import source
from tests.calls import drawing
from tests.calls.walking import Walk

EXAMPLES = int(os.environ.get("CALL_EXAMPLES", "0"))
QUESTIONS_OF_A_LARGE_FORM = 14
BOUNDED = settings(
    deadline=None,
    derandomize=not EXAMPLES,
    phases=[Phase.explicit, Phase.generate],  # a call made smaller would be walked a thousand times
    suppress_health_check=list(HealthCheck),
)


@given(drawing.calls())
@settings(BOUNDED, max_examples=30)
def test_any_call_is_read_and_written_back(written):
    config = calls.checked(written)
    assert calls.checked(source.read_text(calls.written(config)).value) == config


class TestAnyCall(TestCase):
    """Whatever its form, its money, its grid and its calendar."""

    @given(drawing.calls())
    @settings(BOUNDED, max_examples=EXAMPLES or 1)
    def test_any_call_goes_from_its_file_to_a_paid_convention(self, config):
        asked = sum(len(section["questions"]) for section in config["form"]["sections"])
        assume(EXAMPLES or asked >= QUESTIONS_OF_A_LARGE_FORM)
        Walk(config).walk()
