"""Measuring right: files written with known margins, sizes, headings, tables and tabs, and what is said of them."""

from decimal import Decimal
from random import Random

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from ami_portal.documents import examiner, office
from ami_portal.documents.format_rules import Finding, FormatRules, RuleError, judge, parse
from tests.documents import files

LOREM = "Le projet réutilise des données de santé existantes, sans nouveau recueil auprès des patients. "


def facts(content, *headings):
    return examiner.reader_of(content).examine(content, {"headings": list(headings)})


def results(content, **rules):
    """What is said of a file under these rules: rule, result, places."""
    wanted = FormatRules(**rules)
    return [(one.rule, one.result, one.places) for one in judge(wanted, facts(content, *wanted.headings))]


def paragraphs(number, size="11pt"):
    """Justified paragraphs, each with its own words: what comes back from page to page would be a running head."""
    words = LOREM.split()
    texts = (" ".join(Random(n).choices(words, k=90)) for n in range(number))
    return "".join(f"<p style='font-size: {size}; text-align: justify'>{text}</p>" for text in texts)


# PDF


@pytest.mark.parametrize("margins", [(25, 25, 25, 25), (20, 30, 15, 40), (10, 12, 14, 16)])
def test_the_margins_of_a_pdf_are_those_of_its_ink(margins):
    """Justified text touches both sides to a tenth of a millimetre or two; a line or two are left above and below."""
    left, top, right, bottom = margins
    style = f"@page {{ margin: {top}mm {right}mm {bottom}mm {left}mm }}"
    pages = facts(files.a_written_pdf(style, paragraphs(30)))["layout"]
    assert len(pages) > 2
    for page in pages[:-1]:
        found = dict(zip(("left", "top", "right", "bottom"), page["margins"], strict=True))
        assert left <= found["left"] + 0.3 <= left + 0.8
        assert right <= found["right"] + 0.3 <= right + 0.8
        assert top <= found["top"] <= top + 3
        assert bottom <= found["bottom"] <= bottom + 15


@settings(max_examples=12, deadline=None, derandomize=True)
@given(points=st.sampled_from([6, 8, 9.5, 10, 10.5, 11, 12, 14]), margin=st.integers(8, 40))
def test_sizes_and_margins_of_any_pdf(points, margin):
    content = files.a_written_pdf(f"@page {{ margin: {margin}mm }}", paragraphs(4, f"{points}pt"))
    page = facts(content)["layout"][0]
    assert [size for size, _, _ in page["sizes"]] == [float(points)]
    assert all(abs(side - margin) < 0.8 for side in (page["margins"][0], page["margins"][2]))
    rules = {"margins_mm": Decimal(25), "tolerance_mm": Decimal(1), "font_points_min": Decimal(10)}
    expected = ["met" if margin >= 24 else "not_met", "met" if points >= 10 else "not_met"]
    assert [result for _, result, _ in results(content, **rules)] == expected


def test_running_heads_and_feet_may_stand_in_the_margins():
    style = """@page { margin: 25mm; @top-left { content: "Projet ÉCLAIR – version 2"; font-size: 8pt }
    @bottom-center { content: "Page " counter(page) " / " counter(pages); font-size: 8pt } }"""
    content = files.a_written_pdf(style, paragraphs(24))
    rules = {"margins_mm": Decimal(25), "font_points_min": Decimal(10)}
    assert results(content, **rules) == [("margins_mm", "met", ()), ("font_points_min", "met", ())]


def test_a_narrow_margin_is_said_with_its_page_and_side():
    style = "@page { margin: 25mm } @page narrow { margin-left: 12mm } .narrow { page: narrow }"
    content = files.a_written_pdf(style, paragraphs(2) + f"<div class='narrow'>{paragraphs(2)}</div>")
    [(rule, result, [place])] = results(content, margins_mm=Decimal(25))
    assert (rule, result) == ("margins_mm", "not_met")
    assert place.startswith("page 2 : gauche 1")


def test_the_share_of_small_characters_counts_not_one_exponent():
    style = "@page { margin: 25mm } sup { font-size: 6pt }"
    exponents = files.a_written_pdf(style, paragraphs(4) + f"<p style='font-size: 11pt'>x<sup>2</sup> {LOREM}</p>")
    assert results(exponents, font_points_min=Decimal(11)) == [("font_points_min", "met", ())]
    small = files.a_written_pdf(style, paragraphs(2) + paragraphs(1, "8pt"))
    sample = " ".join(Random(0).choices(LOREM.split(), k=90))[:60].rsplit(" ", 1)[0] + "…"
    where = f"page 1 : 33 % des caractères, surtout à 8 points (« {sample} »)"
    assert results(small, font_points_min=Decimal(11)) == [("font_points_min", "not_met", (where,))]


def test_a_turned_page_is_read_as_it_is_seen():
    import io

    from pypdf import PdfReader, PdfWriter

    style = "@page { size: A4; margin: 10mm 20mm 30mm 40mm }"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.a_written_pdf(style, paragraphs(12)))))
    straight = facts(files.saved(writer))["layout"][0]["margins"]
    for page in writer.pages:
        page.rotate(90)
    left, top, right, bottom = straight
    assert facts(files.saved(writer))["layout"][0]["margins"] == [bottom, left, top, right]


def test_a_scanned_page_is_left_to_a_person():
    import base64

    image = base64.b64encode(files.a_png()).decode()
    content = files.a_written_pdf(
        "@page { margin: 25mm }",
        paragraphs(1) + f"<img style='break-before: page; display: block' src='data:image/png;base64,{image}'>",
    )
    hidden = ("page 2 : une image, sans texte",)
    assert results(content, margins_mm=Decimal(20), font_points_min=Decimal(10)) == [
        ("margins_mm", "unknown", hidden),
        ("font_points_min", "unknown", hidden),
    ]


def test_headings_are_found_followed_by_text_or_not():
    summary = "<p>1. Contexte ........ 1</p><p>2. Méthode ........ 2</p><p>3. Données ...... 3</p>"
    body = f"<h1>Protocole</h1>{summary}<h2>1. Contexte</h2><p>{LOREM}</p>"
    body += f"<h2>II – MÉTHODE :</h2><h2>3. Données</h2><p>{LOREM}</p>"
    content = files.a_written_pdf("@page { margin: 25mm }", body)
    wanted = ("1. Contexte", "2. Méthode", "3. Données", "4. Calendrier")
    assert results(content, headings=wanted) == [
        ("headings", "not_met", ("« 4. Calendrier » : absente", "« 2. Méthode » : sans texte (page 1)"))
    ]
    assert results(content, headings=("Contexte", "Données")) == [("headings", "met", ())]


def test_pages_tables_and_tabs_of_a_pdf():
    content = files.a_pdf(3)
    rules = {"pages_max": 2, "filled_tables": True, "filled_tabs": True}
    assert results(content, **rules) == [
        ("pages_max", "not_met", ()),
        ("filled_tables", "unknown", ()),
        ("filled_tabs", "unknown", ()),
    ]
    assert results(content, pages_max=3) == [("pages_max", "met", ())]


# Word


STANDARD = Mm(25)


def a_word_file(margin=STANDARD):
    document = docx.Document()
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
    return document


@settings(max_examples=15, deadline=None, derandomize=True)
@given(margin=st.integers(5, 60), points=st.integers(6, 20))
def test_margins_and_sizes_of_any_word_file(margin, points):
    document = a_word_file(Mm(margin))
    document.add_paragraph().add_run(LOREM).font.size = Pt(points)
    [place] = facts(files.saved(document))["layout"]
    assert [abs(side - margin) <= 0.1 for side in place["margins"]] == [True] * 4
    assert [(size, count) for size, count, _ in place["sizes"]] == [(points, len(LOREM.replace(" ", "")))]


def size_of(document):
    [place] = facts(files.saved(document))["layout"]
    return [size for size, _, _ in place["sizes"]]


def test_sizes_are_inherited_as_word_does():
    document = a_word_file()
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:sz')}")
    document.add_paragraph("défaut")
    assert size_of(document) == [11.0]
    defaults.set(qn("w:val"), "19")
    assert size_of(document) == [9.5]
    document.styles["Normal"].font.size = Pt(12)
    assert size_of(document) == [12.0]
    child = document.styles.add_style("Enfant", WD_STYLE_TYPE.PARAGRAPH)
    child.base_style = document.styles["Normal"]
    document.paragraphs[0].style = child
    assert size_of(document) == [12.0]
    child.font.size = Pt(13)
    assert size_of(document) == [13.0]
    character = document.styles.add_style("Mot", WD_STYLE_TYPE.CHARACTER)
    character.font.size = Pt(14)
    document.paragraphs[0].runs[0].style = character
    assert size_of(document) == [14.0]
    document.paragraphs[0].runs[0].font.size = Pt(15)
    assert size_of(document) == [15.0]


def test_a_word_file_without_styles_has_words_own_size():
    content = office.word("Titre", [("Partie", ["Texte."])], margins_mm=Decimal(25), points=Decimal(11))
    [place] = facts(content)["layout"]
    assert ([size for size, _, _ in place["sizes"]], place["margins"]) == ([11.0, 13.0, 16.0], [25.0] * 4)


def test_each_section_is_measured_and_hidden_or_deleted_text_is_not():
    document = a_word_file(Mm(25))
    document.add_paragraph(LOREM)
    document.add_section().left_margin = Mm(12)
    paragraph = document.add_paragraph(LOREM)
    hidden = paragraph.add_run("caché")
    hidden.font.hidden, hidden.font.size = True, Pt(4)
    deleted = '<w:del {} w:author="Claire"><w:r><w:rPr><w:sz w:val="6"/></w:rPr><w:t>retiré</w:t></w:r></w:del>'
    paragraph._p.append(parse_xml(deleted.format(nsdecls("w"))))
    outdented = document.add_paragraph(LOREM)
    outdented.paragraph_format.right_indent = Mm(-10)
    found = facts(files.saved(document))
    assert [(place["place"], place["margins"], place["sizes"][0][0]) for place in found["layout"]] == [
        ("section 1", [25.0, 25.0, 25.0, 25.0], 11.0),
        ("section 2", [12.0, 25.0, 15.0, 25.0], 11.0),
    ]
    assert [finding.places for finding in judge(FormatRules(margins_mm=Decimal(25)), found)] == [
        ("section 2 : gauche 12 mm, droite 15 mm",)
    ]


def test_headings_and_cells_of_a_word_file():
    document = a_word_file()
    document.add_heading("Contexte", 1)
    document.add_paragraph(LOREM)
    document.add_heading("Données", 1)
    document.add_paragraph("  ")
    table = document.add_table(2, 3)
    for row, column, text in ((0, 1, "Année 1"), (0, 2, "Année 2"), (1, 0, "Personnel"), (1, 2, "10")):
        table.cell(row, column).text = text
    content = files.saved(document)
    rules = {"headings": ("1. Contexte", "3. Calendrier"), "filled_tables": True, "pages_max": 3}
    assert results(content, **rules) == [
        ("pages_max", "unknown", ()),
        ("headings", "not_met", ("« 3. Calendrier » : absente",)),
        ("filled_tables", "not_met", ("tableau 1, ligne 2, colonne 2",)),
    ]
    table.cell(1, 1).text = "20"
    assert results(files.saved(document), filled_tables=True) == [("filled_tables", "met", ())]


# Excel


def test_every_tab_must_be_filled():
    book = openpyxl.Workbook()
    book.active.title = "Dépenses"
    book.active.append(["Poste", "Montant"])
    book.active.append(["Personnel", 100])
    book.create_sheet("Ressources").append(["Financeur", "Montant"])
    book.create_sheet("Notes")["B7"] = "   "
    content = files.saved(book)
    assert results(content, filled_tabs=True, tabs=("dépenses", "Calendrier")) == [
        (
            "filled_tabs",
            "not_met",
            ("« Calendrier » : absent", "« Ressources » : une seule ligne", "« Notes » : vide"),
        )
    ]
    del book["Ressources"], book["Notes"]
    assert results(files.saved(book), filled_tabs=True, tabs=("Dépenses",)) == [("filled_tabs", "met", ())]


# Identity


def test_who_a_file_says_its_author_is():
    document = a_word_file()
    document.core_properties.author, document.core_properties.last_modified_by = "Claire Martin", "A. Leblay"
    revised = '<w:ins {} w:author="Relecteur"><w:r><w:t>ajout</w:t></w:r></w:ins>'.format(nsdecls("w"))
    paragraph = document.add_paragraph("Texte")
    paragraph._p.append(parse_xml(revised))
    document.add_comment(paragraph.runs[0], "À revoir", author="Collègue")
    assert facts(files.saved(document))["identity"] == [
        ["author", "Claire Martin"],
        ["modified", "A. Leblay"],
        ["comment", "Collègue"],
        ["revision", "Relecteur"],
    ]
    pdf = files.a_written_pdf("", "<p>Texte</p>", head="<meta name=author content='Claire Martin'>")
    assert ["author", "Claire Martin"] in facts(pdf)["identity"]
    assert facts(files.a_jpeg(author="Claire", place=True))["identity"] == [["author", "Claire"], ["place", ""]]
    assert facts(files.a_png())["identity"] == []


# Rules


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "des règles sont attendues"),
        ({"marges": 2}, "« marges » inconnue ; attendu : blocking"),
        ({"margins_mm": 10.5}, "un nombre entier ou un texte"),
        ({"margins_mm": "dix"}, "un nombre entier ou un texte"),
        ({"margins_mm": -1}, "un nombre entier ou un texte"),
        ({"margins_mm": True}, "un nombre entier ou un texte"),
        ({"pages_max": 0}, "un nombre entier attendu"),
        ({"pages_max": "3"}, "un nombre entier attendu"),
        ({"headings": "Contexte"}, "une liste de textes"),
        ({"headings": [""]}, "une liste de textes"),
        ({"tabs": ["Dépenses 2026/2027"]}, "Excel n’admet pas l’onglet"),
        ({"tabs": ["x" * 32]}, "31 caractères au plus"),
        ({"filled_tabs": "oui"}, "true ou false attendu"),
    ],
)
def test_a_rule_that_is_none_is_refused(raw, words):
    with pytest.raises(RuleError, match=words):
        parse(raw)


def test_rules_are_read_and_said():
    rules = parse(
        {"margins_mm": "25", "font_points_min": "10.5", "pages_max": 20, "headings": ["A"], "filled_tabs": True}
    )
    assert (rules.margins_mm, rules.font_points_min, rules.wanted) == (
        Decimal(25),
        Decimal("10.5"),
        {"headings": ["A"]},
    )
    assert rules.sentences == [
        "Marges d’au moins 25 mm.",
        "Caractères d’au moins 10,5 points.",
        "20 pages au plus.",
        "Parties attendues, chacune suivie d’un texte : « A ».",
        "Chaque onglet est rempli.",
    ]


def test_what_was_not_examined_is_unknown():
    rules = FormatRules(
        margins_mm=Decimal(25),
        font_points_min=Decimal(11),
        pages_max=3,
        headings=("A",),
        filled_tables=True,
        tabs=("B",),
    )
    found = judge(rules, {})
    assert {(one.result, one.text) for one in found} == {("unknown", "Ce fichier n’a pas été mesuré.")}
    assert len(found) == 6


def test_many_places_are_cut_short():
    finding = Finding("margins_mm", "not_met", "", tuple(str(number) for number in range(20)))
    assert finding.shown_places == [*"01234567", "et 12 autres"]
