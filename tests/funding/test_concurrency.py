"""Two people at the same instant: one convention, one signature, one payment."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from funding import actions, ledger
from funding.models import Convention, Instalment, LedgerEntry
from tests import people

from .laureates import (
    a_frozen_convention,
    a_grant_officer,
    a_laureate,
    a_signed_convention,
    an_accountant,
    an_announced_call,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act, times=2):
    """Run `act` in so many threads that start together; how many were done, and the refusals' sentences."""
    start, done, refused = threading.Barrier(times), [], []

    def run():
        try:
            start.wait()
            done.append(act())
        except TransitionRefused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done), refused


@pytest.fixture
def dossier(no_pdf):
    return a_laureate(an_announced_call(), people.a_person())


@pytest.fixture
def no_pdf(monkeypatch):
    """Jobs run at commit here: the document has its own tests."""
    monkeypatch.setattr("funding.actions.build_convention", lambda *, convention_id: None)


def test_two_officers_prepare_one_convention(dossier):
    officer = a_grant_officer()
    done, refused = at_once(lambda: actions.prepare_convention(dossier, actor=officer))
    assert (done, refused) == (1, [f"La convention de ce dossier existe déjà : {dossier.ref}-C1."])
    assert (Convention.objects.count(), Instalment.objects.count()) == (1, 3)


def test_two_officers_record_one_signature(dossier):
    officer = a_grant_officer()
    convention = a_frozen_convention(dossier, officer)
    sign = {"signed_on": clock.today(), "signatory": "Anne Morel", "actor": officer}
    done, refused = at_once(lambda: actions.record_signature(convention, **sign))
    assert (done, refused) == (1, ["Action impossible : l’état est « Signée »."])
    assert LedgerEntry.objects.count() == 1


def test_two_accountants_pay_once(dossier):
    officer, accountant = a_grant_officer(), an_accountant()
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    pay = {"paid_on": clock.today(), "payment_reference": "M1", "actor": accountant}
    done, refused = at_once(lambda: actions.record_payment(line, **pay), times=4)
    assert (done, refused) == (1, ["Action impossible : l’état est « Payé »."] * 3)
    assert ledger.balances(line.convention).paid == line.net
    assert LedgerEntry.objects.filter(instalment=line).count() == 2


def against(first, second):
    """Two different acts at the same instant: how many were done, and what the other was told."""
    acts = iter((first, second))
    lock = threading.Lock()

    def one():
        with lock:
            act = next(acts)
        return act()

    return at_once(one)


def test_a_laureate_renounces_while_its_payment_is_recorded(dossier):
    officer, accountant = a_grant_officer(), an_accountant()
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)
    owner = User.objects.get(email=dossier.members.get().email)
    pay = {"paid_on": clock.today(), "payment_reference": "M1", "actor": accountant}
    done, _ = against(lambda: actions.record_payment(line, **pay), lambda: actions.renounce_grant(dossier, actor=owner))
    dossier.refresh_from_db()
    is_paid = LedgerEntry.objects.filter(kind="payment").exists()
    assert (done, is_paid) == (1, dossier.state == "laureate")
    assert LedgerEntry.objects.filter(kind="release").exists() != is_paid


def test_a_laureate_renounces_while_its_signature_is_recorded(dossier):
    officer = a_grant_officer()
    convention = a_frozen_convention(dossier, officer)
    owner = User.objects.get(email=dossier.members.get().email)
    sign = {"signed_on": clock.today(), "signatory": "Anne Morel", "actor": officer}
    against(lambda: actions.record_signature(convention, **sign), lambda: actions.renounce_grant(dossier, actor=owner))
    convention.refresh_from_db()
    balances = ledger.balances(convention)
    assert (convention.state, balances.granted, balances.remaining) == ("closed", 0, 0)


def test_sessions_that_no_action_puts_in_order_enter_one_payment(dossier):
    """The ledger alone, written straight by four sessions at once: the database lets one through."""
    officer, accountant = a_grant_officer(), an_accountant()
    line = actions.certify_service(a_signed_convention(dossier, officer).instalments.get(number=1), actor=officer)

    def enter():
        try:
            with transaction.atomic():
                ledger.pay(line, at=clock.now(), actor=accountant)
        except IntegrityError as error:
            raise TransitionRefused(str(error).splitlines()[0]) from error

    assert at_once(enter, times=4) == (1, ["ledger law: paid"] * 3)
    assert ledger.balances(line.convention).paid == line.net
