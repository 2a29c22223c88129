"""What several tests of actions ask: the refusal of an act, the journal of a subject."""

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.workflow import TransitionRefused


def refusal(act, *args, **kwargs) -> str:
    """The sentence of a refused act. Nothing may have been written to the journal."""
    before = AuditEvent.objects.count()
    with pytest.raises(TransitionRefused) as refused:
        act(*args, **kwargs)
    assert AuditEvent.objects.count() == before
    return str(refused.value)


def journal(subject: str, prefix: str = "") -> list[tuple[str, str, str]]:
    """Verb, state before and after, of each event of a subject whose verb begins so, in order."""
    events = AuditEvent.objects.filter(subject=subject, verb__startswith=prefix).order_by("number")
    return list(events.values_list("verb", "before", "after"))


def download(client, url: str) -> bytes:
    """The bytes that an address sends as an attachment, by the rules of `documents.store`."""
    response = client.get(url)
    assert (response.status_code, response["X-Content-Type-Options"]) == (200, "nosniff")
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)
