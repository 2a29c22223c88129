"""The ranking of a session from its rows: computed by a job, told old, its envelope changed with a reason."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.kernel.money import in_words
from ami_portal.kernel.text import canonical_json
from applications.models import DossierMember
from evaluation import actions, board, ranked
from evaluation.models import Ranking, Session
from evaluation.standing import read, standing_of
from tests import scenes as jobs

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    first, second = scenes.ready_for_jury(call), scenes.ready_for_jury(call, "paul@lab.example", title="Autre projet")
    for email, marks in (("a@univ-a.example", (4, 2)), ("b@univ-b.example", (4, 3))):
        for dossier, mark in zip((first, second), marks, strict=True):
            scenes.a_submitted_review(dossier, email, mark=mark)
    session = scenes.a_session(call)
    return SimpleNamespace(call=call, session=session, first=first, second=second, secretary=scenes.secretary())


def computed(scene):
    actions.ask_ranking(scene.session, actor=scene.secretary)
    actions.compute_ranking(scene.session.pk)
    return ranked.standing_kept(scene.session)


def test_the_ranking_is_that_of_the_rows_and_is_kept(scene):
    assert ranked.standing_kept(scene.session) == (None, None)
    kept, standing = computed(scene)
    asked = min(scene.first.amount_requested, scene.call.max_grant)
    assert [(row.ref, row.rank, row.score, row.amount, row.reads) for row in standing.rows] == [
        (scene.first.ref, 1, Decimal("80.00"), asked, 2),
        (scene.second.ref, 2, Decimal("50.00"), asked, 2),
    ]
    assert [(row.dossier.ref, row.rank, row.score) for row in board.ranking_of(scene.session)] == [
        (row.ref, row.rank, row.score) for row in standing.rows
    ]
    assert standing.funding.refs == (scene.first.ref, scene.second.ref)
    assert standing.seed == f"{scene.call.code} {scene.session.opened_at.isoformat()}"
    assert (kept.is_computing, kept.seen) == (False, ranked.mark_of(scene.session))
    inputs = ranked.inputs_of(scene.session)
    assert standing_of(read(inputs.as_data())) == standing
    assert canonical_json(standing.as_data()) == canonical_json(kept.content)
    assert journal(scene.call.code, "ranking") == [("ranking.ask", "", "")]


def test_what_changes_since_is_told(scene):
    computed(scene)
    review = scene.first.reviews.get(juror__email="a@univ-a.example")
    actions.declare_conflict(review, conflict="Codirection.", actor=review.juror)
    kept, _ = ranked.standing_kept(scene.session)
    assert kept.seen != ranked.mark_of(scene.session)


def test_closing_the_scoring_and_standing_aside_later_ask_for_it(scene):
    actions.close_scoring(scene.session, actor=scene.secretary)
    jobs.run_jobs()
    kept, standing = ranked.standing_kept(scene.session)
    assert (kept.asked_by, len(standing.rows), standing.rows[0].reads) == (None, 2, 2)
    review = scene.first.reviews.get(juror__email="a@univ-a.example")
    actions.declare_conflict(review, conflict="Codirection.", actor=review.juror)
    jobs.run_jobs()
    kept, standing = ranked.standing_kept(scene.session)
    assert (standing.rows[0].reads, kept.seen) == (1, ranked.mark_of(Session.objects.get()))


def test_the_amount_is_the_median_of_what_jurors_recommend_within_what_is_asked(scene):
    for review, amount in zip(scene.first.reviews.order_by("pk"), (60000, 70001), strict=True):
        review.recommended_amount = Decimal(amount)
        review.save(update_fields=["recommended_amount"])
    scene.second.reviews.update(recommended_amount=Decimal(10**6))
    amounts = {entry.ref: entry.amount for entry in ranked.inputs_of(scene.session).entries}
    asked = min(scene.second.amount_requested, scene.call.max_grant)
    assert amounts == {scene.first.ref: Decimal("65000.50"), scene.second.ref: asked}


def test_a_refused_dataset_is_ranked_and_not_funded(scene):
    scene.first.opinions.update(neutrality="unfavourable", neutrality_reason="Non.")
    _, standing = computed(scene)
    assert [(row.rank, row.fundable) for row in standing.rows] == [(1, False), (2, True)]
    assert standing.funding.refs == (scene.second.ref,)


def test_groups_of_quotas_come_from_datasets_and_from_the_deposit(scene):
    code = scene.call.dataset_options[0][0]
    bare = {"dataset": "", "question": "", "option": "", "least": 1, "most": None}
    quotas = [{**bare, "code": "d", "label": "D", "dataset": code}, {**bare, "code": "q", "label": "Q"}]
    quotas[1] |= {"question": "category", "option": "research"}
    scene.session.call.texts["ranking"] |= {"method": "optimum", "quotas": quotas}
    given = {entry.ref: entry.groups for entry in ranked.inputs_of(scene.session).entries}
    assert set(given) == {scene.first.ref, scene.second.ref}
    assert all(groups == {f"dataset={code}", "category=research"} for groups in given.values())


def test_another_envelope_has_its_reason_and_its_trace(scene):
    said = {"envelope": Decimal(120000), "reason": " Don d’un fonds. ", "actor": scene.secretary}
    actions.set_envelope(scene.session, **said)
    jobs.run_jobs()
    session = Session.objects.select_related("call").get()
    assert (session.envelope, session.envelope_reason) == (Decimal(120000), "Don d’un fonds.")
    assert ranked.standing_kept(session)[1].funding.refs == (scene.first.ref,)
    event = AuditEvent.objects.get(verb="session.set_envelope")
    assert (event.before, event.after, event.data["reason"]) == (in_words(300000), in_words(120000), "Don d’un fonds.")
    assert "déjà" in refusal(actions.set_envelope, session, **said)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": " "}, "Dites pourquoi"),
        ({"reason": "x" * 1001}, "1000 caractères"),
        ({"envelope": Decimal(-1)}, "un montant de 0"),
        ({"envelope": Decimal(10**9)}, "un montant de 0"),
        ({"envelope": Decimal(300000)}, "déjà"),
    ],
)
def test_an_envelope_that_is_refused(scene, said, words):
    asked = {"envelope": Decimal(5), "reason": "Parce que."} | said
    assert words in refusal(actions.set_envelope, scene.session, **asked, actor=scene.secretary)


def test_who_may_not_and_when_it_is_too_late(scene):
    said = {"envelope": Decimal(5), "reason": "Parce que."}
    for person in (scenes.instructor(), scenes.juror()):
        assert "droit" in refusal(actions.ask_ranking, scene.session, actor=person)
        assert "droit" in refusal(actions.set_envelope, scene.session, **said, actor=person)
    Session.objects.filter(pk=scene.session.pk).update(state="frozen", frozen_at=clock.now())
    assert "arrêtées" in refusal(actions.ask_ranking, scene.session, actor=scene.secretary)
    assert "arrêtées" in refusal(actions.set_envelope, scene.session, **said, actor=scene.secretary)
    assert not Ranking.objects.exists()


def test_who_has_a_part_in_a_dossier_is_kept_from_it(scene):
    DossierMember.objects.create(
        dossier=scene.first, email=scene.secretary.email, role="reader", invited_at=clock.now()
    )
    assert board.hidden_from(scene.secretary, scene.session) == {scene.first.pk}
