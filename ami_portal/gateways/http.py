"""One request to an outside service, under limits of time, size and place: its answers are hostile until read."""

import contextlib
import ipaddress
import json
import socket
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.response import BaseHTTPResponse

CHUNK = 65_536
_REDIRECTS = range(300, 400)
_BROKEN = (HTTPError, HTTPException, OSError, ValueError)


class GatewayError(Exception):
    """An outside service gave nothing usable. The message is a French sentence that names the service's host."""


class Unreachable(GatewayError):
    """No answer, or not in time: asking again later may do."""


class Refused(GatewayError):
    """We would not go there: another scheme than HTTPS, an address of the inside network, a redirection."""


class Unusable(GatewayError):
    """It answered what cannot be read: too large, cut short, not JSON."""


@dataclass(frozen=True)
class Response:
    """What a service answered, whatever its status. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(default=b"", repr=False)


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 10,
    max_bytes: int = 1_000_000,
    trusted: Collection[str] = (),
) -> Response:
    """The answer at `url`, read whole. `seconds` is for all of it, `max_bytes` for its body.

    Redirections are never followed. Only HTTPS at public addresses is asked, unless the host is in `trusted`: those
    that the operator wrote in the settings. Raises Unreachable, Refused or Unusable.
    """
    with _Answer(url, method, body, headers or {}, seconds, trusted) as answer:
        content = b"".join(answer.chunks(max_bytes))
        return Response(answer.status, answer.headers, content)


def download(
    url: str,
    into: BinaryIO,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 120,
    max_bytes: int,
    trusted: Collection[str] = (),
) -> Response:
    """As `fetch`, with the body written to `into` piece by piece; the response holds none."""
    with _Answer(url, "GET", None, headers or {}, seconds, trusted) as answer:
        for chunk in answer.chunks(max_bytes):
            into.write(chunk)
        return Response(answer.status, answer.headers)


def json_of(response: Response, *, host: str) -> Any:
    """The body as JSON, numbers with a point as text so that no amount loses a cent. Raises Unusable."""
    try:
        return json.loads(response.content, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{host} a répondu autre chose que du JSON.") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


class _Answer:
    """An open answer. A timer cuts the connection at the end of the delay: a service that gives one byte a second would
    never pass the time-out of a single read."""

    def __init__(
        self,
        url: str,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
        trusted: Collection[str],
    ) -> None:
        self.parts = urlsplit(url)
        self.host = self.parts.hostname or ""
        self.connection = _connection(self.parts, self.host, trusted, seconds)
        self.request = (method, body, {"Host": self.parts.netloc, "Accept-Encoding": "identity", **headers})
        self.sock: socket.socket | None = None
        self.response: BaseHTTPResponse | None = None
        self.is_late = False
        self.timer = threading.Timer(seconds, self._cut)
        self.timer.daemon = True

    def __enter__(self) -> "_Answer":
        method, body, headers = self.request
        path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
        self.timer.start()
        try:
            self.connection.connect()
            self.sock = self.connection.sock  # the connection forgets it as soon as the peer says that it will close
            self.connection.request(
                method, path, body=body, headers=headers, preload_content=False, decode_content=False
            )
            self.response = self.connection.getresponse()
        except _BROKEN as error:
            self.__exit__()
            raise self._failure(error) from error
        self.status = self.response.status
        self.headers = {name.lower(): value for name, value in self.response.headers.items()}
        if self.status in _REDIRECTS:
            self.__exit__()
            raise Refused(f"{self.host} renvoie vers une autre adresse : elle n’est pas suivie.")
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        if self.response is not None:
            self.response.close()
        self.connection.close()

    def chunks(self, max_bytes: int) -> Iterator[bytes]:
        size = 0
        try:
            while self.response is not None and (chunk := self.response.read1(CHUNK)):
                size += len(chunk)
                if size > max_bytes:
                    raise Unusable(f"La réponse de {self.host} dépasse {max_bytes} octets.")
                yield chunk
        except _BROKEN as error:
            raise self._failure(error) from error
        if self.is_late:
            raise self._failure(TimeoutError())

    def _cut(self) -> None:
        self.is_late = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def _failure(self, error: Exception) -> GatewayError:
        if isinstance(error, SSLError):
            return Refused(f"Le certificat de {self.host} n’est pas valable.")
        late = self.is_late or isinstance(error, TimeoutError)
        return Unreachable(f"{self.host} {'n’a pas répondu à temps' if late else 'ne répond pas'}.")


def _connection(
    parts: SplitResult, host: str, trusted: Collection[str], seconds: float
) -> HTTPConnection | HTTPSConnection:
    """A connection to an address that was checked: the name is resolved once, so that it cannot change its mind."""
    is_trusted = host in trusted
    try:
        port = parts.port
    except ValueError as error:
        raise Refused(f"L’adresse de {host} n’est pas valable.") from error
    if (
        not host
        or parts.username is not None
        or not (parts.scheme == "https" or (parts.scheme == "http" and is_trusted))
    ):
        raise Refused(f"L’adresse donnée n’est pas une adresse HTTPS ({host or 'sans hôte'}).")
    address = _address(host, port or 443, is_trusted)
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    return HTTPSConnection(
        address, port, timeout=seconds, cert_reqs="CERT_REQUIRED", server_hostname=host, assert_hostname=host
    )


def _address(host: str, port: int, is_trusted: bool) -> str:
    addresses = [host] if _is_address(host) else _resolved(host, port)
    if not is_trusted and not all(ipaddress.ip_address(one.split("%")[0]).is_global for one in addresses):
        raise Refused(f"{host} est une adresse du réseau intérieur.")
    return addresses[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} est introuvable.") from error
    return [str(entry[4][0]) for entry in found]
