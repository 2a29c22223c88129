"""Interests that the portal knows of without being told."""

import pytest

from evaluation.conflicts import reason_against

MEMBERS, TEAM = ["claire@valmont.example", "paul@gmail.com"], ["Claire MARTIN", "Éléonore de la Tour", "À recruter"]


@pytest.mark.parametrize(
    ("email", "name", "words"),
    [
        ("jure@universite.example", "Jeanne Dupont", ""),
        ("claire@valmont.example", "Claire", "est membre du dossier"),
        ("CLAIRE@valmont.example", "Claire", "est membre du dossier"),
        ("autre@Valmont.example", "Jeanne Dupont", "du même organisme"),
        ("jeanne@gmail.com", "Jeanne Dupont", ""),  # a provider open to all says nothing
        ("jure@labo.valmont.example", "Jeanne Dupont", ""),
        ("jure@universite.example", "Claire Martin", "porte le nom"),
        ("jure@universite.example", "MARTIN claire", "porte le nom"),
        ("jure@universite.example", "Eleonore De La Tour", "porte le nom"),
        ("jure@universite.example", "Martin", ""),
        ("jure@universite.example", " ", ""),
    ],
)
def test_reason_against(email, name, words):
    reason = reason_against(email, name, members=MEMBERS, team=TEAM)
    assert bool(reason) == bool(words)
    assert words in reason
