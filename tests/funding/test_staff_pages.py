"""The staff's pages: the list and each act, by duty, never on one's own dossier."""

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.kernel import clock
from applications.models import Dossier, DossierMember
from funding import actions
from funding.models import Convention, Instalment, LedgerEntry
from tests import people, scenes

from .laureates import a_frozen_convention, a_laureate, a_signed_convention
from .test_pages import taken, with_pdf, words


def url(name, *args):
    return reverse(f"admin:funding_convention_{name}", args=args)


def addresses(ref):
    """Every page of one convention."""
    names = ("change", "sign", "attach", "pdf", "signed_copy")
    return [url(name, ref) for name in names] + [url("certify", ref, 1), url("pay", ref, 1)]


def codes(user, urls, **kwargs):
    client = people.client_of(user, **kwargs)
    return [taken(client.get(address)) for address in urls]


@pytest.fixture
def signed(dossier, officer):
    convention = a_signed_convention(dossier, officer)
    with_pdf(convention)
    return convention


# Who sees what


def test_each_duty_opens_its_pages(signed, officer, accountant):
    expected = {
        officer: [200, 200, 200, 200, 404, 200, 403],
        accountant: [200, 403, 403, 200, 404, 403, 200],
        people.staff(Role.INSTRUCTOR): [200, 403, 403, 200, 404, 403, 403],
        people.staff(Role.JURY_SECRETARY): [404] * 2 + [404] * 5,
        people.staff(Role.ADMINISTRATOR): [404] * 7,
    }
    assert {person: codes(person, addresses(signed.ref)) for person in expected} == expected


def test_lists_open_to_their_duties(officer, accountant):
    urls = [url("changelist"), url("to_prepare")]
    found = [codes(person, urls) for person in (officer, accountant, people.staff(Role.JURY_SECRETARY))]
    assert found == [[200, 200], [200, 403], [403, 403]]


def test_outside_the_staff_the_admin_is_closed(signed, owner, officer):
    pages = [url("changelist"), url("to_prepare"), *addresses(signed.ref)]
    for person, verified in ((None, True), (owner, True), (people.a_juror(), True), (officer, False)):
        assert set(codes(person, pages, verified=verified)) == {302}


def test_nobody_follows_a_dossier_of_theirs(signed, officer, call, owner):
    waiting = a_laureate(call, owner, number=2)
    for dossier in (signed.dossier, waiting):
        DossierMember.objects.create(dossier=dossier, email=officer.email, role="reader", invited_at=clock.now())
    assert codes(officer, addresses(signed.ref)) == [404] * 7
    assert codes(officer, [url("prepare", waiting.ref)]) == [404]
    client = people.client_of(officer)
    assert signed.ref not in words(client.get(url("changelist")))
    assert waiting.ref not in words(client.get(url("to_prepare")))


# The list


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_many_queries_for_one_as_for_three(call, owner, officer, count, django_assert_num_queries):
    for number in range(count):
        a_signed_convention(a_laureate(call, owner, number=number + 1), officer)
    client = people.client_of(officer)
    # session, user, device, roles, laureates waiting, calls of the filter, count, rows
    with django_assert_num_queries(8):
        page = client.get(url("changelist"))
    assert words(page).count('class="portal-ref"') == count


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3]),
        ("?state__exact=frozen", [1]),
        ("?attend=signature", [1]),
        ("?attend=service", [2]),
        ("?attend=paiement", [3]),
        ("?attend=retard", []),
        ("?q=%22Projet+2%22", [2]),
        ("?q=AMI-DI-2026-0003", [3]),
        ("?q=%3Cscript%3E", []),
        ("?dossier__members__email=claire@labo.example", None),
    ],
)
def test_the_list_is_filtered_and_searched(call, owner, officer, query, expected):
    a_frozen_convention(a_laureate(call, owner, number=1), officer)
    a_signed_convention(a_laureate(call, owner, number=2), officer)
    third = a_signed_convention(a_laureate(call, owner, number=3), officer)
    actions.certify_service(third.instalments.get(number=1), actor=officer)
    response = people.client_of(officer).get(url("changelist") + query)
    page = words(response)
    if expected is None:  # a question of one's own to the database is not asked
        assert response.status_code in (302, 400)
        return
    assert [number for number in (1, 2, 3) if f"AMI-DI-2026-000{number}-C1" in page] == expected


# The acts, from the list of laureates to the payment


def test_a_convention_goes_from_the_list_of_laureates_to_its_payment(dossier, officer, accountant):
    client, cashier = people.client_of(officer), people.client_of(accountant)
    assert dossier.ref in words(client.get(url("to_prepare")))
    page = words(client.get(url("prepare", dossier.ref)))
    assert all(said in page for said in ("100 000,00 €", "36 000,00 €", "18 000,00 €", "ne pourra plus changer"))
    ref = f"{dossier.ref}-C1"
    assert client.post(url("prepare", dossier.ref)).url == url("change", ref)
    assert "Chaque lauréat a sa convention" in words(client.get(url("to_prepare")))
    assert "Figer le texte" in words(client.get(url("change", ref)))
    assert client.post(url("freeze", ref), {"base": 0}).url == url("change", ref)
    assert "Enregistrer la signature" in words(client.get(url("change", ref)))

    today = clock.today().isoformat()
    form = {"signed_on": today, "signatory": "Anne Morel", "document": scenes.a_file("copie.pdf")}
    assert client.post(url("sign", ref), form).url == url("change", ref)
    page = words(client.get(url("change", ref)))
    assert "Anne Morel" in page
    assert page.count("Constater le service fait") == 3

    assert "vous ne pourrez pas enregistrer vous-même" in words(client.get(url("certify", ref, 1)))
    assert client.post(url("certify", ref, 1)).url == url("change", ref)
    assert "Enregistrer le paiement" not in words(client.get(url("change", ref)))

    page = words(cashier.get(url("pay", ref, 1)))
    for said in ("Payé à Institut Exemple : <strong>36 000,00 €</strong>", "écritures sont définitives"):
        assert said in page
    paid = {"paid_on": today, "payment_reference": "MDT-1"}
    assert cashier.post(url("pay", ref, 1), paid).url == url("change", ref)
    page = words(cashier.get(url("change", ref)))
    for said in ("Paiement enregistré", "Service fait constaté", "payé : 36 000,00 € ; retenu : 4 000,00 €", "MDT-1"):
        assert said in page
    assert list(LedgerEntry.objects.values_list("kind", flat=True)) == ["commitment", "payment", "retention"]
    assert "déjà payé" in words(cashier.get(url("pay", ref, 1)))


def test_a_refusal_is_said_beside_what_was_typed(dossier, officer):
    convention = a_frozen_convention(dossier, officer)
    client = people.client_of(officer)
    response = client.post(url("sign", convention.ref), {"signed_on": "2999-01-01", "signatory": "Anne <b>Morel"})
    page = words(response)
    assert (response.status_code, Convention.objects.get().state) == (422, "frozen")
    assert "La date de signature est dans l’avenir." in page
    assert 'value="Anne &lt;b&gt;Morel"' in page


def test_a_wrong_file_is_said_beside_its_field(dossier, officer):
    convention = a_frozen_convention(dossier, officer)
    form = {"signed_on": clock.today().isoformat(), "signatory": "Anne", "document": scenes.a_file("copie.docx")}
    response = people.client_of(officer).post(url("sign", convention.ref), form)
    assert (response.status_code, Convention.objects.get().state) == (422, "frozen")
    assert "n’est pas un PDF" in words(response)


def test_an_empty_form_is_refused(signed, officer, accountant):
    line = actions.certify_service(signed.instalments.get(number=1), actor=officer)
    response = people.client_of(accountant).post(url("pay", signed.ref, 1), {})
    assert (response.status_code, Instalment.objects.get(pk=line.pk).state) == (422, "certified")


def test_whoever_certified_sees_no_button_to_pay(dossier, officer):
    both = people.with_role(officer, Role.ACCOUNTING_OFFICER)
    signed = a_signed_convention(dossier, both)
    actions.certify_service(signed.instalments.get(number=1), actor=both)
    client = people.client_of(both)
    assert "une autre personne paie" in words(client.get(url("change", signed.ref)))
    page = words(client.get(url("pay", signed.ref, 1)))
    assert "une autre personne doit enregistrer son paiement" in page
    assert "Enregistrer le paiement de" not in page
    response = client.post(url("pay", signed.ref, 1), {"paid_on": clock.today(), "payment_reference": "M1"})
    assert (response.status_code, LedgerEntry.objects.filter(kind="payment").count()) == (422, 0)


def test_a_second_click_gets_a_sentence(signed, officer):
    client = people.client_of(officer)
    client.post(url("certify", signed.ref, 1))
    page = words(client.post(url("certify", signed.ref, 1), follow=True))
    assert "Action impossible : l’état est « Service fait constaté »." in page


def test_pages_of_acts_say_when_it_is_too_early_or_too_late(dossier, officer, accountant):
    convention = a_frozen_convention(dossier, officer)
    client, cashier = people.client_of(officer), people.client_of(accountant)
    assert "n’est pas encore signée" in words(client.get(url("certify", convention.ref, 1)))
    assert "n’est pas encore signée" in words(cashier.get(url("pay", convention.ref, 1)))
    actions.record_signature(convention, signed_on=clock.today(), signatory="Anne", actor=officer)
    assert "n’est pas encore constaté" in words(cashier.get(url("pay", convention.ref, 1)))
    assert "déjà enregistrée" in words(client.get(url("sign", convention.ref)))
    assert client.get(url("certify", convention.ref, 4)).status_code == 404


def test_the_copy_comes_later(signed, officer):
    client = people.client_of(officer)
    assert "Déposer la copie signée" in words(client.get(url("change", signed.ref)))
    response = client.post(url("attach", signed.ref), {"document": scenes.a_file("copie.pdf")})
    assert response.url == url("change", signed.ref)
    response = client.post(url("attach", signed.ref), {"document": scenes.a_file("copie.pdf")})
    assert (response.status_code, "déjà déposée" in words(response)) == (422, True)


def test_a_laureate_withdrawn_meanwhile_is_not_prepared(dossier, officer):
    client = people.client_of(officer)
    Dossier.objects.filter(pk=dossier.pk).update(state="renounced")
    assert client.post(url("prepare", dossier.ref)).status_code == 404
    assert Convention.objects.count() == 0
