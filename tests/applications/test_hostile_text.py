"""Hostile text in every field is shown as typed, everywhere it goes: pages, PDF, mails."""

import html
import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from ami_portal.documents import pdf, store
from ami_portal.notifications.models import Message
from applications import actions, reading
from applications.models import Answer
from tests import people
from tests.applications import small

MARKUP = "<script>alert('x')</script><b>gras</b> &amp; &lt;"
TEMPLATE = "{{ settings.SECRET_KEY }} {% load static %} {titre} %(x)s"
FORMULA = '=cmd|"/c calc"!A1'
BIDI = "avant\u202eersevne\u202c après\u2066\u200f"
CONTROL = "a\x00b\x08c\ufeffd"
TEXTS = [MARKUP, TEMPLATE, FORMULA, BIDI, CONTROL]
CODES = "title lead_name lead_siret summary amount months starts share email site licence".split()


def as_shown(text):
    """What a person sees of a hostile text: all of it, less what nobody can see."""
    return re.sub("[\u202a-\u202e\u2066-\u2069\u200f\ufeff\x00\x08]", "", text)


@pytest.fixture(params=TEXTS, ids=["markup", "template", "formula", "bidi", "control"])
def hostile(request):
    return request.param


def section_of(form, code):
    return form.section_of(code).code


def test_every_field_shows_it_as_typed(dossier, owner, hostile):
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    for code in CODES:
        small.type_in(dossier, code, hostile, actor=owner)
    for column in ("kind", "what", "price"):
        small.type_in(dossier, "costs", hostile, actor=owner, row=row, column=column)
    for code in ("datasets", "themes", "linkage"):
        small.type_in(dossier, code, [hostile], actor=owner)
    client, shown = people.client_of(owner), html.escape(as_shown(hostile))
    form = dossier.form_revision.form
    for code in CODES:
        url = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": section_of(form, code)})
        page = client.get(url).content.decode()
        field = re.search(rf'id="q-{code}"[^>]*?(value="([^"]*)"|>\n([^<]*)</textarea>)', page)
        assert (field[2] or field[3]) == shown, code
    for name in ("dossier_preview", "dossier_detail", "dossier_submit", "dossier_team"):
        page = client.get(reverse(f"applications:{name}", kwargs={"ref": dossier.ref})).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page
    preview = client.get(reverse("applications:dossier_preview", kwargs={"ref": dossier.ref})).content.decode()
    assert preview.count(shown) >= len(CODES)
    assert shown in client.get(reverse("applications:dossier_list")).content.decode()


def test_the_conflict_shows_it_as_typed(dossier, owner, hostile):
    small.type_in(dossier, "title", hostile, actor=owner)
    url = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": "project"})
    page = people.client_of(owner).post(url, {"v.title": "0:", "q.title": "Autre"}).content.decode()
    assert html.escape(as_shown(hostile)) in page
    assert "<script>alert" not in page


@pytest.mark.drawn
def test_the_documents_show_it_as_typed(call, owner, hostile):
    dossier = small.a_full_draft(call, owner, title=hostile, lead_name=hostile, summary=hostile)
    version = actions.submit_dossier(dossier, actor=owner)
    actions.build_receipt(version_id=version.pk)
    version.refresh_from_db()
    wanted = "".join(as_shown(hostile).split())
    for document in (version.receipt, version.pdf):
        reader = PdfReader(io.BytesIO(store.read(document)))
        text = "".join("".join(page.extract_text() for page in reader.pages).split())
        assert wanted in text
    assert as_shown(hostile) not in Message.objects.get(kind="applications.receipt").body
    assert reading.frozen(version).title == as_shown(hostile)


def test_a_hostile_name_of_a_person_in_a_mail(call):
    person = people.a_person("pirate@labo.example", first_name="<b>{{ x }}", last_name="=1+1\nBcc: tous@labo.example")
    dossier = actions.start_dossier(call, actor=person)
    actions.invite_member(dossier, "paul@labo.example", "editor", actor=person)
    mail = Message.objects.get(kind="applications.invitation")
    assert "pirate@labo.example" in mail.body
    assert "Bcc" not in mail.title + mail.body


@pytest.mark.drawn
def test_no_file_of_this_machine_enters_a_pdf(call, owner):
    """A link or an image typed by an applicant is text, and the renderer fetches nothing but our own stylesheets."""
    words = '<img src="file:///etc/passwd"><link rel=stylesheet href="http://127.0.0.1:1/x.css">'
    dossier = small.a_full_draft(call, owner, summary=words)
    version = actions.submit_dossier(dossier, actor=owner)
    rendered = pdf.render("pdf/applications/dossier.html", {"frozen": reading.frozen(version), "sha256": "0"})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(rendered)).pages)
    assert "root:" not in text
    assert "/etc/passwd" in text
    for url in ("file:///etc/passwd", "portal:///static/../../../etc/passwd", "http://127.0.0.1:1/", "data:text/css,a"):
        with pytest.raises(ValueError, match="not fetched"):
            pdf._fetch(url)


def test_what_is_stored_is_what_was_typed(dossier, owner, hostile):
    small.type_in(dossier, "summary", hostile, actor=owner)
    assert Answer.objects.get().value == as_shown(hostile)
