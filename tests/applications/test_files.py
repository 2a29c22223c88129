"""Files of a draft: what is kept, what is refused with a sentence, who downloads."""

import re

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import measure, store
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.jobs.models import Job
from applications import actions
from applications.actions import NotEditable
from applications.models import Attachment
from tests import people
from tests.applications import small
from tests.documents import files

RTL = "\u202e"


def address(name, dossier, **more):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **more})


def read(answer):
    """The bytes of a download."""
    return b"".join(answer.streaming_content)


def test_deposit_file_keeps_it_for_its_control(dossier, owner):
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded("Été 2026.pdf"), actor=owner)
    document = attachment.document
    assert (document.filename, document.media_type, document.verdict) == ("Été 2026.pdf", "application/pdf", "pending")
    assert store.read(document) == files.a_pdf()
    assert list(Job.objects.filter(name="documents.inspect").values_list("ids", flat=True)) == [
        {"document_id": document.pk}
    ]
    measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, document.pages) == ("accepted", 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("vide.pdf", b"", "vide"),
        (
            "faux.pdf",
            b"MZ\x90\x00 un programme",
            "d’un autre type, d’après son contenu : déposez un fichier PDF ou Word",
        ),
        ("classeur.pdf", files.an_xlsx(), "un fichier Excel"),
        ("macros.docx", files.a_docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        ("bombe.docx", files.a_docx(**{"word/media.xml": b"\0" * 40_000_000}), "trop gros une fois décompressé"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "d’un autre type"),
    ],
)
def test_deposit_file_refuses_by_content(dossier, owner, name, content, words):
    with pytest.raises(FileRefused, match=re.escape(words)):
        actions.deposit_file(dossier, "protocol", files.uploaded(name, content), actor=owner)
    assert not Document.objects.exists()


def test_deposit_file_refuses_what_is_too_big(dossier, owner, settings):
    settings.UPLOAD_MAX_BYTES = 1024**2
    with pytest.raises(FileRefused, match="1 Mo"):
        actions.deposit_file(dossier, "protocol", files.uploaded("gros.pdf", b"%PDF-" + b"x" * 1024**2), actor=owner)


def test_one_file_where_one_is_asked(dossier, owner):
    first = actions.deposit_file(dossier, "protocol", files.uploaded(), actor=owner)
    with pytest.raises(FileRefused, match="retirez d’abord"):
        actions.deposit_file(dossier, "protocol", files.uploaded(), actor=owner)
    actions.remove_file(first, actor=owner)
    second = actions.deposit_file(dossier, "protocol", files.uploaded(), actor=owner)
    with pytest.raises(FileRefused, match="retirez d’abord"):
        actions.restore_file(first, actor=owner)
    actions.remove_file(second, actor=owner)
    for _ in range(2):
        actions.restore_file(first, actor=owner)
    assert list(Attachment.objects.filter(removed_at=None)) == [first]


def test_three_files_where_three_are_asked(dossier, owner):
    for number in range(3):
        actions.deposit_file(dossier, "cv", files.uploaded(f"cv{number}.pdf"), actor=owner)
    with pytest.raises(FileRefused, match="3 fichiers au plus"):
        actions.deposit_file(dossier, "cv", files.uploaded(), actor=owner)


def test_files_stop_at_the_closing(dossier, owner):
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded(), actor=owner)
    with time_machine.travel(dossier.call.closes_at, tick=False):
        with pytest.raises(NotEditable):
            actions.deposit_file(dossier, "cv", files.uploaded(), actor=owner)
        for act in (actions.remove_file, actions.restore_file):
            with pytest.raises(NotEditable):
                act(attachment, actor=owner)


def test_no_file_where_none_is_asked(dossier, owner):
    with pytest.raises(KeyError):
        actions.deposit_file(dossier, "title", files.uploaded(), actor=owner)


# Names, as a browser sends them


def send(client, url, name, content=None):
    """A multipart request with the raw name of a file, which Django's own client would clean."""
    body = files.a_pdf() if content is None else content
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/pdf\r\n\r\n"
    raw = head.encode() + body + b"\r\n--x--\r\n"
    return client.post(url, raw, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd.pdf", "chemin"),
        ("dossier/protocole.pdf", "chemin"),
        ("C:\\\\temp\\\\protocole.pdf", "chemin"),
        (f"protocole{RTL}fdp.exe.pdf", "caractères invisibles"),
        ("protocole\u200e.pdf", "caractères invisibles"),
        ("é" * 130 + ".pdf", "120 caractères"),
    ],
)
def test_hostile_names_are_refused(dossier, owner, name, words):
    answer = send(people.client_of(owner), address("file_deposit", dossier, question="protocol"), name)
    assert answer.status_code == 422
    assert words in answer.json()["message"]
    assert not Document.objects.exists()


def test_a_good_name_is_kept(dossier, owner):
    answer = send(
        people.client_of(owner), address("file_deposit", dossier, question="protocol"), "Résumé d’été (v2).pdf"
    )
    assert answer.status_code == 200
    assert Document.objects.get().filename == "Résumé d’été (v2).pdf"


def test_over_the_limit_nothing_is_stored_on_the_way(dossier, owner, settings):
    settings.UPLOAD_MAX_BYTES = 100_000
    url = address("file_deposit", dossier, question="protocol")
    answer = send(people.client_of(owner), url, "gros.pdf", b"%PDF-" + b"x" * 4_000_000)
    assert (answer.status_code, answer.json()["message"].startswith("Ce fichier dépasse")) == (422, True)


def test_a_request_without_file(dossier, owner):
    answer = people.client_of(owner).post(address("file_deposit", dossier, question="protocol"), {})
    assert (answer.status_code, answer.json()["message"]) == (
        422, "Aucun fichier n’a été reçu : choisissez-en un, puis déposez-le."
    )  # fmt: skip


# Downloads


def test_one_downloads_one_s_own_as_an_attachment(dossier, owner):
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded("protocole.pdf"), actor=owner)
    answer = people.client_of(owner).get(address("file_download", dossier, uuid=attachment.document.uuid))
    assert answer.status_code == 200
    assert read(answer) == files.a_pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="protocole.pdf"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_another_s_file_does_not_exist(dossier, owner):
    attachment = actions.deposit_file(dossier, "protocol", files.uploaded(), actor=owner)
    other = people.a_person("autre@labo.example")
    theirs = actions.start_dossier(dossier.call, actor=other)
    client = people.client_of(other)
    for place in (dossier, theirs):  # not even through a dossier of one's own
        answer = client.get(address("file_download", place, uuid=attachment.document.uuid))
        assert answer.status_code == 404
        assert client.post(address("file_remove", place, uuid=attachment.document.uuid)).status_code == 404


def test_staff_read_the_files_of_a_deposit_and_it_is_recorded(call, owner):
    dossier = small.a_full_draft(call, owner)
    attachment = dossier.attachments.get()
    spare = actions.deposit_file(dossier, "cv", files.uploaded(), actor=owner)
    actions.remove_file(spare, actor=owner)
    client = people.client_of(people.staff(Role.INSTRUCTOR))
    url = address("file_download", dossier, uuid=attachment.document.uuid)
    assert client.get(url).status_code == 404  # a draft
    actions.submit_dossier(dossier, actor=owner)
    read(client.get(url))
    assert AuditEvent.objects.filter(verb="file.read", subject=dossier.ref).count() == 1
    assert client.get(address("file_download", dossier, uuid=spare.document.uuid)).status_code == 404
    own = people.client_of(owner).get(address("file_download", dossier, uuid=spare.document.uuid))
    assert read(own) == files.a_pdf()
