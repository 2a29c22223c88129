"""The call, the people and the draft that most tests of this room stand on."""

import pytest

from applications import actions
from applications.enums import MemberRole
from tests import people
from tests.applications import small


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def owner(db):
    return people.a_person("claire@labo.example")


@pytest.fixture
def dossier(call, owner):
    """A draft in which nothing is written."""
    return actions.start_dossier(call, actor=owner)


@pytest.fixture
def desk(live_server, chromium):
    """Give each person a browser of their own: `desk(user)` opens a page where they are signed in."""
    contexts = []

    def open_for(user, **options):
        context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        contexts.append(context)
        sign_in(context, user)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console", lambda message: page.faults.append(message.text) if "Content Security" in message.text else None
        )
        return page

    def sign_in(context, user):
        cookie = people.client_of(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    open_for.sign_in = sign_in
    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def draft(transactional_db):
    call = small.a_small_call()
    owner = people.a_person("claire@labo.example")
    colleague = people.a_person("paul@labo.example")
    dossier = actions.start_dossier(call, actor=owner)
    actions.invite_member(dossier, colleague.email, MemberRole.EDITOR, actor=owner)
    dossier.owner, dossier.colleague = owner, colleague
    return dossier
