"""What `manage.py check --deploy` says of the seal."""

from typing import Any

from django.core.checks import Error

from . import seal


def check_seal(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A deployed portal can seal: its key is there, is readable, and is that of its certificate."""
    problem = seal.problem()
    return [Error(problem, id="documents.E001")] if problem else []
