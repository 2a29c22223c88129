"""Two texts made from one: what is merged, what clashes, and what always holds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire.merging import Span, differences, hunks, merge

BASE = "Le projet réutilise des données.\n\nIl dure deux ans."


def with_words(*changes):
    """BASE with some words replaced."""
    text = BASE
    for before, after in changes:
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (with_words(("Le", "Notre")), with_words(("deux", "trois")), with_words(("Le", "Notre"), ("deux", "trois"))),
        (f"Un début.\n\n{BASE}", f"{BASE}\n\nUne fin.", f"Un début.\n\n{BASE}\n\nUne fin."),
        (with_words((" réutilise des données", "")), with_words(("données", "données ouvertes")), None),
        (with_words(("Le", "Le grand")), with_words(("Le", "Le petit")), None),
        ("", with_words(("deux", "trois")), None),
        (f"{BASE} Un.", f"{BASE} Deux.", None),
        (f"{BASE} Pareil.", f"{BASE} Pareil.", f"{BASE} Pareil."),
        (with_words(("\n\n", "\n")), with_words(("Le", "Mon")), with_words(("\n\n", "\n"), ("Le", "Mon"))),
    ],
    ids=["words", "paragraphs", "written where removed", "same place", "emptied", "both at the end", "same", "spaces"],
)
def test_merge(one, other, expected):
    assert merge(BASE, one, other) == expected
    assert merge(BASE, other, one) == expected


def test_two_texts_written_in_an_empty_field_clash():
    assert merge("", "Le mien", "Le sien") is None
    assert merge("", "Le mien", "Le mien") == "Le mien"


def test_a_text_of_few_words_without_end_stays_quick():
    """Comparing it in detail would take seconds: what differs is taken as one hunk."""
    assert len(hunks(["a", " ", "b", " "] * 9_000, ["b", " ", "a", " ", "b", " "] * 6_000)) == 1


WORDS = st.sampled_from(["le", "la", "de", "projet", "données", "santé", "jury", "ans", "a", "b"])
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", "\n\n", "  "])), max_size=30).map(
    lambda pairs: "".join(f"{word}{space}" for word, space in pairs).strip()
)


@given(TEXTS, TEXTS, TEXTS)
def test_what_always_holds(base, one, other):
    assert merge(base, one, base) == one
    assert merge(base, base, other) == other
    assert merge(base, one, one) == one
    merged = merge(base, one, other)
    assert merged == merge(base, other, one)
    if merged is None:
        return
    words, came_from = Counter(merged.split()), Counter(base.split())
    for side in (one, other):
        assert not (Counter(side.split()) - came_from) - words  # every word that a side added is there
    assert not words - (came_from | Counter(one.split()) + Counter(other.split()))  # and nothing else is
    assert merge(base, merged, merged) == merged


@st.composite
def edited(draw):
    """A text of words that are all different, and two edits of it: (base, one, other)."""
    size = draw(st.integers(3, 20))
    base = [f"mot{number}" for number in range(size)]

    def edit(mark):
        words = list(base)
        for place in sorted(draw(st.sets(st.integers(0, size - 1), max_size=4)), reverse=True):
            match draw(st.sampled_from(["insert", "replace", "remove"])):
                case "insert":
                    words.insert(place, f"{mark}{place}")
                case "replace":
                    words[place] = f"{mark}{place}"
                case "remove":
                    del words[place]
        return " ".join(words)

    return " ".join(base), edit("x"), edit("y")


@given(edited())
def test_a_side_that_comes_again_adds_nothing(texts):
    base, one, other = texts
    merged = merge(base, one, other)
    if merged is not None:
        assert merge(base, merged, one) in (merged, None)
        assert merge(one, merged, one) == merged


@given(TEXTS, TEXTS)
def test_differences_tell_both_texts(before, after):
    spans = differences(before, after)
    assert "".join(span.text for span in spans if span.kind != "added") == before
    assert "".join(span.text for span in spans if span.kind != "removed") == after


def test_differences_are_words():
    assert differences("Il dure deux ans.", "Il dure trois ans.") == [
        Span("same", "Il dure "), Span("removed", "deux"), Span("added", "trois"), Span("same", " ans.")
    ]  # fmt: skip
