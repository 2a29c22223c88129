"""Depositing, taking back, withdrawing: the instant, the freeze, who, twice, and what follows."""

import datetime as dt
import json

import pytest
import time_machine

from ami_portal.audit.models import AuditEvent
from ami_portal.documents import measure
from ami_portal.documents.enums import Verdict
from ami_portal.jobs.models import Job
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions, opening, reading
from applications.enums import DossierState, MemberRole
from applications.models import Call, DossierVersion
from tests import people
from tests.applications import small
from tests.documents import files


@pytest.fixture
def full(call, owner):
    return small.a_full_draft(call, owner)


def verbs(dossier):
    return list(AuditEvent.objects.filter(subject=dossier.ref).values_list("verb", flat=True))


@pytest.mark.parametrize(("seconds_before", "expected"), [(1, "submitted"), (0, "draft"), (-1, "draft")])
def test_submit_dossier_at_the_deadline(full, owner, seconds_before, expected):
    at = full.call.closes_at - dt.timedelta(seconds=seconds_before)
    on_time = expected == "submitted"
    with time_machine.travel(at, tick=False):
        if on_time:
            version = actions.submit_dossier(full, actor=owner)
            assert (version.submitted_at, version.submitted_by, version.number) == (at, owner, 1)
        else:
            with pytest.raises(TransitionRefused, match="clos"):
                actions.submit_dossier(full, actor=owner)
    full.refresh_from_db()
    assert (full.state, full.submitted_at) == (expected, at if on_time else None)
    assert full.versions.count() == on_time
    assert ("dossier.submit" in verbs(full)) == on_time


def test_submit_dossier_queues_what_follows(full, owner):
    Job.objects.all().delete()
    version = actions.submit_dossier(full, actor=owner)
    assert list(Job.objects.values_list("name", "ids")) == [
        ("applications.build_receipt", {"version_id": version.pk}),
        ("evaluation.run_checks", {"version_id": version.pk}),
        ("evaluation.compare_passages", {"version_id": version.pk}),
        ("evaluation.detect_conflicts", {"dossier_id": full.pk}),
    ]


def test_submit_dossier_twice(full, owner):
    actions.submit_dossier(full, actor=owner)
    with pytest.raises(TransitionRefused, match="Déposé"):
        actions.submit_dossier(full, actor=owner)
    assert full.versions.count() == 1


@pytest.mark.parametrize("role", [None, MemberRole.EDITOR, MemberRole.READER])
def test_only_the_owner_submits_reopens_withdraws(full, owner, role):
    other = people.a_person("autre@labo.example")
    if role:
        actions.invite_member(full, other.email, role, actor=owner)
    for act in (actions.submit_dossier, actions.withdraw_dossier):
        with pytest.raises(TransitionRefused, match="droit"):
            act(full, actor=other)
    actions.submit_dossier(full, actor=owner)
    with pytest.raises(TransitionRefused, match="droit"):
        actions.reopen_dossier(full, actor=other)
    full.refresh_from_db()
    assert full.state == DossierState.SUBMITTED


def test_an_incomplete_dossier_is_not_submitted(full, owner):
    small.type_in(full, "title", "", actor=owner)
    with pytest.raises(TransitionRefused, match="1 point est à compléter"):
        actions.submit_dossier(full, actor=owner)
    small.type_in(full, "months", "beaucoup", actor=owner)
    with pytest.raises(TransitionRefused, match="2 points sont à compléter"):
        actions.submit_dossier(full, actor=owner)
    assert not DossierVersion.objects.exists()


def test_a_file_without_verdict_waits_and_a_refused_one_is_missing(full, owner):
    pending = actions.deposit_file(full, "cv", files.uploaded("cv.pdf", files.a_pdf(password="secret")), actor=owner)
    with pytest.raises(TransitionRefused, match="contrôle d’un fichier n’est pas fini"):
        actions.submit_dossier(full, actor=owner)
    measure.inspect(pending.document_id)
    pending.document.refresh_from_db()
    assert pending.document.verdict == Verdict.REFUSED
    with pytest.raises(TransitionRefused, match="1 point est"):
        actions.submit_dossier(full, actor=owner)
    actions.remove_file(pending, actor=owner)
    assert actions.submit_dossier(full, actor=owner).number == 1


# The freeze


def test_the_version_is_canonical_and_holds_the_fingerprints(full, owner):
    version = actions.submit_dossier(full, actor=owner)
    content = json.loads(version.content)
    assert version.content == canonical_json(content)
    assert version.sha256 == sha256_of(version.content)
    document = full.attachments.get().document
    frozen = reading.frozen(version)
    assert [(file.filename, file.sha256, file.pages) for file in frozen.all_files()] == [
        ("protocole.pdf", document.sha256, 1)
    ]
    assert (frozen.ref, frozen.title, frozen.number) == (full.ref, "Repérer les rechutes", 1)
    assert frozen.submitted_at == version.submitted_at
    assert frozen.submitted_by == {"name": owner.get_full_name(), "email": owner.email}
    assert frozen.form_sha256 == full.form_revision.sha256
    assert frozen.answer("amount") == frozen.facts["amount_requested"] == "98500.00"
    assert frozen.table("costs") == [{"kind": "staff", "what": "Data scientist, 9 mois", "price": "98500.00"}]
    assert frozen.item("costs").cells == (("Personnel", "Data scientist, 9 mois", "98\u202f500,00\u00a0€"),)
    assert frozen.item("costs").totals == ["", "", "98\u202f500,00\u00a0€"]
    assert frozen.dataset_codes == ["base-a"]
    assert frozen.datasets[0] == {"code": "base-a", "title": "Base A", "version": "1"}


def test_hidden_answers_are_left_out_and_come_back(full, owner):
    small.type_in(full, "linkage", ["other"], actor=owner)
    small.type_in(full, "linkage_other", "Un entrepôt", actor=owner)
    small.type_in(full, "linkage", ["snds"], actor=owner)
    frozen = reading.frozen(actions.submit_dossier(full, actor=owner))
    assert (frozen.item("linkage_other"), frozen.answer("linkage")) == (None, ["snds"])
    assert "Un entrepôt" not in DossierVersion.objects.get().content
    actions.reopen_dossier(full, actor=owner)
    small.type_in(full, "linkage", ["other"], actor=owner)
    assert reading.frozen(actions.submit_dossier(full, actor=owner)).answer("linkage_other") == "Un entrepôt"


def test_removed_rows_and_files_are_left_out(full, owner):
    row = str(actions.add_row(full, "costs", actor=owner).row)
    small.type_in(full, "costs", "Supprimée", actor=owner, row=row, column="what")
    actions.remove_row(full, "costs", row, actor=owner)
    spare = actions.deposit_file(full, "cv", files.uploaded("cv.pdf"), actor=owner)
    actions.remove_file(spare, actor=owner)
    content = actions.submit_dossier(full, actor=owner).content
    assert "Supprimée" not in content
    assert "cv.pdf" not in content


def test_partners_read_only_what_is_opened_to_them(full, owner):
    whole = reading.frozen(actions.submit_dossier(full, actor=owner))
    read = opening.opened(whole, full.form_revision.form, own={"base-a"}, lent={"base-a": "Base A", "base-b": "Base B"})
    assert [section.code for section in read.sections] == ["project"]
    assert (read.answer("title"), read.answer("lead_name"), read.answer("amount")) == (whole.title, None, None)
    assert (read.submitted_by, read.all_files(), read.lead_name, read.amount_requested) == ({}, [], "", None)


def test_a_later_change_of_the_catalogue_changes_nothing(full, owner):
    version = actions.submit_dossier(full, actor=owner)
    before = reading.frozen(version)
    Call.objects.update(title="Autre titre")
    full.dossier_datasets.get().version.dataset.__class__.objects.update(title="Autre base")
    version.refresh_from_db()
    assert reading.frozen(version) == before


# Back and forth


def test_reopen_and_submit_again(full, owner):
    first = actions.submit_dossier(full, actor=owner)
    actions.reopen_dossier(full, actor=owner)
    first.refresh_from_db()
    assert (full.state, full.submitted_at, bool(first.withdrawn_at)) == (DossierState.DRAFT, None, True)
    assert reading.standing_version(full) is None
    small.type_in(full, "title", "Corrigé", actor=owner)
    second = actions.submit_dossier(full, actor=owner)
    assert (second.number, reading.standing_version(full)) == (2, second)
    assert (reading.frozen(first).title, reading.frozen(second).title) == ("Repérer les rechutes", "Corrigé")
    assert [verb for verb in verbs(full) if verb.startswith("dossier.")] == [
        "dossier.start", "dossier.submit", "dossier.reopen", "dossier.submit"
    ]  # fmt: skip
    assert list(Message.objects.filter(kind="applications.reopened").values_list("to_email")) == [(owner.email,)]


@pytest.mark.parametrize("act", [actions.reopen_dossier, actions.withdraw_dossier])
def test_after_the_closing_nothing_changes(full, owner, act):
    version = actions.submit_dossier(full, actor=owner)
    with time_machine.travel(full.call.closes_at, tick=False), pytest.raises(TransitionRefused, match="clos"):
        act(full, actor=owner)
    full.refresh_from_db()
    assert (full.state, reading.standing_version(full)) == (DossierState.SUBMITTED, version)


def test_reopen_what_is_not_deposited(full, owner):
    with pytest.raises(TransitionRefused, match="Brouillon"):
        actions.reopen_dossier(full, actor=owner)


@pytest.mark.parametrize("deposited", [True, False])
def test_withdraw_is_for_good(full, owner, deposited):
    if deposited:
        actions.submit_dossier(full, actor=owner)
    actions.withdraw_dossier(full, actor=owner)
    full.refresh_from_db()
    assert (full.state, reading.standing_version(full)) == (DossierState.WITHDRAWN, None)
    for act in (actions.withdraw_dossier, actions.reopen_dossier, actions.submit_dossier):
        with pytest.raises(TransitionRefused, match="Retiré"):
            act(full, actor=owner)
    assert Message.objects.filter(kind="applications.withdrawn").count() == 1
