"""A template given by the operator: what is read from it, and what a deposited file is told when held against it."""

import pytest

from ami_portal.documents import examiner, given
from ami_portal.documents.enums import Verdict
from ami_portal.documents.format_rules import RuleError, judge, parse
from ami_portal.documents.models import Document, Examination
from ami_portal.kernel import clock
from tests.documents import words

PARTS = ("1. Contexte", "2. Méthode")
SHA256 = "ab" * 32


def facts(content, **wanted):
    return examiner.reader_of(content).examine(content, wanted)


def kept(content, *, verdict=Verdict.ACCEPTED):
    """A template as the portal has it, and its facts."""
    found = facts(content, **given.WANTED)
    document = Document.objects.create(
        kind=given.KIND, subject="A", filename="m.docx", media_type="x", size=1, sha256=SHA256, verdict=verdict,
        storage_key=SHA256, created_at=clock.now(), verdict_reason="",
    )  # fmt: skip
    Examination.objects.create(document=document, facts=found)
    given._blank.cache_clear()
    return found


def said(content, **rules):
    """What is said of a deposited file whose question names the template."""
    asked = parse({"template": {"file": "m.docx", "sha256": SHA256}, **rules})
    found = judge(asked, facts(content, **asked.wanted), given.blank_of(asked))
    return [(one.rule, one.result, one.text, one.places) for one in found]


def test_titles_and_cells_to_fill_are_read_from_a_word_file():
    found = facts(words.a_word(PARTS), **given.WANTED)
    assert given.rules_of(found) == {"headings": list(PARTS), "filled_tables": True}
    assert found["empty_cells"] == ["tableau 1, ligne 2, colonne 1", "tableau 1, ligne 2, colonne 2"]
    assert "titles" not in facts(words.a_word(PARTS))


def test_bold_lines_are_the_titles_of_a_file_without_styles():
    from ami_portal.documents import office

    found = facts(office.word("Protocole", [("1. Contexte", ["Un texte."])]), **given.WANTED)
    assert given.rules_of(found) == {"headings": ["Protocole", "1. Contexte"]}


def test_tabs_are_read_from_a_workbook():
    found = facts(words.a_workbook({"Dépenses": [["Poste", "Montant"]], "Plan": [["Source"]]}), **given.WANTED)
    assert given.rules_of(found) == {"tabs": ["Dépenses", "Plan"], "filled_tabs": True}


@pytest.mark.django_db
def test_a_part_left_as_in_the_template_is_not_filled():
    kept(words.a_word(PARTS, tables=0))
    mine = words.a_word(PARTS, said={"1. Contexte": "Une cohorte de patients suivie dix ans."}, tables=0)
    assert said(mine, headings=list(PARTS)) == [
        (
            "headings",
            "not_met",
            "Une partie du modèle manque ou reste vide.",
            ("« 2. Méthode » : laissée telle que dans le modèle (section 1)",),
        ),
    ]
    whole = dict.fromkeys(PARTS, "Un texte qui répond.")
    assert [one[1] for one in said(words.a_word(PARTS, said=whole), headings=list(PARTS))] == ["met"]


@pytest.mark.django_db
def test_a_table_of_the_template_that_was_taken_away_is_told():
    kept(words.a_word(PARTS, tables=2))
    mine = words.a_word(PARTS, cells=("A", "1"))
    assert said(mine, filled_tables=True) == [
        ("filled_tables", "not_met", "1 tableau, pour 2 tableaux dans le modèle.", ())
    ]


@pytest.mark.django_db
def test_a_tab_left_as_in_the_template_is_not_filled():
    rows = {"Lisez-moi": [["Consigne"], ["Remplissez"]], "Dépenses": [["Poste", "Montant"], ["Total", None]]}
    kept(words.a_workbook(rows))
    mine = words.a_workbook(rows)
    assert said(mine, tabs=["Dépenses"], filled_tabs=True)[0][1:] == (
        "not_met",
        "Onglets absents ou à remplir.",
        ("« Dépenses » : laissé tel que dans le modèle",),
    )
    filled = words.a_workbook(rows | {"Dépenses": [["Poste", "Montant"], ["Total", 12]]})
    assert said(filled, tabs=["Dépenses"], filled_tabs=True)[0][1] == "met"


@pytest.mark.django_db
@pytest.mark.parametrize("verdict", [Verdict.PENDING, None])
def test_without_its_template_a_file_is_judged_by_the_rules_alone(verdict):
    if verdict:
        kept(words.a_word(PARTS), verdict=verdict)
    given._blank.cache_clear()
    assert [one[1] for one in said(words.a_word(PARTS), headings=list(PARTS))] == ["met"]


@pytest.mark.parametrize(
    "value",
    [{"file": "m.docx"}, {"file": "../m.docx", "sha256": SHA256}, {"file": "m.pdf", "sha256": SHA256}, "m.docx",
     {"file": "m.docx", "sha256": "ab"}],
)  # fmt: skip
def test_a_template_that_is_none_is_refused(value):
    with pytest.raises(RuleError, match="true, ou le fichier d’un modèle"):
        parse({"template": value})
