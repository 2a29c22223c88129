"""The board of dossiers: what it shows, to whom, in how many queries; its filters, its search and its export."""

import csv
import io

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from applications.models import DossierMember
from evaluation.models import Session
from tests import scenes
from tests.people import a_juror, a_partner, a_person, client_of, staff

from . import staff_rows as rows

BOARD, EXPORT = "admin:applications_dossier_changelist", "admin:applications_dossier_export"


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def refs(user, **query):
    """The references that the board shows, in order."""
    response = client_of(user).get(reverse(BOARD), query)
    return [row["dossier"].ref for row in response.context["cl"].rows]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.INSTRUCTOR, 200),
        (Role.JURY_SECRETARY, 200),
        (Role.GRANT_OFFICER, 200),
        (Role.ACCOUNTING_OFFICER, 200),
        (Role.DATA_STEWARD, 200),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_the_board_opens_to_the_duties_that_read_content(call, role, status):
    client = client_of(staff(role))
    assert [client.get(reverse(name)).status_code for name in (BOARD, EXPORT)] == [status, status]


def test_the_board_is_closed_to_everybody_else(call, instructor):
    people = [None, a_person(), a_juror(), a_partner()]
    clients = [client_of(person) for person in people] + [client_of(instructor, verified=False)]
    assert {client.get(reverse(name)).status_code for client in clients for name in (BOARD, EXPORT)} == {302}


def test_drafts_and_the_person_s_own_dossiers_are_left_out(call, instructor):
    rows.a_row(call, 1, "draft", title="Brouillon secret")
    rows.a_row(call, 2, "withdrawn", submitted_at=None, title="Retiré avant dépôt")
    own = rows.a_row(call, 3)
    DossierMember.objects.create(dossier=own, email=instructor.email, role="reader", invited_at=rows.AT)
    recused = rows.a_row(call, 4, "eligible")
    rows.a_review(recused, "recused", instructor.email)
    shown = rows.a_row(call, 5)
    response = client_of(instructor).get(reverse(BOARD))
    assert [row["dossier"].ref for row in response.context["cl"].rows] == [shown.ref]
    assert [(tile["label"], tile["count"]) for tile in response.context["cl"].tiles] == [
        ("Recevabilité à instruire", 1)
    ]


def test_oldest_first_ended_ones_last_and_every_column(call, instructor):
    rows.a_row(call, 1, title="Repérer <b>tôt</b>")
    for number, state in ((5, "eligible"), (2, "rejected"), (3, "submitted"), (4, "laureate")):
        rows.a_row(call, number, state)
    assert [ref[-1] for ref in refs(instructor)] == ["1", "3", "5", "2", "4"]
    text = rows.text_of(client_of(instructor).get(reverse(BOARD)))
    assert (
        "AMI-DI-2026-0001 Repérer <b>tôt</b> Institut 1 Déposé Recevabilité à instruire Attend : Instruction "
        "PRM-SEIN 98 500,00 € 01/11/2026 11:30" in text.replace(call.dataset_options[0][0], "PRM-SEIN")
    )


def test_filters_by_call_step_and_dataset(call, instructor):
    other = scenes.a_call("AUTRE", closes_in_days=-20)
    Session.objects.create(call=call, opened_at=rows.AT)
    checked, eligible, elsewhere = rows.a_row(call, 1), rows.a_row(call, 2, "eligible"), rows.a_row(other, 3)
    rows.an_opinion(eligible)
    code, absent = (option[0] for option in call.dataset_options[:2])
    found = {
        "call": refs(instructor, appel="AUTRE"),
        "step": refs(instructor, etape="opinions_awaited"),
        "dataset": refs(instructor, base=code),
        "absent": refs(instructor, base=absent),
        "unknown": refs(instructor, etape="nulle-part"),
        "empty": refs(instructor, appel="", base="", q=""),
    }
    assert found == {
        "call": [elsewhere.ref],
        "step": [eligible.ref],
        "dataset": [checked.ref, eligible.ref, elsewhere.ref],
        "absent": [],
        "unknown": [],
        "empty": [checked.ref, eligible.ref, elsewhere.ref],
    }


def test_counts_follow_the_other_filters_and_link_to_the_step(call, instructor):
    other = scenes.a_call("AUTRE", closes_in_days=-20)
    for number in (1, 2):
        rows.a_row(call, number)
    rows.a_row(call, 3, "rejected")
    rows.a_row(other, 4)
    query = {"appel": call.code, "etape": "rejected"}
    tiles = client_of(instructor).get(reverse(BOARD), query).context["cl"].tiles
    assert [(tile["label"], tile["count"], tile["is_chosen"], tile["url"]) for tile in tiles] == [
        ("Recevabilité à instruire", 2, False, f"?appel={call.code}&etape=to_check"),
        ("Non retenu", 1, True, f"?appel={call.code}"),
    ]


@pytest.mark.parametrize(
    "words",
    ["AMI-DI-2026-0001", "chaînage", '"institut 1"', "35600000000048", "porteuse1@labo1", "Dupont", "dupont chaînage"],
)
def test_search_by_reference_title_organisation_siret_and_person(call, instructor, words):
    rows.a_row(call, 1, title="Un chaînage utile", lead_siret="35600000000048", owner="porteuse1@labo1.example")
    rows.somebody("porteuse1@labo1.example").__class__.objects.filter(email="porteuse1@labo1.example").update(
        last_name="Dupont"
    )
    rows.a_row(call, 2)
    assert refs(instructor, q=words) == ["AMI-DI-2026-0001"]


def test_no_other_question_is_put_to_the_database(call, instructor):
    rows.a_row(call)
    response = client_of(instructor).get(reverse(BOARD), {"members__email__startswith": "p"})
    assert response.status_code == 400


def test_there_is_no_page_of_a_row_of_django(call, instructor):
    client = client_of(instructor)
    dossier = rows.a_row(call)
    paths = ["add/", f"{dossier.pk}/change/", f"{dossier.pk}/delete/", f"{dossier.pk}/history/"]
    assert {client.get(reverse(BOARD) + path).status_code for path in paths} == {404}


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_as_many_queries_for_one_as_for_three(call, instructor, count, django_assert_num_queries):
    Session.objects.create(call=call, opened_at=rows.AT)
    for number in range(1, count + 1):
        dossier = rows.a_row(call, number, "eligible")
        rows.an_opinion(dossier, "favourable")
        rows.a_review(dossier)
    client = client_of(instructor)
    client.get(reverse(BOARD))
    # session, account, device, roles; calls and datasets of the filters; counts; number and page; and three prefetches
    with django_assert_num_queries(12):
        client.get(reverse(BOARD))


def test_fifty_rows_a_page(call, instructor):
    for number in range(1, 53):
        rows.a_row(call, number)
    first, second = refs(instructor), refs(instructor, p=2)
    assert (len(first), len(second)) == (50, 2)


def exported(user, **query):
    """The lines of the export, read as a spreadsheet would."""
    response = client_of(user).get(reverse(EXPORT), query)
    return response, list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_holds_the_filtered_rows_and_runs_no_formula(call, instructor):
    rows.a_row(call, 1, title='=HYPERLINK("http://x";"y")', lead_name="@SOMME(A1)", acronym="+1", lead_siret="")
    rows.a_row(call, 2, "laureate")
    response, lines = exported(instructor, etape="to_check")
    assert response["Content-Disposition"].startswith('attachment; filename="dossiers-')
    title = call.dataset_options[0][1]
    assert lines[1:] == [
        [
            "AMI-DI-2026-0001",
            call.code,
            '\'=HYPERLINK("http://x";"y")',
            "'+1",
            "'@SOMME(A1)",
            "",
            "Déposé",
            "Recevabilité à instruire",
            "Instruction",
            title,
            "98500,00",
            "18",
            "01/11/2026 11:30:00",
        ]
    ]


def test_the_export_is_noted_in_the_journal(call, instructor):
    rows.a_row(call)
    exported(instructor, q="projet", appel=call.code)
    event = AuditEvent.objects.get(verb="board.export")
    assert (event.actor, event.data) == (instructor, {"count": 1, "filters": {"q": "projet", "appel": call.code}})


@pytest.mark.parametrize("count", [1, 3])
def test_the_export_asks_as_many_queries_for_one_as_for_three(call, instructor, count, django_assert_num_queries):
    for number in range(1, count + 1):
        rows.an_opinion(rows.a_row(call, number, "eligible"), "favourable")
    client = client_of(instructor)
    # session, account, device, roles; filters; number and page with its prefetches; the rows with theirs; the journal
    with django_assert_num_queries(16):
        client.get(reverse(EXPORT))
