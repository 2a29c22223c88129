"""Two people, or two workers, at the same moment: real transactions, real locks."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents.models import Document
from ami_portal.workflow import TransitionRefused
from applications import supporting
from applications.models import Call, PieceReading
from applications.reading import frozen, standing_version
from evaluation import actions, reserve
from evaluation.actions.pieces import mark_of
from evaluation.models import (
    Contradiction,
    Decision,
    DecisionProposal,
    DossierProgress,
    EligibilityItem,
    Letter,
    Opinion,
    OpinionDraft,
    PassagePair,
    Restriction,
    Review,
    Session,
)
from tests.desk import staff_rows
from tests.funding import laureates
from tests.people import a_partner, staff
from tests.scenes import accept_charter, receive

from . import scenes
from .test_passages import COPIED
from .two_datasets import REFUSED, a_scene, give

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run acts at the same moment; answer what each raised, or None."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        barrier.wait()
        try:
            act()
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_two_workers_make_one_letter_and_two_clicks_one_publication():
    session, first, second = scenes.frozen(scenes.a_closed_call())
    Letter.objects.all().delete()
    Document.objects.filter(kind="letter").delete()
    jobs = [lambda d=dossier: actions.build_letter(dossier_id=d.pk) for dossier in (first, second, first, second)]
    assert together(*jobs) == [None] * 4
    assert (Letter.objects.count(), Document.objects.filter(kind="letter").count()) == (2, 2)
    secretary = scenes.secretary()
    publish = [lambda: actions.publish_results(Session.objects.get(pk=session.pk), actor=secretary)] * 2
    outcomes = together(*publish)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]


def test_a_veto_and_an_assignment_at_the_same_moment_never_both_pass_unseen():
    """Whichever comes first: either the assignment is refused, or the review that it made is stopped."""
    dossier = scenes.ready_for_jury(scenes.a_closed_call())
    scenes.a_session(dossier.call)
    juror, secretary, partner, opinion = (
        scenes.juror(),
        scenes.secretary(),
        scenes.partner(dossier),
        dossier.opinions.get(),
    )
    said = scenes.founded(dossier, neutrality="unfavourable", neutrality_reason="Non.")
    veto, assigned = together(
        lambda: actions.give_opinion(opinion, **said, actor=partner),
        lambda: actions.assign_juror(dossier, juror, actor=secretary),
    )
    assert veto is None
    if assigned is None:
        review = Review.objects.get()
        accept_charter(dossier.call, juror)
        actions.deny_conflict(review, actor=juror)
        with pytest.raises(TransitionRefused, match="défavorable"):
            scenes.save(review)
    else:
        assert "défavorable" in str(assigned)


def test_a_juror_assigned_twice_at_once_has_one_review():
    dossier = scenes.ready_for_jury(scenes.a_closed_call())
    scenes.a_session(dossier.call)
    juror, secretary = scenes.juror(), scenes.secretary()
    outcomes = together(*[lambda: actions.assign_juror(dossier, juror, actor=secretary)] * 3)
    assert Review.objects.count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "NoneType",
        "TransitionRefused",
        "TransitionRefused",
    ]


def test_one_free_place_is_given_once(monkeypatch):
    """Two secretaries call two dossiers of the reserve list at the same moment."""
    monkeypatch.setattr("evaluation.actions.build_letter", lambda *, dossier_id: None)
    call = laureates.an_announced_call()
    owner = scenes.person("claire@lab.example")
    laureates.a_laureate(call, owner, number=1, state="renounced")
    waiting = [laureates.a_laureate(call, owner, number=number, state="reserve") for number in (2, 3)]
    Decision.objects.filter(dossier__in=waiting).update(outcome="reserve", amount=None)
    said = {"amount": Decimal("50000"), "reason": "Accord du jury.", "actor": scenes.secretary()}
    outcomes = together(*(lambda d=dossier: actions.call_reserve(d, **said) for dossier in waiting))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]
    assert (call.dossiers.filter(state="laureate").count(), reserve.free_places(call)) == (1, 0)


def test_two_people_read_a_piece_at_the_same_moment_and_one_word_is_kept():
    dossier = scenes.a_deposit(scenes.a_closed_call(), tax_certificate_status="certificate")
    held = supporting.pieces_of(dossier, frozen(standing_version(dossier)))
    piece = next(one for one in held if one.kind.code == "tax_certificate")
    said = {"seen": mark_of(piece), "reason": "Autre organisme."}
    actors = [scenes.instructor(), staff(Role.INSTRUCTOR, email="autre@hdh.example")]
    acts = [lambda who=who: actions.refuse_piece(dossier, "tax_certificate", **said, actor=who) for who in actors]
    assert sorted(type(outcome).__name__ for outcome in together(*acts)) == ["NoneType", "TransitionRefused"]
    assert PieceReading.objects.count() == 1


def test_two_people_who_confirm_a_proposed_decision_at_once_are_one():
    dossier = scenes.a_deposit(scenes.a_closed_call())
    Call.objects.filter(pk=dossier.call_id).update(decisions={"two_people_refusals": True})
    receive(dossier, scenes.instructor())
    item = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="DURATION")
    actions.decide_criterion(item, decision="not_met", reason="30 mois.", actor=scenes.instructor())
    proposal = DecisionProposal.objects.get()
    people = [staff(Role.INSTRUCTOR, email=f"instruction{number}@hdh.example") for number in (1, 2)]
    outcomes = together(*(lambda one=one: actions.confirm_decision(proposal, actor=one) for one in people))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]
    confirmed = AuditEvent.objects.filter(verb="criterion.decide", data__criterion="DURATION")
    assert confirmed.count() == EligibilityItem.objects.filter(confirmed_by__in=people, decision="not_met").count() == 1


def test_two_deposits_compared_at_the_same_moment_find_each_other_and_one_conclusion_is_kept():
    call = scenes.a_closed_call()
    versions = [staff_rows.a_row(call, number, title=COPIED).versions.get() for number in (1, 2)]
    acts = [lambda one=version: actions.compare_passages(one.pk) for version in versions]
    assert together(*acts, *acts) == [None] * 4
    pair = PassagePair.objects.get()
    actors = [scenes.instructor(), staff(Role.INSTRUCTOR, email="autre@hdh.example")]
    outcomes = together(*(lambda who=who: actions.examine_pair(pair, reason="Vu.", actor=who) for who in actors))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]


def test_two_opposite_answers_at_once_to_a_restriction_leave_one_and_its_own_perimeter():
    scene = a_scene(scenes.a_closed_call())
    give(scene.dossier, scene.first, **REFUSED)
    give(scene.dossier, scene.second)
    asked = actions.ask_restriction(scene.dossier, reason="Une base est refusée.", actor=scene.instructor)

    def answer(accepts):
        row = Restriction.objects.select_related("dossier__call").get(pk=asked.pk)
        actions.answer_restriction(row, accepts=accepts, answer="", actor=scene.owner)

    outcomes = together(lambda: answer(True), lambda: answer(False))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]
    left = set(scene.dossier.dossier_datasets.values_list("version__dataset", flat=True))
    kept = {"accepted": {scene.second.pk}, "declined": {scene.first.pk, scene.second.pk}}
    assert left == kept[Restriction.objects.get().state]
    assert (
        AuditEvent.objects.filter(subject=asked.ref, verb__in=["restriction.accept", "restriction.decline"]).count()
        == 1
    )


def test_two_answers_at_once_to_an_opinion_leave_one_and_its_partner_lifts_it_against_its_effect_or_not_at_all():
    scene = a_scene(scenes.a_closed_call(hears=True))
    given = give(scene.dossier, scene.first, **REFUSED)
    told = actions.open_contradiction(given, actor=scene.instructor)

    def on_fresh(act, **said):
        return act(Contradiction.objects.select_related("opinion__dossier__call").get(pk=told.pk), **said)

    def answer(text):
        on_fresh(actions.answer_contradiction, answer=text, actor=scene.owner)

    outcomes = together(lambda: answer("Un."), lambda: answer("Deux."))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TransitionRefused"]
    assert AuditEvent.objects.filter(verb="contradiction.answer").count() == 1
    together(
        lambda: on_fresh(actions.settle_contradiction, reason="Lu.", actor=scene.instructor),
        lambda: give(scene.dossier, scene.first),
    )
    told.refresh_from_db()
    given.refresh_from_db()
    assert (told.state, given.feasibility, given.refused_at) == ("dropped", "favourable", None)


def test_two_jurors_who_save_then_submit_at_the_same_moment_each_keep_theirs():
    dossier = scenes.ready_for_jury(scenes.a_closed_call())
    reviews = [scenes.a_draft_review(dossier, f"{name}@univ-{name}.example") for name in "ab"]
    saves = [lambda r=review, m=mark: scenes.save(r, m) for review, mark in zip(reviews, (2, 4), strict=True)]
    assert together(*saves) == [None, None]
    submits = [lambda r=review: actions.submit_review(r, actor=r.juror) for review in reviews]
    assert together(*submits, *submits[:1])[1] is None  # and one of them clicks twice
    assert [set(review.scores.values_list("value", flat=True)) for review in reviews] == [{2}, {4}]
    progress = DossierProgress.objects.get()
    assert (progress.entrusted, progress.submitted, progress.score, progress.waits_since) == (2, 2, 60, None)


def test_two_people_of_one_partner_who_write_then_sign_at_the_same_moment_make_one_draft_and_one_opinion():
    dossier = scenes.an_eligible(scenes.a_closed_call())
    opinion = scenes.an_opinion(dossier)
    people = [scenes.partner(dossier), a_partner(opinion.dataset.partner, "paul@partenaire.example")]
    texts = ["Un mot.", "Un autre."]
    drafts = [
        lambda p=person, t=text: actions.save_opinion_draft(opinion, actor=p, seen_version=0, disclosed_reason=t)
        for person, text in zip(people, texts, strict=True)
    ]
    outcomes = together(*drafts)
    kept = outcomes.index(None)
    draft = OpinionDraft.objects.get()
    assert (draft.saved_by, draft.said["disclosed_reason"], draft.version) == (people[kept], texts[kept], 1)
    assert outcomes[1 - kept].draft == draft
    said = {"neutrality": "favourable", "feasibility": "favourable", "seen": opinion.mark}
    signatures = [
        lambda p=person, t=text: actions.give_opinion(
            Opinion.objects.select_related("dossier__call", "dataset").get(), actor=p, disclosed_reason=t, **said
        )
        for person, text in zip(people, texts, strict=True)
    ]
    outcomes = together(*signatures)
    signed = outcomes.index(None)
    row = Opinion.objects.get()
    assert (row.given_by, row.disclosed_reason, OpinionDraft.objects.count()) == (people[signed], texts[signed], 0)
    assert f"{people[signed]} a signé l’avis de" in str(outcomes[1 - signed])
    assert AuditEvent.objects.filter(verb="opinion.give").count() == 1
