"""What the layout of every page needs, without a query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """The operator's name and whether mails stay on the local page."""
    return {"operator_name": settings.OPERATOR_NAME, "local_mailbox": settings.LOCAL_MAILBOX}
