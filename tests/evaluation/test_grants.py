"""Lists of public grants: what is read of a CSV, every fault by its line, twice is once."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evaluation import grants
from evaluation.models import Grant, GrantFile, Passage
from tests import scenes

HEAD = "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,objet,montant"
LINE = 'Région Exemple,23001,2024-03-01,2024-17,Institut,13002526500013,"Suivi de la cohorte, en vie réelle","98500.00"'
COLUMNS = grants.ESSENTIAL_DATA


def read(*lines, columns=COLUMNS, head=HEAD):
    return grants.read("\r\n".join([head, *lines]).encode(), columns, funder="Inconnu")


def test_a_row_is_read_whole():
    assert read(LINE) == (
        [
            grants.GrantRow(
                line=2,
                reference="2024-17",
                text="Suivi de la cohorte, en vie réelle",
                funder="Région Exemple",
                beneficiary="Institut",
                siren="130025265",
                amount=Decimal("98500.00"),
                granted_on=dt.date(2024, 3, 1),
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,b,2024-03-01,,x,,objet,1", "ligne 2 : « reference » est vide"),
        ("a,b,2024-03-01,R,x,,,1", "ligne 2 : « text » est vide"),
        ("a,b,hier,R,x,,objet,1", "ligne 2 : « hier » n’est pas une date"),
        ("a,b,2024-02-30,R,x,,objet,1", "ligne 2 : « 2024-02-30 » n’est pas une date"),
        ("a,b,,R,x,123,objet,1", "ligne 2 : « 123 » n’est ni un SIREN ni un SIRET"),
        ("a,b,,R,x,,objet,beaucoup", "ligne 2 : « beaucoup » n’est pas un montant"),
        ("a,b,,R,x,,objet,-1", "ligne 2 : « -1 » n’est pas un montant"),
        ("a,b,,R,x,,objet,NaN", "ligne 2 : « NaN » n’est pas un montant"),
        ("a,b", "ligne 2 : 2 cellules, il en faut 8"),
        (f"a,b,,{'R' * 200},x,,objet,1", "ligne 2 : « reference » dépasse 120 caractères"),
        (f"a,b,,R,x,,{'o' * 60_001},1", "ligne 2 : une cellule dépasse 60000 caractères"),
    ],
)
def test_every_fault_is_named_by_its_row(line, said):
    rows, problems = read(line)
    assert (rows, [problem[: len(said)] for problem in problems]) == ([], [said])


def test_the_same_reference_twice_is_a_fault_and_the_rest_is_read():
    rows, problems = read(LINE, LINE, LINE.replace("2024-17", "2024-18"))
    assert [row.line for row in rows] == [2, 4]
    assert problems == ["ligne 3 : la référence « 2024-17 » est déjà celle de la ligne 2"]


@pytest.mark.parametrize(
    ("content", "columns", "said"),
    [
        (b"\xff\xfe", COLUMNS, "ligne 1 : ce n’est pas de l’UTF-8"),
        (b"", COLUMNS, "la colonne « objet » manque"),
        (HEAD.encode(), {**COLUMNS, "x": "y"}, "« x » n’est pas l’un de"),
        (HEAD.encode(), {"text": "objet"}, "il manque celle de « reference »"),
        (HEAD.encode(), {**COLUMNS, "amount": "montan"}, "ligne 1 : la colonne « montan » manque"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(content, columns, said):
    with pytest.raises(grants.GrantsError, match=said):
        grants.read(content, columns, funder="")


def test_other_lists_have_their_columns_and_french_numbers():
    head = "Code;Titre;Aide (€);Année"
    columns = {"reference": "Code", "text": "Titre", "amount": "Aide (€)", "starts_on": "Année"}
    rows, problems = read("ANR-24;Un projet;98 500,50 €;2024", columns=columns, head=f"\ufeff{head}")
    assert problems == []
    assert (rows[0].amount, rows[0].starts_on, rows[0].funder) == (Decimal("98500.50"), dt.date(2024, 1, 1), "Inconnu")


def load(path, **options):
    said, refused = StringIO(), StringIO()
    call_command("load_grants", str(path), stdout=said, stderr=refused, **options)
    return said.getvalue(), refused.getvalue()


@pytest.mark.django_db
def test_loading_twice_is_once_and_a_newer_file_brings_up_to_date(tmp_path):
    path = tmp_path / "region.csv"
    path.write_text(f"{HEAD}\n{LINE}\n", encoding="utf-8")
    assert "1 ajoutées, 0 modifiées" in load(path)[0]
    scenes.run_jobs()
    load(path)
    assert (Grant.objects.count(), GrantFile.objects.count()) == (1, 1)
    path.write_text(f"{HEAD}\n{LINE.replace('98500.00', '99000.00')}\n{LINE.replace('-17', '-18')}\n", encoding="utf-8")
    assert "1 ajoutées, 1 modifiées" in load(path)[0]
    assert list(Grant.objects.values_list("reference", "amount", "file__sha256")) == [
        ("2024-17", Decimal("99000.00"), GrantFile.objects.first().sha256),
        ("2024-18", Decimal("98500.00"), GrantFile.objects.first().sha256),
    ]
    assert not Passage.objects.exists()  # an object of six words is no passage


@pytest.mark.django_db
def test_a_fault_loads_nothing_unless_it_is_skipped(tmp_path):
    path = tmp_path / "region.csv"
    path.write_text(f"{HEAD}\n{LINE}\na,b,,,x,,objet,1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="rien n’est chargé"):
        load(path)
    assert not Grant.objects.exists()
    assert "ligne 3 : « reference » est vide" in load(path, skip_errors=True)[1]
    assert Grant.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [({"set": ["montant"]}, "CHAMP=COLONNE"), ({"columns": Path("/nulle/part.yaml")}, "ne se lit pas")],
)
def test_a_wrong_command_says_why(tmp_path, options, said):
    path = tmp_path / "x.csv"
    path.write_text(HEAD, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        load(path, **options)
    with pytest.raises(CommandError, match="n’existe pas"):
        load(tmp_path / "rien.csv")
