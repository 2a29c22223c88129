"""Checks of the lead organisation, on constructed deposits."""

import datetime as dt

import pytest

from .facts import SUBMITTED, a_file, facts, run

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


DOCUMENTS = {
    "statuses": ["tax_status", "social_status"],
    "files": ["tax", "social"],
    "dates": ["tax_on", "social_on"],
    "reasons": ["tax_reason", "social_reason"],
    "announcing": ["certificate"],
    "declaration": "up_to_date",
    "valid_months": 6,
}


def documents(*, tax_on="2026-03-16", files=("tax", "social"), declared=True, **changes):
    answers = {
        "tax_status": "certificate",
        "social_status": "certificate",
        "tax_on": tax_on,
        "social_on": "2026-08-01",
        "up_to_date": declared or None,
        **changes,
    }
    given = {code: [a_file(f"{code}.pdf")] for code in files}
    return run("documents", facts(answers=answers, files=given, labels={"tax": "Attestation fiscale"}), **DOCUMENTS)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, "unknown"),  # six months to the day: still valid; what it says is read by a person
        ({"tax_on": "2026-03-15"}, "not_met"),  # one day too old
        ({"tax_on": "2026-09-16"}, "unknown"),  # issued on the day of the deposit
        ({"tax_on": "2026-09-17"}, "unknown"),  # dated after the deposit: doubtful
        ({"tax_on": None}, "unknown"),
        ({"files": ("social",)}, "not_met"),  # announced, not there
        ({"declared": False}, "not_met"),
        ({"tax_status": "not_applicable", "tax_reason": "Établissement public."}, "unknown"),
        ({"tax_status": "not_applicable", "tax_reason": None}, "not_met"),
        ({"tax_status": None}, "not_met"),
    ],
)
def test_documents(case, expected):
    assert documents(**case).result == expected


def test_documents_never_say_met_and_give_the_dates():
    found = documents(tax_on="2026-03-15")
    assert found.evidence.startswith(
        "Attestation fiscale : datée du 15\u00a0mars\u00a02026, elle a plus de 6 mois au dépôt, "
        "le 16\u00a0septembre\u00a02026."
    )
    assert found.found_at == ["tax_status", "tax", "tax_on", "social_status", "social", "social_on", "up_to_date"]


def test_the_age_of_a_certificate_is_counted_on_paris_s_calendar():
    late_evening = dt.datetime(2026, 9, 16, 22, 30, tzinfo=dt.UTC)  # the 17th in Paris
    answers = {
        "tax_status": "certificate",
        "tax_on": "2026-03-16",
        "up_to_date": True,
        "social_status": "not_applicable",
    }
    given = facts(
        answers={**answers, "social_reason": "Aucun salarié."}, files={"tax": [a_file()]}, submitted_at=late_evening
    )
    assert run("documents", given, **DOCUMENTS).result == "not_met"
    assert late_evening.date() == SUBMITTED.date()
