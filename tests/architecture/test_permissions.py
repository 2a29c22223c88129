"""Every address of the portal with every role, compared with one table. An address without a row fails.

No browser keeps what is drawn for somebody who is signed in: each answer but to a visitor says `no-store`.

The table (`permissions.txt`) has a line an address: its name, its parameters, the answer to a GET for each person of
PEOPLE, in order: 200, 302 (to the sign-in or to the second factor), 403, 404, 405 (only POST is answered).
"""

from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.people import client_of

from .world import PEOPLE, a_world

TABLE = Path(__file__).with_name("permissions.txt")


def addresses(patterns=None, space=()):
    """The names of all addresses, with their name space."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, (*space, *([pattern.namespace] if pattern.namespace else [])))
        elif isinstance(pattern, URLPattern) and not _is_djangos_catch_all(pattern):
            yield ":".join([*space, pattern.name or str(pattern.pattern)])


def _is_djangos_catch_all(pattern):
    """The admin's own nameless ends: an old form of address sent to `…/change/`, and a final 404."""
    return pattern.name is None and pattern.callback.__module__.startswith("django.")


def rows():
    """Lines of the table: name, parameters, expected answers."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, params, *answers = line.split()
            yield name, params, answers


def test_every_address_has_a_row():
    assert sorted(set(addresses())) == sorted({name for name, _, _ in rows()})


def test_every_address_is_guarded():
    """`@page` on our views; the admin's own are behind PortalAdminSite.has_permission, allauth's are the entrance."""
    bare = [name for name, view in _views() if not hasattr(view, "permission") and not _foreign(name, view)]
    assert bare == []


def _views(patterns=None, space=()):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, (*space, *([pattern.namespace] if pattern.namespace else [])))
        else:
            yield ":".join([*space, pattern.name or str(pattern.pattern)]), pattern.callback


def _foreign(name, view):
    return name.startswith(("account_", "admin:")) or view.__module__.startswith("django.")


def _answer(client, url):
    response = client.get(url)
    if SESSION_KEY in client.session and "no-store" not in response.get("Cache-Control", ""):
        return f"{response.status_code} kept by the browser"
    for close in response._resource_closers:  # a file that is served; `response.close()` would close the database too
        close()
    return str(response.status_code)


@pytest.mark.walk
@pytest.mark.django_db
def test_every_address_answers_each_person_as_the_table_says():
    world = a_world()
    clients = {name: client_of(world.people.get(name)) for name in PEOPLE}
    found, expected = [], []
    for name, params, answers in rows():
        url = reverse(name, kwargs=world.params(params))
        found.append((name, params, *(_answer(clients[person], url) for person in PEOPLE)))
        expected.append((name, params, *answers))
    assert found == expected


@pytest.mark.walk
@pytest.mark.django_db
def test_a_role_without_its_code_opens_nothing_but_the_way_to_the_code():
    """Signed in by password alone, whoever holds a role is sent to the second factor from every address."""
    world = a_world()
    open_names = {"account_logout", "second_factor", "second_factor_enrol", "health"}
    doors = []
    for person in ("instructor", "partner", "juror"):
        client = client_of(world.people[person], verified=False)
        for name, params, _ in rows():
            if name in open_names:
                continue
            response = client.get(reverse(name, kwargs=world.params(params)))
            if response.status_code != 302 or not response["Location"].startswith("/compte/code/"):
                doors.append((person, name, response.status_code))
    assert doors == []
