"""Amendments, transfers, suspension and termination: what each changes, what refuses it, and the terms on any day."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ami_portal.documents import seal, store
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from funding import actions, ledger
from funding.actions.amendments import Wanted
from funding.consolidation import terms_of
from funding.enums import Party
from funding.models import Amendment, BudgetTransfer, Convention, Suspension, Termination
from funding.terms import Transfer
from tests import people, scenes

from . import signing
from .laureates import a_frozen_convention, a_laureate, a_signed_convention
from .test_agreement import a_deposited_laureate, text_of
from .test_pages import taken, words

D = Decimal


def url(name, *args):
    return reverse(f"admin:funding_convention_{name}", args=args)


@pytest.fixture
def convention(db, owner, officer):
    """Signed for 18 months, of the 24 that the call allows; costs of 98 500.50, of which 90 000.25 of staff."""
    dossier = a_deposited_laureate(owner)
    dossier.duration_months = 18
    dossier.save(update_fields=["duration_months"])
    frozen = a_frozen_convention(dossier, officer)
    sign = {"signed_on": clock.today(), "signatory": "Anne Morel", "despite": "Pièces attendues."}
    return actions.record_signature(frozen, **sign, actor=officer)


def both_sign(amendment, owner, officer):
    content = store.read(amendment.document)
    for party, person, name in ((Party.BENEFICIARY, owner, "Anne Morel"), (Party.OPERATOR, officer, "HDH")):
        content = signing.signed(content, name, at=clock.now())
        sent = SimpleUploadedFile("avenant.pdf", content, content_type="application/pdf")
        copy = actions.send_signed_copy(amendment.convention, sent, party=party, amendment=amendment, actor=person)
        scenes.run_jobs()
        copy.refresh_from_db()
        actions.accept_copy(copy, confirmed=True, actor=officer)


@pytest.mark.drawn
def test_an_amendment_is_prepared_signed_and_in_force_and_the_past_stays(convention, owner, officer):
    today, ends_on = clock.today(), convention.ends_on
    later = clock.add_months(ends_on, 3)
    before = terms_of(convention, today)
    costs = {"staff": D("81000.25"), "services": D("8500.25"), "travel": D("9000.00")}
    wanted = Wanted(later, D("90000.00"), "Basile Rey, Institut Exemple", costs)
    refusals = [
        (Wanted(), "ne change rien"),
        (Wanted(ends_on=ends_on), "vient après"),
        (Wanted(ends_on=clock.add_months(ends_on, 7)), "ne permet pas de prolonger"),
        (Wanted(amount=D("100000.01")), "plafond de l’appel"),
        (Wanted(amount=D("98500.50")), "différent du montant"),
        (Wanted(budget={"staff": D("98500.49")}), "est inférieur à l’aide"),
        (Wanted(budget={"staff": D("99000.00")}), "garde le total"),
        (Wanted(budget={"staff": D("50000.50"), "equipment": D("48500.00")}), "« Équipement » dépasse le plafond"),
        (Wanted(budget={"nothing": D("98500.50")}), "catégories du règlement"),
    ]
    for wrong, sentence in refusals:
        with pytest.raises(TransitionRefused, match=sentence):
            actions.prepare_amendment(convention, wrong, reason="Retard.", actor=officer)
    with pytest.raises(TransitionRefused, match="motif de l’avenant"):
        actions.prepare_amendment(convention, wanted, reason=" ", actor=officer)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.prepare_amendment(convention, wanted, reason="Retard.", actor=owner)
    assert Amendment.objects.count() == 0
    amendment = actions.prepare_amendment(convention, wanted, reason="Les données arrivent tard.", actor=officer)
    with pytest.raises(TransitionRefused, match="déjà en préparation"):
        actions.prepare_amendment(convention, wanted, reason="Encore.", actor=officer)
    scenes.run_jobs()
    amendment.refresh_from_db()
    said = text_of(store.read(amendment.document))
    for words_said in (
        "fixé à 98 500,50 €, est porté à 90 000,00 €",
        "confiée à Basile Rey",
        "Missions 0,00 € 9 000,00 €",
    ):
        assert words_said in said
    assert seal.is_whole(store.read(amendment.document))
    sign = {"signed_on": today, "signatory": "Anne Morel", "actor": officer}
    with pytest.raises(TransitionRefused, match="Il manque la copie signée"):
        actions.record_amendment(amendment, **sign)
    both_sign(amendment, owner, officer)
    with time_machine.travel(clock.now() + dt.timedelta(days=10)):
        day = clock.today()
        actions.record_amendment(amendment, **sign | {"signed_on": day})
        with pytest.raises(TransitionRefused, match="En vigueur"):
            actions.record_amendment(amendment, **sign | {"signed_on": day})
    convention = Convention.objects.get(pk=convention.pk)
    assert (convention.amount, convention.ends_on, convention.scientific_lead) == (
        D("90000.00"),
        later,
        "Basile Rey, Institut Exemple",
    )
    assert ledger.balances(convention).granted == D("90000.00")
    assert convention.instalments.get(number=3).due_on == later
    assert terms_of(convention, day - dt.timedelta(days=1)) == before
    after = terms_of(convention, day)
    assert (after.amount, after.ends_on, after.lead) == (D("90000.00"), later, convention.scientific_lead)
    assert dict(after.budget) == costs
    kinds = Message.objects.filter(kind__contains="amendment").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["funding.amendment_ready", "funding.amendment_signed"]


def test_costs_move_within_the_tolerance_and_not_above(convention, owner, officer):
    # 15 % of 98 500.50 is 14 775.08: twice 5 000 passes, then 5 000 more does not.
    move = Transfer("staff", "services", D("5000.00"))
    for wrong, sentence in (
        (Transfer("staff", "staff", D(1)), "deux catégories différentes"),
        (Transfer("travel", "staff", D(1)), "« Missions » ne compte que 0,00"),
        (Transfer("staff", "travel", D("9850.06")), "« Missions » dépasserait le plafond"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            actions.transfer_costs(convention, wrong, reason="Recrutement tardif.", actor=owner)
    for _ in range(2):
        actions.transfer_costs(convention, move, reason="Recrutement tardif.", actor=owner)
    with pytest.raises(TransitionRefused, match="il faut un avenant"):
        actions.transfer_costs(convention, move, reason="Recrutement tardif.", actor=owner)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.transfer_costs(convention, move, reason="Non.", actor=officer)
    assert BudgetTransfer.objects.count() == 2
    assert dict(terms_of(convention, clock.today()).budget) == {"staff": D("80000.25"), "services": D("18500.25")}
    assert terms_of(convention, clock.today() - dt.timedelta(days=1)).budget["staff"] == D("90000.25")


def test_payments_are_suspended_resumed_then_the_convention_is_terminated(call, owner, officer, accountant):
    convention = a_signed_convention(a_laureate(call, owner), officer)
    first = actions.certify_service(convention.instalments.get(number=1), actor=officer)
    actions.record_payment(first, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    on = {"on": clock.today(), "actor": officer}
    with pytest.raises(TransitionRefused, match="« Signée »"):
        actions.resume_convention(convention, **on, reason="Trop tôt.")
    with pytest.raises(TransitionRefused, match="avenir"):
        actions.suspend_convention(convention, **on | {"on": clock.today() + dt.timedelta(days=1)}, reason="Non.")
    actions.suspend_convention(convention, **on, reason="Rapport en retard.")
    line = convention.instalments.get(number=2)
    with pytest.raises(TransitionRefused, match="« Suspendue » : rien n’est constaté ni payé"):
        actions.certify_service(line, actor=officer)
    with pytest.raises(TransitionRefused, match="« Suspendue »"):
        actions.suspend_convention(convention, **on, reason="Encore.")
    actions.resume_convention(convention, **on, reason="Rapport reçu.")
    assert Suspension.objects.get().resumed_reason == "Rapport reçu."
    end = on | {"reason": "Projet impossible.", "forfeits_retention": True}
    with pytest.raises(TransitionRefused, match=r"entre zéro et ce qui est versé, 36.000,00"):
        actions.terminate_convention(convention, **end, recovered=D("36000.01"))
    assert Termination.objects.count() == 0
    actions.terminate_convention(convention, **end, recovered=D("1000.00"))
    balances = ledger.balances(convention)
    assert (balances.granted, balances.paid, balances.retained, balances.remaining, balances.owed) == (
        D("36000.00"),
        D("35000.00"),
        D("0.00"),
        D("0.00"),
        D("1000.00"),
    )
    with pytest.raises(TransitionRefused, match="« Résiliée »"):
        actions.terminate_convention(convention, **end, recovered=D(0))
    page = words(people.client_of(owner).get(reverse("funding:convention_detail", args=[convention.ref])))
    assert "Projet impossible." in page
    assert "À reverser : <strong>1 000,00 €</strong>" in page


def test_the_pages_of_amendments_and_terms(convention, owner, officer):
    laureate, staff = people.client_of(owner), people.client_of(officer)
    ref, today = convention.ref, clock.today()
    terms = reverse("funding:convention_terms", args=[ref])
    assert "telle qu’elle a été signée" in words(laureate.get(terms))
    assert laureate.get(terms, {"au": "hier"}).status_code == 422
    move = {"source": "staff", "target": "services", "amount": "1 000", "reason": "Relecture."}
    transfer = reverse("funding:convention_transfer", args=[ref])
    assert "15 %" in words(laureate.get(transfer))
    assert laureate.post(transfer, move | {"amount": "90 000"}).status_code == 422
    assert laureate.post(transfer, move).url == terms
    assert "1 000,00 € de « Personnel » vers « Prestations de service »" in words(laureate.get(terms))
    prepare = url("prepare_amendment", ref)
    assert "89 000,25" in staff.get(prepare).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    costs = {"cost_staff": "89 000,25", "cost_services": "9 500,25", "cost_travel": "0"}
    said = {"reason": "Retard des données.", "ends_on": "", "amount": "", "new_lead": ""} | costs
    assert staff.post(prepare, said).status_code == 422  # nothing changes
    later = clock.add_months(convention.ends_on, 2)
    assert staff.post(prepare, said | {"ends_on": later.isoformat()}).url == url("amendment", ref, 1)
    scenes.run_jobs()
    mine = reverse("funding:amendment_detail", args=[ref, 1])
    assert "Retard des données." in words(laureate.get(mine))
    sent = {"document": scenes.a_file("scan.pdf"), "is_paper": "on"}
    assert laureate.post(mine, sent).url == mine
    assert taken(laureate.get(reverse("funding:amendment_pdf", args=[ref, 1]))) == 200
    sent = {"document": scenes.a_file("scan.pdf"), "is_paper": "on", "party": "operator"}
    assert staff.post(url("amendment", ref, 1), sent).url == url("amendment", ref, 1)
    scenes.run_jobs()
    for number in (1, 2):
        assert staff.post(url("accept", ref, number), {"confirmed": "on"}).url == url("amendment", ref, 1)
    record = url("record_amendment", ref, 1)
    assert "en vigueur" in words(staff.get(record))
    assert staff.post(record, {"signed_on": today.isoformat(), "signatory": ""}).status_code == 422
    assert staff.post(record, {"signed_on": today.isoformat(), "signatory": "A. Morel"}).url == url("amendment", ref, 1)
    assert "déjà signé" in words(staff.get(record))
    assert "en vigueur depuis" in words(laureate.get(terms))
    assert staff.post(prepare, said | {"new_lead": "Basile Rey"}).url == url("amendment", ref, 2)
    assert staff.post(url("abandon_amendment", ref, 2), {"reason": ""}).status_code == 422
    assert staff.post(url("abandon_amendment", ref, 2), {"reason": "Elle reste."}).url == url("amendment", ref, 2)
    page = words(staff.get(url("change", ref)))
    assert all(said in page for said in ("Abandonné", "En vigueur", "Suspendre les versements", "Résilier"))
    on = {"on": today.isoformat(), "reason": "Contrôle."}
    assert staff.post(url("suspend", ref), on | {"reason": ""}).status_code == 422
    assert staff.post(url("suspend", ref), on).url == url("change", ref)
    assert "Les versements sont suspendus" in words(laureate.get(reverse("funding:convention_detail", args=[ref])))
    assert "signée et dont les versements courent" in words(staff.get(prepare))
    assert staff.post(url("resume", ref), on).url == url("change", ref)
    assert staff.post(url("terminate", ref), on | {"recovered": "0"}).url == url("change", ref)
    assert "Convention résiliée" in words(laureate.get(terms))
