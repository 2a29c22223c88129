"""Saving one answer: versions, conflicts, what is kept though wrong, facts, rows."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import MAX_CHARACTERS, Address, Invalid
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions import NotEditable, StaleAnswer
from applications.enums import MemberRole
from applications.models import Answer, AnswerRow, Dossier
from tests import people
from tests.applications import small


def stored(dossier, code, row="", column=""):
    answer = Answer.objects.filter(dossier=dossier, question=code, row=row, column=column).first()
    return (answer.value, answer.version) if answer else None


def test_save_answer_counts_its_versions(dossier, owner):
    first = actions.save_answer(dossier, Address("title"), "Un titre", seen_version=0, actor=owner)
    second = actions.save_answer(dossier, Address("title"), "Un autre", seen_version=1, actor=owner)
    assert (first.version, second.version, second.problem) == (1, 2, "")
    assert stored(dossier, "title") == ("Un autre", 2)


def test_save_answer_again_changes_nothing(dossier, owner):
    """A save whose answer was lost on the way is sent again: it succeeds, whatever version it saw."""
    for seen in (0, 0, 7):
        saved = actions.save_answer(dossier, Address("title"), "Un titre", seen_version=seen, actor=owner)
        assert (saved.version, saved.value) == (1, "Un titre")


def test_save_answer_from_a_stale_page_is_never_silent(dossier, owner):
    colleague = people.a_person("paul@labo.example")
    actions.invite_member(dossier, colleague.email, MemberRole.EDITOR, actor=owner)
    small.type_in(dossier, "title", "De Claire", actor=owner)
    with pytest.raises(StaleAnswer) as caught:
        actions.save_answer(dossier, Address("title"), "De Paul", seen_version=0, actor=colleague)
    stale = caught.value
    assert (stale.typed, stale.version, stale.who) == ("De Claire", 1, owner.get_full_name())
    assert stored(dossier, "title") == ("De Claire", 1)
    kept = actions.save_answer(dossier, Address("title"), "De Paul", seen_version=stale.version, actor=colleague)
    assert kept.version == 2
    assert Answer.objects.get(dossier=dossier).saved_by == colleague


def test_different_fields_never_collide(dossier, owner):
    small.type_in(dossier, "title", "Titre", actor=owner)
    assert actions.save_answer(dossier, Address("summary"), "Résumé", seen_version=0, actor=owner).version == 1


def test_what_is_wrong_is_kept_as_typed_and_said(dossier, owner):
    saved = small.type_in(dossier, "amount", "cent mille", actor=owner)
    assert saved.problem == "Écrivez un nombre, par exemple 98\u00a0500,00."
    assert stored(dossier, "amount") == ({"typed": "cent mille"}, 1)
    assert Dossier.objects.get().amount_requested is None


def test_over_the_limit_is_kept_and_said(dossier, owner):
    saved = small.type_in(dossier, "summary", "mot " * 51, actor=owner)
    assert saved.problem == "Le texte compte 51 mots ; 50 au plus sont admis."
    assert stored(dossier, "summary")[1] == 1


def test_beyond_all_measure_is_refused(dossier, owner):
    with pytest.raises(Invalid, match="dépasse"):
        small.type_in(dossier, "summary", "x" * (MAX_CHARACTERS + 1), actor=owner)
    assert stored(dossier, "summary") is None


def test_an_empty_first_answer_stores_nothing(dossier, owner):
    assert small.type_in(dossier, "title", "  ", actor=owner).version == 0
    assert stored(dossier, "title") is None


def test_true_is_not_one(dossier, owner):
    """In Python `True == 1`: a changed answer must not be taken for the same."""
    small.type_in(dossier, "public", "true", actor=owner)
    assert small.type_in(dossier, "public", "false", actor=owner).version == 2


def test_facts_follow_their_answers(dossier, owner):
    small.fill(dossier, actor=owner)
    facts = (dossier.title, dossier.lead_name, dossier.lead_siret, dossier.amount_requested, dossier.duration_months)
    assert facts == (
        "Repérer les rechutes", "Université de Nulle-Part", "13002526500013", Decimal("98500.00"), 24
    )  # fmt: skip
    assert dossier.starts_on == dt.date(2027, 3, 1)
    for code, raw in {"title": "", "amount": "x", "months": "", "starts": "demain"}.items():
        small.type_in(dossier, code, raw, actor=owner)
    dossier.refresh_from_db()
    assert (dossier.title, dossier.amount_requested, dossier.duration_months, dossier.starts_on) == (
        "",
        None,
        None,
        None,
    )


def test_a_long_title_fits_its_column(dossier, owner):
    small.type_in(dossier, "title", "é" * 5000, actor=owner)
    dossier.refresh_from_db()
    assert dossier.title == "é" * 300


@pytest.mark.parametrize(
    ("typed", "codes"),
    [(["base-a"], ["base-a"]), (["base-b", "base-a"], ["base-a", "base-b"]), ([], []), (["base-z"], [])],
)
def test_datasets_follow_their_answer(dossier, owner, typed, codes):
    small.type_in(dossier, "datasets", ["base-b"], actor=owner)
    small.type_in(dossier, "datasets", typed, actor=owner)
    asked = dossier.dossier_datasets.values_list("version__dataset__code", flat=True)
    assert list(asked) == codes


@pytest.mark.parametrize(
    "address", [Address("inconnue"), Address("costs"), Address("protocol"), Address("title", "r", "c")]
)
def test_an_address_that_the_form_has_not(dossier, owner, address):
    with pytest.raises(KeyError):
        actions.save_answer(dossier, address, "x", seen_version=0, actor=owner)


# Who, when


@pytest.mark.parametrize("role", [None, MemberRole.READER])
def test_save_answer_refuses_who_may_not_write(dossier, owner, role):
    other = people.a_person("autre@labo.example")
    if role:
        actions.invite_member(dossier, other.email, role, actor=owner)
    with pytest.raises(TransitionRefused, match="droit"):
        small.type_in(dossier, "title", "x", actor=other)


@pytest.mark.parametrize(("seconds_before", "accepted"), [(1, True), (0, False), (-1, False)])
def test_save_answer_at_the_closing(dossier, owner, seconds_before, accepted):
    at = dossier.call.closes_at - dt.timedelta(seconds=seconds_before)
    with time_machine.travel(at, tick=False):
        if accepted:
            assert small.type_in(dossier, "title", "À temps", actor=owner).at == at
        else:
            with pytest.raises(NotEditable, match="clos"):
                small.type_in(dossier, "title", "Trop tard", actor=owner)
    assert stored(dossier, "title") == (("À temps", 1) if accepted else None)


def test_save_answer_at_the_last_microsecond(dossier, owner):
    with time_machine.travel(dossier.call.closes_at - dt.timedelta(microseconds=1), tick=False):
        assert small.type_in(dossier, "title", "À temps", actor=owner).version == 1


def test_nothing_lands_after_the_deposit(call, owner):
    dossier = small.a_full_draft(call, owner)
    actions.submit_dossier(dossier, actor=owner)
    with pytest.raises(NotEditable, match="brouillon"):
        small.type_in(dossier, "title", "Après", actor=owner)


# Rows


def test_rows_come_go_and_come_back(dossier, owner):
    first, second = (str(actions.add_row(dossier, "costs", actor=owner).row) for _ in range(2))
    small.type_in(dossier, "costs", "Ordinateur", actor=owner, row=first, column="what")
    for _ in range(2):  # twice is once
        actions.remove_row(dossier, "costs", first, actor=owner)
    live = AnswerRow.objects.filter(dossier=dossier, deleted_at=None)
    assert [str(line.row) for line in live] == [second]
    assert stored(dossier, "costs", first, "what") == ("Ordinateur", 1)
    actions.restore_row(dossier, "costs", first, actor=owner)
    assert [str(line.row) for line in live.all()] == [first, second]


def test_a_table_has_its_limit(dossier, owner):
    rows = [str(actions.add_row(dossier, "costs", actor=owner).row) for _ in range(4)]
    with pytest.raises(TransitionRefused, match="4 lignes au plus"):
        actions.add_row(dossier, "costs", actor=owner)
    actions.remove_row(dossier, "costs", rows[0], actor=owner)
    actions.add_row(dossier, "costs", actor=owner)
    with pytest.raises(TransitionRefused, match="4 lignes au plus"):
        actions.restore_row(dossier, "costs", rows[0], actor=owner)


@pytest.mark.parametrize("row", ["pas-un-uuid", "00000000-0000-4000-8000-000000000000"])
def test_a_cell_of_an_unknown_row(dossier, owner, row):
    with pytest.raises(TransitionRefused, match="ligne"):
        small.type_in(dossier, "costs", "x", actor=owner, row=row, column="what")


def test_a_cell_of_a_removed_row(dossier, owner):
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    small.type_in(dossier, "costs", "Ordinateur", actor=owner, row=row, column="what")
    actions.remove_row(dossier, "costs", row, actor=owner)
    for column in ("what", "price"):
        with pytest.raises(TransitionRefused, match="supprimée"):
            small.type_in(dossier, "costs", "x", actor=owner, row=row, column=column)


@pytest.mark.parametrize("act", [actions.add_row, lambda d, q, actor: actions.remove_row(d, q, "x", actor=actor)])
def test_rows_of_what_is_no_table(dossier, owner, act):
    with pytest.raises(KeyError):
        act(dossier, "title", actor=owner)


def test_rows_stop_at_the_closing(dossier, owner):
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    with time_machine.travel(dossier.call.closes_at, tick=False):
        for act in (
            lambda: actions.add_row(dossier, "costs", actor=owner),
            lambda: actions.remove_row(dossier, "costs", row, actor=owner),
            lambda: actions.restore_row(dossier, "costs", row, actor=owner),
        ):
            with pytest.raises(NotEditable):
                act()


# Starting


def test_start_dossier_gives_a_reference(call, owner):
    at = clock.now()
    with time_machine.travel(at, tick=False):
        refs = [actions.start_dossier(call, actor=owner).ref for _ in range(3)]
    assert refs == ["PETIT-2026-0001", "PETIT-2026-0002", "PETIT-2026-0003"]
    assert list(Dossier.objects.first().members.values_list("email", "role")) == [(owner.email, MemberRole.OWNER)]


@pytest.mark.parametrize("shift", [dt.timedelta(days=-31), dt.timedelta(days=20)])
def test_start_dossier_outside_the_calendar(call, owner, shift):
    at = call.opens_at + dt.timedelta(days=30) + shift
    with time_machine.travel(at, tick=False), pytest.raises(TransitionRefused, match="pas ouvert"):
        actions.start_dossier(call, actor=owner)
