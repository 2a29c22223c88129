"""Démarches Simplifiées: its GraphQL API, version 2. What it answers is data of somebody else's, checked for its shape
alone; what it says of a dossier is read by `applications.demarches`.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from . import http
from .demarches_queries import MUTATIONS, QUERY
from .http import GatewayError, Unusable

PAGE = 50
"""Dossiers a page. The API cuts at 100 without a word."""
SECONDS, MAX_BYTES = 60, 30_000_000
MOST_PATIENT = dt.timedelta(hours=1)
BAD_REQUEST = "bad_request"
_BUSY = (429, 500, 502, 503, 504)
_SAID = 300


class TryLater(GatewayError):
    """It is overwhelmed (429) or broken (5xx). `wait` is what it asked for, zero when it asked for nothing."""

    def __init__(self, message: str, wait: dt.timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class Rejected(GatewayError):
    """It answered with errors at the root: whatever data came with them is not read. `codes` are theirs."""

    def __init__(self, message: str, codes: frozenset[str]) -> None:
        super().__init__(message)
        self.codes = codes


class FileGone(GatewayError):
    """The address of a file is dead: they live one hour."""


class ActRefused(GatewayError):
    """A mutation was understood, and refused: the message is theirs."""


@dataclass(frozen=True)
class Page:
    """Some nodes of a list. `cursor` is empty when none was given; `at` is the instant on their clock, if they said."""

    nodes: tuple[Mapping[str, Any], ...]
    cursor: str
    has_next: bool
    at: dt.datetime | None


def is_configured() -> bool:
    """Whether the operator gave a token."""
    return bool(settings.DEMARCHES_TOKEN)


def dossiers(demarche: int, *, since: dt.datetime, after: str) -> Page:
    """A page of the dossiers changed since an instant, the oldest change first. Raises GatewayError."""
    return _page("dossiers", demarche, {"updatedSince": _text(since)}, after)


def deleted(demarche: int, *, since: dt.datetime, after: str) -> Page:
    """A page of the dossiers deleted since an instant. Raises GatewayError."""
    return _page("deletedDossiers", demarche, {"deletedSince": _text(since)}, after)


def pending_deleted(demarche: int, *, since: dt.datetime, after: str) -> Page:
    """A page of the dossiers about to be deleted. Raises GatewayError."""
    return _page("pendingDeletedDossiers", demarche, {"deletedSince": _text(since)}, after)


def dossier(number: int) -> Mapping[str, Any]:
    """One dossier, with fresh addresses of its files. Raises GatewayError."""
    data, _ = _ask(QUERY, "oneDossier", {"number": number})
    found = _mapping(data, "dossier")
    if found.get("number") != number:
        raise Unusable(f"{_host()} a répondu un autre dossier que le n° {number}.")
    return found


def act(name: str, given: Mapping[str, Any]) -> None:
    """Carry out one mutation. Raises ActRefused with what they say, GatewayError when it is not known to be done."""
    data, _ = _ask(MUTATIONS, name, {"input": dict(given)})
    errors = _mapping(data, name).get("errors") or []
    if errors:
        raise ActRefused(_messages(errors))


def fetch_file(address: str, into: BinaryIO, *, max_bytes: int) -> None:
    """Write the file at an address that a dossier gave. Raises FileGone, TryLater, GatewayError."""
    response = http.download(address, into, max_bytes=max_bytes, trusted=settings.DEMARCHES_TRUSTED_HOSTS)
    host = urlsplit(address).hostname or ""
    if response.status in _BUSY:
        raise _later(host, response)
    if response.status in (401, 403, 404, 410):
        raise FileGone(f"L’adresse du fichier n’est plus valable ({host}, {response.status}).")
    if response.status != 200:
        raise Unusable(f"{host} a répondu {response.status}.")


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _page(name: str, demarche: int, variables: Mapping[str, Any], after: str) -> Page:
    asked = {"demarche": demarche, "first": PAGE, "after": after or None, **variables}
    data, at = _ask(QUERY, name, asked)
    found = _mapping(_mapping(data, "demarche"), name)
    nodes, info = found.get("nodes"), _mapping(found, "pageInfo")
    cursor, has_next = info.get("endCursor") or "", info.get("hasNextPage")
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise _shapeless(name)
    if not isinstance(cursor, str) or not isinstance(has_next, bool):
        raise _shapeless("pageInfo")
    if has_next and cursor in ("", after):
        raise Unusable(f"{_host()} annonce une suite sans dire où la lire.")
    return Page(tuple(nodes), cursor, has_next, at)


def _ask(query: str, operation: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, Any], dt.datetime | None]:
    """The data of one operation, and the instant on their clock."""
    response = http.fetch(
        settings.DEMARCHES_URL,
        method="POST",
        body=json.dumps({"query": query, "operationName": operation, "variables": variables}).encode(),
        headers={"Authorization": f"Bearer {settings.DEMARCHES_TOKEN}", "Content-Type": "application/json"},
        seconds=SECONDS,
        max_bytes=MAX_BYTES,
        trusted=settings.DEMARCHES_TRUSTED_HOSTS,
    )
    if response.status in _BUSY:
        raise _later(_host(), response)
    if response.status in (401, 403):
        raise Rejected(f"{_host()} refuse le jeton.", frozenset({"unauthorized"}))
    said = http.json_of(response, host=_host())
    if isinstance(said, dict) and said.get("errors"):
        raise Rejected(f"{_host()} refuse la demande : {_messages(said['errors'])}", _codes(said["errors"]))
    if response.status != 200 or not isinstance(said, dict):
        raise Unusable(f"{_host()} a répondu {response.status}, sans donnée.")
    return _mapping(said, "data"), _date(response)


def _host() -> str:
    return urlsplit(settings.DEMARCHES_URL).hostname or ""


def _mapping(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    if not isinstance(found, dict):
        raise _shapeless(name)
    return found


def _shapeless(name: str) -> Unusable:
    return Unusable(f"La réponse de {_host()} n’a pas la forme attendue ({name}).")


def _messages(errors: Any) -> str:
    rows = errors if isinstance(errors, list) else [errors]
    texts = [str(row.get("message", "")) if isinstance(row, dict) else str(row) for row in rows]
    return " ; ".join(filter(None, texts))[:_SAID] or "sans explication"


def _codes(errors: Any) -> frozenset[str]:
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    given = [row.get("extensions") for row in rows]
    return frozenset(str(one.get("code")) for one in given if isinstance(one, dict))


def _date(response: http.Response) -> dt.datetime | None:
    return _moment(response.headers.get("date", ""))


def _moment(text: str) -> dt.datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _later(host: str, response: http.Response) -> TryLater:
    """The wait is in seconds, or a date on their clock; never more than an hour is believed."""
    text, wait = response.headers.get("retry-after", "").strip(), dt.timedelta()
    if text.isascii() and text.isdigit():
        wait = dt.timedelta(seconds=min(int(text[:9]), MOST_PATIENT.total_seconds()))
    elif (until := _moment(text)) and (at := _date(response)):
        wait = until - at
    return TryLater(f"{host} demande d’attendre ({response.status}).", max(dt.timedelta(), min(wait, MOST_PATIENT)))
