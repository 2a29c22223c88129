"""The file of a call as the portal writes it, read again."""

from ami_portal.desk import calls
from ami_portal.desk.calls import source
from ami_portal.kernel import clock
from applications.models import Call


def plan_written_back(call: Call) -> calls.Plan:
    """What loading the file that `dump_call` writes would change."""
    found = source.read_bytes(calls.written(calls.dump(Call.objects.get(pk=call.pk))).encode())
    return calls.plan(calls.checked(found.value, lines=found.lines, problems=found.problems), at=clock.now())
