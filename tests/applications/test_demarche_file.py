"""The démarche of a call, in its file: what is wrong in it is told at its line, what is right comes back as written."""

import copy
from pathlib import Path

import pytest

from ami_portal.desk import calls
from ami_portal.desk.calls.writing import document
from ami_portal.kernel.config import ConfigError

FILE = Path(__file__).resolve().parents[1] / "calls" / "ehds-2027.yaml"
pytestmark = [pytest.mark.once, pytest.mark.django_db]


def _questions(config):
    return config["demarches_simplifiees"]["questions"]


def _written(config):
    return config["demarches_simplifiees"]["write_back"]


def _states(config):
    return config["demarches_simplifiees"]["states"]


def _add(config, **row):
    _questions(config).append(row)


SPOILS = {
    "question « nom » inconnue": lambda c: _questions(c)[0].update(question="nom"),
    "une ligne lit un champ, ou le demandeur": lambda c: _questions(c)[3].update(champ="QQ=="),
    "« costs » est un tableau": lambda c: _questions(c)[2].pop("columns"),
    "« name » n’est pas un tableau": lambda c: _questions(c)[0].update(columns=[{"column": "x", "champ": "Q"}]),
    "« prix » n’est pas une colonne que l’on remplit": lambda c: _questions(c)[2]["columns"][1].update(column="prix"),
    "cette colonne ou ce champ est déjà pris": lambda c: _questions(c)[2]["columns"][1].update(champ="Q2hhbXAtNA=="),
    "le choix « corps » n’existe pas": lambda c: _questions(c)[1]["values"][0].update(code="corps"),
    "« name » n’est pas un choix": lambda c: _questions(c)[0].update(values=[{"label": "A", "code": "a"}]),
    "le champ « Q2hhbXAtMQ== » est déjà lu": lambda c: _add(c, question="grant", champ="Q2hhbXAtMQ=="),
    "« name » a déjà son champ": lambda c: _add(c, question="name", champ="QQ=="),
    "est lu par une question": lambda c: c["demarches_simplifiees"].update(ignored=["Q2hhbXAtMQ=="]),
    "attendu : le numéro de la démarche": lambda c: c["demarches_simplifiees"].update(demarche="104826"),
    "attendu : un identifiant de la démarche": lambda c: _questions(c)[0].update(champ="Nom de l’outil"),
    "attendu : submitted (repris comme déposé)": lambda c: _states(c).update(accepte="eligible"),
    "« close » demande un texte": lambda c: _written(c).append({"state": "rejected", "act": "close"}),
    "ne va pas avec l’état « eligible »": lambda c: _written(c).append(
        {"state": "eligible", "act": "ask_correction", "text": "x"}
    ),
    "cette ligne est écrite deux fois": lambda c: _written(c).append(dict(_written(c)[0])),
    "rien ne remplace {motif}": lambda c: _written(c)[0].update(text="{motif}"),
    "la clé « instructor » manque": lambda c: c["demarches_simplifiees"].pop("instructor"),
    "la clé « questions » manque": lambda c: c["demarches_simplifiees"].pop("questions"),
}


@pytest.mark.parametrize("said", SPOILS)
def test_what_is_wrong_is_told_with_its_line(tmp_path, said):
    config = copy.deepcopy(calls.read(FILE))
    SPOILS[said](config)
    path = tmp_path / "appel.yaml"
    path.write_text(calls.written(config), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        calls.read(path)
    (problem,) = refused.value.problems
    assert (said in str(problem), problem.line > 0, problem.place.startswith("demarches_simplifiees")) == (
        True,
        True,
        True,
    ), str(problem)


def test_lines_of_other_revisions_may_read_the_same_question(tmp_path):
    config = copy.deepcopy(calls.read(FILE))
    _add(config, question="name", champ="Q2hhbXAtNw==", revisions=["UmV2aXNpb24tMg=="])
    assert _questions(calls.checked(document(config)))[-1]["revisions"] == ["UmV2aXNpb24tMg=="]


def test_a_call_without_a_demarche_says_nothing_of_it():
    config = calls.read(FILE)
    del config["demarches_simplifiees"]
    assert "demarches_simplifiees" not in calls.written(calls.checked(document(config)))
