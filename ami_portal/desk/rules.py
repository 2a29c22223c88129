"""Who sees a call: everybody, once it is published or open."""

from typing import Any

from django.db.models import QuerySet

from applications.models import Call
from applications.rules import calls_public


def calls_visible_to(user: Any) -> QuerySet[Call]:
    """Every public list and page of calls starts here, the same for everybody."""
    return calls_public()
