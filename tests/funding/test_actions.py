"""Each act on a convention, and each of its refusals beside it: the refused change nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.accounts.enums import Role
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.documents.enums import Verdict
from ami_portal.documents.store import FileRefused
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import Call, Dossier
from funding import actions, ledger
from funding.models import Convention, Instalment, LedgerEntry
from tests import people, scenes

from .laureates import a_frozen_convention, a_laureate, a_signed_convention

D = Decimal


def lines_of(convention):
    return list(
        Instalment.objects.filter(convention=convention).values_list(
            "number", "code", "percent", "gross", "retention", "months_after_signature", "due_on", "state"
        )
    )


def verbs():
    return list(AuditEvent.objects.filter(verb__regex="^(convention|instalment)").values_list("verb", "subject"))


def nothing_happened():
    """No convention, no entry, no event, no mail, no job of this room."""
    return (
        Convention.objects.count(),
        LedgerEntry.objects.count(),
        verbs(),
        Message.objects.filter(kind__startswith="funding").count(),
        Job.objects.filter(name__startswith="funding").count(),
    ) == (0, 0, [], 0, 0)


# Preparation


def test_prepare_convention_pins_the_rules_of_the_call(dossier, officer):
    convention = actions.prepare_convention(dossier, actor=officer)
    convention.refresh_from_db()
    assert (convention.ref, convention.state, convention.amount, convention.duration_months) == (
        f"{dossier.ref}-C1",
        "prepared",
        D("100000.00"),
        24,
    )
    assert (convention.retention_percent, convention.regulation_version) == (D("10.00"), "2024-1")
    assert lines_of(convention) == [
        (1, "signature", D("40.00"), D("40000.00"), D("4000.00"), 0, None, "planned"),
        (2, "interim", D("40.00"), D("40000.00"), D("4000.00"), 12, None, "planned"),
        (3, "balance", D("20.00"), D("20000.00"), D("2000.00"), 24, None, "planned"),
    ]
    event = AuditEvent.objects.get(verb="convention.prepare")
    assert (event.subject, event.actor, event.after, event.data) == (
        convention.ref,
        officer,
        "prepared",
        {"amount": "100000.00", "regulation": "2024-1", "template": "1"},
    )
    assert not Job.objects.filter(name="funding.build_convention").exists()
    actions.freeze_convention(convention, base=0, actor=officer)
    assert list(Job.objects.filter(name="funding.build_convention").values_list("ids", flat=True)) == [
        {"convention_id": convention.pk}
    ]
    assert ledger.balances(convention) == ledger.Balances(D(0), D(0), D(0), D(0))


def test_a_later_change_of_the_call_does_not_reach_a_convention(dossier, officer):
    convention = a_frozen_convention(dossier, officer)
    before = lines_of(convention)
    regulation = dossier.call.regulation | {"retention_percent": "50", "instalments": []}
    Call.objects.filter(pk=dossier.call_id).update(regulation=regulation)
    actions.record_signature(convention, signed_on=clock.today(), signatory="Anne Morel", actor=officer)
    assert [line[:6] for line in lines_of(convention)] == [line[:6] for line in before]


def test_the_duration_is_the_dossier_s_within_the_call_s_limit(call, owner, officer):
    durations = [
        actions.prepare_convention(a_laureate(call, owner, number=n, duration_months=months), actor=officer)
        for n, months in enumerate((12, 36, None), start=1)
    ]
    assert [convention.duration_months for convention in durations] == [12, 24, 24]


def test_a_convention_is_prepared_once(dossier, officer):
    actions.prepare_convention(dossier, actor=officer)
    with pytest.raises(TransitionRefused, match="existe déjà"):
        actions.prepare_convention(dossier, actor=officer)
    assert Convention.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "submitted", "eligible", "reserve", "rejected", "renounced"])
def test_only_a_laureate_has_a_convention(dossier, officer, state):
    Dossier.objects.filter(pk=dossier.pk).update(
        state=state, submitted_at=None if state == "draft" else dossier.submitted_at
    )
    with pytest.raises(TransitionRefused, match="lauréat"):
        actions.prepare_convention(dossier, actor=officer)
    assert nothing_happened()


def test_no_convention_before_the_results_are_published(dossier, officer):
    Call.objects.filter(pk=dossier.call_id).update(results_published_at=None)
    with pytest.raises(TransitionRefused, match="pas encore publiés"):
        actions.prepare_convention(dossier, actor=officer)
    assert nothing_happened()


@pytest.mark.parametrize(("amount", "sentence"), [("100000.01", "dépasse le plafond"), ("0.01", "trop faible")])
def test_the_amount_is_within_the_call_s_limit_and_can_be_shared(call, owner, officer, amount, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        actions.prepare_convention(a_laureate(call, owner, amount=amount), actor=officer)
    assert nothing_happened()


def test_no_convention_without_an_amount_decided(dossier, officer):
    dossier.decision.delete()
    with pytest.raises(TransitionRefused, match="Aucun montant"):
        actions.prepare_convention(dossier, actor=officer)
    assert nothing_happened()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.GRANT_OFFICER, Role.PARTNER)])
def test_only_a_grant_officer_prepares(dossier, role):
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.prepare_convention(dossier, actor=people.staff(role))
    assert nothing_happened()


# Signature


def test_record_signature_commits_the_grant_and_dates_the_schedule(dossier, officer, owner):
    convention = a_frozen_convention(dossier, officer)
    today = clock.today()
    signed = actions.record_signature(
        convention, signed_on=today, signatory="  Anne \u202eMorel ", actor=officer, document=scenes.a_file("c.pdf")
    )
    signed.refresh_from_db()
    assert (signed.state, signed.signed_on, signed.ends_on, signed.signatory) == (
        "signed",
        today,
        clock.add_months(today, 24),
        "Anne Morel",
    )
    assert [line[6] for line in lines_of(signed)] == [clock.add_months(today, months) for months in (0, 12, 24)]
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.credit, entry.debit, entry.amount, entry.instalment, entry.actor) == (
        "commitment",
        "grant",
        "committed",
        D("100000.00"),
        None,
        officer,
    )
    assert ledger.balances(signed) == ledger.Balances(D("100000.00"), D("0.00"), D("0.00"), D("100000.00"))
    kept = signed.signed_document
    assert (kept.verdict, kept.filename) == (Verdict.PENDING, f"{signed.ref}-signee.pdf")
    assert verbs() == [
        ("convention.prepare", signed.ref),
        ("convention.freeze", signed.ref),
        ("convention.sign", signed.ref),
        ("convention.attach_signed_copy", signed.ref),
    ]
    assert list(Message.objects.values_list("kind", "to_email")) == [("funding.signature_recorded", owner.email)]
    assert trail.first_broken() is None


@pytest.mark.parametrize(("days", "sentence"), [(1, "avenir"), (-1, "précède")])
def test_the_day_of_signature_is_between_the_convention_and_today(dossier, officer, days, sentence):
    convention = a_frozen_convention(dossier, officer)
    day = clock.today() + dt.timedelta(days=days)
    with pytest.raises(TransitionRefused, match=sentence):
        actions.record_signature(convention, signed_on=day, signatory="Anne Morel", actor=officer)
    convention.refresh_from_db()
    assert (convention.state, convention.signed_on, LedgerEntry.objects.count()) == ("frozen", None, 0)


@pytest.mark.parametrize("signatory", ["", " \u202e ", "x" * 201])
def test_a_signature_has_a_signatory(dossier, officer, signatory):
    convention = a_frozen_convention(dossier, officer)
    with pytest.raises(TransitionRefused, match="signataire"):
        actions.record_signature(convention, signed_on=clock.today(), signatory=signatory, actor=officer)
    assert (Convention.objects.get().state, LedgerEntry.objects.count()) == ("frozen", 0)


def test_a_signature_is_recorded_once(dossier, officer):
    convention = a_signed_convention(dossier, officer)
    tomorrow = clock.today() + dt.timedelta(days=1)
    with pytest.raises(TransitionRefused, match="« Signée »"):
        actions.record_signature(convention, signed_on=tomorrow, signatory="Autre", actor=officer)
    convention.refresh_from_db()
    assert (convention.signatory, convention.signed_on) == ("Anne Morel, directrice", clock.today())
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize("role", [Role.ACCOUNTING_OFFICER, Role.INSTRUCTOR, Role.ADMINISTRATOR, Role.JURY_SECRETARY])
def test_only_a_grant_officer_records_a_signature(dossier, officer, owner, role):
    convention = a_frozen_convention(dossier, officer)
    person = people.staff(role)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.record_signature(convention, signed_on=clock.today(), signatory="Anne", actor=person)
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.record_signature(convention, signed_on=clock.today(), signatory="Anne", actor=owner)
    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("copie.pdf", b"", "vide"),
        ("copie.pdf", b"PK\x03\x04 un zip", "pas un PDF"),
        ("../copie.pdf", b"%PDF-1.4", "chemin"),
        ("c\u202eopie.pdf", b"%PDF-1.4", "invisibles"),
        ("copie.pdf", b"%PDF-" + b"x" * 2_000, "dépasse"),
    ],
)
def test_a_hostile_copy_is_refused_and_signs_nothing(dossier, officer, settings, name, content, sentence):
    settings.UPLOAD_MAX_BYTES = 1_000
    uploaded = SimpleUploadedFile("copie.pdf", content)
    uploaded.sent_name = name
    convention = a_frozen_convention(dossier, officer)
    with pytest.raises(FileRefused, match=sentence):
        actions.record_signature(
            convention, signed_on=clock.today(), signatory="Anne", document=uploaded, actor=officer
        )
    assert (Convention.objects.get().state, LedgerEntry.objects.count()) == ("frozen", 0)


def test_the_signed_copy_comes_later_once_and_again_only_if_refused(dossier, officer):
    prepared = a_frozen_convention(dossier, officer)
    with pytest.raises(TransitionRefused, match="pas encore signée"):
        actions.attach_signed_copy(prepared, scenes.a_file("c.pdf"), actor=officer)
    actions.record_signature(prepared, signed_on=clock.today(), signatory="Anne", actor=officer)
    signed = actions.attach_signed_copy(prepared, scenes.a_file("c.pdf"), actor=officer)
    with pytest.raises(TransitionRefused, match="déjà déposée"):
        actions.attach_signed_copy(prepared, scenes.a_file("c.pdf"), actor=officer)
    type(signed.signed_document).objects.filter(pk=signed.signed_document.pk).update(
        verdict=Verdict.REFUSED, verdict_reason="Illisible."
    )
    again = actions.attach_signed_copy(prepared, scenes.a_file("c.pdf"), actor=officer)
    assert again.signed_document_id != signed.signed_document_id


@pytest.mark.parametrize(("counts_from", "is_told"), [("signature", True), ("start", True), ("start", False)])
def test_the_end_of_a_convention_counts_from_what_its_regulation_says(call, owner, officer, counts_from, is_told):
    """A form that asks no start, or a start that nobody told, leaves the signature."""
    starts_on = clock.today() + dt.timedelta(days=45) if is_told else None
    call.regulation |= {"version": f"{counts_from}-1", "duration_counts_from": counts_from}
    call.save(update_fields=["regulation"])
    dossier = a_laureate(call, owner, starts_on=starts_on)
    convention = a_signed_convention(dossier, officer)
    expected = clock.add_months(starts_on if starts_on and counts_from == "start" else clock.today(), 24)
    assert (convention.ends_on, convention.instalments.get(number=1).due_on) == (expected, clock.today())


def test_a_duration_over_before_the_signature_is_refused_with_its_start(call, owner, officer):
    call.regulation |= {"version": "start-1", "duration_counts_from": "start"}
    call.save(update_fields=["regulation"])
    convention = a_frozen_convention(a_laureate(call, owner, starts_on=dt.date(2020, 1, 1)), officer)
    with pytest.raises(TransitionRefused, match="Comptée à partir du début déclaré des travaux, le 1er"):
        actions.record_signature(convention, signed_on=clock.today(), signatory="Anne Morel", actor=officer)
    convention.refresh_from_db()
    assert convention.state == "frozen"
