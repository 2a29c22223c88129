"""The register in public, and the page where a stranger verifies a receipt: what it says, what it keeps to itself."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.desk import register
from ami_portal.documents import store
from ami_portal.documents.models import Document, SealCertificate
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json
from applications import actions
from applications.models import RegisterDay
from tests import people
from tests.applications import small
from tests.documents import files

pytestmark = pytest.mark.django_db
NIGHT = dt.timedelta(days=1)


@pytest.fixture
def version():
    """A deposit of yesterday in an open call, with its receipt; its day has its head."""
    call, owner = small.a_small_call(), people.a_person("claire@labo.example")
    with time_machine.travel(clock.now() - NIGHT, tick=False):
        version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
        actions.build_receipt(version_id=version.pk)
    actions.close_days(at=clock.now())
    version.refresh_from_db()
    return version


def sent(client, *uploads, fingerprint=""):
    """The page that answers to these files and this fingerprint, in one line."""
    contents = [SimpleUploadedFile(name, content) for name, content in uploads]
    answer = client.post("/verification/", {"fingerprint": fingerprint, "files": contents})
    return answer.status_code, " ".join(answer.content.decode().split())


def test_a_true_receipt_with_its_content_and_its_annex(client, version):
    code, said = sent(
        client,
        ("recu.pdf", store.read(version.receipt)),
        ("depot.json", version.content.encode()),
        ("protocole.pdf", files.a_pdf()),
    )
    assert code == 200
    for words in (
        "Cet accusé de réception est authentique",
        version.sha256,
        "« recu.pdf » est, octet pour octet, l’accusé de réception",
        "« depot.json » est, octet pour octet, le dossier",
        "« protocole.pdf » a été déposé avec ce dossier",
        RegisterDay.objects.get(day=version.entry.day).sha256,
        "Ce qui ne l’est pas",
    ):
        assert words in said
    assert "non reconnu" not in said


def test_one_changed_byte_is_not_recognised(client, version):
    content = store.read(version.receipt)
    code, said = sent(client, ("recu.pdf", content[:-1] + b" "))
    assert (code, "1 fichier non reconnu" in said, "authentique</h3>" in said) == (200, True, False)


@pytest.mark.parametrize("typed", [str, str.upper, lambda sha256: f" {sha256[:32]} {sha256[32:]} "])
def test_a_typed_fingerprint(client, version, typed):
    assert "Cette empreinte est celle d’un dépôt reçu" in sent(client, fingerprint=typed(version.sha256))[1]
    assert "Empreinte inconnue" in sent(client, fingerprint="0" * 64)[1]


def test_while_the_call_is_open_the_page_says_no_number(client, version):
    assert "Les inscriptions paraîtront après la clôture" in sent(client, fingerprint=version.sha256)[1]
    with time_machine.travel(version.dossier.call.closes_at, tick=False):
        assert "inscription n° 1" in sent(client, fingerprint=version.sha256)[1]


def test_an_annex_alone_and_a_name_say_nothing(client, version):
    """Nobody learns whether a file that they hold is in some dossier, nor whose dossier a fingerprint is."""
    assert "1 fichier non reconnu" in sent(client, ("protocole.pdf", files.a_pdf()))[1]
    said = sent(client, fingerprint=version.sha256)[1]
    hidden = [version.dossier.ref, "claire@labo.example", "Université de Nulle-Part", "Repérer les rechutes"]
    assert [words for words in hidden if words in said] == []


@pytest.mark.parametrize(
    ("uploads", "fingerprint", "words"),
    [
        ([], "", "Choisissez au moins un fichier, ou tapez une empreinte."),
        ([], "abc", "Une empreinte compte 64 caractères"),
        ([("a.pdf", b"a")] * 21, "", "Vous avez choisi 21 fichiers : 20 au plus à la fois."),
        ([("gros.pdf", b"a" * 300)], "", "« gros.pdf » est trop gros"),
    ],
)
def test_what_cannot_be_compared_is_said(client, settings, uploads, fingerprint, words):
    settings.UPLOAD_MAX_BYTES = 200
    code, said = sent(client, *uploads, fingerprint=fingerprint)
    assert (code, words in said) == (422, True)


def test_what_is_sent_is_neither_kept_nor_run(client):
    name = "<b>“../../x”.pdf"
    code, said = sent(client, (name, b"%PDF-1.7 nothing of the kind"))
    assert code == 200
    assert "<b>" not in said
    assert not Document.objects.exists()


@pytest.mark.parametrize("days", [1, 3])
def test_the_register_asks_as_many_queries_for_one_day_as_for_three(client, days, django_assert_num_queries):
    call = small.a_small_call()
    with time_machine.travel(clock.now() - days * NIGHT, tick=False):
        actions.close_days(at=clock.now())
    actions.close_days(at=clock.now())
    with django_assert_num_queries(4):
        said = client.get("/registre/").content.decode()
    assert said.count('<span class="register-sha">') == days
    assert call.title in said


def test_an_empty_register_says_what_will_come(client):
    said = client.get("/registre/").content.decode()
    for words in (
        "La première tête paraîtra",
        "Aucun appel n’a encore été ouvert",
        "avec le premier accusé de réception",
    ):
        assert words in said


def test_the_files_of_the_register(client, version):
    call = version.dossier.call
    heads = client.get("/registre/tetes.json").content.decode()
    assert heads == canonical_json(json.loads(heads))
    [day] = json.loads(heads)["days"]
    assert client.get("/registre/tetes.txt").content.decode() == f"{day['day']}  {day['sha256']}\n"
    assert json.loads(client.get(f"/registre/appels/{call.code}.json").content)["entries"] is None
    with time_machine.travel(call.closes_at, tick=False):
        [entry] = json.loads(client.get(f"/registre/appels/{call.code}.json").content)["entries"]
    assert entry["sha256"] == version.entry.sha256
    certificate = SealCertificate.objects.get()
    assert client.get(f"/registre/certificats/{certificate.sha256}.pem").content.decode() == certificate.pem
    assert client.get(f"/registre/certificats/{'0' * 64}.pem").status_code == 404
    assert client.get("/registre/appels/INCONNU.json").status_code == 404
    assert client.get("/registre/verifier.py").content == register.proofs.SCRIPT.read_bytes()
