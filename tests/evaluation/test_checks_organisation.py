"""Checks of the lead organisation, on constructed deposits."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.pieces import Piece, Reading, Standing, kinds_of

from .facts import SUBMITTED, facts, run

LEGAL = {
    "siret": "lead_siret",
    "legal_category": "lead_legal_category",
    "rejected_prefixes": ["1", "2"],
    "flagged_prefixes": ["32", "71"],
}


def legal_person(siret, category):
    answers = {"lead_siret": siret, "lead_legal_category": category}
    return run("legal_person", facts(answers=answers, shown={"lead_legal_category": "Le libellé"}), **LEGAL)


@pytest.mark.parametrize(
    ("siret", "category", "expected"),
    [
        ("13002526500013", "73", "unknown"),  # right key, legal person: the register was not asked
        ("35600000000048", "55", "unknown"),  # La Poste by Luhn
        ("35600000049837", "55", "unknown"),  # La Poste by the sum of its digits
        ("35600000049838", "55", "not_met"),  # La Poste, neither
        ("13002526500014", "73", "not_met"),  # wrong key
        ("1300252650001", "73", "not_met"),  # thirteen digits
        ("13002526500013", "10", "not_met"),  # sole trader
        ("13002526500013", "29", "not_met"),  # group without legal personality
        ("13002526500013", "32", "unknown"),  # foreign law, not registered: to be examined
        ("13002526500013", "71", "unknown"),
        (None, "73", "unknown"),
        ("13002526500013", None, "unknown"),
        ({"typed": "treize"}, "73", "unknown"),
        (None, "10", "not_met"),  # the category alone is enough to refuse
    ],
)
def test_legal_person(siret, category, expected):
    assert legal_person(siret, category).result == expected


def test_legal_person_shows_what_it_found_and_where():
    found = legal_person("13002526500013", "73")
    assert (found.evidence, found.found_at) == (
        "Le SIRET 130 025 265 00013 a une clé de contrôle juste. L’inscription n’est pas encore connue : l’annuaire "
        "des entreprises n’est pas branché. La catégorie juridique déclarée, « Le libellé » (code 73), est celle "
        "d’une personne morale.",
        ["lead_siret", "lead_legal_category"],
    )
    assert "est à examiner" in legal_person("13002526500013", "71").evidence


KINDS = kinds_of(
    [
        {
            "code": code,
            "label": label,
            "file": code,
            "issued_on": f"{code}_on",
            "status": f"{code}_status",
            "announcing": ["certificate"],
            "absence_reason": f"{code}_reason",
            "validity": {"months": 6, "to_month_end": code == "social"},
            "valid_at": ["deposit"],
            "security_code": None,
            "not_asked_with": "",
        }
        for code, label in (("tax", "Attestation fiscale"), ("social", "Attestation de vigilance"))
    ]
)
READ = Reading(accepted=True, issued_on=dt.date(2026, 3, 16), by="Inès Roy", at=SUBMITTED)


def a_piece(kind=KINDS[0], **changes):
    """A piece of the day until which six months reach the deposit, that nobody has read."""
    plain = {"filename": "a.pdf", "sha256": "a" * 64, "declared_on": dt.date(2026, 3, 16), "is_announced": True}
    return Piece(kind, **(plain | changes))


def documents(*pieces, declared=True, submitted_at=SUBMITTED):
    given = facts(answers={"up_to_date": declared or None}, pieces=pieces, submitted_at=submitted_at)
    return run("documents", given, declaration="up_to_date")


ABSENT = {"filename": "", "sha256": "", "declared_on": None, "is_announced": False}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, "unknown"),  # six months to the day: still valid; what it says is read by a person
        ({"reading": READ}, "met"),
        ({"declared_on": dt.date(2026, 3, 15)}, "not_met"),  # one day too old
        ({"declared_on": dt.date(2026, 3, 15), "reading": READ}, "met"),  # the day that was read counts
        ({"reading": Reading(accepted=True, issued_on=dt.date(2026, 3, 15))}, "not_met"),
        ({"reading": Reading(accepted=False, reason="Un autre organisme.")}, "not_met"),
        ({"declared_on": dt.date(2026, 9, 16)}, "unknown"),  # issued on the day of the deposit
        ({"declared_on": dt.date(2026, 9, 17)}, "unknown"),  # dated after the deposit: doubtful
        ({"reading": Reading(accepted=True, issued_on=dt.date(2026, 9, 17))}, "unknown"),
        ({"declared_on": None}, "unknown"),
        ({"sha256": ""}, "not_met"),  # announced, not there
        (ABSENT, "not_met"),
        (ABSENT | {"absence": "Établissement public."}, "unknown"),
        (ABSENT | {"absence": "Établissement public.", "reading": Reading(accepted=True)}, "met"),
        (ABSENT | {"absence": "Rien.", "reading": Reading(accepted=False, reason="Non.")}, "not_met"),
        (ABSENT | {"is_asked": False}, "met"),  # no Kbis where a SIREN suffices
    ],
)
def test_documents(case, expected):
    assert documents(a_piece(**case)).result == expected


def test_documents_need_the_declaration_and_a_call_that_asks_for_some():
    right = a_piece(reading=READ)
    assert [documents(right, declared=False).result, documents().result] == ["not_met", "unknown"]


def test_documents_say_what_since_when_where_and_how_to_mend():
    late = documents(a_piece(declared_on=dt.date(2026, 3, 15)), a_piece(KINDS[1], declared_on=None))
    assert (late.evidence.replace("\u00a0", " "), late.found_at, late.look) == (
        "Attestation fiscale : datée du 15 mars 2026, elle n’est plus valable depuis le 16 septembre 2026 "
        "(au dépôt, le 16 septembre 2026). "
        "Attestation de vigilance : jointe, sans date déclarée ; une personne doit la vérifier. "
        "Le porteur certifie être à jour de ses obligations.",
        ["tax_status", "tax", "tax_on", "social_status", "social", "social_on", "up_to_date"],
        "Vérifiez chaque pièce : l’organisme nommé, la date, le code de sécurité.",
    )


def test_the_age_of_a_certificate_is_counted_on_paris_s_calendar():
    late_evening = dt.datetime(2026, 9, 16, 22, 30, tzinfo=dt.UTC)  # the 17th in Paris
    assert documents(a_piece(reading=READ), submitted_at=late_evening).result == "not_met"
    assert late_evening.date() == SUBMITTED.date()


@pytest.mark.parametrize(
    ("issued_on", "until"),
    [
        ("2026-03-01", "2026-09-30"),
        ("2026-03-31", "2026-09-30"),
        ("2026-08-31", "2027-02-28"),
        ("2023-08-15", "2024-02-29"),
    ],
)
def test_a_certificate_of_vigilance_ends_with_its_month(issued_on, until):
    assert str(KINDS[1].until(dt.date.fromisoformat(issued_on))) == until


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(-400, 400), st.booleans())
def test_nothing_is_valid_that_nobody_read(issued_on, shift, is_announced):
    """Whatever its days, on any day, a piece is never valid without a person's word."""
    piece = a_piece(declared_on=issued_on, is_announced=is_announced)
    assert piece.standing(issued_on + dt.timedelta(days=shift)) not in (Standing.VALID, Standing.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a1b2c3d4e5f6g7h", "A1B2C3D4E5F6G7H"),
        ("A1B2 C3D4-E5F6 G7H", "A1B2C3D4E5F6G7H"),
        ("A1B2C3D4E5F6G7", None),
        ("A1B2C3D4E5F6G7É", None),
        ("", None),
    ],
)
def test_a_security_code_has_its_length_in_letters_and_digits(typed, kept):
    assert replace(KINDS[0], security_code=15).clean_code(typed) == kept
