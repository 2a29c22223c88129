"""Asks every address of everybody, keeps each answer whole with its queries, and finds what a change makes other."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.client import ClientHandler, RequestFactory

from ami_portal.accounts.models import User
from ami_portal.audit.models import AuditHead
from tests.people import client_of

from .still import SOURCE


@dataclass(frozen=True)
class Answer:
    """All that somebody receives for one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: str
    body: bytes


class Browser:
    """Somebody signed in, who keeps no cookie but the session's, so that each request stands alone."""

    def __init__(self, user: User | None) -> None:
        session = client_of(user).cookies.get("sessionid")
        self._handler = ClientHandler(enforce_csrf_checks=False)
        self._requests = RequestFactory(**{"tests.person": user or AnonymousUser()})
        if user and session:
            self._requests.cookies["sessionid"] = session.value
            self.roles = user.roles  # read once: they are not what changes

    def get(self, url: str) -> Answer:
        """The answer to a GET. What it writes is undone: a reading that is recorded tells nothing to the next."""
        SOURCE.restart(f"GET {url}")
        cache.clear()
        with transaction.atomic():
            answer = _whole(self._handler(self._requests.get(url).environ))
            if url.startswith(JOURNAL):
                answer = replace(answer, body=answer.body.replace(_head_of_the_journal(), b"(head)"))
            transaction.set_rollback(True)
        return answer


JOURNAL = "/admin/audit/auditevent/"


def _head_of_the_journal() -> bytes:
    """The fingerprint of all events, hidden ones included, that the journal's page shows: the one thing said to the
    staff that follows from everything, and from which nothing can be read."""
    return AuditHead.objects.get().sha256.encode()


def _whole(response: HttpResponse) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for close in response._resource_closers:  # `response.close()` would close the database too
        close()
    return Answer(response.status_code, tuple(sorted(response.items())), response.cookies.output(), body)


@dataclass(frozen=True)
class Place:
    """One address of one object, asked for by somebody: who, the name of the address, where."""

    person: str
    name: str
    url: str


@dataclass
class Crawl:
    """What everybody was answered in one state of the world. `found` is a digest of what each query found."""

    browsers: dict[str, Browser]
    answers: dict[Place, Answer] = field(default_factory=dict)
    queries: dict[Place, frozenset[Any]] = field(default_factory=dict)
    found: dict[Any, bytes] = field(default_factory=dict)
    age: int = 0

    def ask(self, places: Iterable[Place]) -> None:
        """Ask each place, and keep its answer and its queries."""
        for place in places:
            with recorded() as asked:
                self.answers[place] = self.browsers[place.person].get(place.url)
            self.queries[place] = frozenset(asked.queries)
            for query in self.queries[place]:
                if query not in self.found:
                    self.found[query] = digest(query)

    def moved(self, act: Callable[[], object], but: Collection[str] = ()) -> "Crawl":
        """The answers once `act` is done: those of which a query finds something else are asked for again, `but` not of
        these people. What is random in `act` is the same in each of two worlds of one age."""
        SOURCE.restart(f"act {self.age}")
        with recorded() as done:
            act()
        tables = {table for sql, _ in done.writes for table in _WRITTEN.findall(sql)}
        now = Crawl(self.browsers, dict(self.answers), dict(self.queries), dict(self.found), self.age + 1)
        read = [query for query in self.found if not tables.isdisjoint(_NAMED.findall(query[0]))]
        now.found |= {query: digest(query) for query in read}
        other = {query for query in read if now.found[query] != self.found[query]}
        now.ask(place for place in self.answers if place.person not in but and self.queries[place] & other)
        return now

    def differences(self, other: "Crawl") -> set[tuple[str, str]]:
        """Who is not answered the same in another state of the world, and at which addresses."""
        return {(place.person, place.name) for place, seen in self.answers.items() if other.answers[place] != seen}


_WRITTEN = re.compile(r'^(?:INSERT INTO|INSERT OR IGNORE INTO|UPDATE|DELETE FROM) "(\w+)"')
_NAMED = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@dataclass
class Recorded:
    """The queries and the writes of a block, with their parameters."""

    queries: list[Any] = field(default_factory=list)
    writes: list[Any] = field(default_factory=list)


@contextmanager
def recorded() -> Iterator[Recorded]:
    """What the database is asked meanwhile."""
    seen = Recorded()

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "WITH")):
            seen.queries.append((sql, tuple(params or ())))
        elif _WRITTEN.match(sql):
            seen.writes.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield seen


def digest(query: Any) -> bytes:
    """A digest of what a query finds now."""
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return blake2b(repr(cursor.fetchall()).encode(), digest_size=16).digest()
