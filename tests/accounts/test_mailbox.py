"""The local mailbox: on one's own machine only, as typed, with links that can be followed."""

import datetime as dt

import pytest

from ami_portal.notifications import outbox
from tests import people

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 9, 10, 8, 0, tzinfo=dt.UTC)
HOSTILE = "Bonjour <script>alert(1)</script> {{ 7 }}\n\nVoir http://testserver/compte/?a=1&b=2 puis <b>fin</b>."


def a_mail(to="claire@labo.example", title="Un <i>titre</i>", body=HOSTILE):
    return outbox.queue("essai", to=to, subject_ref="", title=title, body=body, at=AT)


def address_of(message):
    return f"/boite-aux-lettres/{message.message_id.strip('<>').removesuffix('@portail')}/"


def test_mails_are_listed_and_read_as_they_would_leave(client):
    message = a_mail()
    listed = client.get("/boite-aux-lettres/").content.decode()
    assert "Un &lt;i&gt;titre&lt;/i&gt;" in listed
    assert address_of(message) in listed
    page = client.get(address_of(message)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}" in page
    assert "<script>alert" not in page
    assert '<a href="http://testserver/compte/?a=1&amp;b=2" rel="nofollow">' in page


def test_one_address_at_a_time(client):
    a_mail(to="claire@labo.example", title="Pour Claire")
    a_mail(to="paul@labo.example", title="Pour Paul")
    page = client.get("/boite-aux-lettres/?a=PAUL@labo.example").content.decode()
    assert ("Pour Paul" in page, "Pour Claire" in page) == (True, False)
    assert (
        "Aucun courriel pour rien@labo.example."
        in client.get("/boite-aux-lettres/?a=rien@labo.example").content.decode()
    )


def test_an_unknown_mail_is_404(client):
    assert client.get("/boite-aux-lettres/inconnu/").status_code == 404


@pytest.mark.parametrize(
    "outside",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_X_REAL_IP": "192.0.2.7"},
    ],
)
def test_it_does_not_exist_for_anybody_elsewhere(client, outside):
    message = a_mail()
    assert client.get("/boite-aux-lettres/", **outside).status_code == 404
    assert client.get(address_of(message), **outside).status_code == 404


def test_it_does_not_exist_where_mails_leave(client, settings):
    settings.LOCAL_MAILBOX = False
    assert client.get("/boite-aux-lettres/").status_code == 404
    assert "/boite-aux-lettres/" not in client.get("/").content.decode()


def test_the_list_takes_as_many_queries_for_one_mail_as_for_three(client, django_assert_num_queries):
    a_mail(title="1")
    with django_assert_num_queries(2):
        client.get("/boite-aux-lettres/")
    a_mail(title="2", to="b@labo.example")
    a_mail(title="3", to="c@labo.example")
    with django_assert_num_queries(2):
        client.get("/boite-aux-lettres/")


def test_it_is_read_without_an_account_and_with_one():
    a_mail()
    assert people.client_of(people.a_person()).get("/boite-aux-lettres/").status_code == 200
