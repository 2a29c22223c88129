"""The row of the bench on documents."""

import dataclasses
import io
import time

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from pypdf import PdfReader

from ami_portal.documents import pdf
from applications import reading
from tests import people, scenes
from tests.bench.measure import Row, compare

TEMPLATE, PAGES = "pdf/applications/dossier.html", 12


def pdf_vs_weasyprint() -> Row:
    """The PDF of a deposited dossier of twelve pages or more, against WeasyPrint alone on the same HTML and style."""
    from weasyprint import CSS, HTML

    owner = people.a_person("pdf@labo.example")
    dossier = scenes.a_submitted_dossier(scenes.a_call("AMI-BENCH-PDF"), owner)
    version = dossier.versions.get()
    frozen = reading.frozen(version)
    context = {"frozen": frozen, "sha256": version.sha256}
    pages = PdfReader(io.BytesIO(pdf.render(TEMPLATE, context))).get_num_pages()
    if pages < PAGES:  # the same questions, answered twice
        frozen = dataclasses.replace(frozen, sections=frozen.sections * -(-PAGES // pages))
        context["frozen"] = frozen
    html, stylesheet = render_to_string(TEMPLATE, context), finders.find("css/pdf.css")

    def alone(turn: int) -> object:
        return HTML(string=html, base_url="portal:///").write_pdf(
            stylesheets=[CSS(filename=stylesheet)], pdf_variant="pdf/ua-1"
        )

    seconds, bare = compare(
        lambda turn: pdf.render(TEMPLATE, context), alone, rounds=12, warm_up=2, timer=time.process_time
    )
    return Row("pdf_vs_weasyprint", seconds / bare, bar=1.15)
