"""A call's file read: what is refused, with its line, what was found and what is expected, all at once."""

import contextlib
import copy
import datetime as dt
from functools import cache

import pytest

from ami_portal.desk import calls
from ami_portal.desk.calls import schema, source
from ami_portal.kernel.config import ConfigError
from applications.checks import REGISTRY
from applications.checks.params import PARAMS
from applications.models import Call
from tests import scenes

TEXT = scenes.CALL_FILE.read_text(encoding="utf-8")


@cache
def _config():
    return calls.read(scenes.CALL_FILE)


def refused(tmp_path, text):
    """The problems of a file."""
    path = tmp_path / "appel.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        calls.read(path)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x [1]\nb: [*x, *x]", "ligne 1, a : une ancre ou un renvoi (& ou *)"),
        ("a: {b: 1,\n b: 2}", "ligne 2, a.b : la clé « b » est donnée deux fois (déjà ligne 1)"),
        ("a:\n\tb: 1", "ligne 2 : ce n’est pas du YAML (une tabulation)"),
        ("a: b: c", "ligne 1 : ce n’est pas du YAML (un « : » de trop, ou un texte sans guillemets)"),
        ("call: {", "ligne 2 : ce n’est pas du YAML"),
        ("a: " + "[" * 40 + "]" * 40, "ligne 1, a[1][1]"),
        ("[" * 5000, "ligne 1 : ce n’est pas du YAML"),
        ("a: !!python/object/apply:os.system [ls]", "ligne 1, a : une étiquette YAML"),
        ("a: !!int '3'", "ligne 1, a : une étiquette YAML"),
        ("? [a, b]\n: c", "ligne 1 : une clé qui n’est pas un mot"),
        ("a: 1\n---\nb: 2", "ligne 2 : un second document (---)"),
        ("a: 2024-02-30", "ligne 1, a : la date « 2024-02-30 » ; attendu : une date qui existe, comme 2024-09-16"),
        (
            "a: 12:30",
            "ligne 1, a : le nombre « 12:30 » ; attendu : un nombre en chiffres, ou un texte entre guillemets",
        ),
        ("a: 'b\u202ec'", "ligne 1, a : un caractère invisible ou qui retourne le texte"),
        ("a: b\x07", "ligne 1 : un caractère de contrôle ; attendu : du texte"),
        (b"a: \xff", "ligne 1 : un caractère illisible ; attendu : un fichier en UTF-8"),
        (b"a: " + b"x" * source.MAX_BYTES, "fichier : le fichier pèse"),
        ("- une liste", "ligne 1 : trouvé une liste ; attendu : un ensemble de clés « nom: valeur »"),
        ("", "fichier : trouvé rien ; attendu : un ensemble de clés « nom: valeur »"),
        ("translations: {a: b}", "ligne 1, translations : la clé « translations » est inconnue"),
    ],
)
def test_broken_or_hostile_yaml_is_refused_at_its_line(tmp_path, text, words):
    assert any(problem.startswith(words) for problem in refused(tmp_path, text))


def test_every_problem_of_a_file_is_told_at_once_in_its_order(tmp_path):
    spoilt = TEXT
    for before, after in (
        ("contact: ami", "contat: ami"),
        ("2024-09-16T12:00:00+02:00", "2024-09-16T12:00:00"),
        ('max_grant: "100000.00"', "max_grant: 100000.5"),
        ("siret: lead_siret", "siret: lead_name"),
        ("weight: 30", "weight: 31"),
    ):
        assert before in spoilt
        spoilt = spoilt.replace(before, after, 1)
    rows = spoilt.splitlines()
    line = {words: 1 + next(i for i, row in enumerate(rows) if words in row) for words in ("contat:", "100000.5")}
    problems = refused(tmp_path, spoilt)
    assert [problem.partition(" : ")[2].partition(" ; ")[0] for problem in problems] == [
        "la clé « contact » manque",
        "la clé « contat » est inconnue",
        "trouvé 2024-09-16 12:00:00",
        "trouvé 100000.5",
        "la question « lead_name » est de type « text »",
        "la somme des poids est 101",
    ]
    assert problems[1].startswith(f"ligne {line['contat:']}, call.contat : ")
    assert problems[1].endswith("(vouliez-vous dire « contact » ?)")
    assert problems[2].endswith("attendu : un instant avec son décalage, comme 2024-09-16T12:00:00+02:00")
    assert problems[3].startswith(f"ligne {line['100000.5']}, regulation.max_grant : ")
    assert "eligibility[FR_LEGAL_PERSON].params.siret : " in problems[4]


def _question(config, code):
    return next(q for s in config["form"]["sections"] for q in s["questions"] if q["code"] == code)


def _criterion(config, code):
    return next(row for row in config["eligibility"] if row["code"] == code)


SPOILS = {
    "100 est attendu": lambda c: c["regulation"]["instalments"][0].update(percent="50"),
    "attendu : 100 est attendu": lambda c: c["selection"]["headings"][0].update(weight=99),
    "un mot par note": lambda c: c["selection"]["scale"].update(max=4),
    "un repère par note": lambda c: c["selection"]["scale"].update(guides=["Rien.", "Tout."]),
    "5 repères pour 6 notes": lambda c: c["selection"]["headings"][0]["points"][0]["guides"].pop(),
    "entre guillemets": lambda c: c["regulation"].update(max_grant=100000.0),
    "une part de 0 à moins de 100": lambda c: c["regulation"].update(retention_percent="100"),
    "contrôle « magie » inconnu": lambda c: c["eligibility"][0].update(check="magie"),
    "type « magie » inconnu": lambda c: c["form"]["sections"][0]["questions"][0].update(type="magie"),
    "fait inconnu": lambda c: c["form"]["sections"][0]["questions"][0].update(fact="magie"),
    "est déjà le fait de « title »": lambda c: _question(c, "acronym").update(fact="title"),
    "vient d’une question de type « date »": lambda c: _question(c, "starts_on").update(fact="title"),
    "la clé « contact » manque": lambda c: c["call"].pop("contact"),
    "« nulle_part » n’est pas une question du formulaire": lambda c: _criterion(c, "DURATION")["params"].update(
        duration="nulle_part"
    ),
    "n’est pas une colonne de « budget »": lambda c: _criterion(c, "BUDGET")["params"].update(amount_column="x"),
    "n’est pas un choix de « kind »": lambda c: _criterion(c, "OPEN_SOURCE")["params"].update(checked_kinds=["x"]),
    "le paramètre « declaration » manque": lambda c: _criterion(c, "TAX_SOCIAL_UP_TO_DATE")["params"].clear(),
    "vouliez-vous dire « tax_certificate »": lambda c: c["supporting_documents"][0].update(file="tax_certificat"),
    "« title » est de type « text »": lambda c: c["supporting_documents"][0].update(issued_on="title"),
    "la clé « file » manque": lambda c: c["supporting_documents"][0].update(file=""),
    "reçoit 5 fichiers": lambda c: c["supporting_documents"][0].update(file="cv_files"),
    "status et announcing vont ensemble": lambda c: c["supporting_documents"][0].update(announcing=[]),
    "aucune pièce justificative ne doit valoir au dépôt": lambda c: c.update(supporting_documents=[]),
    "à la signature de la convention": lambda c: c["supporting_documents"][0].update(valid_at=["noël"]),
    "le nombre de caractères du code": lambda c: c["supporting_documents"][1].update(security_code=2),
    "le paramètre « x » est inconnu": lambda c: _criterion(c, "COMPLETE")["params"].update(x="1"),
    "neutrality": lambda c: _criterion(c, "NEUTRALITY")["params"].update(aspect="humeur"),
    "un partenaire décide par son avis": lambda c: _criterion(c, "DURATION").update(decided_by="partner"),
    "est déjà pris": lambda c: c["eligibility"].append(copy.deepcopy(c["eligibility"][0])),
    "n’est pas un partenaire": lambda c: c["datasets"]["items"][0].update(partner="ROCH"),
    "a une clé fausse": lambda c: c["datasets"]["partners"][0].update(siret="12345678901234"),
    "rien ne remplace {montent}": lambda c: c["call"]["texts"].update(letter_laureate="{montent}"),
    "rien ne remplace {rang}": lambda c: c["call"]["texts"].update(receipt="{rang}"),
    "rien ne remplace {bidon}": lambda c: c["call"]["texts"]["convention"][0].update(text="{bidon}"),
    "le choix « staff » n’est pas dans regulation.cost_categories": lambda c: c["regulation"]["cost_categories"].pop(0),
    "le choix « FUNDING » n’est pas dans supports": lambda c: c["supports"].pop(0),
    "un instant après opens_at": lambda c: c["call"]["calendar"].update(
        closes_at=c["call"]["calendar"]["opens_at"] - dt.timedelta(days=1)
    ),
    "un jour après starts_on": lambda c: c["call"]["calendar"]["steps"][0].update(ends_on=dt.date(2024, 1, 1)),
    "n’est pas une date de l’appel": lambda c: c["call"]["calendar"].update(
        history=[
            {
                "date": "cloture",
                "from": None,
                "to": c["call"]["calendar"]["closes_at"],
                "decided_at": c["call"]["calendar"]["opens_at"],
                "by": "HDH",
                "reason": "Motif.",
            }
        ]
    ),
    "qui ne la précède pas": lambda c: _question(c, "acronym").update(
        shown_if={"question": "starts_on", "values": ["x"]}
    ),
    "deux choix portent le même code": lambda c: _question(c, "category")["options"][1].update(code="research"),
    "le moins, puis le plus de lignes": lambda c: _question(c, "team").update(rows=[30, 1]),
    "attendu : un minimum sous le maximum": lambda c: _question(c, "duration_months").update(min=24, max=1),
    "une question à choix donne ses « options »": lambda c: _question(c, "linkage").pop("options"),
    "une seule question de type dataset": lambda c: c["form"]["sections"][0]["questions"].append(
        {"code": "more", "type": "dataset", "label": "Encore"}
    ),
    "aucune base n’est ouverte": lambda c: c["datasets"].update(items=[]),
    "staff, ou une question de type dataset": lambda c: _question(c, "datasets").update(type="text"),
    "« people.name » vaut « nom »": lambda c: _question(c, "team")["people"].update(name="nom"),
    "« people.organisation » vaut « time_percent »": lambda c: _question(c, "team")["people"].update(
        organisation="time_percent"
    ),
    "un code sans point": lambda c: _question(c, "title").update(code="projet.titre"),
    "n’est pas un choix de « tax_certificate_status »": lambda c: c["supporting_documents"][0].update(
        announcing=["jointe"]
    ),
    "est traduit ailleurs": lambda c: c["supports"][0].update(
        label={"fr": "Un", "en": "One"}, condition={"fr": "Un", "en": "A"}
    ),
}


@pytest.mark.parametrize("words", SPOILS, ids=str)
def test_what_does_not_hold_together_is_refused(words):
    config = copy.deepcopy(_config())
    SPOILS[words](config)
    with pytest.raises(ConfigError) as caught:
        calls.checked(config)
    assert words in str(caught.value)


@pytest.mark.parametrize("wrong", [7, ["7"], [-1], [True], [400], [7, 7], {"days": 7}], ids=repr)
def test_marks_of_reminders_that_are_no_days_are_refused(wrong):
    config = copy.deepcopy(_config())
    config["call"]["calendar"]["reminder_days"] = wrong
    with pytest.raises(ConfigError, match="reminder_days"):
        calls.checked(config)


def test_marks_of_reminders_are_kept_the_farthest_first():
    config = copy.deepcopy(_config())
    config["call"]["calendar"]["reminder_days"] = [2, 15, 7]
    assert calls.checked(config)["call"]["calendar"]["reminder_days"] == [15, 7, 2]


def test_a_faulty_question_does_not_hide_the_next_one():
    config = copy.deepcopy(_config())
    _question(config, "linkage").update(type="magie")
    _question(config, "budget")["columns"][0].update(type="table")
    _question(config, "target").update(wrods=3)
    _question(config, "linkage_other").update(shown_if={"question": "linkage", "values": ["x"]})
    _question(config, "de_minimis_amount")["shown_if"].update(values=["oui"])
    with pytest.raises(ConfigError) as caught:
        calls.checked(config)
    places = [problem.place for problem in caught.value.problems]
    assert sorted(places) == [
        "form.sections[budget].questions[budget].columns[category].type",
        "form.sections[data].questions[linkage].type",
        "form.sections[lead].questions[de_minimis_amount].shown_if",
        "form.sections[schedule].questions[target].wrods",
    ]


@pytest.mark.parametrize("key", ["words", "options", "columns", "rows", "required", "shown_if", "formats", "help"])
@pytest.mark.parametrize("value", [3.5, "x", [], {}, [[]], [{}], dt.date(2024, 1, 1)], ids=repr)
def test_no_property_of_a_question_breaks_the_reading(key, value):
    config = copy.deepcopy(_config())
    config["form"]["sections"][0]["questions"][0][key] = value
    with contextlib.suppress(ConfigError):
        assert calls.checked(config)["form"]["sections"][0]["questions"][0]["code"] == "lead_name"


def test_the_schema_says_in_french_what_it_expects_and_each_check_what_it_reads():
    assert {str(problem).partition("»")[2][:7] for problem in schema.problems({})} == {" manque"}
    assert set(PARAMS) == set(REGISTRY)


@pytest.mark.parametrize(
    ("named", "to"),
    [
        ("le Health Data Hub", "au Health Data Hub"),
        ("les Hospices civils", "aux Hospices civils"),
        ("la Région", "à la Région"),
        ("l’Agence", "à l’Agence"),
        ("", "à Health Data Hub"),
    ],
)
def test_the_operator_is_named_in_a_sentence_with_the_article_of_its_call(named, to):
    call = Call(operator="Health Data Hub", operator_named=named)
    assert (call.to_operator, call.named_operator) == (to, named or "Health Data Hub")
