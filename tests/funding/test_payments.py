"""Certification and payment: two keys, once, after the signature; each refusal changes nothing."""

import datetime as dt
from decimal import Decimal

import pytest

from ami_portal.accounts.enums import Role
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import Call, DossierMember
from funding import actions, ledger
from funding.models import Instalment, LedgerEntry
from tests import people, scenes

from .laureates import a_signed_convention

D = Decimal


def verbs():
    return list(AuditEvent.objects.filter(verb__regex="^(convention|instalment)").values_list("verb", "subject"))


def test_nobody_acts_on_a_dossier_of_theirs(dossier, officer, accountant):
    convention = a_signed_convention(dossier, officer)
    line = convention.instalments.get(number=1)
    for person in (officer, accountant):
        DossierMember.objects.create(dossier=dossier, email=person.email, role="reader", invited_at=clock.now())
    acts = [
        lambda: actions.attach_signed_copy(convention, scenes.a_file("copie.pdf"), actor=officer),
        lambda: actions.certify_service(line, actor=officer),
        lambda: actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant),
    ]
    for act in acts:
        with pytest.raises(TransitionRefused, match="pas le droit"):
            act()


def test_the_worked_example_to_the_last_payment(dossier, officer, accountant, owner):
    """100 000 € by the call's instalments 40/40/20 and its retention of 10 %: 36 000 + 36 000 + 18 000 paid."""
    convention = a_signed_convention(dossier, officer)
    seen = []
    for line in convention.instalments.all():
        actions.certify_service(line, actor=officer)
        reference = f"MDT-{line.number}"
        actions.record_payment(line, paid_on=clock.today(), payment_reference=reference, actor=accountant)
        seen.append(ledger.balances(convention))
    whole = D("100000.00")
    assert seen == [
        ledger.Balances(whole, D("36000.00"), D("4000.00"), D("60000.00")),
        ledger.Balances(whole, D("72000.00"), D("8000.00"), D("20000.00")),
        ledger.Balances(whole, D("90000.00"), D("10000.00"), D("0.00")),
    ]
    entries = LedgerEntry.objects.values_list("kind", "credit", "debit", "amount", "instalment__number")
    assert list(entries) == [
        ("commitment", "grant", "committed", whole, None),
        ("payment", "committed", "paid", D("36000.00"), 1),
        ("retention", "committed", "retained", D("4000.00"), 1),
        ("payment", "committed", "paid", D("36000.00"), 2),
        ("retention", "committed", "retained", D("4000.00"), 2),
        ("payment", "committed", "paid", D("18000.00"), 3),
        ("retention", "committed", "retained", D("2000.00"), 3),
    ]
    assert [one for one in verbs() if one[0].startswith("instalment")] == [
        (f"instalment.{verb}", f"{convention.ref}/{n}") for n in (1, 2, 3) for verb in ("certify", "pay")
    ]
    told = Message.objects.filter(kind="funding.payment_recorded").values_list("to_email", "subject_ref")
    assert list(told) == [(owner.email, convention.ref)] * 3
    assert trail.first_broken() is None


def test_a_payment_keeps_who_when_and_its_reference(dossier, officer, accountant):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    actions.record_payment(line, paid_on=clock.today(), payment_reference=" MDT  1 ", actor=accountant)
    line = Instalment.objects.get(pk=line.pk)
    assert (line.state, line.certified_by, line.paid_by, line.paid_on, line.payment_reference) == (
        "paid",
        officer,
        accountant,
        clock.today(),
        "MDT 1",
    )
    event = AuditEvent.objects.get(verb="instalment.pay")
    assert (event.before, event.after, event.actor) == ("certified", "paid", accountant)
    assert event.data == {
        "net": "36000.00",
        "retention": "4000.00",
        "paid_on": clock.today().isoformat(),
        "reference": "MDT 1",
    }


def test_without_retention_only_the_payment_is_entered(dossier, officer, accountant):
    Call.objects.filter(pk=dossier.call_id).update(regulation=dossier.call.regulation | {"retention_percent": "0"})
    convention = a_signed_convention(dossier, officer)
    line = actions.certify_service(convention.instalments.get(number=3), actor=officer)
    actions.record_payment(line, paid_on=clock.today(), payment_reference="M3", actor=accountant)
    assert ledger.balances(convention) == ledger.Balances(D("100000.00"), D("20000.00"), D("0.00"), D("80000.00"))


def test_nothing_is_certified_or_paid_before_the_signature(dossier, officer, accountant):
    line = actions.prepare_convention(dossier, actor=officer).instalments.get(number=1)
    with pytest.raises(TransitionRefused, match="pas encore signée"):
        actions.certify_service(line, actor=officer)
    with pytest.raises(TransitionRefused, match="pas encore signée"):
        actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    assert (Instalment.objects.get(pk=line.pk).state, LedgerEntry.objects.count()) == ("planned", 0)


def test_a_payment_follows_a_certification(dossier, officer, accountant):
    line = a_signed_convention(dossier, officer).instalments.get(number=1)
    with pytest.raises(TransitionRefused, match="« Prévu »"):
        actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    assert LedgerEntry.objects.filter(kind="payment").count() == 0


def test_a_service_is_certified_once(dossier, officer):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    with pytest.raises(TransitionRefused, match="Service fait constaté"):
        actions.certify_service(line, actor=officer)


def test_a_line_is_paid_once(dossier, officer, accountant):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    with pytest.raises(TransitionRefused, match="« Payé »"):
        actions.record_payment(line, paid_on=clock.today(), payment_reference="M2", actor=accountant)
    assert Instalment.objects.get(pk=line.pk).payment_reference == "M1"
    assert LedgerEntry.objects.filter(kind="payment").count() == 1


def test_whoever_certified_does_not_pay_even_with_both_duties(dossier, officer, accountant):
    both = people.with_role(officer, Role.ACCOUNTING_OFFICER)
    line = actions.certify_service(a_signed_convention(dossier, both).instalments.get(number=1), actor=both)
    with pytest.raises(TransitionRefused, match="une autre personne"):
        actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=both)
    assert LedgerEntry.objects.filter(kind="payment").count() == 0
    actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    assert Instalment.objects.get(pk=line.pk).state == "paid"


def test_each_duty_has_its_act(dossier, officer, accountant, owner):
    line = a_signed_convention(dossier, officer).instalments.get(number=1)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.certify_service(line, actor=accountant)
    actions.certify_service(line, actor=officer)
    for person in (officer, people.staff(Role.INSTRUCTOR), people.staff(Role.ADMINISTRATOR), owner):
        with pytest.raises(TransitionRefused, match="pas le droit"):
            actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=person)
    assert LedgerEntry.objects.filter(kind="payment").count() == 0


@pytest.mark.parametrize(("days", "sentence"), [(1, "avenir"), (-1, "précède")])
def test_the_day_of_payment_is_between_the_certification_and_today(dossier, officer, accountant, days, sentence):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    day = clock.today() + dt.timedelta(days=days)
    with pytest.raises(TransitionRefused, match=sentence):
        actions.record_payment(line, paid_on=day, payment_reference="M1", actor=accountant)
    assert LedgerEntry.objects.filter(kind="payment").count() == 0


@pytest.mark.parametrize("reference", ["", "\u202e", "x" * 101])
def test_a_payment_has_a_reference(dossier, officer, accountant, reference):
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    with pytest.raises(TransitionRefused, match="référence"):
        actions.record_payment(line, paid_on=clock.today(), payment_reference=reference, actor=accountant)
    assert LedgerEntry.objects.filter(kind="payment").count() == 0
