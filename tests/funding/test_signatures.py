"""What a signed PDF proves: real signatures, made with throw-away certificates, then tampered with in each way."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ami_portal.documents import measure, seal, store
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from funding import actions
from funding.enums import Party
from funding.models import Convention, SignedCopy
from funding.signatures import ALTERED, MOVED, NONE, evidence
from tests import people, scenes

from . import signing
from .laureates import a_frozen_convention
from .test_agreement import a_deposited_laureate, text_of
from .test_pages import words

AT = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)


def a_pdf(content):
    return SimpleUploadedFile("convention-signee.pdf", content, content_type="application/pdf")


@pytest.fixture
def convention(db, owner, officer):
    frozen = a_frozen_convention(a_deposited_laureate(owner), officer)
    scenes.run_jobs()
    frozen.refresh_from_db()
    return frozen


def send(convention, content, actor, **said):
    copy = actions.send_signed_copy(convention, a_pdf(content), **{"party": Party.BENEFICIARY} | said, actor=actor)
    scenes.run_jobs()
    return SignedCopy.objects.select_related("document", "convention").get(pk=copy.pk)


@pytest.mark.drawn
def test_a_convention_is_signed_by_two_parties_and_nothing_else_passes(convention, owner, officer):
    frozen, at = store.read(convention.document), clock.now()
    assert seal.is_whole(frozen)
    with pytest.raises(TransitionRefused, match="à l’octet près"):
        send(convention, signing.signed(scenes.a_pdf(), "Anne Morel", at=at), owner)
    assert SignedCopy.objects.count() == 0
    signed = signing.signed(frozen, "Anne Morel", at=at)
    refused = {
        NONE: frozen,
        MOVED: signing.amended(frozen),
        ALTERED: signing.amended(signed),
    }
    for sentence, content in refused.items():
        copy = send(convention, content, owner)
        assert evidence(copy).obstacle == sentence
        with pytest.raises(TransitionRefused) as refusal:
            actions.accept_copy(copy, confirmed=True, actor=officer)
        assert str(refusal.value) == sentence
    copy = send(convention, signed, owner)
    found = evidence(copy)
    assert [(one.name, one.at.replace(microsecond=0), one.is_whole, one.is_trusted) for one in found.signatures] == [
        ("Anne Morel", at.replace(microsecond=0), True, False)
    ]
    assert "fait par le signataire lui-même" in found.signatures[0].trust
    with pytest.raises(TransitionRefused, match="Confirmez"):
        actions.accept_copy(copy, actor=officer)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.accept_copy(copy, confirmed=True, actor=owner)
    sign = {"signed_on": clock.today(), "signatory": "Anne Morel", "despite": "Pièces attendues.", "actor": officer}
    with pytest.raises(TransitionRefused, match="attend votre vérification"):
        actions.record_signature(convention, **sign)
    actions.accept_copy(copy, confirmed=True, actor=officer)
    with pytest.raises(TransitionRefused, match="déjà acceptée"):
        send(convention, signed, owner)
    with pytest.raises(TransitionRefused, match="Il manque la copie signée de l’opérateur"):
        actions.record_signature(convention, **sign)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        send(convention, signed, owner, party=Party.OPERATOR)
    with pytest.raises(TransitionRefused, match="à l’octet près"):
        send(convention, signing.signed(frozen, "HDH", at=at), officer, party=Party.OPERATOR)
    both = send(convention, signing.signed(signed, "HDH", at=at), officer, party=Party.OPERATOR)
    assert [one.name for one in evidence(both).signatures] == ["Anne Morel", "HDH"]
    page = words(people.client_of(owner).get(reverse("funding:convention_signature", args=[convention.ref])))
    for said in ("Tout le document, tel qu’il était alors", "Ne compte plus", "fait par le signataire lui-même"):
        assert said in page
    actions.accept_copy(both, confirmed=True, actor=officer)
    with pytest.raises(TransitionRefused, match="précède"):
        actions.record_signature(convention, **sign | {"signed_on": clock.today() - dt.timedelta(days=1)})
    actions.record_signature(convention, **sign)
    scenes.run_jobs()
    convention = Convention.objects.get(pk=convention.pk)
    assert (convention.state, convention.signed_document, convention.signed_on) == (
        "signed",
        both.document,
        clock.today(),
    )
    record = store.read(convention.signature_record)
    assert seal.is_whole(record)
    assert both.document.sha256[:40] in text_of(record)
    assert Document.objects.filter(kind="signature_record").count() == 1
    with pytest.raises(TransitionRefused, match="n’est pas à signer"):
        send(convention, signed, owner)


def test_a_scan_is_marked_confirmed_or_refused_in_words_and_void_once_reopened(convention, owner, officer):
    laureate, staff = people.client_of(owner), people.client_of(officer)
    mine = reverse("funding:convention_signature", args=[convention.ref])
    theirs = reverse("admin:funding_convention_signatures", args=[convention.ref])
    assert laureate.post(mine, {"document": a_pdf(b"PK")}).status_code == 422
    assert laureate.post(mine, {"document": scenes.a_file("scan.pdf"), "is_paper": "on"}).url == mine
    scenes.run_jobs()
    accept, refuse = (
        reverse(f"admin:funding_convention_{name}", args=[convention.ref, 1]) for name in ("accept", "refuse")
    )
    assert "Scan d’une signature manuscrite" in words(staff.get(theirs))
    assert staff.post(accept, {}).status_code == 422
    assert staff.post(refuse, {"reason": ""}).status_code == 422
    assert staff.post(refuse, {"reason": "Page 3 illisible."}).url == theirs
    assert "Page 3 illisible." in words(laureate.get(mine))
    assert "déjà décidée" in words(staff.get(accept))
    assert laureate.post(mine, {"document": scenes.a_file("scan.pdf"), "is_paper": "on"}).url == mine
    scenes.run_jobs()
    again = reverse("admin:funding_convention_accept", args=[convention.ref, 2])
    assert staff.post(again, {"confirmed": "on"}).url == theirs
    posted = {"document": scenes.a_file("scan.pdf"), "is_paper": "on", "party": "operator"}
    assert staff.post(theirs, posted).url == theirs
    assert reverse("funding:copy_pdf", args=[convention.ref, 2]) in words(laureate.get(mine))
    actions.reopen_convention(convention, reason="Coquille.", actor=officer)
    assert list(SignedCopy.objects.order_by("number").values_list("state", flat=True)) == ["refused", "void", "void"]
    kinds = Message.objects.filter(kind__contains="copy").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["funding.copy_to_verify", "funding.copy_refused", "funding.copy_to_verify"]


@pytest.mark.once
def test_an_authority_of_the_operator_is_trusted_and_a_changed_byte_is_seen():
    frozen = signing.signed(scenes.a_file("c.pdf").read(), "Sceau", at=AT)
    signed = signing.signed(frozen, "Anne Morel", at=AT)
    wanted = {"sha256": sha256_of(frozen), "size": len(frozen)}

    def facts(content, **more):
        return measure.examine(content, {"signatures": wanted | more}).facts["signatures"]

    trusted = facts(signed, roots=[signing.pem("Anne Morel")])
    assert (trusted["contains"], trusted["altered"], trusted["found"][0]["trusted"]) == (True, False, True)
    place = signed.rindex(b"/SigFlags") + 10
    changed = facts(signed[:place] + b"1" + signed[place + 1 :])
    assert changed["altered"]
    assert facts(signed + b"\n% encore")["altered"]
