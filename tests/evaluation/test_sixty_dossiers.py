"""Constructed dossiers of the 2024 call, each with the answer that a careful reader of its rules would give.

One line is one dossier: what differs from a sound one, then every criterion that is not as in the sound dossier (« no »
not met, « ? » not yet known, « yes » met), then where it is found, then the mend that is suggested (« - » for none).
Every other criterion answers as for the sound dossier: nothing else moves, and nothing is met that is not.
"""

import pytest

from . import dossiers

SOUND = {
    "FR_LEGAL_PERSON": "yes",
    "TAX_SOCIAL_UP_TO_DATE": "?",
    "COMPLETE": "yes",
    "FORMAT": "yes",
    "ON_TIME_ONLINE": "yes",
    "USES_PARTNER_DATASET": "yes",
    "PUBLIC_INTEREST": "?",
    "BUDGET": "yes",
    "NOT_STARTED": "yes",
    "NO_DOUBLE_FUNDING": "yes",
    "DURATION": "yes",
    "COHERENT_SUPPORT": "?",
    "OPEN_SOURCE": "yes",
    "NEUTRALITY": "yes",
    "SCIENTIFIC_FEASIBILITY": "yes",
}
WORDS = {"met": "yes", "not_met": "no", "unknown": "?"}

TABLE = """
lead_siret = 13002526500014                                                 | FR_LEGAL_PERSON no                         | lead_siret                    | Donner le numéro SIRET de l’organisme, à 14 chiffres.
lead_siret = {typed: treize}                                                | FR_LEGAL_PERSON ?, COMPLETE no             | lead_siret                    | Donner le numéro SIRET de l’organisme, à 14 chiffres.
lead_siret =                                                                | FR_LEGAL_PERSON ?, COMPLETE no             | lead_siret                    | Donner le numéro SIRET de l’organisme, à 14 chiffres.
lead_siret = 35600000049837                                                 | FR_LEGAL_PERSON ?                          | lead_siret                    | -
lead_siret = 35600000049838                                                 | FR_LEGAL_PERSON no                         | lead_siret                    | Donner le numéro SIRET de l’organisme, à 14 chiffres.
lead_siret = 732829320                                                      | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = unplugged                                                       | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = down                                                            | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = absent                                                          | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = closed company                                                  | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = closed place                                                    | FR_LEGAL_PERSON ?                          | lead_siret                    | Donner le SIRET du siège, 73282932000074.
directory = closed place and head                                           | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = sole trader                                                     | FR_LEGAL_PERSON no                         | lead_siret                    | -
directory = undivided                                                       | FR_LEGAL_PERSON no                         | lead_siret                    | -
directory = foreign                                                         | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = state school                                                    | FR_LEGAL_PERSON ?                          | lead_siret                    | -
directory = gip                                                             |                                            |                               | -
directory = unplugged ; lead_legal_category = 10                            | FR_LEGAL_PERSON no                         | lead_legal_category           | -
directory = unplugged ; lead_legal_category = 29                            | FR_LEGAL_PERSON no                         | lead_legal_category           | -
directory = unplugged ; lead_legal_category = 71                            | FR_LEGAL_PERSON ?                          | lead_legal_category           | -
lead_legal_category = 10                                                    | FR_LEGAL_PERSON ?                          | lead_legal_category           | Déclarer la catégorie inscrite, 73.
lead_legal_category =                                                       | COMPLETE no                                | lead_legal_category           | Compléter « Catégorie juridique ».
directory = sole trader ; lead_legal_category = 57                          | FR_LEGAL_PERSON no                         | lead_legal_category           | -
title =                                                                     | COMPLETE no                                | title                         | Compléter « Titre du projet ».
title =  ; benefits =                                                       | COMPLETE no                                | title                         | Compléter « Titre du projet » et « Intérêt du projet et de son livrabl
risks = []                                                                  | COMPLETE no                                | risks                         | Compléter « Risques et mesures prévues ».
budget[0].description =                                                     | COMPLETE no                                | budget                        | Compléter « Dépenses du projet – Description ».
contact.email = {typed: sans arobase}                                       | COMPLETE no                                | contact                       | Compléter « Responsable scientifique – Adresse électronique ».
protocol_file =                                                             | COMPLETE no                                | protocol_file                 | Compléter « Protocole scientifique ».
protocol_file = narrow                                                      | FORMAT no                                  | protocol_file                 | Corriger puis remplacer protocole.pdf (Marges trop étroites).
protocol_file = scanned                                                     | FORMAT ?                                   | protocol_file                 | -
protocol_file = hollow                                                      | COMPLETE no                                | protocol_file                 | Corriger puis remplacer protocole.pdf (Une partie du modèle manque).
cv_files = narrow                                                           | FORMAT no                                  | cv_files                      | Corriger puis remplacer protocole.pdf (Marges trop étroites).
submitted_at = 2026-09-16T10:00:00+00:00                                    | ON_TIME_ONLINE no                          |                               | -
submitted_at = 2026-09-16T10:00:01+00:00                                    | ON_TIME_ONLINE no                          |                               | -
submitted_at =                                                              | ON_TIME_ONLINE ?                           |                               | -
datasets = [AUTRE]                                                          | USES_PARTNER_DATASET no                    | datasets                      | Demander une base de l’appel, par exemple « Base PRM (remboursement pe
datasets = [AUTRE, PRM-SEIN]                                                |                                            |                               | -
datasets = []                                                               | USES_PARTNER_DATASET no, COMPLETE no       | datasets                      | Demander une base de l’appel, par exemple « Base PRM (remboursement pe
amount_requested = 100000.00 ; budget[0].amount = 75000.00                  | COMPLETE no                                | financing_plan                | -
amount_requested = 100000.01 ; budget[0].amount = 80000.00                  | BUDGET no, COMPLETE no                     | amount_requested              | Ramener l’aide demandée à 100 000,00 €.
amount_requested = 130000.00                                                | BUDGET no, COMPLETE no                     | amount_requested              | Ramener l’aide demandée à 97 000,00 €.
amount_requested = 79999.99                                                 | BUDGET ?, COMPLETE no                      | amount_requested              | Porter l’aide demandée à 80 000,00 €.
amount_requested = 97000.01                                                 | BUDGET ?, COMPLETE no                      | amount_requested              | Ramener l’aide demandée à 97 000,00 €.
amount_requested = {typed: cent mille}                                      | BUDGET ?, NO_DOUBLE_FUNDING ?, COMPLETE no | amount_requested              | Donner les montants qui manquent.
amount_requested =                                                          | BUDGET ?, NO_DOUBLE_FUNDING ?, COMPLETE no | amount_requested              | Donner les montants qui manquent.
budget[0].amount = 110000.00                                                | BUDGET ?, COMPLETE no                      | budget                        | Ramener la dépense de la ligne 1 à 93 000,00 €.
budget[0].amount = 40000.00 ; amount_requested = 67000.00                   | BUDGET ?, COMPLETE no                      | amount_requested              | -
budget[2].amount = 7826.08                                                  | COMPLETE no                                | financing_plan                | -
budget[2].amount = 7826.09                                                  | BUDGET ?, COMPLETE no                      | budget                        | Ramener la dépense de la ligne 3 à 7 826,08 €.
budget[0].category = equipment                                              | BUDGET ?                                   | budget                        | -
budget[0].category = travel ; amount_requested = 110000.00                  | BUDGET no, COMPLETE no                     | amount_requested              | -
budget[1].category =                                                        | BUDGET ?, COMPLETE no                      | budget                        | Dire la catégorie de chaque dépense.
budget[1].amount =                                                          | BUDGET ?, COMPLETE no                      | budget                        | Donner les montants qui manquent.
budget = []                                                                 | BUDGET ?, COMPLETE no                      | budget                        | Donner les montants qui manquent.
starts_on = 2024-11-28                                                      | NOT_STARTED no                             | starts_on                     | Commencer les travaux le 30 novembre 2024 au plus tôt.
starts_on = 2024-11-29                                                      | NOT_STARTED ?                              | starts_on                     | Commencer les travaux le 30 novembre 2024 au plus tôt.
starts_on = 2024-11-30                                                      |                                            |                               | -
starts_on =                                                                 | NOT_STARTED ?, COMPLETE no                 | starts_on                     | Commencer les travaux le 30 novembre 2024 au plus tôt.
not_started_declaration =                                                   | NOT_STARTED no, COMPLETE no                | not_started_declaration       | Certifier « Je certifie que les travaux pour lesquels l’aide est deman
starts_on = 2024-09-01 ; not_started_declaration =                          | NOT_STARTED no, COMPLETE no                | starts_on                     | Commencer les travaux le 30 novembre 2024 au plus tôt ; certifier « Je
milestones[0].start = 0                                                     | NOT_STARTED ?, COMPLETE no                 | milestones                    | Commencer la ligne 1 après l’annonce.
milestones[0].start = -2                                                    | NOT_STARTED ?, COMPLETE no                 | milestones                    | Commencer la ligne 1 après l’annonce.
financing_plan[+] = {source: ANR, kind: state, amount: "5000.00", state: granted, same_costs: true} | NO_DOUBLE_FUNDING no, COMPLETE no          | financing_plan                | Renoncer au financement « ANR » pour ces dépenses, et retirer la ligne
financing_plan[+] = {source: Région, kind: local_authority, amount: "5000.00", state: granted, same_costs: false} | NO_DOUBLE_FUNDING ?                        | financing_plan                | -
financing_plan[+] = {source: Europe, kind: european_union, amount: "5000.00", state: planned, same_costs: } | NO_DOUBLE_FUNDING ?, COMPLETE no           | financing_plan                | -
financing_plan[+] = {source: Mécène, kind: private, amount: "5000.00", state: granted, same_costs: true} | COMPLETE no                                | financing_plan                | -
financing_plan[1].kind =                                                    | NO_DOUBLE_FUNDING ?, COMPLETE no           | financing_plan                | Dire la nature du financement « Valmont » (ligne 2).
financing_plan = []                                                         | NO_DOUBLE_FUNDING ?, COMPLETE no           | financing_plan                | Remplir le plan de financement.
no_double_funding_declaration =                                             | NO_DOUBLE_FUNDING no, COMPLETE no          | no_double_funding_declaration | Certifier « Je certifie que les dépenses présentées ne reçoivent aucun
financing_plan[+] = {source: ANR, kind: state, amount: "5000.00", state: granted, same_costs: true} ; no_double_funding_declaration = | NO_DOUBLE_FUNDING no, COMPLETE no          | financing_plan                | Renoncer au financement « ANR » pour ces dépenses, et retirer la ligne
economic_activity =                                                         | NO_DOUBLE_FUNDING ?, COMPLETE no           | economic_activity             | Répondre à « L’organisme exerce-t-il une activité économique ? ».
economic_activity = false ; de_minimis_amount =                             |                                            |                               | -
de_minimis_amount =                                                         | NO_DOUBLE_FUNDING ?, COMPLETE no           | de_minimis_amount             | Donner les montants et les dates des aides déjà reçues, et celui de l’
de_minimis_amount = 205000.00                                               |                                            |                               | -
de_minimis_amount = 205000.01                                               | NO_DOUBLE_FUNDING no                       | de_minimis_amount             | Ramener l’aide demandée à 94 999,99 €.
de_minimis_amount = 300000.00                                               | NO_DOUBLE_FUNDING no                       | de_minimis_amount             | -
duration_months = 26                                                        | DURATION no                                | duration_months               | Raccourcir de 2 mois.
duration_months = 26 ; milestones[1].end = 26                               | DURATION no                                | duration_months               | Raccourcir de 2 mois ; finir au mois 24 au plus tard (jalon 2).
duration_months = 12                                                        | DURATION ?, COMPLETE no                    | duration_months               | Finir au mois 12 au plus tard (jalon 2).
milestones[1].end =                                                         | DURATION ?, COMPLETE no                    | milestones                    | Finir au mois 24 au plus tard (jalon 2).
duration_months =                                                           | DURATION ?, COMPLETE no                    | duration_months               | Donner une durée, 24 mois au plus.
supports_requested = [PLATFORM] ; workspace = own_environment               |                                            |                               | -
supports_justification =                                                    | COMPLETE no                                | supports_justification        | Compléter « Pourquoi ces soutiens ? ».
outputs[0].licence = GPL-3.0-or-later                                       | OPEN_SOURCE no                             | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence = MIT OR GPL-3.0-only                                    |                                            |                               | -
outputs[0].licence = MIT AND GPL-3.0-only                                   | OPEN_SOURCE no                             | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence = Apache-2.0 WITH LLVM-exception                         |                                            |                               | -
outputs[0].licence = GPL-2.0-only WITH Classpath-exception-2.0              | OPEN_SOURCE no                             | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence = MPL-2.0                                                | OPEN_SOURCE no                             | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence = CC-BY-4.0                                              | OPEN_SOURCE ?                              | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence = {typed: libre}                                         | OPEN_SOURCE ?, COMPLETE no                 | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[0].licence =                                                        | OPEN_SOURCE ?, COMPLETE no                 | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
outputs[1].licence = CC-BY-NC-4.0                                           | OPEN_SOURCE no                             | outputs                       | Nommer une licence permissive pour le résultat 2 (par exemple CC-BY-4.
outputs[1].licence = MIT                                                    |                                            |                               | -
outputs[0].licence = EUPL-1.2 ; outputs[1].licence =                        | OPEN_SOURCE no, COMPLETE no                | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT) ; n
outputs[+] = {kind: synthetic_data, title: Données, licence: MIT, shared_at: open_data} | OPEN_SOURCE ?                              | outputs                       | Nommer une licence permissive pour le résultat 4 (par exemple CC-BY-4.
outputs[+] = {kind: synthetic_data, title: Données, licence: ODbL-1.0, shared_at: open_data} | OPEN_SOURCE ?                              | outputs                       | Nommer une licence permissive pour le résultat 4 (par exemple CC-BY-4.
outputs[+] = {kind: synthetic_data, title: Données, licence: etalab-2.0, shared_at: open_data} |                                            |                               | -
outputs[0].kind =                                                           | OPEN_SOURCE ?, COMPLETE no                 | outputs                       | Dire la nature du résultat 1.
outputs[0].kind = article ; outputs[1].kind = article                       | OPEN_SOURCE ?                              | outputs                       | -
outputs[0].licence = Zlib                                                   | OPEN_SOURCE ?                              | outputs                       | Nommer une licence permissive pour le résultat 1 (par exemple MIT).
opinion = {neutrality: unfavourable, feasibility: favourable}               | NEUTRALITY no                              |                               | -
opinion = {neutrality: favourable, feasibility: reserved}                   | SCIENTIFIC_FEASIBILITY ?                   |                               | -
opinion = {}                                                                | NEUTRALITY ?, SCIENTIFIC_FEASIBILITY ?     |                               | -
financing_plan[+] = {source: ANR, kind: state, amount: "5000.00", same_costs: true} ; financing_plan[+] = {source: INCa, kind: public_agency, amount: "1.00", same_costs: true} | NO_DOUBLE_FUNDING no, COMPLETE no          | financing_plan                | Renoncer au financement « ANR » pour ces dépenses, et retirer la ligne
milestones[0].start = 1 ; starts_on = 2025-01-01                            |                                            |                               | -
opinion = {neutrality: favourable, feasibility: unfavourable}               | SCIENTIFIC_FEASIBILITY no                  |                               | -
"""  # noqa: E501
LINES = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("differs", "verdicts", "where", "mend"), LINES, ids=[line[0] for line in LINES])
def test_a_dossier_is_judged_as_a_careful_reader_would(differs, verdicts, where, mend):
    expected = [verdict.strip().rpartition(" ") for verdict in verdicts.split(",") if verdict.strip()]
    found = dossiers.judged(dossiers.differing(differs))
    assert {code: WORDS[one.result] for code, one in found.items()} == SOUND | {
        code: result for code, _, result in expected
    }
    if expected:
        first = found[expected[0][0]]
        assert not where or where in first.found_at
        assert (first.mend.text if first.mend else "-").startswith(mend)


def test_the_sound_dossier_is_met_wherever_no_person_has_to_judge():
    assert {code: WORDS[one.result] for code, one in dossiers.judged(dossiers.sound()).items()} == SOUND
    assert len(LINES) >= 60


def test_every_mend_that_is_suggested_makes_its_criterion_or_its_part_met():
    count = 0
    for differs, *_ in LINES:
        facts = dossiers.differing(differs)
        for code, found in dossiers.judged(facts).items():
            if found.mend:
                count += 1
                mended = dossiers.given(found.mend.steps, facts)
                assert dossiers.judged(mended)[code].result == "met", (differs, found.mend.text)
            for part in found.parts:
                if part.mend and not found.mend:
                    mended = dossiers.judged(dossiers.given(part.mend.steps, facts))[code]
                    assert [one.result for one in mended.parts if one.label == part.label] == ["met"], (differs, part)
    assert count >= 60


def test_every_mend_speaks_of_a_field_of_the_form_and_of_nothing_that_was_right():
    for differs, *_ in LINES:
        for found in dossiers.judged(dossiers.differing(differs)).values():
            assert found.result != "met" or found.mend is None
            for step in found.mend.steps if found.mend else ():
                assert dossiers.address_is_asked(step), (differs, step)
