"""Checks of the deposit itself, on constructed deposits."""

import datetime as dt

import pytest

from ami_portal.documents.format_rules import Finding

from .facts import CLOSES, a_file, a_form, facts, run

SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("submitted_at", "expected"),
    [(CLOSES - SECOND, "met"), (CLOSES - dt.timedelta(microseconds=1), "met"), (CLOSES, "not_met"),
     (CLOSES + SECOND, "not_met"), (None, "unknown")],
)  # fmt: skip
def test_on_time_is_strictly_before_the_closing(submitted_at, expected):
    assert run("on_time", facts(submitted_at=submitted_at)).result == expected


def test_on_time_gives_both_instants_to_the_second():
    assert run("on_time", facts()).evidence == (
        "Dépôt reçu en ligne le 16\u00a0septembre\u00a02026 à 11:59:59 (heure de Paris) ; "
        "clôture de l’appel le 16\u00a0septembre\u00a02026 à 12:00:00 (heure de Paris)."
    )


def asked(count):
    return a_form(*({"code": f"q{rank}", "type": "text", "label": f"Question {rank}"} for rank in range(count)))


def test_complete_is_met_without_files_and_unknown_for_files_that_nothing_says():
    answers = {"q0": "Un mot", "q1": "Un autre"}
    assert run("complete", facts(form=asked(2), answers=answers)).result == "met"
    with_file = run("complete", facts(form=asked(2), answers=answers, files={"protocol": [a_file()], "cv": []}))
    assert (with_file.result, with_file.found_at) == ("unknown", ["protocol"])
    assert with_file.evidence == (
        "Les 2 champs demandés par le formulaire ont une réponse. L’intérieur de ces fichiers n’est pas examiné "
        "automatiquement : protocole.pdf (12 pages)."
    )


MARGINS = Finding("margins_mm", "met", "Marges respectées.")
NARROW = Finding("margins_mm", "not_met", "Marges trop étroites.", ("page 3 : gauche 12 mm",))
SCANNED = Finding("font_points_min", "unknown", "Taille à regarder.", ("page 2 : une image, sans texte",))
FILLED = Finding("headings", "met", "Les 8 parties du modèle sont présentes et remplies.")
ABSENT = Finding("headings", "not_met", "Une partie du modèle manque ou reste vide.", ("« Données » : absente",))


@pytest.mark.parametrize(
    ("findings", "result", "said"),
    [
        ((MARGINS, FILLED), "met", "Les 8 parties"),
        ((MARGINS, ABSENT), "not_met", "manque ou reste vide. « Données » : absente."),
        ((MARGINS,), "unknown", "n’est pas examiné automatiquement : protocole.pdf"),
    ],
)
def test_complete_reads_what_was_found_inside_the_files(findings, result, said):
    attached = {"protocol": [a_file(findings=findings)], "cv": [a_file("cv.pdf")]}
    given = facts(form=asked(1), answers={"q0": "Un mot"}, files=attached)
    found = run("complete", given, files=["protocol"])
    assert (found.result, found.found_at, said in found.evidence) == (result, ["protocol"], True)


def test_complete_counts_and_names_what_is_missing():
    few = run("complete", facts(form=asked(2)))
    assert (few.result, few.evidence) == ("not_met", "2 points manquent : « Question 0 » et « Question 1 ».")
    assert few.mend.text == "Compléter « Question 0 » et « Question 1 »."
    many = run("complete", facts(form=asked(12)))
    assert many.evidence.endswith("« Question 7 », et 4 autres.")


@pytest.mark.parametrize(
    ("findings", "result", "said"),
    [
        ((MARGINS, ABSENT), "met", "protocole.pdf (12 pages) : Marges respectées."),
        ((NARROW, SCANNED), "not_met", "Marges trop étroites. Page 3 : gauche 12 mm."),
        ((MARGINS, SCANNED), "unknown", "Taille à regarder. Page 2 : une image, sans texte."),
        ((FILLED,), "unknown", "À regarder, sans règle de format : protocole.pdf (12 pages)."),
        ((), "unknown", "À regarder, sans règle de format : protocole.pdf (12 pages)."),
    ],
)
def test_the_format_is_what_was_measured(findings, result, said):
    found = run("format_respected", facts(files={"protocol": [a_file(findings=findings)]}), files=["protocol"])
    assert (found.result, found.found_at, said in found.evidence) == (result, ["protocol"], True)
    assert run("format_respected", facts(), files=["protocol"]).result == "unknown"


def test_a_judgement_has_no_automatic_result_but_says_what_to_read():
    given = facts(
        answers={"public_interest": "Un deux trois.", "benefits": None}, labels={"public_interest": "Intérêt"}
    )
    found = run("manual", given, evidence=["public_interest", "benefits"])
    assert (found.result, found.evidence) == ("unknown", "À lire : « Intérêt », 3 mots et « benefits », sans réponse.")
    assert run("manual", facts()).evidence == "Ce critère s’apprécie à la lecture du dossier."
