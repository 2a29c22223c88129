"""The page of a call's jury, from its opening to the publication, each act with its trace."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from applications.models import Dossier, DossierMember
from evaluation.models import Decision, Letter, Session
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import a_juror, a_partner, client_of

from . import staff_rows as rows

PAGES = ["staff_jury", "staff_jury_close", "staff_jury_freeze", "staff_jury_publish"]
POSTS = ["staff_jury_open", "staff_jury_decide"]


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def secretary(db):
    return evaluation.secretary()


def url(name, call):
    return reverse(f"admin:{name}", args=[call.code])


def page(user, call, name="staff_jury"):
    return client_of(user).get(url(name, call))


def send(user, call, name, **data):
    return client_of(user).post(url(name, call), data, follow=True)


def test_each_page_opens_to_its_duties(call, secretary):
    evaluation.a_session(call)
    roles = [Role.INSTRUCTOR, Role.GRANT_OFFICER, Role.ACCOUNTING_OFFICER, Role.DATA_STEWARD, Role.ADMINISTRATOR]
    found = {role: [page(evaluation.officer(role), call, name).status_code for name in PAGES] for role in roles}
    found[Role.JURY_SECRETARY] = [page(secretary, call, name).status_code for name in PAGES]
    assert found == {
        Role.JURY_SECRETARY: [200, 200, 200, 200],
        Role.INSTRUCTOR: [200, 403, 403, 403],
        Role.GRANT_OFFICER: [404] * 4,
        Role.ACCOUNTING_OFFICER: [404] * 4,
        Role.DATA_STEWARD: [404] * 4,
        Role.ADMINISTRATOR: [404] * 4,
    }


def test_outside_the_staff_it_is_closed(call, secretary):
    evaluation.a_session(call)
    clients = [client_of(person) for person in (None, a_juror(), a_partner())] + [client_of(secretary, verified=False)]
    assert {client.get(url(name, call)).status_code for client in clients for name in PAGES} == {302}


def test_an_unknown_call_and_a_jury_that_is_not_open(call, secretary):
    client = client_of(secretary)
    assert client.get(reverse("admin:staff_jury", args=["INCONNU"])).status_code == 404
    assert [client.get(url(name, call)).status_code for name in PAGES] == [200, 404, 404, 404]
    assert [client.get(url(name, call)).status_code for name in POSTS] == [405, 405]


def test_the_jury_opens_after_the_closing_only(call, secretary):
    opened = scenes.a_call("OUVERT", closes_in_days=5)
    assert "Elle s’ouvre après la clôture" in rows.text_of(page(secretary, opened))
    assert "L’appel est encore ouvert" in rows.text_of(send(secretary, opened, "staff_jury_open"))
    said = rows.text_of(send(secretary, call, "staff_jury_open"))
    assert "La séance du jury est ouverte" in said
    assert AuditEvent.objects.get(verb="session.open").actor == secretary
    assert list(Session.objects.values_list("call__code", "state")) == [(call.code, "scoring")]


def test_progress_by_juror_and_the_ranking_side_by_side(call, secretary):
    first = evaluation.ready_for_jury(call)
    second = evaluation.ready_for_jury(call, "paul@lab.example", title="Autre projet")
    evaluation.a_submitted_review(first, "a@univ-a.example", mark=5)
    evaluation.a_submitted_review(first, "b@univ-b.example", mark=3)
    evaluation.a_draft_review(second, "a@univ-a.example")
    context = page(secretary, call).context
    assert [(row["juror"].email, row["submitted"], row["expected"]) for row in context["load"]] == [
        ("a@univ-a.example", 1, 2),
        ("b@univ-b.example", 1, 1),
    ]
    table = [(line["row"].dossier.ref, [cell.text for cell in line["cells"]]) for line in context["rows"]]
    assert table == [(first.ref, ["100,00", "60,00"]), (second.ref, ["en cours", ""])]
    assert "Classement provisoire" in rows.text_of(page(secretary, call))


def test_closing_says_what_will_be_lost_then_closes(call, secretary):
    dossier = evaluation.ready_for_jury(call)
    evaluation.a_submitted_review(dossier)
    evaluation.a_draft_review(dossier, "b@univ-b.example")
    said = rows.text_of(page(secretary, call, "staff_jury_close"))
    assert "1 évaluation non remise sera perdue." in said
    send(secretary, call, "staff_jury_close")
    assert Session.objects.get().state == "deliberation"
    assert AuditEvent.objects.get(verb="session.close_scoring").actor == secretary
    again = page(secretary, call, "staff_jury_close")
    assert again.context["confirmation"].obstacles == ("L’état est « Délibération ».",)


def test_decisions_are_proposed_in_the_order_of_the_ranking(call, secretary):
    _, first, second = evaluation.two_judged(call)
    verdicts = page(secretary, call).context["verdicts"]
    asked = min(first.amount_requested, call.max_grant)
    assert [(row.dossier.ref, form["rank"].value(), form["amount"].value()) for row, form in verdicts] == [
        (first.ref, 1, asked),
        (second.ref, 2, min(second.amount_requested, call.max_grant)),
    ]
    assert "verdicts" not in page(evaluation.instructor(), call).context


def typed(dossier, outcome, rank, amount="", reason=""):
    values = {"outcome": outcome, "rank": rank, "amount": amount, "reason": reason}
    return {f"{dossier.ref}-{name}": value for name, value in values.items()}


def test_decisions_are_recorded_together_each_with_its_trace(call, secretary):
    _, first, second = evaluation.two_judged(call)
    sent = typed(first, "laureate", 1, "90 000,50 €") | typed(second, "rejected", 2, "12", "Trop <b>tôt</b>.")
    assert "2 décisions enregistrées." in rows.text_of(send(secretary, call, "staff_jury_decide", **sent))
    found = Decision.objects.order_by("rank").values_list("dossier__ref", "outcome", "rank", "amount", "reason")
    assert list(found) == [
        (first.ref, "laureate", 1, Decimal("90000.50"), ""),
        (second.ref, "rejected", 2, None, "Trop <b>tôt</b>."),
    ]
    again = rows.text_of(send(secretary, call, "staff_jury_decide", **sent))
    assert "Aucune décision n’a changé." in again
    assert AuditEvent.objects.filter(verb="decision.record", actor=secretary).count() == 2


def test_a_row_that_is_refused_stays_as_typed_and_the_others_are_kept(call, secretary):
    _, first, second = evaluation.two_judged(call)
    sent = typed(first, "laureate", 1, "900000") | typed(second, "rejected", 2, "", "Trop tôt.")
    response = send(secretary, call, "staff_jury_decide", **sent)
    text = rows.text_of(response)
    assert (response.status_code, "1 décision enregistrée." in text) == (422, True)
    assert f"{first.ref} : Le montant dépasse le maximum de l’appel" in text
    assert 'value="900000"' in response.content.decode()
    assert list(Decision.objects.values_list("dossier__ref", flat=True)) == [second.ref]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (("laureate", "", "1000", ""), "Donnez un rang."),
        (("laureate", 1, "", ""), "Donnez le montant accordé."),
        (("laureate", 1, "beaucoup", ""), "Écrivez un montant en euros"),
        (("rejected", 1, "", ""), "Motivez le refus"),
        (("reserve", 0, "", ""), "supérieure ou égale à 1"),
    ],
)
def test_each_outcome_with_what_it_needs(call, secretary, sent, said):
    _, first, _ = evaluation.two_judged(call)
    response = send(secretary, call, "staff_jury_decide", **typed(first, *sent))
    assert (response.status_code, said in rows.text_of(response)) == (422, True)
    assert not Decision.objects.exists()


def test_freezing_waits_for_every_decision(call, secretary):
    session, first, second = evaluation.two_judged(call)
    evaluation.decide(session, first)
    said = page(secretary, call, "staff_jury_freeze").context["confirmation"]
    assert said.obstacles == (f"Décision à enregistrer : {second.ref}",)
    send(secretary, call, "staff_jury_freeze")
    assert Session.objects.get().state == "deliberation"
    evaluation.decide(session, second, **evaluation.REJECTED)
    assert page(secretary, call, "staff_jury_freeze").context["confirmation"].obstacles == ()
    send(secretary, call, "staff_jury_freeze")
    assert Session.objects.get().state == "frozen"


def test_publication_waits_for_the_letters_then_happens_for_all(call, secretary):
    _, first, second = evaluation.frozen(call)
    early = page(secretary, call, "staff_jury_publish").context["confirmation"]
    assert early.obstacles == tuple(f"Lettre pas encore prête : {ref}" for ref in (first.ref, second.ref))
    assert "Lettres prêtes : 0 sur 2." in rows.text_of(page(secretary, call))
    scenes.run_jobs()
    ready = page(secretary, call, "staff_jury_publish")
    assert (ready.context["confirmation"].obstacles, "(personnes : 2)" in rows.text_of(ready)) == (
        (),
        True,
    )
    assert reverse("admin:staff_letter", args=[first.ref]) in page(secretary, call).content.decode()
    said = rows.text_of(send(secretary, call, "staff_jury_publish"))
    assert "Les résultats sont publiés." in said
    assert set(Dossier.objects.values_list("ref", "state")) == {(first.ref, "laureate"), (second.ref, "rejected")}
    assert Letter.objects.filter(released_at=None).count() == 0
    assert AuditEvent.objects.get(verb="session.publish").actor == secretary


def test_a_dossier_that_the_person_has_a_part_in_is_not_shown_nor_decided(call, secretary):
    _, first, second = evaluation.two_judged(call)
    DossierMember.objects.create(dossier=second, email=secretary.email, role="reader", invited_at=rows.AT)
    response = page(secretary, call)
    assert [line["row"].dossier.ref for line in response.context["rows"]] == [first.ref]
    assert (second.ref in response.content.decode(), response.context["hidden"]) == (False, 1)
    send(secretary, call, "staff_jury_decide", **typed(second, "rejected", 2, "", "Non."))
    assert not Decision.objects.exists()


def test_the_person_s_own_result_is_not_said_before_the_publication(call, secretary):
    _, first, second = evaluation.frozen(call)
    scenes.run_jobs()
    DossierMember.objects.create(dossier=first, email=secretary.email, role="reader", invited_at=rows.AT)
    texts = [page(secretary, call, name) for name in ("staff_jury", "staff_jury_publish")]
    shown = [[ref for ref in (first.ref, second.ref) if ref in response.content.decode()] for response in texts]
    assert shown == [[second.ref], [second.ref]]
    assert "Lauréat : 0" in rows.text_of(texts[1])
    assert "Lauréats 0" in rows.text_of(texts[0])


def test_the_page_asks_as_many_queries_for_one_as_for_three(call, secretary):
    evaluation.a_session(call)
    found = []
    client = client_of(secretary)
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            dossier = rows.a_row(call, number, "eligible")
            rows.an_opinion(dossier, "favourable")
            rows.a_review(dossier, "submitted", f"jure{number}@universite.example")
        client.get(url("staff_jury", call))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("staff_jury", call))
        found.append(len(queries))
    assert found == [17, 17]
