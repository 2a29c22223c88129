"""A laureate gives its grant up: by its own act or by letter, before any payment, for good, and everybody is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import DossierMember
from funding import actions, ledger
from funding.models import Convention, LedgerEntry, Renouncement
from tests import people, scenes

from .laureates import a_frozen_convention, a_laureate, a_signed_convention
from .test_pages import words


def renounce_url(dossier):
    return reverse("funding:grant_renounce", args=[dossier.ref])


def record_url(dossier):
    return reverse("admin:funding_convention_renounce", args=[dossier.ref])


def paid(dossier, officer, accountant):
    convention = a_signed_convention(dossier, officer)
    line = actions.certify_service(convention.instalments.get(number=1), actor=officer)
    actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant)
    return convention


def journal():
    return list(AuditEvent.objects.exclude(verb__startswith="call.").values_list("verb", "subject", "before", "after"))


def told():
    kinds = ("funding.grant_renounced", "funding.place_is_free")
    return sorted(Message.objects.filter(kind__in=kinds).values_list("kind", "to_email"))


def test_an_owner_gives_the_grant_up_before_there_is_a_convention(dossier, owner):
    DossierMember.objects.create(dossier=dossier, email="lea@labo.example", role="reader", invited_at=clock.now())
    actions.renounce_grant(dossier, reason=" Changement d’équipe.\u202e ", actor=owner)
    dossier.refresh_from_db()
    row = Renouncement.objects.get()
    assert (dossier.state, row.reason, row.received_on, row.recorded_by) == (
        "renounced",
        "Changement d’équipe.",
        None,
        owner,
    )
    assert journal() == [("dossier.renounce", dossier.ref, "laureate", "renounced")]
    assert told() == [
        ("funding.grant_renounced", owner.email),
        ("funding.grant_renounced", "lea@labo.example"),
        ("funding.place_is_free", dossier.call.contact),
    ]
    assert not any("Changement" in message.body for message in Message.objects.all())


@pytest.mark.parametrize("is_signed", [False, True])
def test_a_convention_is_closed_and_what_was_committed_is_released(dossier, owner, officer, is_signed):
    convention = a_signed_convention(dossier, officer) if is_signed else None
    convention = convention or actions.prepare_convention(dossier, actor=officer)
    actions.renounce_grant(dossier, actor=owner)
    convention.refresh_from_db()
    assert (convention.state, convention.closed_at) == ("closed", Renouncement.objects.get().recorded_at)
    kinds = list(LedgerEntry.objects.values_list("kind", "credit", "debit", "amount"))
    entries = [
        ("commitment", "grant", "committed", convention.amount),
        ("release", "committed", "grant", convention.amount),
    ]
    assert kinds == (entries if is_signed else [])
    assert set(vars(ledger.balances(convention)).values()) == {0}
    before = "signed" if is_signed else "prepared"
    assert ("convention.close", convention.ref, before, "closed") in journal()


def test_nothing_goes_on_with_a_closed_convention(dossier, owner, officer, accountant):
    convention = a_signed_convention(dossier, officer)
    line = actions.certify_service(convention.instalments.get(number=1), actor=officer)
    actions.renounce_grant(dossier, actor=owner)
    sentence = f"Le lauréat a renoncé à l’aide : la convention {convention.ref} est sans suite."
    acts = [
        lambda: actions.record_payment(line, paid_on=clock.today(), payment_reference="M1", actor=accountant),
        lambda: actions.certify_service(convention.instalments.get(number=2), actor=officer),
        lambda: actions.record_signature(convention, signed_on=clock.today(), signatory="Anne", actor=officer),
        lambda: actions.attach_signed_copy(convention, scenes.a_file("copie.pdf"), actor=officer),
    ]
    for act in acts:
        with pytest.raises(TransitionRefused) as refused:
            act()
        assert str(refused.value) == sentence
    assert Message.objects.filter(kind="funding.payment_recorded").count() == 0


def test_the_document_of_a_closed_convention_is_not_made(dossier, owner, officer):
    convention = a_frozen_convention(dossier, officer)
    actions.renounce_grant(dossier, actor=owner)
    actions.build_convention(convention_id=convention.pk)
    convention.refresh_from_db()
    assert (convention.document, Message.objects.filter(kind="funding.convention_ready").count()) == (None, 0)


def test_after_a_payment_it_is_no_renouncement_and_the_sentence_says_whom_to_call(dossier, owner, officer, accountant):
    convention = paid(dossier, officer, accountant)
    with pytest.raises(TransitionRefused) as refused:
        actions.renounce_grant(dossier, actor=owner)
    for word in (convention.ref, "déjà payé", "résiliation", dossier.call.contact):
        assert word in str(refused.value)
    page = words(people.client_of(owner).get(renounce_url(dossier)))
    assert ("résiliation" in page, "Ne pas renoncer" in page) == (True, False)
    detail = people.client_of(owner).get(reverse("funding:convention_detail", args=[convention.ref]))
    assert "Renoncer à l’aide" not in words(detail)
    dossier.refresh_from_db()
    assert (dossier.state, Renouncement.objects.count()) == ("laureate", 0)


@pytest.mark.parametrize("state", ["eligible", "reserve", "rejected", "renounced"])
def test_only_a_laureate_renounces_and_once(dossier, owner, officer, state):
    scenes.Dossier.objects.filter(pk=dossier.pk).update(state=state)
    for act in (
        lambda: actions.renounce_grant(dossier, actor=owner),
        lambda: actions.record_renouncement(dossier, received_on=clock.today(), reason="Non.", actor=officer),
    ):
        with pytest.raises(TransitionRefused, match="Action impossible"):
            act()
    assert (Renouncement.objects.count(), told()) == (0, [])


def test_neither_the_rest_of_the_team_nor_a_member_for_the_operator(dossier, owner, officer):
    editor = people.a_person("editeur@labo.example")
    for email in (editor.email, officer.email):
        DossierMember.objects.create(dossier=dossier, email=email, role="editor", invited_at=clock.now())
    for act in (
        lambda: actions.renounce_grant(dossier, actor=editor),
        lambda: actions.renounce_grant(dossier, actor=officer),
        lambda: actions.record_renouncement(dossier, received_on=clock.today(), reason="Non.", actor=officer),
        lambda: actions.record_renouncement(dossier, received_on=clock.today(), reason="Non.", actor=owner),
    ):
        with pytest.raises(TransitionRefused, match="pas le droit"):
            act()
    client = people.client_of(editor)
    assert (client.get(renounce_url(dossier)).status_code, client.post(renounce_url(dossier)).status_code) == (403, 403)
    assert people.client_of(officer).get(record_url(dossier)).status_code == 404


def test_a_letter_has_its_day_and_its_reason(dossier, officer):
    today = clock.today()
    early = clock.paris(dossier.call.results_published_at).date() - dt.timedelta(days=1)
    for received_on, reason, sentence in (
        (today, "  ", "motif du courrier"),
        (today + dt.timedelta(days=1), "Non.", "avenir"),
        (early, "Non.", "après la publication"),
        (today, "x" * 2001, "2000 caractères"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            actions.record_renouncement(dossier, received_on=received_on, reason=reason, actor=officer)
    row = actions.record_renouncement(dossier, received_on=today, reason="Départ du porteur.", actor=officer)
    assert (row.received_on, row.reason, row.recorded_by) == (today, "Départ du porteur.", officer)
    assert journal() == [("dossier.record_renouncement", dossier.ref, "laureate", "renounced")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Renouncement.objects.update(reason="")


def test_the_laureate_s_pages_say_what_follows_then_that_it_is_done(dossier, owner, officer):
    convention = actions.prepare_convention(dossier, actor=officer)
    client = people.client_of(owner)
    detail = reverse("funding:convention_detail", args=[convention.ref])
    assert renounce_url(dossier) in words(client.get(detail))
    page = words(client.get(renounce_url(dossier)))
    assert "Ce renoncement est définitif." in page
    assert f"La convention {convention.ref} sera sans suite" in page
    assert client.post(renounce_url(dossier), {"reason": "x" * 2001}).status_code == 422
    assert client.post(renounce_url(dossier), {}).url == reverse("evaluation:dossier_outcome", args=[dossier.ref])
    again = words(client.post(renounce_url(dossier), {}, follow=True))
    assert ("l’état est « Renoncement »" in again, "a déjà renoncé" in again) == (True, True)
    assert ("Retour aux suites du dossier" in page, "Retour aux suites du dossier" in again) == (False, True)
    page = words(client.get(detail))
    for said, expected in {
        "Convention sans suite depuis le": True,
        "À payer": False,
        "Renoncer à l’aide": False,
    }.items():
        assert (said in page) == expected
    assert "Sans suite depuis le" in words(client.get(reverse("funding:convention_list")))
    assert "n’est plus lauréat" in words(client.get(f"/dossiers/{dossier.ref}/"))


def test_the_staff_records_a_letter_and_sees_the_end_of_the_convention(dossier, officer, accountant):
    convention = a_signed_convention(dossier, officer)
    client = people.client_of(officer)
    page = words(client.get(record_url(dossier)))
    assert "les 100 000,00 € engagés sont désengagés par une contre-écriture" in page
    assert record_url(dossier) in words(client.get(reverse("admin:staff_dossier", args=[dossier.ref])))
    response = client.post(record_url(dossier), {"received_on": clock.today().isoformat(), "reason": ""})
    assert response.status_code == 422
    sent = {"received_on": clock.today().isoformat(), "reason": "<b>Départ</b>"}
    assert client.post(record_url(dossier), sent).url == reverse("admin:staff_dossier", args=[dossier.ref])
    again = words(client.get(record_url(dossier)))
    assert ("a déjà renoncé" in again, "Retour au dossier" in again) == (True, True)
    page = words(client.get(reverse("admin:funding_convention_change", args=[convention.ref])))
    for said in ("Sans suite depuis le", "Motif : « &lt;b&gt;Départ&lt;/b&gt; »", "Convention classée sans suite"):
        assert said in page
    for name, person in (("sign", officer), ("certify", officer), ("pay", accountant)):
        args = [convention.ref, *([1] if name != "sign" else [])]
        page = words(people.client_of(person).get(reverse(f"admin:funding_convention_{name}", args=args)))
        assert "sans suite : le lauréat a renoncé" in page


def test_another_s_dossier_is_unknown(dossier, call):
    other = people.client_of(people.a_person("autre@ailleurs.example"))
    mine = a_laureate(call, people.a_person("moi@ailleurs.example"), number=2)
    assert [other.get(renounce_url(item)).status_code for item in (dossier, mine)] == [404, 404]
    assert Convention.objects.count() == 0
