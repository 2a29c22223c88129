"""The layout of every page: who sees which entries, at what cost, and what it never holds."""

import re

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string

from ami_portal.accounts.enums import Role
from tests import people

pytestmark = pytest.mark.django_db

QUIET = "/accessibilite/"  # a page that reads no row of its own


def entries(page):
    nav = page[page.index('id="navigation"') : page.index("</nav>", page.index('id="navigation"'))]
    return re.findall(r'class="fr-nav__link"[^>]*>([^<]+)</a>', nav)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("visitor", ["Accueil", "Bases de données"]),
        ("applicant", ["Accueil", "Bases de données", "Mes dossiers", "Mes conventions"]),
        ("juror", ["Accueil", "Bases de données", "Jury", "Mes dossiers", "Mes conventions"]),
        ("partner", ["Accueil", "Bases de données", "Avis", "Mes dossiers", "Mes conventions"]),
        ("staff", ["Accueil", "Bases de données", "Instruction"]),
    ],
)
def test_each_role_sees_its_own_entries(who, expected):
    user = {
        "visitor": lambda: None,
        "applicant": people.a_person,
        "juror": people.a_juror,
        "partner": people.a_partner,
        "staff": lambda: people.staff(Role.INSTRUCTOR),
    }[who]()
    assert entries(people.client_of(user).get(QUIET).content.decode()) == expected


@pytest.mark.parametrize(("who", "count"), [("visitor", 0), ("applicant", 3), ("staff", 4)])
def test_the_layout_reads_the_session_the_person_and_the_roles(who, count, django_assert_num_queries):
    user = {"visitor": lambda: None, "applicant": people.a_person, "staff": lambda: people.staff(Role.INSTRUCTOR)}[
        who
    ]()
    client = people.client_of(user)
    with django_assert_num_queries(count):
        client.get(QUIET)


def test_signing_out_is_a_form_with_its_token():
    page = people.client_of(people.a_person()).get(QUIET).content.decode()
    form = re.search(r'<form method="post" action="/compte/deconnexion/" data-sign-out>.*?</form>', page, re.DOTALL)
    assert form
    assert "csrfmiddlewaretoken" in form[0]


def test_the_page_says_its_language_and_where_it_stands():
    page = people.client_of(None).get(QUIET).content.decode()
    assert '<html lang="fr"' in page
    assert "<title>Accessibilité – Portail des appels – Health Data Hub</title>" in page
    assert page.count("<h1") == 1
    assert 'href="#contenu"' in page
    assert "Accessibilité\u00a0: non conforme" in page
    assert "arianne" not in re.sub(r"<link[^>]*>", "", page)  # no mark of the State, only its type


def test_a_hostile_name_is_shown_as_typed():
    user = people.a_person(first_name="<script>alert(1)</script>", last_name="{{ 7 }}")
    page = people.client_of(user).get(QUIET).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}" in page


@pytest.mark.parametrize(
    "level", [constants.DEBUG, constants.INFO, constants.SUCCESS, constants.WARNING, constants.ERROR]
)
def test_messages_are_alerts(level):
    message = Message(level, "Un <b>message</b>")
    html = render_to_string("components/messages.html", {"messages": [message]})
    tone = "info" if level == constants.DEBUG else message.level_tag
    assert f"fr-alert--{tone} " in html
    assert "&lt;b&gt;message&lt;/b&gt;" in html


def test_the_page_of_a_fault_stands_without_database_nor_context():
    from ami_portal.desk.errors import server_error

    answer = server_error(None)
    assert answer.status_code == 500
    assert "Rien de ce qui avait été enregistré n’est perdu." in answer.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404])
def test_the_pages_of_refusals_stand_without_a_session(status, rf):
    from ami_portal.desk import errors

    view = {400: errors.bad_request, 403: errors.forbidden, 404: errors.not_found}[status]
    answer = view(rf.get("/x"))
    assert answer.status_code == status
    assert "Revenir à l’accueil" in answer.content.decode()
