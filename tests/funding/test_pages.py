"""The laureate's pages: who sees what, what is said, in how many queries."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from applications.models import Call, DossierMember
from funding import actions
from funding.models import Convention
from tests import people, scenes

from .laureates import a_frozen_convention, a_laureate, a_signed_convention

HOSTILE = "<script>alert(1)</script>{{ 7|add:1 }}{% now %}=CMD()\u00e9"


def words(response):
    """The text of a page with its spaces made plain."""
    text = response.content.decode()
    for space in ("\u00a0", "\u202f"):
        text = text.replace(space, " ")
    return " ".join(text.split())


def with_pdf(convention):
    """Give a convention a document, as the job does."""
    document = store.keep(
        "convention", subject=convention.ref, content=b"%PDF-1.7", filename=f"{convention.ref}.pdf",
        media_type="application/pdf", at=clock.now(),
    )  # fmt: skip
    Convention.objects.filter(pk=convention.pk).update(document=document)
    return document


@pytest.fixture
def signed(dossier, officer):
    return a_signed_convention(dossier, officer)


def addresses(convention):
    names = ("convention_detail", "convention_pdf", "signed_copy")
    return [reverse(f"funding:{name}", args=[convention.ref]) for name in names]


def codes(user, urls):
    client = people.client_of(user)
    return [taken(client.get(url)) for url in urls]


def taken(response):
    """The status of an answer, its file read to the end and so closed."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


# Who sees what


def test_others_find_nothing(signed):
    with_pdf(signed)
    strangers = [people.a_person("autre@labo.example"), people.a_juror(), people.a_partner()]
    strangers += [people.staff(role) for role in (Role.JURY_SECRETARY, Role.DATA_STEWARD, Role.ADMINISTRATOR)]
    assert [codes(person, addresses(signed)) for person in strangers] == [[404] * 3] * 6
    assert people.client_of(None).get(addresses(signed)[0]).status_code == 302


def test_the_team_and_the_duties_see_it(signed, owner, officer, accountant):
    with_pdf(signed)
    reader = people.a_person("lectrice@labo.example")
    DossierMember.objects.create(dossier=signed.dossier, email=reader.email, role="reader", invited_at=clock.now())
    for person in (owner, reader, officer, accountant, people.staff(Role.INSTRUCTOR)):
        assert codes(person, addresses(signed)) == [200, 200, 404]


def test_an_unknown_reference_answers_as_one_of_others(owner):
    assert people.client_of(owner).get(reverse("funding:convention_detail", args=["AMI-9999-C1"])).status_code == 404


def test_the_laureate_sees_nothing_before_the_results_are_published(signed, owner):
    Call.objects.filter(pk=signed.dossier.call_id).update(results_published_at=None)
    assert codes(owner, addresses(signed)) == [404] * 3
    assert "Aucune convention" in words(people.client_of(owner).get(reverse("funding:convention_list")))


def test_the_list_holds_one_s_own_even_for_an_officer(signed, owner, officer):
    url = reverse("funding:convention_list")
    assert signed.ref in words(people.client_of(owner).get(url))
    assert signed.ref not in words(people.client_of(officer).get(url))


def test_a_second_factor_is_asked_of_the_staff(signed, officer):
    assert people.client_of(officer, verified=False).get(addresses(signed)[0]).status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_only_answer_reading(signed, owner, method):
    client = people.client_of(owner)
    urls = [reverse("funding:convention_list"), *addresses(signed)]
    assert [getattr(client, method)(url).status_code for url in urls] == [405] * 4


# What is said


def test_an_empty_list_says_what_will_come(owner):
    page = words(people.client_of(owner).get(reverse("funding:convention_list")))
    assert "Aucune convention pour l’instant" in page


def test_before_the_signature_the_page_says_how_to_sign(dossier, officer, owner):
    convention = a_frozen_convention(dossier, officer)
    client, url = people.client_of(owner), addresses(convention)[0]
    assert "Le document est en cours de préparation" in words(client.get(url))
    with_pdf(convention)
    page = words(client.get(url))
    assert "À faire : signer la convention" in page
    assert "12 mois après la signature" in page
    assert page.count("100 000,00 €") == 3  # granted, to come, total of the schedule
    assert "Aujourd’hui" not in page


def test_the_page_says_what_is_paid_retained_due_and_late(dossier, officer, accountant, owner):
    signed = a_signed_convention(dossier, officer)
    line = actions.certify_service(signed.instalments.get(number=1), actor=officer)
    actions.record_payment(line, paid_on=clock.today(), payment_reference="MDT-7", actor=accountant)
    client, url = people.client_of(owner), addresses(signed)[0]
    page = words(client.get(url))
    for said in (
        "36 000,00 €",
        "4 000,00 €",
        "60 000,00 €",
        "MDT-7",
        "Prochaine échéance",
        "1 versement sur 3 est payé",
    ):
        assert said in page
    assert "Agir" not in page
    assert "sont en retard" not in page


def test_a_late_payment_is_said_late(signed, owner, monkeypatch):
    later = clock.now() + dt.timedelta(days=800)
    monkeypatch.setattr(clock, "now", lambda: later)
    from funding import reading

    followed = reading.follow(signed, today=clock.today())
    assert [row.phase for row in followed.rows] == ["late"] * 3
    assert (followed.next.instalment.number, followed.late_count, followed.is_over) == (1, 3, False)


def test_once_all_is_paid_the_page_says_so(signed, officer, accountant, owner):
    for line in signed.instalments.all():
        actions.certify_service(line, actor=officer)
        actions.record_payment(line, paid_on=clock.today(), payment_reference="M", actor=accountant)
    page = words(people.client_of(owner).get(addresses(signed)[0]))
    assert "Tous les versements sont payés" in page
    assert "La retenue de 10 000,00 € est libérée dans les conditions de la convention" in page


def test_hostile_text_is_shown_as_typed(call, owner, officer):
    dossier = a_laureate(call, owner, title=HOSTILE, lead_name=HOSTILE)
    convention = a_frozen_convention(dossier, officer)
    actions.record_signature(convention, signed_on=clock.today(), signatory=HOSTILE, actor=officer)
    for user, name in ((owner, "funding:convention_list"), (officer, "admin:funding_convention_changelist")):
        page = people.client_of(user).get(reverse(name)).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:1 }}{% now %}=CMD()" in page
        assert "<script>alert" not in page
    for user, name in ((owner, "funding:convention_detail"), (officer, "admin:funding_convention_change")):
        page = people.client_of(user).get(reverse(name, args=[convention.ref])).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page


# Documents


def test_a_document_is_a_download_that_the_journal_notes_for_the_staff_only(signed, owner, officer):
    with_pdf(signed)
    url = addresses(signed)[1]
    response = people.client_of(owner).get(url)
    assert (b"".join(response.streaming_content), response["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert response["Content-Disposition"] == f'attachment; filename="{signed.ref}.pdf"'
    assert AuditEvent.objects.filter(verb="convention.read_file").count() == 0
    assert codes(officer, [url]) == [200]
    event = AuditEvent.objects.get(verb="convention.read_file")
    assert (event.subject, event.actor) == (signed.ref, officer)


@pytest.mark.parametrize(("verdict", "code"), [("pending", 404), ("refused", 404), ("accepted", 200)])
def test_the_signed_copy_is_read_once_inspected(signed, owner, officer, verdict, code):
    kept = actions.attach_signed_copy(signed, scenes.a_file("copie.pdf"), actor=officer).signed_document
    reason = "Illisible." if verdict == Verdict.REFUSED else ""
    Document.objects.filter(pk=kept.pk).update(verdict=verdict, verdict_reason=reason)
    assert codes(owner, [addresses(signed)[2]]) == [code]


# Queries


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_many_queries_for_one_as_for_three(call, owner, officer, count, django_assert_num_queries):
    for number in range(count):
        a_signed_convention(a_laureate(call, owner, number=number + 1), officer)
    client = people.client_of(owner)
    # session, user, roles, count, page
    with django_assert_num_queries(5):
        page = client.get(reverse("funding:convention_list"))
    assert words(page).count("funding-card__title") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_as_many_queries_for_one_line_as_for_three(call, owner, officer, count, django_assert_num_queries):
    regulation = call.regulation | {"instalments": _equal(count)}
    Call.objects.filter(pk=call.pk).update(regulation=regulation)
    signed = a_signed_convention(a_laureate(call, owner), officer)
    client = people.client_of(owner)
    # session, user, roles, the convention, may it be seen, the whole of it, its pieces, lines, claims (those of the
    # schedule, then the list), balances, orders, what waits for a claim, its text and copies, the role on the dossier
    with django_assert_num_queries(21):
        client.get(addresses(signed)[0])


def _equal(count):
    percents = {1: ["100"], 3: ["30", "30", "40"]}[count]
    return [
        {"code": f"c{n}", "label": f"V{n}", "percent": percent, "months_after_signature": n}
        for n, percent in enumerate(percents)
    ]
