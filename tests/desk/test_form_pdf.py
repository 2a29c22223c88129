"""The blank form of a call as a PDF: all its questions and rules, made once by a job, never in a visitor's request."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from ami_portal.desk import form_pdf
from ami_portal.documents import pdf, store
from ami_portal.documents.models import Document
from ami_portal.jobs.models import Job
from tests import scenes
from tests.applications import small

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def text_of(document):
    pages = PdfReader(io.BytesIO(store.read(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_visitor_reads_it_once_it_is_made(client):
    call = small.a_small_call()
    address = f"/appels/{call.code}/formulaire"
    assert "est en préparation" in client.get(f"{address}/").content.decode()
    assert client.get(f"{address}.pdf").status_code == 404
    assert not Job.objects.exists()  # reading asks for nothing: the clock does
    form_pdf.ask_missing()
    form_pdf.ask_missing()
    scenes.run_jobs()
    document = Document.objects.get(kind=form_pdf.KIND)
    assert f"{address}.pdf" in client.get(f"{address}/").content.decode()
    assert client.get(f"{address}.pdf").getvalue() == store.read(document)
    said = text_of(document)
    for words in (
        "Formulaire vierge et règles de l’appel",
        "Texte, 50 mots au plus",
        "Demandé si la réponse à « Chaînage » est « Autre base ».",
        "Base A",
        "Tableau, de 1 à 4 lignes",
        "Déclaration à cocher",
        "à ne pas renvoyer",
    ):
        assert words in said
    form_pdf.ask_missing()
    form_pdf.build(call=call.code)
    assert Document.objects.filter(kind=form_pdf.KIND).count() == 1


def test_the_real_form_says_every_question_rule_and_criterion():
    call = scenes.a_call()
    content = pdf.render("pdf/desk/form.html", form_pdf.context(call))
    reader = PdfReader(io.BytesIO(content))
    said = "".join("".join(page.extract_text() for page in reader.pages).split())
    labels = [question.label for question in call.form_revision.form.questions()]
    labels += [rule["title"] for rule in call.rules] + [criterion.label for criterion in call.criteria.all()]
    assert len(labels) > 80
    assert [label for label in labels if "".join(label.split()) not in said] == []
    assert content == pdf.render("pdf/desk/form.html", form_pdf.context(call))


def test_its_name_follows_its_content():
    call = small.a_small_call()
    before = form_pdf.name(call)
    assert form_pdf.name(call) == before
    call.closes_at += dt.timedelta(days=1)
    assert form_pdf.name(call) != before
