"""A save from a page that had not seen the present text: merged, already done, or both texts in the history."""

import functools

import pytest
from django.db.utils import DatabaseError

from ami_portal.questionnaire.answers import MAX_CHARACTERS, Address
from applications import actions
from applications.actions import StaleAnswer
from applications.enums import MemberRole
from applications.models import Answer, PastAnswer
from tests import people
from tests.applications import small
from tests.applications.test_concurrency import together
from tests.applications.test_section import address as url_of
from tests.applications.test_section import form_of, post_section, send

BASE = "Le projet réutilise des données.\n\nIl dure deux ans."
CLAIRE = BASE.replace("Le", "Notre")
PAUL = BASE.replace("deux", "trois")
BOTH = CLAIRE.replace("deux", "trois")
SUMMARY = Address("summary")


@pytest.fixture
def paul(dossier, owner):
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    return paul


def save(dossier, actor, text, seen, address=SUMMARY):
    return actions.save_answer(dossier, address, text, seen_version=seen, actor=actor)


def present(code="summary"):
    return Answer.objects.values_list("value", "version").get(question=code)


def past(code="summary"):
    rows = PastAnswer.objects.filter(question=code).order_by("pk")
    return list(rows.values_list("value", "version", "kind", "saved_by__first_name"))


def test_what_a_save_replaces_is_in_the_history(dossier, owner, paul):
    for version, text in enumerate(("Un", "Deux", "")):
        save(dossier, paul if version == 1 else owner, text, version)
    assert past() == [("Un", 1, "replaced", "Claire"), ("Deux", 2, "replaced", "Paul")]
    assert present() == (None, 3)


def test_the_history_cannot_change(dossier, owner):
    save(dossier, owner, "Un", 0)
    save(dossier, owner, "Deux", 1)
    with pytest.raises(DatabaseError, match="append-only"):
        PastAnswer.objects.update(value="Autre")


def test_changes_of_different_words_are_merged(dossier, owner, paul):
    save(dossier, owner, BASE, 0)
    save(dossier, paul, PAUL, 1)
    saved = save(dossier, owner, CLAIRE, 1)
    assert (saved.value, saved.version, saved.sent_version, saved.is_merged) == (BOTH, 4, 3, True)
    assert present() == (BOTH, 4)
    assert past() == [
        (BASE, 1, "replaced", "Claire"), (PAUL, 2, "replaced", "Paul"), (CLAIRE, 3, "merged", "Claire")
    ]  # fmt: skip


def test_who_typed_on_meanwhile_is_merged_from_what_they_sent(dossier, owner, paul):
    """The page did not show the merge yet: what it sends next is a change of its own text, not of the merged one."""
    save(dossier, owner, BASE, 0)
    save(dossier, paul, PAUL, 1)
    sent = save(dossier, owner, CLAIRE, 1).sent_version
    assert save(dossier, owner, CLAIRE.replace("Notre", "Notre beau"), sent).value == BOTH.replace(
        "Notre", "Notre beau"
    )


def test_a_save_whose_answer_was_lost_is_done_once(dossier, owner, paul):
    save(dossier, owner, BASE, 0)
    save(dossier, paul, PAUL, 1)
    first = save(dossier, owner, CLAIRE, 1)
    again = save(dossier, owner, CLAIRE, 1)
    assert (again.value, again.version, again.sent_version) == (first.value, first.version, first.sent_version)
    assert len(past()) == 3


@pytest.mark.parametrize("text", ["Un titre", ""])
def test_a_lost_answer_then_somebody_else(dossier, owner, paul, text):
    """Claire's save was replaced by Paul, who had seen it; when hers comes again it is no clash."""
    save(dossier, owner, "Avant", 0, Address("title"))
    save(dossier, owner, text, 1, Address("title"))
    save(dossier, paul, "De Paul", 2, Address("title"))
    again = save(dossier, owner, text, 1, Address("title"))
    assert (again.value, again.version, again.sent_version) == ("De Paul", 3, 2)
    assert present("title") == ("De Paul", 3)


def test_both_texts_of_a_clash_stay_in_the_history(dossier, owner, paul):
    save(dossier, owner, BASE, 0)
    save(dossier, paul, PAUL, 1)
    mine = BASE.replace("deux", "cinq")
    for _ in range(2):  # sent again: once in the history
        with pytest.raises(StaleAnswer) as stale:
            save(dossier, owner, mine, 1)
        assert (stale.value.typed, stale.value.version, stale.value.who) == (PAUL, 2, paul.get_full_name())
    assert present() == (PAUL, 2)
    assert past() == [(BASE, 1, "replaced", "Claire"), (mine, None, "set_aside", "Claire")]
    assert save(dossier, owner, mine, 2).version == 3
    assert past()[2] == (PAUL, 2, "replaced", "Paul")


@pytest.mark.parametrize("seen", [7, 2])
def test_a_version_that_never_was_merges_nothing(dossier, owner, paul, seen):
    save(dossier, owner, BASE, 0)
    with pytest.raises(StaleAnswer):
        save(dossier, paul, PAUL, seen)
    assert present() == (BASE, 1)


def test_a_short_text_is_never_merged(dossier, owner, paul):
    title = Address("title")
    save(dossier, owner, "Un titre de projet", 0, title)
    save(dossier, owner, "Un titre de projets", 1, title)
    with pytest.raises(StaleAnswer):
        save(dossier, paul, "Le titre de projet", 1, title)


def test_a_merge_beyond_all_measure_is_a_clash(dossier, owner, paul):
    base = "un milieu fin"
    save(dossier, owner, base, 0)
    half = "x" * (MAX_CHARACTERS // 2)
    save(dossier, paul, f"{half} {base}", 1)
    with pytest.raises(StaleAnswer):
        save(dossier, owner, f"{base} {half}y", 1)


def test_answer_save_says_that_it_merged(dossier, owner, paul):
    save(dossier, owner, BASE, 0)
    save(dossier, paul, PAUL, 1)
    sent = {"question": "summary", "value": CLAIRE, "version": 1}
    answer = send(people.client_of(owner), url_of("answer_save", dossier), sent)
    body = answer.json()
    assert (answer.status_code, body["typed"], body["version"], body["sent_version"]) == (200, BOTH, 4, 3)


def test_a_form_sent_whole_is_merged_too(dossier, owner, paul):
    save(dossier, owner, BASE, 0)
    data = form_of(dossier, "project") | {"q.summary": CLAIRE.replace("\n", "\r\n")}
    save(dossier, paul, PAUL, 1)
    assert post_section(people.client_of(owner), dossier, data).status_code == 302
    assert present() == (BOTH, 4)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_in_one_text_and_in_one_table():
    """On real transactions: different words, fields, lines and cells never collide, whoever comes first."""
    claire = people.a_person("claire@labo.example")
    dossier = actions.start_dossier(small.a_small_call(), actor=claire)
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=claire)
    save(dossier, claire, BASE, 0)
    rows = [str(actions.add_row(dossier, "costs", actor=claire).row) for _ in range(2)]
    places = [Address("costs", rows[0], "what"), Address("costs", rows[0], "price"), Address("costs", rows[1], "what")]
    people_of = zip(places, (claire, paul, paul), strict=True)
    results = together(
        lambda: save(dossier, claire, CLAIRE, 1),
        lambda: save(dossier, paul, PAUL, 1),
        lambda: save(dossier, claire, "24", 0, Address("months")),
        *(functools.partial(save, dossier, who, "1", 0, place) for place, who in people_of),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert present() == (BOTH, 4)
    assert {text for text, *_ in past()} == {BASE, CLAIRE, PAUL}
    assert Answer.objects.filter(question="costs").count() == 3
