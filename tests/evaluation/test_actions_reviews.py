"""Reviews: drafts as far as they go, submission for good, and every refusal."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from evaluation import actions
from evaluation.actions import StaleReview
from evaluation.models import Review

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call)
    review = scenes.a_draft_review(dossier)
    return SimpleNamespace(call=call, dossier=dossier, review=review, juror=review.juror, points=scenes.points(call))


def save(review, actor=None, **said):
    plain = {"scores": {}, "comments": {}, "comment_jury": "", "comment_applicant": ""}
    return actions.save_review(review, **(plain | said), actor=actor or review.juror)


def marks():
    return dict(Review.objects.get().scores.values_list("point_id", "value"))


def test_a_draft_goes_as_far_as_it_goes_and_keeps_what_was_not_sent(scene):
    first, second = scene.points[:2]
    stored = save(
        scene.review, scores={first: 5}, comments={"OPEN_SCIENCE": "Bien.\u202e\r\nTrès."}, comment_jury="Pour."
    )
    assert (marks(), stored.version, stored.saved_at is not None) == ({first: 5}, 1, True)
    assert stored.comments == {"OPEN_SCIENCE": "Bien.\nTrès."}
    save(scene.review, scores={second: 0}, comments={"FEASIBILITY": "Juste."}, comment_jury="Pour.")
    save(scene.review, scores={first: 4}, comment_jury="Pour.")
    assert marks() == {first: 4, second: 0}
    assert Review.objects.get().comments == {"OPEN_SCIENCE": "Bien.\nTrès.", "FEASIBILITY": "Juste."}
    save(scene.review, comments={"FEASIBILITY": ""}, comment_jury="Pour.")
    assert Review.objects.get().comments == {"OPEN_SCIENCE": "Bien.\nTrès."}


def test_the_same_draft_again_changes_nothing(scene):
    said = {"scores": {scene.points[0]: 3}, "comment_jury": "Oui."}
    version = save(scene.review, **said).version
    again = save(scene.review, **said, seen_version=0)
    assert (again.version, journal(scene.review.ref, "review.s")) == (version, [])


def test_a_save_from_a_stale_window_is_refused_with_what_is_stored(scene):
    save(scene.review, comment_jury="De l’autre fenêtre.")
    with pytest.raises(StaleReview) as stale:
        save(scene.review, comment_jury="D’ici.", seen_version=0)
    assert (stale.value.review.comment_jury, stale.value.review.version) == ("De l’autre fenêtre.", 1)
    assert Review.objects.get().comment_jury == "De l’autre fenêtre."
    assert save(scene.review, comment_jury="D’ici.", seen_version=1).comment_jury == "D’ici."


@pytest.mark.parametrize("mark", [-1, 6, 100])
def test_a_mark_out_of_the_scale_is_refused(scene, mark):
    assert "Une note va de 0 à 5" in refusal(save, scene.review, scores={scene.points[0]: mark})


def test_a_grid_of_another_call_is_refused(scene):
    other = scenes.points(scenes.a_closed_call("AUTRE-2026"))
    assert "n’est pas celle de l’appel" in refusal(save, scene.review, scores={other[0]: 3})
    assert "n’est pas celle de l’appel" in refusal(save, scene.review, comments={"INCONNU": "?"})


@pytest.mark.parametrize("field", ["comment_jury", "comment_applicant", "comments"])
def test_a_comment_too_long_is_refused(scene, field):
    text = "x" * 10_001
    assert "10000 caractères" in refusal(
        save, scene.review, **{field: {"OPEN_SCIENCE": text} if field == "comments" else text}
    )


def test_a_review_is_the_juror_s_own(scene):
    for person in (scenes.secretary(), scenes.juror("autre@b.example"), scenes.dossier_owner(scene.dossier)):
        assert "pas le droit" in refusal(save, scene.review, person)
        assert "pas le droit" in refusal(actions.submit_review, scene.review, actor=person)


def test_nothing_is_written_before_the_declaration_nor_after_a_recusal(scene):
    to_declare = scenes.a_review(scene.dossier, "autre@b.example")
    assert "Lien d’intérêts à déclarer" in refusal(save, to_declare)
    actions.declare_conflict(to_declare, conflict="Un ami.", actor=to_declare.juror)
    assert "pas le droit" in refusal(save, to_declare)


def test_submit_review_once_every_point_has_its_mark(scene):
    scenes.save(scene.review, None, scores=dict.fromkeys(scene.points[:-1], 3))
    assert refusal(actions.submit_review, scene.review, actor=scene.juror).startswith("Il reste 1 note à donner")
    scenes.save(scene.review)
    actions.submit_review(scene.review, actor=scene.juror)
    row = Review.objects.get()
    assert (row.state, row.submitted_at is not None) == ("submitted", True)
    assert journal(row.ref, "review.submit") == [("review.submit", "draft", "submitted")]
    assert "« Évaluation remise »" in refusal(actions.submit_review, scene.review, actor=scene.juror).replace(
        "\u00a0", " "
    )
    assert "« Évaluation remise »" in refusal(save, scene.review).replace("\u00a0", " ")


def test_nothing_changes_once_the_scoring_is_closed(scene):
    scenes.save(scene.review)
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    assert "La notation est close" in refusal(save, scene.review)
    assert "La notation est close" in refusal(actions.submit_review, scene.review, actor=scene.juror)


def test_a_veto_given_since_stops_the_review(scene):
    scenes.save(scene.review)
    scenes.give(scene.dossier.opinions.get(), neutrality="unfavourable", neutrality_reason="Non.")
    assert "Un avis défavorable arrête ce dossier" in refusal(save, scene.review)
    assert "Un avis défavorable arrête ce dossier" in refusal(actions.submit_review, scene.review, actor=scene.juror)
    scenes.give(scene.dossier.opinions.get())
    actions.submit_review(scene.review, actor=scene.juror)


def test_an_amount_and_a_confidence_are_kept_within_what_may_be_granted(scene):
    most = scene.dossier.grant_limit
    stored = save(scene.review, recommended_amount=most, confidence="sure")
    assert (stored.recommended_amount, stored.confidence, stored.version) == (most, "sure", 1)
    assert save(scene.review, recommended_amount=Decimal(0)).recommended_amount == 0
    assert save(scene.review).recommended_amount is None
    for amount in (most + Decimal("0.01"), Decimal(-1)):
        assert "va de 0 à" in refusal(save, scene.review, recommended_amount=amount)
    assert "assurance" in refusal(save, scene.review, confidence="certain")
