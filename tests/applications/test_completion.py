"""A request for completion: who may ask what, what alone may change, the reply, the silence, to the second."""

import datetime as dt
import json

import pytest
import time_machine

from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, freezing, reading, register
from applications.actions.drafting import DELAY_OVER, NOT_ASKED
from applications.enums import DossierState
from applications.models import Answer, AnswerRow, Call, DepositEntry, Dossier, DossierVersion, PastAnswer
from datasets.models import DatasetVersion
from evaluation import actions as staff
from evaluation.models import EligibilityItem
from evaluation.rules import JUDGED
from tests import people
from tests.applications import small
from tests.applications.asked import ASKED, DUE, POINTS, SECOND, a_deposit, an_instructor, ask
from tests.applications.test_receipt import text_of
from tests.documents import files

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def instructor():
    return an_instructor()


@pytest.fixture
def owner():
    return people.a_person("claire@labo.example")


@pytest.fixture
def deposit(owner):
    return a_deposit(owner)


@pytest.fixture
def returned(deposit, instructor):
    return ask(deposit, instructor)


def refused(act, *args, at=ASKED, **kwargs):
    """The sentence of a refusal at an instant; empty when the act is done."""
    with time_machine.travel(at, tick=False):
        try:
            act(*args, **kwargs)
        except TransitionRefused as refusal:
            return str(refusal)
    return ""


def write(dossier, owner, code, raw, *, at=ASKED + DAY, **place):
    with time_machine.travel(at, tick=False):
        return small.type_in(dossier, code, raw, actor=owner, **place)


def live(dossier):
    """What the dossier says now, without what tells one copy from another."""
    now = Dossier.objects.select_related("call", "form_revision").get(pk=dossier.pk)
    content = freezing.content_of(now, drafts.load(now))
    return {name: content[name] for name in ("facts", "datasets", "sections")}


def deposited(version):
    content = json.loads(version.content)
    return {name: content[name] for name in ("facts", "datasets", "sections")}


def journal(dossier):
    return list(
        AuditEvent.objects.filter(subject=dossier.ref, verb__contains="completion").values_list("verb", flat=True)
    )


def test_the_team_is_told_that_there_is_a_request_and_until_when(returned):
    request = returned.completions.get()
    assert (returned.state, returned.completion_due_at, request.due_at, request.number) == ("returned", DUE, DUE, 1)
    assert [(one.question, one.label, one.reason) for one in request.points.all()] == [
        ("summary", "Résumé", POINTS["summary"]),
        ("costs", "Dépenses", POINTS["costs"]),
        ("protocol", "Protocole", POINTS["protocol"]),
    ]
    mail = Message.objects.get(kind="applications.completion_asked")
    body = mail.body.replace("\xa0", " ")
    assert "au plus tard le 9 décembre 2026 à 24 h 00 (heure de Paris)" in body
    assert [words for words in (*POINTS.values(), "Résumé", "Protocole") if words in body] == []


def test_what_forbids_to_ask_is_said(deposit, instructor, owner):
    def ask_for(points, by=instructor, at=ASKED):
        return refused(staff.ask_completion, deposit, points, actor=by, at=at)

    one = {"summary": "Précisez."}
    before = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    assert [
        ask_for(one, by=owner),
        ask_for(one, at=before),
        ask_for({}),
        ask_for({"summary": " "}),
        ask_for({"linkage_other": "Cachée au dépôt."}),
        ask_for({"summary": "x" * 2001}),
    ] == [
        "Vous n’avez pas le droit de faire cette action.",
        "La clôture n’est pas passée : jusque-là, le porteur peut corriger son dossier.",
        "Choisissez au moins un point à compléter.",
        "Dites ce qui est demandé pour « Résumé » : le porteur le lira.",
        "Un point choisi n’est pas dans le dossier déposé : rechargez la page.",
        "« Résumé » : le texte dépasse 2000 caractères, raccourcissez-le.",
    ]
    assert ask_for(one) == ""
    assert ask_for(one) == "Un complément est déjà demandé pour ce dossier : prolongez cette demande, ou retirez-la."
    Dossier.objects.filter(pk=deposit.pk).update(state="eligible", completion_due_at=None)
    assert ask_for(one) == "Action impossible : l’état du dossier est « Éligible »."


def test_a_call_may_forbid_it(owner, instructor):
    deposit = a_deposit(owner, completion={})
    said = refused(staff.ask_completion, deposit, POINTS, actor=instructor)
    assert said == "Cet appel n’admet pas de demande de complément : le dossier est jugé tel qu’il est déposé."


def test_only_the_points_of_the_request_may_change(returned, owner):
    """Every act of writing, on a point and beside."""
    at = ASKED + DAY
    row = AnswerRow.objects.get(dossier=returned).row
    kept = returned.attachments.get()
    assert write(returned, owner, "summary", "La population est celle de 2020.").problem == ""
    assert write(returned, owner, "costs", "90 000", row=str(row), column="price").problem == ""
    with time_machine.travel(at, tick=False):
        new = actions.replace_file(kept, files.uploaded("signe.pdf"), actor=owner)
        actions.remove_file(new, actor=owner)
        actions.deposit_file(returned, "protocol", files.uploaded("resigne.pdf"), actor=owner)
        added = actions.add_row(returned, "costs", actor=owner)
        actions.remove_row(returned, "costs", str(added.row), actor=owner)
        actions.restore_row(returned, "costs", str(added.row), actor=owner)
    before = live(returned)
    others = {
        "title": lambda: small.type_in(returned, "title", "Un autre titre", actor=owner),
        "linkage_other": lambda: small.type_in(returned, "linkage_other", "Cachée", actor=owner),
        "cv": lambda: actions.deposit_file(returned, "cv", files.uploaded("cv.pdf"), actor=owner),
    }
    assert {code: refused(act, at=at) for code, act in others.items()} == dict.fromkeys(others, NOT_ASKED)
    assert live(returned) == before


def test_a_question_that_a_point_makes_appear_may_be_answered(deposit, instructor, owner):
    returned = ask(deposit, instructor, {"linkage": "Dites avec quoi."})
    write(returned, owner, "linkage", ["other"])
    assert write(returned, owner, "linkage_other", "Un entrepôt").problem == ""
    assert refused(small.type_in, returned, "title", "Autre", actor=owner, at=ASKED + DAY) == NOT_ASKED


@pytest.mark.drawn
def test_the_reply_is_a_new_copy_with_its_sealed_receipt_in_the_register(returned, owner):
    write(returned, owner, "summary", "La population est celle de 2020.")
    Call.objects.update(texts=returned.call.texts | {"receipt_silence": {"months": 2, "outcome": "rejetée"}})
    held = returned.dossier_datasets.get().version
    newer = DatasetVersion.objects.create(dataset=held.dataset, version="2", summary="Une mise à jour.")
    returned.call.call_datasets.filter(version=held).update(version=newer)
    before = returned.versions.get()
    columns = Dossier.objects.filter(pk=returned.pk).values("title", "submitted_at", "round")
    known = columns.get()
    with time_machine.travel(DUE - SECOND, tick=False):
        version = actions.answer_completion(returned, actor=owner)
        actions.build_receipt(version_id=version.pk)
    request = returned.completions.get()
    frozen = reading.frozen(version)
    receipt = text_of(DossierVersion.objects.get(pk=version.pk).receipt)
    for words in (
        "Accusé de réception de la réponse à une demande de complément",
        "Dossier reçu le 02/11/2026 à 10:00:00",
        "Réponse à la demande de complément n° 1, faite le 25 novembre 2026 sur le dépôt n° 1",
        "Réponse reçue le 09/12/2026 à 23:59:59",
        "réputée rejetée le 16 janvier 2027, le délai ayant été suspendu 14 jours",
    ):
        assert words in receipt.replace("\xa0", " ")
    assert "complément reçu" in Message.objects.get(kind="applications.receipt").title
    assert (returned.state, request.outcome, request.answer, request.ended_at) == (
        "submitted",
        "answered",
        version,
        DUE - SECOND,
    )
    assert (frozen.number, frozen.completes["number"], frozen.received_at) == (2, 1, before.submitted_at)
    assert [one["version"] for one in frozen.datasets] == ["1"]
    assert frozen.answer("summary") == "La population est celle de 2020."
    kept = DossierVersion.objects.get(pk=before.pk)
    assert (kept.content, kept.withdrawn_at, columns.get()) == (before.content, DUE - SECOND, known)
    assert list(DepositEntry.objects.values_list("version__number", flat=True)) == [2]
    assert register.is_public(returned.call, DUE)
    assert journal(returned) == ["dossier.answer_completion"]


def test_what_forbids_to_reply_is_said(returned, owner):
    def reply(by=owner, at=ASKED + DAY):
        return refused(actions.answer_completion, returned, actor=by, at=at)

    nothing = "Aucun des points demandés n’a changé : modifiez-en un au moins avant d’envoyer la réponse."
    assert reply() == nothing
    write(returned, owner, "summary", "")
    assert reply() == "Le dossier n’est pas complet : 1 point est à compléter avant de le déposer."
    write(returned, owner, "summary", "Mieux.")
    assert [reply(by=people.a_person("autre@labo.example")), reply(at=DUE), reply(at=DUE + SECOND)] == [
        "Vous n’avez pas le droit de faire cette action.",
        DELAY_OVER,
        DELAY_OVER,
    ]
    assert reply(at=DUE - SECOND) == ""
    assert reply() == "Aucun complément n’est demandé pour ce dossier."


def test_at_the_end_of_the_delay_the_dossier_is_judged_as_it_was_deposited(returned, owner):
    """Closed once, dated of its end even when the clock was away; what was not sent is in the history."""
    version = returned.versions.get()
    row = str(AnswerRow.objects.get(dossier=returned).row)
    write(returned, owner, "summary", "Un texte jamais envoyé.")
    write(returned, owner, "costs", "1 000", row=row, column="price")
    with time_machine.travel(ASKED + DAY, tick=False):
        actions.replace_file(returned.attachments.get(), files.uploaded("jamais envoyé.pdf"), actor=owner)
        added = actions.add_row(returned, "costs", actor=owner)
        actions.remove_row(returned, "costs", row, actor=owner)
    assert live(returned) != deposited(version)
    assert refused(small.type_in, returned, "summary", "Trop tard.", actor=owner, at=DUE) == DELAY_OVER
    assert actions.settle_completions(at=DUE - SECOND) == 0
    late = DUE + 2 * DAY
    with time_machine.travel(late, tick=False):
        assert (actions.settle_completions(at=late), actions.settle_completions(at=late)) == (1, 0)
    now = Dossier.objects.get(pk=returned.pk)
    request = now.completions.get()
    assert (now.state, now.completion_due_at, request.outcome, request.ended_at) == (
        "submitted",
        None,
        "unanswered",
        DUE,
    )
    assert live(returned) == deposited(version)
    assert now.versions.get() == version
    unsent = PastAnswer.objects.filter(kind="unsent").values_list("question", "value")
    assert sorted(unsent) == [("costs", "1000.00"), ("summary", "Un texte jamais envoyé.")]
    assert AnswerRow.objects.get(row=added.row).deleted_at == late
    assert journal(now) == []
    assert AuditEvent.objects.get(verb="dossier.leave_unanswered").data["outcome"] == "unanswered"
    assert Message.objects.filter(kind="applications.completion_unanswered").count() == 1
    assert Answer.objects.get(dossier=now, question="summary").version == 3


def test_the_staff_gives_more_time_or_asks_nothing_any_more(returned, owner, instructor):
    later = dt.date(2026, 12, 16)

    def prolong(day, reason="Congés.", by=instructor, at=ASKED + DAY):
        return refused(staff.prolong_completion, returned, due_on=day, reason=reason, actor=by, at=at)

    assert [
        prolong(later, by=owner),
        prolong(later, reason=" "),
        prolong(dt.date(2026, 12, 25)),
        prolong(dt.date(2026, 12, 9)),
        prolong(later, at=DUE),
    ] == [
        "Vous n’avez pas le droit de faire cette action.",
        "Donnez le motif de la prolongation : il reste au journal.",
        "Le 25\xa0décembre\xa02026 n’est pas un jour ouvré : choisissez-en un autre.",
        "Le nouveau délai finit après l’actuel : un délai ne se raccourcit pas.",
        "Le délai est passé : la demande se clôt d’elle-même dans la minute.",
    ]
    assert prolong(later) == ""
    write(returned, owner, "summary", "Après l’ancien délai.", at=DUE + DAY)
    end = dt.datetime(2026, 12, 16, 23, tzinfo=dt.UTC)
    assert actions.settle_completions(at=end - SECOND) == 0
    said = refused(staff.withdraw_completion, returned, reason="Sans objet.", actor=instructor, at=DUE + DAY)
    now = Dossier.objects.get(pk=returned.pk)
    assert (said, now.state, now.completions.get().outcome, now.completions.get().reason) == (
        "",
        "submitted",
        "withdrawn",
        "Sans objet.",
    )
    assert live(returned) == deposited(returned.versions.get())
    assert journal(returned) == ["dossier.prolong_completion", "dossier.withdraw_completion"]
    assert refused(staff.withdraw_completion, returned, reason="Encore.", actor=instructor) == (
        "Aucun complément n’est demandé pour ce dossier."
    )


def test_while_it_waits_nothing_is_decided_of_it_and_nobody_judges_it(returned, owner, instructor):
    dataset = returned.dossier_datasets.get().version.dataset
    acts = {
        "eligible": lambda: staff.declare_eligible(returned, actor=instructor),
        "ineligible": lambda: staff.declare_ineligible(returned, actor=instructor),
        "opinion": lambda: staff.request_opinion(returned, dataset, actor=instructor),
        "submit": lambda: actions.submit_dossier(returned, actor=owner),
        "reopen": lambda: actions.reopen_dossier(returned, actor=owner),
        "withdraw": lambda: actions.withdraw_dossier(returned, actor=owner),
    }
    assert [name for name, act in acts.items() if not refused(act, at=ASKED + DAY)] == []
    assert (Dossier.objects.get(pk=returned.pk).state, DossierState.RETURNED in JUDGED) == ("returned", False)


def test_a_decision_stands_when_the_reply_changes_nothing_that_it_rests_on(deposit, owner, instructor):
    for position, (code, evidence) in enumerate([("RESTS", ["title"]), ("MOVED", ["summary"]), ("WHOLE", [])]):
        params = {"evidence": evidence} if evidence else {}
        deposit.call.criteria.create(
            code=code, position=position, group="projet", label=code, check_name="manual", params=params
        )
    staff.run_checks(deposit.versions.get().pk)
    with time_machine.travel(ASKED, tick=False):
        for item in EligibilityItem.objects.select_related("criterion", "version"):
            staff.decide_criterion(item, decision="met", reason="Lu.", actor=instructor)
    returned = ask(deposit, instructor, {"summary": "Précisez."})
    write(returned, owner, "summary", "Mieux.")
    with time_machine.travel(ASKED + DAY, tick=False):
        version = actions.answer_completion(returned, actor=owner)
        staff.run_checks(version.pk)
    found = EligibilityItem.objects.filter(version=version).order_by("criterion__position")
    assert list(found.values_list("criterion__code", "decision", "decided_by", "decided_at")) == [
        ("RESTS", "met", instructor.pk, ASKED),
        ("MOVED", "", None, None),
        ("WHOLE", "", None, None),
    ]


def test_a_second_request_bears_on_the_copy_that_stands(returned, owner, instructor):
    write(returned, owner, "summary", "Mieux.")
    with time_machine.travel(ASKED + DAY, tick=False):
        actions.answer_completion(returned, actor=owner)
        request = staff.ask_completion(returned, {"title": "Raccourcissez-le."}, actor=instructor)
    assert (request.number, request.version.number) == (2, 2)
    assert refused(small.type_in, returned, "summary", "Encore.", actor=owner, at=ASKED + DAY) == NOT_ASKED
    address = Address("title")
    assert refused(actions.save_answer, returned, address, "Bref", seen_version=1, actor=owner, at=ASKED + DAY) == ""
    assert Dossier.objects.get(pk=returned.pk).title == small.ANSWERS["title"]
