"""The mistakes of who writes the next call from this one: told at once, each at its line, with what is expected.

What is no YAML at all, and what each room refuses by itself, is in `test_file.py`.
"""

import pytest

from ami_portal.desk import calls
from ami_portal.kernel.config import ConfigError
from tests import scenes

TEXT = scenes.CALL_FILE.read_text(encoding="utf-8")

OF_SHAPE = [
    ('  summary: "Réutilisez', '  sumary: "Réutilisez', "la clé « sumary » est inconnue"),
    ("contact: ami.industriel@health-data-hub.fr", "contact: 12", "une adresse électronique"),
    ("2024-09-16T12:00:00+02:00  #", "2024-09-16T12:00:00  #", "un instant avec son décalage"),
    ("opens_at: 2024-06-17T09:00:00+02:00", "opens_at: 17/06/2024 09:00", "un instant avec son décalage"),
    ("reminder_days: [15, 7, 2]", "reminder_days: 15", "une liste"),
    ("  opinions: veto", "  opinions: consultatif", "veto (un avis"),
    ('max_grant: "100000.00"', "max_grant: 100000.00", "un montant en euros entre guillemets"),
    ('expected_budget: "100000.00"', 'expected_budget: "100 000 €"', "un montant en euros entre guillemets"),
    ('retention_percent: "10"', 'retention_percent: "110"', "un pourcentage de 0 à 100"),
    ("duration_months_max: 24", "duration_months_max: vingt-quatre", "un nombre de mois"),
    ("works_start_after: 2024-11-29", "works_start_after: 29/11/2024", "un jour, comme"),
    ("      weight: 30\n", "      weight: 30.0\n", "un nombre entier de 1 à 100"),
    ("decided_by: partner", "decided_by: partenaire", "staff (le Health Data Hub) ou partner"),
    ('siret: ""}', 'siret: "1234"}', "14 chiffres"),
    ("        - code: approach", "        - code: mon approche", "un code sans point"),
    ("        - code: algorithms", "        - code: méthode.algo", "un code sans point"),
    ('{code: none, label: "Aucun chaînage"}', '{code: no, label: "Aucun chaînage"}', "entre guillemets"),
    ("rows: [2, 30]", "rows: 30", "deux nombres"),
    ("formats: [xlsx]", "formats: [xls]", "pdf, docx"),
    ("required: false\n          words: 150", "required: non\n          words: 150", "true ou false"),
]

OF_THE_FORM = [
    ("          words: 450", "          wrods: 450", "« wrods » inconnu"),
    ("partners: true\n      questions:\n        - code: title",
     "partner: true\n      questions:\n        - code: title", "« partner » inconnu"),
    ("        - code: representative_role", "        - code: representative_name", "deux questions portent ce code"),
    ("    - code: path\n", "    - code: open_science\n", "est déjà pris"),
    ("          type: linkage", "          type: chainage", "type « chainage » inconnu"),
    ('formula: "end - start + 1"', 'formula: "fin - start + 1"', "« fin » n’est ni une colonne"),
    ("figure: {shows: budget, amount: amount,", "figure: {shows: budget, amount: montant,", "« figure.amount »"),
    ("{question: economic_activity, values: [true]}", '{question: economic_activity, values: ["true"]}',
     "la condition attend « true »"),
    ("{question: tax_certificate_status, values: [not_applicable]}", "{question: tax_absence_reason, values: [x]}",
     "ne la précède pas"),
    ("{question: social_certificate_status, values: [not_applicable]}",
     "{question: social_certificate_status, values: [rien]}", "la condition attend « rien »"),
]  # fmt: skip

OF_THE_REST = [
    ("closes_at: 2024-09-16T12", "closes_at: 2023-09-16T12", "la clôture précède l’ouverture"),
    ("signatory: [representative_name,", "signatory: [representant,", "n’est pas une question"),
    ("partner: MEDIPATH", "partner: MEDIPAT", "n’est pas un partenaire"),
    ("  - code: TAX_SOCIAL_UP_TO_DATE", "  - code: FR_LEGAL_PERSON", "est déjà pris"),
    ("    check: not_started", "    check: not_startd", "contrôle « not_startd » inconnu"),
    ("duration: duration_months", "duration: duree", "n’est pas une question du formulaire"),
    ("category_column: category", "category_column: categorie", "n’est pas une colonne de « budget »"),
    ("public_kinds: [state,", "public_kinds: [etat,", "n’est pas un choix de « kind »"),
    ("          fact: lead_siret", "          fact: siret_du_porteur", "fait inconnu"),
    ('{code: PLATFORM, label: "Plate', '{code: PLATEFORME, label: "Plate', "n’est pas dans supports"),
]


def told(tmp_path, mistakes):
    """The problems of a file with all these mistakes, and the line of each mistake: none adds a line."""
    text, lines = TEXT, []
    for before, after, _ in mistakes:
        assert before in text
        lines.append(text[: text.index(before)].count("\n") + 1 + _rank(before, after))
        text = text.replace(before, after, 1)
    path = tmp_path / "appel.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        calls.read(path)
    return [str(problem) for problem in caught.value.problems], lines


def _rank(before, after):
    """Which of its lines a mistake changes."""
    pairs = enumerate(zip(before.splitlines(), after.splitlines(), strict=True))
    return next(rank for rank, (one, other) in pairs if one != other)


@pytest.mark.parametrize("mistakes", [OF_SHAPE, OF_THE_FORM, OF_THE_REST], ids=["shape", "form", "rest"])
def test_every_mistake_is_told_at_its_line_with_what_is_expected(tmp_path, mistakes):
    problems, lines = told(tmp_path, mistakes)
    silent = [
        (line, after)
        for (_, after, words), line in zip(mistakes, lines, strict=True)
        if not any(said.startswith(f"ligne {line}") and words in said for said in problems)
    ]
    assert silent == []
    assert [said for said in problems if " ; attendu : " not in said] == []


def test_of_two_labels_that_sound_alike_the_second_is_told(tmp_path):
    problems, (line,) = told(tmp_path, [('label: "Acronyme"', 'label: "Titre du projet !"', "")])
    assert [said.startswith(f"ligne {line}") and "porte cet intitulé" in said for said in problems] == [True]
