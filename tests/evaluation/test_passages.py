"""Passages cut, marked and compared: a copy is found whatever was edited in it, what everybody says is not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.passages import (
    FULL_WORDS,
    MAX_TEXT,
    MAX_WORDS,
    MIN_WORDS,
    fingerprints,
    known_sentences,
    likeness,
    passages,
    side_by_side,
    words_of,
)

pytestmark = pytest.mark.once

COPIED = (
    "Nous suivrons les patientes traitées pour un cancer du sein métastatique et mesurerons la survie sans progression "
    "selon les lignes de traitement reçues, à partir des données de la base PRM chaînée au SNDS."
)
EDITED = (
    "Dans ce projet, nous SUIVRONS les patientes traitees pour un cancer du sein avancé et mesurerons la survie sans "
    "progression selon les lignes reçues, à partir de la base PRM chaînée au SNDS principal."
)
OTHER = (
    "L’algorithme apprend à reconnaître les altérations moléculaires des prélèvements de poumon, puis à proposer au "
    "pathologiste les lames qu’il doit relire en premier, avec la raison de son choix."
)
WORDS = st.lists(st.sampled_from("le sein base projet étude de la cohorte SNDS mesure 2024 l’œil".split()), max_size=90)


def test_a_copied_passage_with_edits_is_found_and_another_text_is_not():
    found = likeness(COPIED, EDITED)
    assert (found.words, found.percent, found.is_worth_a_look) == (29, 85, True)
    assert fingerprints(COPIED) & fingerprints(EDITED)
    assert not likeness(COPIED, OTHER).is_worth_a_look
    assert not fingerprints(COPIED) & fingerprints(OTHER)


def test_the_words_that_both_say_are_marked_in_both_as_they_were_typed():
    left, right = side_by_side(COPIED, EDITED)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (COPIED, EDITED)
    assert (left[0].text, right[1].text) == (
        "Nous suivrons les patientes traitées pour un cancer du sein",
        "nous SUIVRONS les patientes traitees pour un cancer du sein",
    )


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_a_text_compared_with_itself_is_always_found_and_the_comparison_is_symmetric(said, heard):
    one, other = " ".join(said), " ".join(heard)
    assert likeness(one, other) == likeness(other, one)
    assert side_by_side(one, other) == tuple(reversed(side_by_side(other, one)))
    if len(words_of(one)) >= MIN_WORDS:
        assert (likeness(one, one).is_worth_a_look, bool(fingerprints(one))) == (True, True)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, WORDS)
def test_a_run_of_eight_words_in_common_always_shares_a_mark(run, before, after):
    run = (run * 8 or ["mot"] * 8)[:8]
    assert fingerprints(" ".join(run + after)) & fingerprints(" ".join(before + run))


def test_the_sentences_that_the_call_gave_are_no_passages():
    given_text = "Le projet respecte les règles de l’appel et n’a pas commencé avant l’annonce des lauréats."
    typed = f"{COPIED} Le PROJET respecte les règles de l'appel et n'a pas commencé avant l'annonce des lauréats."
    assert list(passages(typed, known_sentences([given_text]))) == [COPIED]
    assert list(passages(given_text, known_sentences([given_text]))) == []


def test_passages_are_whole_sentences_of_a_readable_size():
    cut = list(passages(" ".join([COPIED, OTHER] * 6)))
    assert all(FULL_WORDS <= len(words_of(one)) <= MAX_WORDS for one in cut)
    assert [
        list(passages(text))
        for text in ("Trop court pour dire quoi que ce fût", "Sept mots ne font pas un passage", "")
    ] == [
        ["Trop court pour dire quoi que ce fût"],
        [],
        [],
    ]


@pytest.mark.parametrize(
    "hostile",
    ["a" * 500_000, "mot " * 500_000, ". " * 500_000, "\n" * 500_000, "é\u0301\u202e" * 200_000, "<script>" * 90_000],
    ids=["one word", "one sentence", "no word", "lines", "marks", "tags"],
)
def test_hostile_and_huge_texts_are_bounded(hostile):
    began = time.perf_counter()
    cut = list(passages(hostile))
    assert sum(len(one) for one in cut) <= MAX_TEXT
    for one in cut[:3]:
        fingerprints(one)
        likeness(one, one)
    assert time.perf_counter() - began < 3
