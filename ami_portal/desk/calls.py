"""A call from its file: read, moved in time when asked, loaded by each room that owns a part of it."""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

import applications.call_config
import datasets.call_config
import evaluation.call_config
import funding.call_config
from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from applications.call_config import ConfigError
from applications.models import Call

FORMAT = 1
_PARTS = {"format", "call", "regulation", "supports", "datasets", "eligibility", "selection", "form"}


def read(path: Path) -> dict[str, Any]:
    """The mapping of a call's file. Raises ConfigError with the line when it is no YAML, or when a part is missing."""
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path.name} : {error}") from error
    if not isinstance(config, dict) or set(config) != _PARTS or config["format"] != FORMAT:
        found = ", ".join(map(str, config)) if isinstance(config, dict) else type(config).__name__
        raise ConfigError(f"{path.name} : trouvé {found} ; attendu : {', '.join(sorted(_PARTS))}, au format {FORMAT}")
    return config


def moved(config: Mapping[str, Any], *, closes_on: dt.date, code: str, title: str | None = None) -> dict[str, Any]:
    """The same call with every date moved by the same number of days, so that it closes on `closes_on`, at its own hour
    on the clock of Paris."""
    result = deepcopy(dict(config))
    call = result["call"]
    call["code"] = code
    call["title"] = title or call["title"]
    days = (closes_on - clock.paris(call["calendar"]["closes_at"]).date()).days
    return _shift(result, dt.timedelta(days=days))


def _shift(value: Any, delta: dt.timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _shift(item, delta) for key, item in value.items()}
    if isinstance(value, list):
        return [_shift(item, delta) for item in value]
    if isinstance(value, dt.datetime):
        local = clock.paris(value).replace(tzinfo=None) + delta
        return local.replace(tzinfo=clock.PARIS)
    if isinstance(value, dt.date):
        return value + delta
    return value


@transaction.atomic
def load(config: Mapping[str, Any], *, actor: User | None = None) -> Call:
    """Create or bring up to date a call and all that its file describes, or raise ConfigError and change nothing."""
    at = clock.now()
    try:
        funding.call_config.check(config)
        plain = _as_json(config)
        plain["call"]["calendar"] |= {
            key: config["call"]["calendar"][key].astimezone(dt.UTC) for key in ("opens_at", "closes_at")
        }
        versions = datasets.call_config.load(plain["datasets"], at=at)
        call = applications.call_config.load(plain, versions, at=at)
        evaluation.call_config.load(plain, call)
    except KeyError as missing:
        raise ConfigError(f"la clé {missing} manque") from missing
    trail.record("call.load", subject=call.code, actor=actor, at=at, form=call.form_revision.sha256)
    return call


def _as_json(value: Any) -> Any:
    """Dates as ISO texts: what the rows keep."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
